/**
 * Currents are integer tenths of an ampere: exactly what OCPP carries (`limit` is a decimal "multipleOf 0.1" in 1.6 and
 * a number of one sensible digit in 2.x), so that what is planned is what is sent. Finer units would have to be rounded at
 * the wire, and sums over rounded figures could pass a limit.
 */
export type DeciA = number;

/** L1, L2 and L3 of the installation's supply. */
export const PHASES = [0, 1, 2] as const;
export type Phase = (typeof PHASES)[number];

/** One figure for each phase of the supply. */
export type PerPhase = readonly [DeciA, DeciA, DeciA];

/** IEC 61851-1: a charger cannot offer a car less than 6 A; below that it must pause. */
export const FLOOR_DECI_A: DeciA = 60;

/** Low voltage in Europe is 230 V between a phase and neutral (IEC 60038). */
export const PHASE_VOLTS = 230;

export const NO_CURRENT: PerPhase = [0, 0, 0];

export function samePhases(deciA: DeciA): PerPhase {
  return [deciA, deciA, deciA];
}

/** The same current on the named phases, none on the others. */
export function onPhases(deciA: DeciA, phases: readonly Phase[]): PerPhase {
  return [phases.includes(0) ? deciA : 0, phases.includes(1) ? deciA : 0, phases.includes(2) ? deciA : 0];
}

export function combine(a: PerPhase, b: PerPhase, figure: (a: DeciA, b: DeciA) => DeciA): PerPhase {
  return [figure(a[0], b[0]), figure(a[1], b[1]), figure(a[2], b[2])];
}

/** W that flow with that current on each phase, rounded to the whole watt. */
export function wattsOf(perPhase: PerPhase): number {
  return Math.round(((perPhase[0] + perPhase[1] + perPhase[2]) * PHASE_VOLTS) / 10);
}
