import type { AllocationOptions, Car } from './allocate-types.js';
import { FLOOR_DECI_A, type DeciA } from './current.js';

/** Below this a car takes nothing: what is measured is the charger's own consumption. */
const NOTHING_DECI_A: DeciA = 10;

const AMPERE: DeciA = 10;

export interface Appetite {
  /** The most that is of use to it. */
  readonly capDeciA: DeciA;
  readonly bound: 'car' | 'cable' | 'connector';
}

/** What wires and car together can carry. */
function ceiling({ connectorMaxDeciA, cableMaxDeciA }: Car): Appetite {
  if (cableMaxDeciA !== null && cableMaxDeciA < connectorMaxDeciA) return { capDeciA: cableMaxDeciA, bound: 'cable' };
  return { capDeciA: connectorMaxDeciA, bound: 'connector' };
}

/** Whether it took nothing when it was last measured. */
function takesNothing({ takesDeciA }: Car): boolean {
  return takesDeciA !== null && takesDeciA < NOTHING_DECI_A;
}

/** ... and had current to take. */
export function tookNothing(car: Car): boolean {
  return takesNothing(car) && car.underDeciA >= FLOOR_DECI_A;
}

/** Whether the car takes nothing of what it is given. */
export function isSated(car: Car): boolean {
  return car.nowDeciA >= FLOOR_DECI_A && (car.state === 'suspended-by-ev' || takesNothing(car));
}

/**
 * The most a car can make use of. One that takes clearly less than it was given keeps what it takes and a margin; once it
 * reaches into half of the margin it is free to grow. Whole amperes and a dead band keep a flickering reading from
 * moving everybody's limits.
 */
export function appetiteOf(car: Car, { marginDeciA }: AllocationOptions): Appetite {
  const most = ceiling(car);
  if (most.capDeciA < FLOOR_DECI_A) return most;
  if (isSated(car)) return { capDeciA: FLOOR_DECI_A, bound: 'car' };
  const { takesDeciA: takes, underDeciA: under, nowDeciA: now } = car;
  if (takes === null || under < FLOOR_DECI_A || takes > under - marginDeciA / 2) return most;
  const wants = takes + marginDeciA;
  const kept = now >= wants && now <= wants + 2 * AMPERE ? now : Math.ceil(wants / AMPERE) * AMPERE;
  const capDeciA = Math.max(FLOOR_DECI_A, kept);
  return capDeciA < most.capDeciA ? { capDeciA, bound: 'car' } : most;
}
