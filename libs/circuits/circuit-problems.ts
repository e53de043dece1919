import type { CircuitUse } from './allocate-types.js';
import { PHASES, type DeciA, type Phase } from './current.js';
import type { CircuitFacts } from './limit-of.js';

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
