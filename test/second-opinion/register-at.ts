import { halfUp } from './state-at.js';

/** The register at an instant between two readings: on the straight line between them, half up to the Wh. */
export function registerAt(
  atMs: number,
  from: readonly [ms: number, wh: number],
  to: readonly [ms: number, wh: number],
): number {
  const risen = halfUp(BigInt(to[1] - from[1]) * BigInt(atMs - from[0]), BigInt(to[0] - from[0]));
  return from[1] + Number(risen);
}
