import type { CircuitLimit } from './allocate-types.js';
import { combine, samePhases, type DeciA, type PerPhase } from './current.js';

/** What flows at a main meter apart from charging. */
export interface BaseLoad {
  readonly atMs: number;
  readonly baseDeciA: PerPhase;
}

/** A circuit as it stands in the registry. */
export interface CircuitFacts {
  readonly id: string;
  readonly parentId: string | null;
  /** Of the breaker, on each phase. */
  readonly maxDeciA: DeciA;
  /** Where a main meter is read: what is kept free while its reading is too old. Null: no meter. */
  readonly reserveDeciA: DeciA | null;
  /** After this long a reading no longer counts. */
  readonly readingMaxAgeMs: number;
}

/**
 * What the circuit has left for charging at an instant. With a main meter the limit moves: the breaker less the base load of each
 * phase, in whole amperes upwards so that a flickering reading moves nothing; once the reading is too old, the breaker
 * less the reserve.
 */
export function limitOf(circuit: CircuitFacts, base: BaseLoad | undefined, atMs: number): CircuitLimit {
  const { id, parentId, maxDeciA } = circuit;
  const limit = (limitDeciA: PerPhase): CircuitLimit => ({ id, parentId, limitDeciA });
  const fixed = samePhases(maxDeciA);
  if (circuit.reserveDeciA === null) return limit(fixed);
  if (!counts(circuit, base, atMs)) return limit(samePhases(maxDeciA - circuit.reserveDeciA));
  const whole = base.baseDeciA.map((deciA) => Math.ceil(Math.max(0, deciA) / 10) * 10);
  return limit(combine(fixed, [whole[0] ?? 0, whole[1] ?? 0, whole[2] ?? 0], (max, used) => max - used));
}

/** Whether the main meter's reading still holds. */
export function counts(circuit: CircuitFacts, base: BaseLoad | undefined, atMs: number): base is BaseLoad {
  return base !== undefined && atMs - base.atMs <= circuit.readingMaxAgeMs;
}
