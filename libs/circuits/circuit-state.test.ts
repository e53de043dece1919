import { describe, expect, test } from '@jest/globals';

import type { Allocation } from './allocate-types.js';
import { passedIn } from './circuit-problems.js';
import type { CircuitData, CircuitEvent, ConnectorFacts, LimitOrder } from './circuit-records.js';
import { CircuitState } from './circuit-state.js';
import type { DeciA, PerPhase } from './current.js';
import type { CircuitFacts } from './limit-of.js';

type Told = CircuitEvent extends infer Each ? (Each extends unknown ? Omit<Each, 'atMs'> : never) : never;

const breaker = (amps: number, reserveA: number | null = null): CircuitFacts => ({
  id: 'a',
  parentId: null,
  maxDeciA: amps * 10,
  reserveDeciA: reserveA === null ? null : reserveA * 10,
  readingMaxAgeMs: 60_000,
});

const charger = (chargerId: string, facts: Partial<ConnectorFacts> = {}): ConnectorFacts => ({
  connector: `${chargerId}/1`,
  chargerId,
  circuitId: 'a',
  rotation: 'RST',
  maxDeciA: 320,
  cableMaxDeciA: null,
  priority: 0,
  guaranteedDeciA: 0,
  offlineDeciA: 0,
  ...facts,
});

/** A state that is told what happens, and chargers that confirm whatever they are told. */
class Story {
  state = CircuitState.empty();
  nowMs = 1_000_000;

  constructor(circuits: readonly CircuitFacts[], connectors: readonly ConnectorFacts[]) {
    this.happens({ kind: 'configured', circuits, connectors });
    for (const { chargerId } of connectors) this.connects(chargerId);
    this.confirms();
  }

  happens(event: Told): void {
    this.state.happened({ ...event, atMs: this.nowMs });
  }

  connects(chargerId: string, connectionId: string | null = 'first'): void {
    this.happens({ kind: 'charger', chargerId, online: true, connectionId });
  }

  plugs(chargerId: string): void {
    this.happens({ kind: 'connector', connector: `${chargerId}/1`, status: 'Charging', sessionId: `s-${chargerId}` });
  }

  measures(chargerId: string, perConductorDeciA: PerPhase): void {
    this.happens({ kind: 'measured', connector: `${chargerId}/1`, perConductorDeciA, powerW: null });
  }

  meter(deciA: DeciA, measures: 'building' | 'everything' = 'building'): void {
    this.happens({ kind: 'main-meter', circuitId: 'a', measures, perPhaseDeciA: [deciA, deciA, deciA] });
  }

  pass(seconds: number): void {
    this.nowMs += seconds * 1_000;
  }

  sends(): readonly LimitOrder[] {
    return this.state.decide(this.nowMs).orders;
  }

  /** Everything that is sent is confirmed, until nothing more is; as `connector purpose limit`. */
  confirms(): string[] {
    const sent: LimitOrder[] = [];
    for (let round = 0; round < 10; round += 1) {
      const orders = this.sends();
      sent.push(...orders);
      for (const { id: orderId } of orders) this.happens({ kind: 'answered', orderId, result: 'confirmed' });
    }
    return sent.map(({ connector, purpose, limitDeciA }) => `${connector} ${purpose} ${limitDeciA}`);
  }

  /** What somebody sees who looks: nothing is sent by it. */
  private seen(): Allocation {
    return CircuitState.asKept(this.state.toJSON()).decide(this.nowMs).allocation;
  }

  problems(): string[] {
    return this.seen().circuits.flatMap((use) => passedIn(use).map(({ code }) => code));
  }

  limits(): Record<string, DeciA> {
    return Object.fromEntries(this.seen().limits.map(({ connector, limitDeciA }) => [connector, limitDeciA]));
  }
}

describe('a main meter that measures everything', () => {
  test('what a car took before it was paused is not taken off the building', () => {
    const story = new Story([breaker(63, 20)], [charger('x')]);
    story.plugs('x');
    story.confirms();
    story.pass(20);
    story.measures('x', [320, 320, 320]);
    story.meter(920, 'everything');
    expect(story.confirms()).toEqual(['x/1 session 0']);
    story.pass(10);
    story.meter(600, 'everything');
    expect(story.limits()).toEqual({ 'x/1': 0 });
  });

  test('cars behind another meter are not taken off', () => {
    const elsewhere = { ...breaker(63), id: 'b' };
    const story = new Story([breaker(63, 20), elsewhere], [charger('x'), charger('y', { circuitId: 'b' })]);
    story.plugs('y');
    story.confirms();
    story.pass(20);
    story.measures('y', [320, 320, 320]);
    story.meter(600, 'everything');
    story.plugs('x');
    expect(story.limits()).toMatchObject({ 'x/1': 0 });
  });
});

describe('a charger that comes back before anybody missed it', () => {
  const story = new Story([breaker(10)], [charger('x'), charger('y')]);

  test('is told its default and its limit again, also where it has nothing', () => {
    story.plugs('x');
    expect(story.confirms()).toEqual(['x/1 session 100']);
    story.plugs('y');
    story.connects('y', 'second');
    expect(story.confirms()).toEqual(['y/1 default 0', 'y/1 session 0']);
    story.connects('y', 'second');
    story.connects('y', null);
    expect(story.confirms()).toEqual([]);
  });

  test('is not believed to follow what was on its way to its former connection', () => {
    story.connects('x', 'second');
    const [order] = story.sends();
    expect(order).toMatchObject({ connector: 'x/1', purpose: 'default' });
    story.connects('x', 'third');
    story.happens({ kind: 'answered', orderId: order?.id ?? 0, result: 'confirmed' });
    expect(story.confirms()).toEqual(['x/1 default 0', 'x/1 session 100']);
  });
});

test('a process that takes over what was kept without what is known today tells everybody again', () => {
  const story = new Story([breaker(10)], [charger('x')]);
  story.plugs('x');
  story.confirms();
  const since = new Set(['connectionId', 'isSure', 'defies', 'toldAtMs', 'wasCut']);
  const earlier = JSON.stringify(story.state, (key, value: unknown) => (since.has(key) ? undefined : value));
  story.state = CircuitState.takeOver(JSON.parse(earlier) as CircuitData, story.nowMs);
  story.connects('x');
  expect(story.confirms()).toEqual(['x/1 default 0', 'x/1 session 100']);
  story.pass(20);
  story.measures('x', [320, 0, 0]);
  expect(story.problems()).toContain('passed');
});

describe('a car that takes more than it may', () => {
  const story = new Story([breaker(10)], [charger('x'), charger('y')]);

  test('counts with what it takes, and its charger is told again', () => {
    story.plugs('x');
    story.plugs('y');
    expect(story.confirms()).toEqual(['x/1 session 100']);
    story.pass(20);
    story.measures('y', [320, 0, 0]);
    expect(story.problems()).toContain('passed');
    expect(story.confirms()).toEqual(['y/1 default 0', 'y/1 session 0']);
  });

  test('is not believed by a confirmation alone: while its readings say otherwise the others give way', () => {
    const sent: string[] = [];
    for (let round = 0; round < 20; round += 1) {
      story.pass(15);
      story.measures('y', [320, 0, 0]);
      sent.push(...story.confirms());
    }
    expect(sent.filter((order) => order.startsWith('x/1'))).toEqual(['x/1 session 0']);
    expect(sent).toContain('y/1 session 0');
    expect(story.problems()).toContain('passed');
  });

  test('is believed once a reading shows that it obeys', () => {
    story.pass(15);
    story.measures('y', [2, 0, 0]);
    expect(story.confirms()).toEqual(['y/1 session 100']); // it has waited longest
    expect(story.problems()).toEqual([]);
  });

  test('is not accused by a reading that may be of less', () => {
    const calm = new Story([breaker(16)], [charger('x')]);
    calm.plugs('x');
    calm.confirms();
    calm.pass(20);
    calm.happens({ kind: 'measured', connector: 'x/1', perConductorDeciA: null, powerW: 12_000 });
    calm.measures('x', [175, 174, 173]);
    expect(calm.confirms()).toEqual([]);
  });
});
