import type { CircuitUse } from './allocate-types.js';
import { FLOOR_DECI_A, PHASES, type DeciA, type Phase } from './current.js';
import type { CircuitFacts } from './limit-of.js';
import { wiredPhases, type Rotation } from './rotation.js';

/** What a circuit cannot keep, whatever is sent. */
export type CircuitProblem =
  /** What its chargers may take is more than it bears now: some have not confirmed less yet, or are away. */
  | { readonly code: 'passed'; readonly phase: Phase; readonly deciA: DeciA; readonly limitDeciA: DeciA }
  /** What its chargers give by themselves is more than it bears. */
  | { readonly code: 'defaults-exceed'; readonly deciA: DeciA; readonly limitDeciA: DeciA };

/** The phases on which its chargers may pass a circuit. A building above its own breaker is not ours. */
export function passedIn({ limitDeciA: limits, mayDeciA }: CircuitUse): CircuitProblem[] {
  return PHASES.flatMap((phase): CircuitProblem[] => {
    const [deciA, limitDeciA] = [mayDeciA[phase], Math.max(0, limits[phase])];
    return deciA > limitDeciA ? [{ code: 'passed', phase, deciA, limitDeciA }] : [];
  });
}

/** Whether a circuit bears what the connectors in it and below it give by themselves, beside its reserve. */
export function defaultsIn(
  { maxDeciA, reserveDeciA }: CircuitFacts,
  connectors: readonly { readonly offlineDeciA: DeciA }[],
): CircuitProblem[] {
  const deciA = connectors.reduce((sum, { offlineDeciA }) => sum + offlineDeciA, 0);
  const limitDeciA = Math.max(0, maxDeciA - (reserveDeciA ?? 0));
  return deciA > limitDeciA ? [{ code: 'defaults-exceed', deciA, limitDeciA }] : [];
}

/** What a promise asks of the phases a charger is wired to: at least 6 A, and no less than the charger gives by itself. */
export interface Promised {
  readonly rotation: Rotation;
  readonly guaranteedDeciA: DeciA;
  readonly offlineDeciA: DeciA;
}

/** How much more was promised in a circuit and below it than it bears beside its reserve, on the phase where that is most; 0: all holds. */
export function promisedTooMuch({ maxDeciA, reserveDeciA }: CircuitFacts, connectors: readonly Promised[]): DeciA {
  const promised = connectors.filter(({ guaranteedDeciA }) => guaranteedDeciA > 0);
  const limitDeciA = Math.max(0, maxDeciA - (reserveDeciA ?? 0));
  const on = (phase: Phase): DeciA =>
    connectors
      .filter(({ rotation }) => wiredPhases(rotation).includes(phase))
      .map(({ guaranteedDeciA, offlineDeciA }) =>
        guaranteedDeciA > 0 ? Math.max(guaranteedDeciA, offlineDeciA, FLOOR_DECI_A) : offlineDeciA,
      )
      .reduce((sum, deciA) => sum + deciA, 0);
  return promised.length === 0 ? 0 : Math.max(0, ...PHASES.map((phase) => on(phase) - limitDeciA));
}
