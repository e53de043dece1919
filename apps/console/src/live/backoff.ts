const FIRST_MS = 500;
const LIMIT_MS = 15_000;

/**
 * How long to wait before the next try: doubling from half a second to 15 s, of which up to a half is left to chance so
 * that a thousand pages do not return in the same instant after a deploy. `random` in [0, 1).
 */
export function backoffMs(failures: number, random: number): number {
  const full = Math.min(LIMIT_MS, FIRST_MS * 2 ** Math.min(failures, 10));
  return Math.round(full * (1 - random / 2));
}
