import { describe, expect, test } from '@jest/globals';

import type { CircuitEvent, ConnectorFacts, LimitOrder } from './circuit-records.js';
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
  readonly state = CircuitState.empty();
  nowMs = 1_000_000;

  constructor(circuits: readonly CircuitFacts[], connectors: readonly ConnectorFacts[]) {
    this.happens({ kind: 'configured', circuits, connectors });
    for (const { chargerId } of connectors) this.connects(chargerId);
    this.confirms();
  }

  happens(event: Told): void {
    this.state.happened({ ...event, atMs: this.nowMs });
  }

  connects(chargerId: string): void {
    this.happens({ kind: 'charger', chargerId, online: true });
  }

  leaves(chargerId: string): void {
    this.happens({ kind: 'charger', chargerId, online: false });
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

  limits(): Record<string, DeciA> {
    const { allocation } = this.state.decide(this.nowMs);
    return Object.fromEntries(allocation.limits.map(({ connector, limitDeciA }) => [connector, limitDeciA]));
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
