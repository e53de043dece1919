import type { CircuitData, CircuitEvent, ConnectorRecord, SessionRecord, StateOptions } from './circuit-records.js';
import { combine, NO_CURRENT, PHASE_VOLTS, PHASES, type DeciA, type PerPhase } from './current.js';
import { union } from './known-limits.js';
import { loadedPhases, wiredPhases, type Conductor } from './rotation.js';

/** From here on a conductor is in use; less is the charger's own consumption. */
const IN_USE_DECI_A: DeciA = 10;

/** A car that takes this much on one conductor shows by then which others it uses. */
const SHOWS_USE_DECI_A: DeciA = 30;

/** Voltage stays within a tenth of 230 V (EN 50160), and a charger's own meter and a car's control are rougher than ours. */
const METER_ERROR = 0.1;

const AMPERE: DeciA = 10;

/** A main meter's reading of everything is held against what cars took no longer ago than this. */
const FLOW_MAX_AGE_MS = 30_000;

type Measured = Extract<CircuitEvent, { kind: 'measured' }>;

/** What a reading says of a car: which conductors it uses, what it takes, what flows, and whether it keeps to its limit. */
export function foldMeasured(record: ConnectorRecord, event: Measured, options: StateOptions): ConnectorRecord {
  const { session } = record;
  // Of the car before, or of this one before it paused.
  if (session !== null && event.atMs < session.waitsSinceMs) return record;
  const flow = flowOf(record, event);
  if (session === null) return { ...record, flow };
  const seen = withUses(session, event);
  const taken = record.order === null ? takenOf(seen, event, options) : null;
  return judged({ ...record, flow, session: taken === null ? seen : { ...seen, taken } }, event, options);
}

/** What it takes under which limit; null while that is not known, or not yet. */
function takenOf(session: SessionRecord, event: Measured, options: StateOptions): SessionRecord['taken'] {
  const highestDeciA = highestOf(event, session.uses);
  const underDeciA = session.mayFollowDeciA.length === 1 ? session.mayFollowDeciA[0] : undefined;
  if (highestDeciA === null || underDeciA === undefined) return null;
  const patience = session.raisedFromPause && highestDeciA < IN_USE_DECI_A ? options.wakeMs : options.settleMs;
  return event.atMs < session.raisedAtMs + patience ? null : { highestDeciA, underDeciA };
}

/**
 * A car that takes clearly more than it may was told nothing that its charger still knows: it counts with what it takes, its
 * charger is told again, and is believed when a reading shows that it obeys.
 */
function judged(record: ConnectorRecord, event: Measured, { settleMs }: StateOptions): ConnectorRecord {
  const { session, order, facts } = record;
  if (session === null || order !== null || event.atMs < session.toldAtMs + settleMs) return record;
  const leastDeciA = leastOf(event, session.uses ?? wiredPhases(facts.rotation));
  if (leastDeciA === null) return record;
  const allowedDeciA = session.defies ? session.givenDeciA : Math.max(...session.mayFollowDeciA);
  if (leastDeciA > allowedDeciA * (1 + METER_ERROR) + IN_USE_DECI_A) {
    const takesDeciA = Math.ceil(leastDeciA / AMPERE) * AMPERE;
    const mayFollowDeciA = union(session.mayFollowDeciA, [takesDeciA]);
    const isDefaultSure = session.defies && record.isDefaultSure;
    return { ...record, isDefaultSure, session: { ...session, defies: true, mayFollowDeciA } };
  }
  if (!session.defies) return record;
  return { ...record, failures: 0, notBeforeMs: event.atMs, session: { ...session, defies: false } };
}

/** Which conductors: one more is believed at once, fewer when seen twice in a row. */
function withUses(session: SessionRecord, { perConductorDeciA }: Measured): SessionRecord {
  if (perConductorDeciA === null || Math.max(...perConductorDeciA) < SHOWS_USE_DECI_A) return session;
  const used: readonly Conductor[] = PHASES.filter((conductor) => perConductorDeciA[conductor] >= IN_USE_DECI_A);
  const { uses, usesSeen } = session;
  if (uses !== null && used.some((conductor) => !uses.includes(conductor))) {
    const all = PHASES.filter((conductor) => uses.includes(conductor) || used.includes(conductor));
    return { ...session, uses: all, usesSeen: null };
  }
  const again = usesSeen !== null && usesSeen.length === used.length && used.every((one) => usesSeen.includes(one));
  return again ? { ...session, uses: used, usesSeen: used } : { ...session, usesSeen: used };
}

/**
 * The current of the conductor with the most, never less than it is: where only the power is told and nobody knows on how many
 * conductors it flows, it is taken for one.
 */
function highestOf({ perConductorDeciA, powerW }: Measured, uses: readonly Conductor[] | null): DeciA | null {
  if (perConductorDeciA !== null) return Math.max(...perConductorDeciA);
  if (powerW === null) return null;
  return Math.ceil((powerW * 10) / (PHASE_VOLTS * (uses?.length ?? 1)));
}

/** The same, never more than it is: where only the power is told, it flows on all the conductors it may. */
function leastOf({ perConductorDeciA, powerW }: Measured, conductors: readonly Conductor[]): DeciA | null {
  if (perConductorDeciA !== null) return Math.max(...perConductorDeciA);
  return powerW === null ? null : Math.floor((powerW * 10) / (PHASE_VOLTS * conductors.length));
}

function flowOf(
  { facts, flow }: ConnectorRecord,
  { atMs, perConductorDeciA, powerW }: Measured,
): ConnectorRecord['flow'] {
  if (perConductorDeciA !== null) {
    return { atMs, perPhaseDeciA: onSupply(facts.rotation, perConductorDeciA) };
  }
  return powerW === 0 ? { atMs, perPhaseDeciA: NO_CURRENT } : flow;
}

/** Where the wiring is not known, no phase is said to flow: a main meter's reading then counts in full. */
function onSupply(rotation: ConnectorRecord['facts']['rotation'], conductors: PerPhase): PerPhase {
  if (rotation === 'unknown') return NO_CURRENT;
  return PHASES.reduce<PerPhase>((sum, conductor) => {
    const [phase] = loadedPhases(rotation, [conductor]);
    const flows: PerPhase = [0, 1, 2].map((one) => (one === phase ? conductors[conductor] : 0)) as [
      DeciA,
      DeciA,
      DeciA,
    ];
    return combine(sum, flows, (a, b) => (rotation.length === 1 ? Math.max(a, b) : a + b));
  }, NO_CURRENT);
}

/** The building's own load: as told, or everything less what the cars behind that meter surely take. */
export function foldMainMeter(data: CircuitData, event: Extract<CircuitEvent, { kind: 'main-meter' }>): CircuitData {
  const earlier = data.baseLoads[event.circuitId];
  if (earlier !== undefined && earlier.atMs > event.atMs) return data;
  const cars = event.measures === 'building' ? NO_CURRENT : carsNow(data, event);
  const baseDeciA = combine(event.perPhaseDeciA, cars, (all, taken) => Math.max(0, all - taken));
  return { ...data, baseLoads: { ...data.baseLoads, [event.circuitId]: { atMs: event.atMs, baseDeciA } } };
}

function carsNow({ circuits, connectors }: CircuitData, at: { readonly atMs: number; circuitId: string }): PerPhase {
  const parents = new Map(circuits.map(({ id, parentId }) => [id, parentId]));
  const rootOf = (id: string): string => {
    const above = parents.get(id) ?? null;
    return above === null ? id : rootOf(above);
  };
  return Object.values(connectors).reduce<PerPhase>((sum, { facts, presence, flow, session }) => {
    if (flow === null || session === null || presence !== 'online') return sum;
    if (at.atMs - flow.atMs > FLOW_MAX_AGE_MS || rootOf(facts.circuitId) !== at.circuitId) return sum;
    // It may have been told less since it was read: no more of it flows than the least it may follow.
    const leastDeciA = Math.min(...session.mayFollowDeciA);
    return combine(sum, flow.perPhaseDeciA, (all, taken) => all + Math.min(taken, leastDeciA));
  }, NO_CURRENT);
}
