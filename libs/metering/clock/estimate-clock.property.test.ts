import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { heard, isNews, NOTHING_HEARD, verdictOf, type ClockVerdict, type ToldInstant } from './estimate-clock.js';

const BEGIN = Date.UTC(2026, 9, 20, 12);

/** A stretch of a charger's life. */
type Stretch =
  | { readonly kind: 'live'; readonly messages: number; readonly everyS: number; readonly isQueueable: boolean }
  /** So many messages of the past come one upon the other. */
  | { readonly kind: 'burst'; readonly messages: number; readonly everyS: number; readonly awayS: number }
  /** Its queue is always so far behind; states are told at once. */
  | { readonly kind: 'lagging'; readonly messages: number; readonly everyS: number; readonly lagS: number };

const everyS = fc.integer({ min: 10, max: 900 });
const messages = fc.integer({ min: 1, max: 30 });
const stretch: fc.Arbitrary<Stretch> = fc.oneof(
  fc.record({ kind: fc.constant('live' as const), messages, everyS, isQueueable: fc.boolean() }),
  fc.record({ kind: fc.constant('burst' as const), messages, everyS, awayS: fc.integer({ min: 0, max: 3 * 86_400 }) }),
  fc.record({ kind: fc.constant('lagging' as const), messages, everyS, lagS: fc.integer({ min: 0, max: 7_200 }) }),
);
const jitterMs = fc.infiniteStream(fc.integer({ min: 0, max: 4_000 }));

/** What an honest charger tells, as it arrives. */
function* lifeOf(stretches: readonly Stretch[], jitter: Iterator<number>): Generator<ToldInstant> {
  let now = BEGIN;
  const late = (): number => Number(jitter.next().value);
  for (const one of stretches) {
    if (one.kind === 'burst') now += one.awayS * 1_000;
    for (let index = 0; index < one.messages; index += 1) {
      if (one.kind === 'burst') {
        const toldMs = now - (one.messages - index) * one.everyS * 1_000;
        yield { toldMs, arrivedMs: now + index * 40, isQueueable: true };
        continue;
      }
      now += one.everyS * 1_000;
      const lagMs = one.kind === 'lagging' ? one.lagS * 1_000 : 0;
      const isQueueable = one.kind === 'lagging' || one.isQueueable;
      yield { toldMs: now - lagMs, arrivedMs: now + late(), isQueueable };
    }
  }
}

function verdicts(instants: Iterable<ToldInstant>): ClockVerdict[] {
  let watch = NOTHING_HEARD;
  const found: ClockVerdict[] = [];
  for (const told of instants) {
    watch = heard(watch, told);
    const verdict = verdictOf(watch);
    if (verdict !== null && isNews(verdict, found.at(-1)?.offsetMs ?? null)) found.push(verdict);
  }
  return found;
}

describe('the clock of a charger', () => {
  it('that is right is never corrected, whatever jitter, bursts and queues do to its messages', () => {
    fc.assert(
      fc.property(fc.array(stretch, { maxLength: 12 }), jitterMs, (stretches, jitter) => {
        expect(verdicts(lifeOf(stretches, jitter))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('that is ahead by whole quarter hours is recognised within seven live messages, bursts or not', () => {
    const zone = fc.integer({ min: 1, max: 56 });
    const drift = fc.integer({ min: -30, max: 30 });
    const burst = fc.record({
      kind: fc.constant('burst' as const),
      messages,
      everyS,
      awayS: fc.integer({ min: 0, max: 86_400 }),
    });
    const live = fc.record({
      kind: fc.constant('live' as const),
      messages: fc.constant(8),
      everyS: fc.integer({ min: 30, max: 900 }),
      isQueueable: fc.boolean(),
    });
    fc.assert(
      fc.property(zone, drift, burst, live, jitterMs, (quarters, driftS, before, after, jitter) => {
        const aheadMs = quarters * 900_000 + driftS * 1_000;
        const life = [...lifeOf([before, after], jitter)].map((one) =>
          Object.assign({}, one, { toldMs: one.toldMs + aheadMs }),
        );
        const [verdict, ...more] = verdicts(life);
        expect(more).toEqual([]);
        expect(verdict).toMatchObject({ kind: 'zone', offsetMs: quarters * 900_000 });
        expect(Math.abs((verdict?.driftMs ?? NaN) - driftS * 1_000)).toBeLessThanOrEqual(4_000);
      }),
    );
  });

  it('that gives local time as UTC is an hour ahead in summer, and right after the clocks went back', () => {
    const change = Date.UTC(2026, 9, 25, 1);
    const atMs = Array.from({ length: 24 }, (_, index) => change + (index - 12) * 900_000);
    const life = atMs.map((at) => ({
      toldMs: at + (at < change ? 3_600_000 : 0),
      arrivedMs: at + 800,
      isQueueable: true,
    }));
    expect(verdicts(life).map(({ kind, offsetMs, since }) => [kind, offsetMs, since.arrivedMs - 800])).toEqual([
      ['zone', 3_600_000, atMs[0]],
      ['right', 0, change],
    ]);
  });

  it('behind is believed only when messages say so that never wait', () => {
    const steps = Array.from({ length: 12 }, (_, index) => BEGIN + index * 60_000);
    const behind = (isQueueable: (index: number) => boolean) =>
      steps.map((at, index) => ({ toldMs: at - 3_600_000, arrivedMs: at, isQueueable: isQueueable(index) }));
    expect(verdicts(behind(() => true))).toEqual([]);
    expect(verdicts(behind((index) => index % 2 === 0))).toMatchObject([{ kind: 'zone', offsetMs: -3_600_000 }]);
  });

  it('in 1970 is behind by what it is behind, to the second', () => {
    const life = Array.from({ length: 8 }, (_, index) => ({
      toldMs: 190_000 + index * 60_000,
      arrivedMs: BEGIN + index * 60_000 + 300,
      isQueueable: true,
    }));
    expect(verdicts(life)).toMatchObject([{ kind: 'wrong', offsetMs: 190_000 - BEGIN, driftMs: 0 }]);
  });
});
