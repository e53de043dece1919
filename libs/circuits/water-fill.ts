import type { Bottleneck, Car } from './allocate-types.js';
import type { DeciA } from './current.js';
import { leftIn, type Line, type Room } from './room.js';

export interface Filling {
  readonly room: Room;
  /** Each car's limit; raised in place. */
  readonly levels: Map<Car, DeciA>;
  /** Where each car's share ended; written in place. Absent: it has as much as it can use. */
  readonly endings: Map<Car, Bottleneck>;
}

/**
 * Raises the cars together from where they stand, each up to its cap, until a circuit ends it for those behind it; the
 * others go on (max-min fairness by progressive filling). Leftover tenths go to the first by name.
 */
export function waterFill(cars: readonly Car[], caps: ReadonlyMap<Car, DeciA>, filling: Filling): void {
  const { room, levels, endings } = filling;
  const cap = (car: Car): DeciA => Math.max(caps.get(car) ?? 0, levels.get(car) ?? 0);
  let rising = [...cars].sort((a, b) => (a.connector < b.connector ? -1 : 1));
  let reached = 0;
  while (rising.length > 0) {
    const raised = (car: Car, level: DeciA): DeciA => Math.min(Math.max(level, levels.get(car) ?? 0), cap(car));
    const top = Math.max(...rising.map(cap));
    const overfull = (level: DeciA): Line[] => linesOver(rising, room, levels, (car) => raised(car, level));
    const level = highest(reached, top, (tried) => overfull(tried).length === 0);
    const blocked = level === top ? [] : overfull(level + 1);
    for (const car of rising) moveTo(car, raised(car, level), filling);
    if (blocked.length === 0) return;
    const ended = new Set<Car>();
    for (const car of rising) {
      const line = room.linesBehind(car).find((one) => blocked.includes(one));
      if (line === undefined || room.extra(car, raised(car, level), raised(car, level + 1)) <= 0) continue;
      ended.add(car);
      endings.set(car, { circuitId: line.circuitId, phase: line.phase });
    }
    for (const car of ended) if (room.fits(car, level, level + 1)) moveTo(car, level + 1, filling);
    rising = rising.filter((car) => !ended.has(car) && cap(car) > level);
    reached = level;
  }
}

function moveTo(car: Car, to: DeciA, { room, levels }: Filling): void {
  room.move(car, levels.get(car) ?? 0, to);
  levels.set(car, to);
}

/** The lines that would carry more than they may when the cars were raised so; one that gets nothing more is never over. */
function linesOver(
  cars: readonly Car[],
  room: Room,
  levels: ReadonlyMap<Car, DeciA>,
  raised: (car: Car) => DeciA,
): Line[] {
  const more = new Map<Line, DeciA>();
  for (const car of cars) {
    const extra = room.extra(car, levels.get(car) ?? 0, raised(car));
    if (extra > 0) for (const line of room.linesBehind(car)) more.set(line, (more.get(line) ?? 0) + extra);
  }
  return [...more].flatMap(([line, extra]) => (extra > leftIn(line) ? [line] : []));
}

/** The highest whole number of [low, high] that is possible; `low` is, and what is possible is so for all below. */
function highest(low: number, high: number, isPossible: (level: number) => boolean): number {
  let [from, to] = [low, high];
  while (from < to) {
    const middle = Math.ceil((from + to) / 2);
    if (isPossible(middle)) from = middle;
    else to = middle - 1;
  }
  return from;
}
