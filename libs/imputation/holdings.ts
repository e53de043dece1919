/** A stretch of the month, half-open, in whole minutes since its beginning. */
export interface MinuteSpan {
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** Who answers for a spot in a stretch of the month; null: nobody. A spot's holdings tile the month. */
export interface Holding extends MinuteSpan {
  readonly customerId: string | null;
}

/** A spot that takes part in the month: it had a charger at some time of it. */
export interface HeldSpot {
  readonly spotId: string;
  readonly spotName: string;
  readonly unitId: string | null;
  /** Hundredths of a per mille of the spot's unit; null where the spot has no unit. */
  readonly permillageHundredths: number | null;
  readonly holdings: readonly Holding[];
}

/** Whole weights by customer; null is the condominium. */
export type Weights = Map<string | null, number>;

function addTo(weights: Weights, key: string | null, weight: number): void {
  weights.set(key, (weights.get(key) ?? 0) + weight);
}

function overlap(a: MinuteSpan, b: MinuteSpan): number {
  return Math.max(0, Math.min(a.toMinute, b.toMinute) - Math.max(a.fromMinute, b.fromMinute));
}

/** Minutes of a spot by who answered for it, inside the given spans. */
export function minutesBySpot(spot: HeldSpot, within: readonly MinuteSpan[]): Weights {
  const minutes: Weights = new Map();
  for (const holding of spot.holdings) {
    for (const span of within) addTo(minutes, holding.customerId, overlap(holding, span));
  }
  return minutes;
}

/** Minutes during which each customer held at least one spot: two spots at once count once. Nobody's time is no one's. */
export function equalWeights(spots: readonly HeldSpot[], within: readonly MinuteSpan[]): Weights {
  const all = spots.flatMap(({ holdings }) => holdings).sort((a, b) => a.fromMinute - b.fromMinute);
  const weights: Weights = new Map();
  const reached = new Map<string, number>();
  for (const { customerId, fromMinute, toMinute } of all) {
    if (customerId === null) continue;
    const last = reached.get(customerId) ?? 0;
    const fresh = { fromMinute: Math.max(fromMinute, last), toMinute };
    for (const span of within) addTo(weights, customerId, overlap(fresh, span));
    reached.set(customerId, Math.max(last, toMinute));
  }
  return weights;
}

/** Minutes of each spot; the time without a holder is the condominium's. */
export function spotWeights(spots: readonly HeldSpot[], within: readonly MinuteSpan[]): Weights {
  const weights: Weights = new Map();
  for (const spot of spots) {
    for (const [customerId, minutes] of minutesBySpot(spot, within)) addTo(weights, customerId, minutes);
  }
  return weights;
}

/**
 * Permillage × minutes of each spot. Spots of one unit divide its permillage evenly; so that this stays whole, all
 * weights are multiplied by the least common multiple of the numbers of spots. A spot without a unit has no
 * permillage: it is named, and nothing is weighed.
 */
export function permillageWeights(
  spots: readonly HeldSpot[],
  within: readonly MinuteSpan[],
): { readonly ok: Weights } | { readonly missing: string } {
  const ofUnit = Map.groupBy(spots, ({ unitId }) => unitId);
  const scale = [...ofUnit.values()].map(({ length }) => length).reduce(leastCommonMultiple, 1);
  const weights: Weights = new Map();
  for (const spot of spots) {
    if (spot.unitId === null || spot.permillageHundredths === null) return { missing: spot.spotName };
    const factor = scale / (ofUnit.get(spot.unitId)?.length ?? 1);
    for (const [customerId, minutes] of minutesBySpot(spot, within)) {
      addTo(weights, customerId, spot.permillageHundredths * factor * minutes);
    }
  }
  return { ok: weights };
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return (a / x) * b;
}
