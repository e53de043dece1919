import type { Allocation } from '../allocate-types.js';
import { passedIn } from '../circuit-problems.js';
import type { CircuitEvent, ConnectorFacts, LimitOrder } from '../circuit-records.js';
import { CircuitState } from '../circuit-state.js';
import type { DeciA, PerPhase } from '../current.js';
import type { CircuitFacts } from '../limit-of.js';

type Told = CircuitEvent extends infer Each ? (Each extends unknown ? Omit<Each, 'atMs'> : never) : never;

export const breaker = (amps: number, reserveA: number | null = null): CircuitFacts => ({
  id: 'a',
  parentId: null,
  maxDeciA: amps * 10,
  reserveDeciA: reserveA === null ? null : reserveA * 10,
  readingMaxAgeMs: 60_000,
});

export const charger = (chargerId: string, facts: Partial<ConnectorFacts> = {}): ConnectorFacts => ({
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
export class Story {
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

  leaves(chargerId: string): void {
    this.happens({ kind: 'charger', chargerId, online: false, connectionId: null });
  }

  plugs(chargerId: string): void {
    this.happens({ kind: 'connector', connector: `${chargerId}/1`, status: 'Charging', sessionId: `s-${chargerId}` });
  }

  measures(chargerId: string, perConductorDeciA: PerPhase): void {
    this.happens({ kind: 'measured', connector: `${chargerId}/1`, perConductorDeciA, powerW: null });
  }

  tellsPower(chargerId: string, powerW: number): void {
    this.happens({ kind: 'measured', connector: `${chargerId}/1`, perConductorDeciA: null, powerW });
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
  seen(): Allocation {
    return CircuitState.asKept(this.state.toJSON()).decide(this.nowMs).allocation;
  }

  problems(): string[] {
    return this.seen().circuits.flatMap((use) => passedIn(use).map(({ code }) => code));
  }

  limits(): Record<string, DeciA> {
    return Object.fromEntries(this.seen().limits.map(({ connector, limitDeciA }) => [connector, limitDeciA]));
  }
}
