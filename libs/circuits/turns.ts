import type { AllocationOptions, Car } from './allocate-types.js';
import { isSated, tookNothing } from './appetite.js';
import { FLOOR_DECI_A } from './current.js';

/** Cars in the order in which they are given their 6 A where there is not enough for all. */
export interface Line {
  /** Have current and their turn is not over: they keep it. */
  readonly inTurn: readonly Car[];
  /** Have none: whoever has waited long goes first, then by priority, then who has waited longest. */
  readonly waiting: readonly Car[];
  /** Have current and their turn is over: they go on while nobody needs it. */
  readonly pastTurn: readonly Car[];
}

export interface Queue {
  /** At spots with a promise, before all others: among them it is in turn, too, where not all find 6 A. */
  readonly promised: Line;
  readonly others: Line;
  /** Take nothing of what they have, whatever was promised. */
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

const has = (car: Car): boolean => car.nowDeciA >= FLOOR_DECI_A;

/** Took nothing when it was paused: before it shows that it wants current again, no promise goes before others for it. */
export function slept(car: Car): boolean {
  return !has(car) && (car.state === 'suspended-by-ev' || tookNothing(car));
}

/**
 * The lines of those who want current. Nobody waits for ever: a turn ends, and behind whoever waits first nobody else
 * begins a turn in its place.
 */
export function lineUp(cars: readonly Car[], options: AllocationOptions): Queue {
  const hungry = cars.filter((car) => !isSated(car));
  const isPromised = (car: Car): boolean => car.guaranteedDeciA > 0 && !slept(car);
  return {
    promised: lineOf(hungry.filter(isPromised), options),
    others: lineOf(
      hungry.filter((car) => !isPromised(car)),
      options,
    ),
    sated: cars.filter(isSated).sort(by(priority, charged)),
  };
}

function lineOf(cars: readonly Car[], { turnMs, starvingMs }: AllocationOptions): Line {
  const starving = (car: Car): number => (car.waitedMs >= starvingMs ? -car.waitedMs : 0);
  return {
    inTurn: cars.filter((car) => has(car) && car.chargedMs < turnMs).sort(by(priority, charged)),
    waiting: cars.filter((car) => !has(car)).sort(by(starving, priority, waited)),
    pastTurn: cars.filter((car) => has(car) && car.chargedMs >= turnMs).sort(by(priority, charged)),
  };
}
