import type { AllocationOptions, Car } from './allocate-types.js';
import { isSated } from './appetite.js';
import { FLOOR_DECI_A } from './current.js';

/** Cars in the order in which they are given their 6 A where there is not enough for all. */
export interface Queue {
  /** Spots with a promise. */
  readonly promised: readonly Car[];
  /** Have current and their turn is not over: they keep it. */
  readonly inTurn: readonly Car[];
  /** Have none: whoever has waited long goes first, then by priority, then who has waited longest. */
  readonly waiting: readonly Car[];
  /** Have current and their turn is over: they go on while nobody needs it. */
  readonly pastTurn: readonly Car[];
  /** Take nothing of what they have. */
  readonly sated: readonly Car[];
}

/** Compares by the first figure that differs, smaller first; at last by name, so that no two are equal. */
function by(...figures: ((car: Car) => number)[]): (a: Car, b: Car) => number {
  return (a, b) => {
    for (const figure of figures) {
      const difference = figure(a) - figure(b);
      if (difference !== 0) return difference;
    }
    return a.connector < b.connector ? -1 : 1;
  };
}

const priority = (car: Car): number => -car.priority;
const charged = (car: Car): number => car.chargedMs;
const waited = (car: Car): number => -car.waitedMs;

/**
 * The line of those who want current. Nobody waits for ever: a turn ends, and behind whoever waits first nobody else
 * begins a turn in its place.
 */
export function lineUp(cars: readonly Car[], { turnMs, starvingMs }: AllocationOptions): Queue {
  const starving = (car: Car): number => (car.waitedMs >= starvingMs ? -car.waitedMs : 0);
  const promised = cars.filter((car) => car.guaranteedDeciA > 0);
  const others = cars.filter((car) => car.guaranteedDeciA <= 0);
  const sated = others.filter(isSated);
  const hungry = others.filter((car) => !isSated(car));
  const has = (car: Car): boolean => car.nowDeciA >= FLOOR_DECI_A;
  return {
    promised: promised.sort(by(priority, waited)),
    inTurn: hungry.filter((car) => has(car) && car.chargedMs < turnMs).sort(by(priority, charged)),
    waiting: hungry.filter((car) => !has(car)).sort(by(starving, priority, waited)),
    pastTurn: hungry.filter((car) => has(car) && car.chargedMs >= turnMs).sort(by(priority, charged)),
    sated: sated.sort(by(priority, charged)),
  };
}
