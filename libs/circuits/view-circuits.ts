import type { ConnectorLimit } from './allocate-types.js';
import { defaultsIn, passedIn, type CircuitProblem } from './circuit-problems.js';
import type { CircuitData } from './circuit-records.js';
import { CircuitState } from './circuit-state.js';
import { pathsOf } from './circuit-tree.js';
import { combine, NO_CURRENT, onPhases, PHASE_VOLTS, type PerPhase } from './current.js';
import { limitOf, type CircuitFacts } from './limit-of.js';
import { eventsOf, type LiveConnector, type Site } from './load-site.js';
import { loadedPhases, wiredPhases } from './rotation.js';

export interface CircuitView {
  readonly circuitId: string;
  /** For the charging alone, now. */
  readonly limitDeciA: PerPhase;
  /** What its chargers may take; null while nothing is shared. */
  readonly allocatedDeciA: PerPhase | null;
  readonly flowDeciA: PerPhase;
  /** What it cannot keep; none while nothing is shared. */
  readonly problems: readonly CircuitProblem[];
}

export interface SiteView {
  readonly circuits: readonly CircuitView[];
  /** By connector; empty while nothing is shared. */
  readonly limits: ReadonlyMap<string, ConnectorLimit>;
}

/** What a person sees of the circuits at an instant. Nothing is decided by it: `kept` is as the driving process left it. */
export function viewCircuits(site: Site, kept: CircuitData | null, nowMs: number): SiteView {
  const flows = site.connectors.map((one) => [one.facts.circuitId, flowOf(one)] as const);
  const paths = pathsOf(site.circuits);
  const isBelow = (id: string, above: string): boolean => paths.get(id)?.includes(above) ?? false;
  const state = kept === null ? CircuitState.empty() : CircuitState.asKept(kept);
  for (const event of eventsOf(site, nowMs, new Map())) state.happened(event);
  const { baseLoads } = state.toJSON();
  const { allocation } = state.decide(nowMs);
  const uses = new Map(allocation.circuits.map((use) => [use.circuitId, use]));
  const problemsOf = (circuit: CircuitFacts): CircuitProblem[] => {
    const use = uses.get(circuit.id);
    const behind = site.connectors.map(({ facts }) => facts).filter(({ circuitId }) => isBelow(circuitId, circuit.id));
    return [...(use === undefined ? [] : passedIn(use)), ...defaultsIn(circuit, behind)];
  };
  return {
    circuits: site.circuits.map((circuit) => ({
      circuitId: circuit.id,
      limitDeciA: limitOf(circuit, baseLoads[circuit.id], nowMs).limitDeciA,
      allocatedDeciA: kept === null ? null : (uses.get(circuit.id)?.allocatedDeciA ?? NO_CURRENT),
      flowDeciA: flows
        .filter(([id]) => isBelow(id, circuit.id))
        .reduce<PerPhase>((sum, [, flow]) => combine(sum, flow, (a, b) => a + b), NO_CURRENT),
      problems: kept === null ? [] : problemsOf(circuit),
    })),
    limits: new Map(kept === null ? [] : allocation.limits.map((limit) => [limit.connector, limit])),
  };
}

/** By conductor where the charger says so, else its power spread evenly over the phases it is wired to. */
function flowOf({ facts, status, perConductorDeciA, powerW }: LiveConnector): PerPhase {
  if (status !== 'Charging') return NO_CURRENT;
  if (perConductorDeciA !== null && facts.rotation !== 'unknown') {
    return perConductorDeciA.reduce<PerPhase>((sum, deciA, index) => {
      const conductor = index === 0 ? 0 : index === 1 ? 1 : 2;
      const [phase] = facts.rotation.length === 1 && index > 0 ? [] : loadedPhases(facts.rotation, [conductor]);
      return phase === undefined ? sum : combine(sum, onPhases(deciA, [phase]), (a, b) => a + b);
    }, NO_CURRENT);
  }
  if (perConductorDeciA !== null) return perConductorDeciA;
  const phases = wiredPhases(facts.rotation);
  return onPhases(Math.round(((powerW ?? 0) * 10) / (PHASE_VOLTS * phases.length)), phases);
}
