import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  decideSession,
  leftCents,
  MOST_TRIES,
  nextLook,
  stopStep,
  WARNING_LEAD_MS,
  type SessionAction,
  type SessionFacts,
} from './decide-session.js';

const NOW = new Date('2026-07-01T12:00:00Z');
const RANK: Readonly<Record<SessionAction, number>> = { nothing: 0, warn: 1, stop: 2 };

const facts: fc.Arbitrary<SessionFacts> = fc.record({
  balanceCents: fc.integer({ min: 0, max: 20_000 }),
  reservedCents: fc.integer({ min: 0, max: 2_000 }),
  owedCents: fc.integer({ min: 0, max: 5_000 }),
  unbilledCents: fc.integer({ min: -500, max: 20_000 }),
  floorCents: fc.integer({ min: 0, max: 3_000 }),
  warnCents: fc.integer({ min: 0, max: 1_000 }),
  warnedAt: fc.option(fc.integer({ min: 0, max: 3 * WARNING_LEAD_MS }).map((ms) => new Date(NOW.getTime() - ms))),
  now: fc.constant(NOW),
});
const more = fc.integer({ min: 0, max: 20_000 });
const rank = (one: SessionFacts): number => RANK[decideSession(one).action];

describe('what becomes of a running session', () => {
  it('more energy never makes it milder, more balance never harsher', () => {
    fc.assert(
      fc.property(facts, more, (one, cents) => {
        expect(rank({ ...one, unbilledCents: one.unbilledCents + cents })).toBeGreaterThanOrEqual(rank(one));
        expect(rank({ ...one, balanceCents: one.balanceCents + cents })).toBeLessThanOrEqual(rank(one));
      }),
    );
  });

  it('nobody is stopped above the floor, nor without a warning that they had time to read', () => {
    fc.assert(
      fc.property(facts, (one) => {
        const { action, leftCents: left } = decideSession(one);
        expect(left).toBe(leftCents(one));
        if (left > one.floorCents) expect(action).not.toBe('stop');
        if (one.warnedAt === null || NOW.getTime() - one.warnedAt.getTime() < WARNING_LEAD_MS) {
          expect(action).not.toBe('stop');
        } else if (left <= one.floorCents) expect(action).toBe('stop');
        expect(action === 'nothing').toBe(left > one.floorCents + one.warnCents);
      }),
    );
  });

  it('what is charged until the next look never crosses the next line unseen, however many cars share what is left', () => {
    fc.assert(
      fc.property(
        facts,
        fc.integer({ min: 1, max: 2_000_000 }),
        fc.integer({ min: 1, max: 5 }),
        (one, highestMicrosPerKWh, sessions) => {
          const decision = decideSession(one);
          const importWh = 1_234_567;
          const { atWh } = nextLook({ decision, rules: one, highestMicrosPerKWh, sessions, importWh, now: NOW });
          const line = one.floorCents + (decision.action === 'nothing' ? one.warnCents : 0);
          const unseenWh = ((atWh ?? 0) - importWh - 1) * sessions; // the Wh before it is looked at
          const cents = Math.ceil((unseenWh * highestMicrosPerKWh) / 10_000_000);
          if (decision.leftCents > line) expect(decision.leftCents - cents).toBeGreaterThanOrEqual(line);
          else expect(unseenWh).toBe(0);
        },
      ),
    );
  });

  it('without a known price every Wh is looked at; without a register the clock alone decides', () => {
    const one = { balanceCents: 900, reservedCents: 0, owedCents: 0, unbilledCents: 0, floorCents: 0, warnCents: 200 };
    const decision = decideSession({ ...one, warnedAt: null, now: NOW });
    const look = { decision, rules: one, highestMicrosPerKWh: null, sessions: 1, importWh: 5, now: NOW };
    expect(nextLook(look).atWh).toBe(6);
    expect(nextLook({ ...look, importWh: null })).toEqual({ at: new Date('2026-07-01T12:10:00Z'), atWh: null });
  });
});

describe('a stop that was decided', () => {
  const outcome = fc.constantFrom(
    { state: 'waiting', status: null, ms: null },
    { state: 'sent', status: null, ms: null },
    { state: 'answered', status: 'rejected', ms: 60_000 },
    { state: 'answered', status: 'accepted', ms: 60_000 },
    { state: 'answered', status: 'accepted', ms: 300_000 },
    { state: 'timed-out', status: 'timed-out', ms: 60_000 },
    { state: 'expired', status: null, ms: 60_000 },
  );

  it('asks one thing at a time, not more often than it may, and ends', () => {
    fc.assert(
      fc.property(fc.array(outcome, { minLength: 20, maxLength: 20 }), (outcomes) => {
        let tries = 0;
        let ended = false;
        for (const { state, status, ms } of outcomes) {
          const endedAt = ms === null ? null : new Date(NOW.getTime() - ms);
          const step = stopStep({ command: { state, status, endedAt }, isConnected: true, tries, now: NOW });
          if (endedAt === null || (status === 'accepted' && ms === 60_000)) expect(step).toBe('wait');
          if (step === 'ask') tries += 1;
          if (step === 'give-up') ended = true;
        }
        expect(tries).toBeLessThanOrEqual(MOST_TRIES);
        if (ended) expect(tries).toBe(MOST_TRIES);
      }),
    );
  });

  it('waits for a charger that is away, and is asked at once when it is there', () => {
    const stop = { command: null, tries: 0, now: NOW };
    expect(stopStep({ ...stop, isConnected: false })).toBe('wait');
    expect(stopStep({ ...stop, isConnected: true })).toBe('ask');
  });
});
