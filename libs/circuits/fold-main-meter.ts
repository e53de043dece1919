import { SAMPLED_S } from '../commands/provisioning-plan.js';
import type { CircuitData, CircuitEvent, ConnectorRecord } from './circuit-records.js';
import { pathsOf } from './circuit-tree.js';
import { combine, NO_CURRENT, onPhases, type DeciA, type PerPhase, type Phase } from './current.js';
import { counts } from './limit-of.js';
import { loadedPhases } from './rotation.js';

/**
 * A main meter's reading of everything is held against what cars took no longer ago than this: longer than from one reading
 * of a car to the next, or the car would count as the building's load in between.
 */
export const FLOW_MAX_AGE_MS = 1.5 * SAMPLED_S * 1_000;

type MainMeter = Extract<CircuitEvent, { kind: 'main-meter' }>;

/** The building's own load: as told, or everything less what the cars behind that meter take. */
export function foldMainMeter(data: CircuitData, event: MainMeter): CircuitData {
  const earlier = data.baseLoads[event.circuitId];
  if (earlier !== undefined && earlier.atMs > event.atMs) return data;
  const baseDeciA = event.measures === 'building' ? event.perPhaseDeciA : baseBehind(data, event);
  return { ...data, baseLoads: { ...data.baseLoads, [event.circuitId]: { atMs: event.atMs, baseDeciA } } };
}

/**
 * Everything less what cars surely take. A car that was given more takes it before its own reading says so: what may be its rise
 * is not the building's while the meter stays within the breaker, or each rise would be taken back at once, and given
 * again.
 */
function baseBehind(data: CircuitData, event: MainMeter): PerPhase {
  const circuit = data.circuits.find(({ id }) => id === event.circuitId);
  const earlier = data.baseLoads[event.circuitId];
  const { surely, perhaps } = carsNow(data, event);
  const base = (phase: Phase): DeciA => {
    const allDeciA = event.perPhaseDeciA[phase];
    const mostDeciA = Math.max(0, allDeciA - surely[phase]);
    if (circuit === undefined || !counts(circuit, earlier, event.atMs) || allDeciA > circuit.maxDeciA) return mostDeciA;
    const leastDeciA = Math.max(0, mostDeciA - perhaps[phase]);
    return Math.min(mostDeciA, Math.max(leastDeciA, earlier.baseDeciA[phase]));
  };
  return [base(0), base(1), base(2)];
}

interface CarsLoad {
  /** Never more than they take. */
  readonly surely: PerPhase;
  /** What they may take besides because they were given it since they were read. */
  readonly perhaps: PerPhase;
}

function carsNow({ circuits, connectors, options }: CircuitData, at: MainMeter): CarsLoad {
  const paths = pathsOf(circuits);
  const isBehind = (circuitId: string): boolean => paths.get(circuitId)?.at(-1) === at.circuitId;
  return Object.values(connectors)
    .filter(({ facts, presence }) => presence === 'online' && isBehind(facts.circuitId))
    .map((record) => loadOf(record, at.atMs, options.settleMs))
    .reduce<CarsLoad>(
      (sum, one) => ({
        surely: combine(sum.surely, one.surely, (a, b) => a + b),
        perhaps: combine(sum.perhaps, one.perhaps, (a, b) => a + b),
      }),
      { surely: NO_CURRENT, perhaps: NO_CURRENT },
    );
}

function loadOf({ facts, flow, session }: ConnectorRecord, atMs: number, settleMs: number): CarsLoad {
  if (session === null) return { surely: NO_CURRENT, perhaps: NO_CURRENT };
  const isKnown = flow !== null && atMs - flow.atMs <= FLOW_MAX_AGE_MS;
  // It may have been told less since it was read: no more of it flows than the least it may follow.
  const leastDeciA = Math.min(...session.mayFollowDeciA);
  const surely = combine(isKnown ? flow.perPhaseDeciA : NO_CURRENT, NO_CURRENT, (taken) => Math.min(taken, leastDeciA));
  const isReadSince = flow !== null && flow.atMs >= session.raisedAtMs + settleMs;
  if (isReadSince || atMs - session.raisedAtMs > FLOW_MAX_AGE_MS) return { surely, perhaps: NO_CURRENT };
  const mostDeciA = Math.max(...session.mayFollowDeciA);
  const most = onPhases(mostDeciA, loadedPhases(facts.rotation, session.uses));
  return { surely, perhaps: combine(most, surely, (may, takes) => Math.max(0, may - takes)) };
}
