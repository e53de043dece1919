import type { CircuitEvent, ConnectorRecord, SessionRecord, StateOptions } from './circuit-records.js';
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

/** The highest a voltage of 230 V may be (EN 50160): with it a power says how much current flows at least. */
const MOST_VOLTS = PHASE_VOLTS * (1 + METER_ERROR);

type Measured = Extract<CircuitEvent, { kind: 'measured' }>;

/** What a reading says of a car: which conductors it uses, what it takes, what flows, and whether it keeps to its limit. */
export function foldMeasured(record: ConnectorRecord, event: Measured, options: StateOptions): ConnectorRecord {
  const { session } = record;
  // Of the car before, or of this one before it paused.
  if (session !== null && event.atMs < session.waitsSinceMs) return record;
  if (session === null) return { ...record, flow: flowOf(record, event) };
  const seen =
    event.perConductorDeciA === null ? withAllUsed(record, session, event, options) : withUses(session, event);
  const flow = flowOf({ ...record, session: seen }, event);
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
 * Where only the power is told: more than all conductors but one carry within the limit it obeys flows on all of them. Fewer are
 * never concluded: a car on one conductor that takes its whole limit looks like one on three that takes a third.
 */
function withAllUsed(
  { facts, order }: ConnectorRecord,
  session: SessionRecord,
  { atMs, powerW }: Measured,
  { settleMs }: StateOptions,
): SessionRecord {
  const [limitDeciA] = session.mayFollowDeciA;
  const isKnown = session.mayFollowDeciA.length === 1 && order === null && atMs >= session.toldAtMs + settleMs;
  if (session.uses !== null || session.defies || !isKnown || limitDeciA === undefined || powerW === null)
    return session;
  const others = wiredPhases(facts.rotation).length - 1;
  const mostDeciA = limitDeciA * (1 + METER_ERROR) + IN_USE_DECI_A;
  return others > 0 && powerW * 10 > others * PHASE_VOLTS * mostDeciA ? { ...session, uses: PHASES } : session;
}

/**
 * The current of the conductor with the most, never less than it is: where only the power is told and nobody knows on how many
 * conductors it flows, it is taken for one. So a car on three is not seen to take less while one could carry it all.
 */
function highestOf({ perConductorDeciA, powerW }: Measured, uses: readonly Conductor[] | null): DeciA | null {
  if (perConductorDeciA !== null) return Math.max(...perConductorDeciA);
  if (powerW === null) return null;
  return Math.ceil((powerW * 10) / (PHASE_VOLTS * (uses?.length ?? 1)));
}

/**
 * The same, never more than it is: where only the power is told, it flows on all the conductors it may. So a car on one of three
 * is seen to take more than it may only beyond three times its limit.
 */
function leastOf({ perConductorDeciA, powerW }: Measured, conductors: readonly Conductor[]): DeciA | null {
  if (perConductorDeciA !== null) return Math.max(...perConductorDeciA);
  return powerW === null ? null : Math.floor((powerW * 10) / (PHASE_VOLTS * conductors.length));
}

/**
 * What the car takes of each phase wherever it may, never more than it is: told by conductor, else what the power says at the
 * highest voltage. A car that takes all of its limit is taken to go on with as much as it took before that was lowered.
 */
function flowOf(record: ConnectorRecord, event: Measured): ConnectorRecord['flow'] {
  const { facts, flow, session } = record;
  const conductors = event.perConductorDeciA ?? leastPerConductor(record, event.powerW);
  if (conductors === null) return flow;
  const perPhaseDeciA = onSupply(facts.rotation, conductors);
  const limitDeciA = session === null ? Infinity : Math.min(...session.mayFollowDeciA);
  const takesAll = session !== null && limitDeciA > 0 && Math.max(...conductors) >= limitDeciA - IN_USE_DECI_A;
  const before = takesAll && flow !== null ? flow.perPhaseDeciA : NO_CURRENT;
  return { atMs: event.atMs, perPhaseDeciA: combine(before, perPhaseDeciA, Math.max) };
}

/** Of a power alone: evenly on the conductors in use; where those are not known, a third of it flows on L1, which every car uses (IEC 62196-2). */
function leastPerConductor({ facts, session }: ConnectorRecord, powerW: number | null): PerPhase | null {
  if (powerW === null) return null;
  const wired = wiredPhases(facts.rotation).length;
  const uses = wired === 1 ? [0] : session?.uses;
  const each = Math.floor((powerW * 10) / (MOST_VOLTS * (uses?.length ?? wired)));
  const [l1, l2, l3] = PHASES.map((conductor) => ((uses ?? [0]).some((one) => one === conductor) ? each : 0));
  return [l1 ?? 0, l2 ?? 0, l3 ?? 0];
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
