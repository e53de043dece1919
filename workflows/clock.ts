import { condition } from '@temporalio/workflow';

/** Between two looks at the same thing there is at least this long, whatever the policy or a skewed clock says. */
const SHORTEST_WAIT_MS = 50;

/** The workflow's own, replayable time as ISO 8601 in UTC. Zone arithmetic is done by activities. */
export const now = (): string => new Date().toISOString();

/**
 * Waits until the instant (ISO 8601) or until `wake` is true, whichever comes first.
 * @returns true when woken, false when the instant came
 */
export async function waitUntil(instant: string, wake: () => boolean): Promise<boolean> {
  const remainingMs = Date.parse(instant) - Date.now();
  return condition(wake, Math.max(remainingMs, SHORTEST_WAIT_MS));
}
