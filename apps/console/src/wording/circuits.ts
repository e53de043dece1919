import type { Circuit, Spot, SpotState } from '#apps/backoffice/api-types.js';

/** The tab of spots that hang under no circuit. */
export const NO_CIRCUIT = 'none';

export interface CircuitTab {
  readonly id: string;
  readonly name: string;
  readonly maxCurrentA: number | null;
  readonly spots: readonly Spot[];
}

const byName = (a: string, b: string): number => a.localeCompare(b, 'pt', { numeric: true });

const bySpot = (a: Spot, b: Spot): number => byName(a.spotName, b.spotName);

/**
 * The circuits that carry spots, and those that carry nothing yet, by name; a feeder that only holds other circuits has
 * no tab of its own. Spots without a circuit come last, under {@link NO_CIRCUIT}.
 */
export function circuitTabs(circuits: readonly Circuit[], spots: readonly Spot[]): CircuitTab[] {
  const feeders = new Set(circuits.map((circuit) => circuit.parentId));
  const known = new Set(circuits.map((circuit) => circuit.id));
  const tabs: CircuitTab[] = circuits
    .map(({ id, name, maxCurrentA }) => ({
      id,
      name,
      maxCurrentA,
      spots: spots.filter((spot) => spot.circuitId === id).sort(bySpot),
    }))
    .filter((tab) => tab.spots.length > 0 || !feeders.has(tab.id))
    .sort((a, b) => byName(a.name, b.name));
  const loose = spots.filter((spot) => spot.circuitId === null || !known.has(spot.circuitId)).sort(bySpot);
  if (loose.length > 0) tabs.push({ id: NO_CIRCUIT, name: '', maxCurrentA: null, spots: loose });
  return tabs;
}

/** What the cars draw together now, in W. */
export function totalPowerW(spots: readonly Pick<Spot, 'state'>[]): number {
  return spots.reduce((sum, { state }) => sum + (state.code === 'charging' ? (state.powerW ?? 0) : 0), 0);
}

export type SpotTone = 'charging' | 'waiting' | 'finished' | 'bad' | 'away' | 'idle';

/** The colour a state has everywhere. */
export function spotTone(state: Pick<SpotState, 'code'>): SpotTone {
  switch (state.code) {
    case 'charging':
    case 'waiting':
    case 'finished':
      return state.code;
    case 'faulted':
      return 'bad';
    case 'offline':
      return 'away';
    case 'disconnected':
    case 'no-charger':
      return 'idle';
    default:
      return never(state.code);
  }
}

function never(code: never): SpotTone {
  throw new Error(`Unknown spot state ${String(code)}`);
}
