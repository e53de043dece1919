import type { Allocation, Car, CircuitLimit, LimitChange } from './allocate-types.js';
import { Room } from './room.js';

/**
 * What of a plan may be sent at this moment: every decrease, and of the increases those that fit beside all that any
 * charger may still be following. The rest waits for confirmations.
 */
export function sendableNow(
  circuits: readonly CircuitLimit[],
  cars: readonly Car[],
  { decreases, increases }: Allocation['steps'],
): LimitChange[] {
  const room = new Room(circuits, cars);
  for (const car of cars) room.move(car, 0, car.mayFollowDeciA);
  const byName = new Map(cars.map((car) => [car.connector, car]));
  const fitting = increases.filter(({ connector, fromDeciA, toDeciA }) => {
    const car = byName.get(connector);
    if (car === undefined || !room.fits(car, fromDeciA, toDeciA)) return false;
    room.move(car, fromDeciA, toDeciA);
    return true;
  });
  return [...decreases, ...fitting];
}
