import { registerAt } from './register-at.js';
import type { World, WorldReading } from './world.js';

/** What the register moved inside the period from where one stretch ended to where the next begins. */
export function between(
  stretches: readonly (readonly [WorldReading, WorldReading])[],
  boundaries: readonly number[],
  world: World,
): number {
  const [startMs = NaN, endMs = NaN] = [boundaries[0], boundaries.at(-1)];
  const inOrder = stretches.toSorted(
    (a, b) => a[0].atMs - b[0].atMs || a[1].atMs - b[1].atMs || a[0].importWh - b[0].importWh,
  );
  let sumWh = 0;
  let reached: WorldReading | null = null;
  for (const [first, last] of inOrder) {
    if (reached !== null && first.atMs >= reached.atMs && first.importWh > reached.importWh) {
      sumWh += movedInside(reached, first, boundaries, world, startMs, endMs);
    }
    if (reached === null || last.atMs >= reached.atMs) reached = last;
  }
  return sumWh;
}

function movedInside(
  a: WorldReading,
  b: WorldReading,
  boundaries: readonly number[],
  world: World,
  startMs: number,
  endMs: number,
): number {
  const isCounted = (atMs: number) =>
    startMs <= atMs && atMs < endMs && world.owners.at(a.chargerId, null, atMs) !== null;
  if (a.atMs === b.atMs) return isCounted(a.atMs) ? b.importWh - a.importWh : 0;
  const points = [a.atMs, ...boundaries.filter((at) => a.atMs < at && at < b.atMs), b.atMs];
  const register = (at: number) => registerAt(at, [a.atMs, a.importWh], [b.atMs, b.importWh]);
  return points.slice(1).reduce((sum, untilMs, index) => {
    const sinceMs = points[index] ?? NaN;
    return sum + (isCounted(sinceMs) && untilMs <= endMs ? register(untilMs) - register(sinceMs) : 0);
  }, 0);
}
