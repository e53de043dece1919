import { divideRoundedHalfUp } from '#libs/tariff/rounding.js';

/** Readings further apart than this are too coarse to say where between them the energy was used. */
export const ESTIMATE_AFTER_MS = 15 * 60_000;

/** The same as `divideRoundedHalfUp`, of a product of two non-negative integers, without BigInt as long as it fits. */
function divideHalfUp(factorA: number, factorB: number, divisor: number): number {
  const doubled = 2 * factorA * factorB;
  if (doubled + divisor <= Number.MAX_SAFE_INTEGER) {
    const whole = doubled + divisor;
    return (whole - (whole % (2 * divisor))) / (2 * divisor);
  }
  return divideRoundedHalfUp(BigInt(factorA) * BigInt(factorB), BigInt(divisor));
}

/**
 * The register at an instant between two readings: linear interpolation, rounded half up to the Wh. Exact: the product
 * of energy and time passes 2^53 in a month of a busy charger, so it is calculated in BigInt where needed.
 */
export function registerAt(atMs: number, t1: number, r1: number, t2: number, r2: number): number {
  return r1 + divideHalfUp(r2 - r1, atMs - t1, t2 - t1);
}

/** Micro-units per kWh × Wh is 10⁻⁹ of the currency; a cent is 10⁷ of those. */
const NANOS_PER_CENT = 10_000_000;

/** Half up in magnitude, so that a charge and its correction cancel. */
function signedCents(magnitudeCents: number, isNegative: boolean): number {
  return isNegative ? 0 - magnitudeCents : magnitudeCents;
}

/**
 * What energy costs, in cents, rounded half up once. Energy fed back is credited: the same amount, negative, so that a
 * kWh in and a kWh out at one price cancel to the cent. A negative price turns the sign.
 */
export function roundToCents(energyWh: number, microsPerKWh: number, direction: 'import' | 'export'): number {
  const cents = divideHalfUp(energyWh, Math.abs(microsPerKWh), NANOS_PER_CENT);
  return signedCents(cents, (direction === 'export') !== microsPerKWh < 0);
}

/** The same for energy at several prices: `nanos` is the exact sum of Wh × micro-units per kWh. */
export function nanosToCents(nanos: number): number {
  return signedCents(divideHalfUp(Math.abs(nanos), 1, NANOS_PER_CENT), nanos < 0);
}

/** The mean price of energy at several prices, in micro-units per kWh, for show. */
export function averageMicros(nanos: number, energyWh: number): number {
  return signedCents(divideHalfUp(Math.abs(nanos), 1, energyWh), nanos < 0);
}

/**
 * Receives the energy of one piece; `estimated` when the readings around a boundary lie too far apart: then also the
 * pieces between them that get nothing, for theirs is a guess as well.
 */
export type AddEnergy = (piece: number, energyWh: number, isEstimated: boolean) => void;

/**
 * Cuts what a register moved between two successive readings, [t1, r1] to [t2, r2] with t1 < t2 and r1 ≤ r2, at every
 * boundary between them. `cuts` are ascending instants; piece i is [cuts[i], cuts[i + 1]). What lies before the first
 * cut or after the last is left out. Returns where to look for the next readings of the same series (pass it as `hint`).
 */
export function cutMove(
  cuts: Float64Array,
  hint: number,
  t1: number,
  r1: number,
  t2: number,
  r2: number,
  add: AddEnergy,
): number {
  let next = hint; // the first cut after t1
  while (next < cuts.length && (cuts[next] ?? 0) <= t1) next += 1;
  const found = next;
  const isEstimated = t2 - t1 > ESTIMATE_AFTER_MS && next < cuts.length && (cuts[next] ?? 0) < t2;
  let register = r1;
  for (; next < cuts.length; next += 1) {
    const cut = cuts[next] ?? 0;
    if (cut >= t2) break;
    const at = registerAt(cut, t1, r1, t2, r2);
    if (next > 0 && (at > register || isEstimated)) add(next - 1, at - register, isEstimated);
    register = at;
  }
  if (next > 0 && next < cuts.length && (r2 > register || isEstimated)) add(next - 1, r2 - register, isEstimated);
  return found;
}

/** The piece that holds an instant, or -1 outside all. */
export function pieceAt(cuts: Float64Array, atMs: number): number {
  const next = firstCutAfter(cuts, atMs);
  return next > 0 && next < cuts.length ? next - 1 : -1;
}

/** Index of the first cut after an instant, by halving: the hint with which a series begins. */
export function firstCutAfter(cuts: Float64Array, atMs: number): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((cuts[middle] ?? 0) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
