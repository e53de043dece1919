import { Context } from '@temporalio/activity';

/**
 * Now, for an activity: the server's clock when it scheduled this attempt. So every worker has the same time, a retry
 * has a later one, and tests may skip it.
 */
export const activityNow = (): Date => new Date(Context.current().info.currentAttemptScheduledTimestampMs);

/** Tells the server that a long activity is alive; a worker that is to stop ends it here, to be taken up by another. */
export function beat(details?: unknown): void {
  Context.current().heartbeat(details);
}

/** Beats every few seconds while a single long piece of work runs that cannot be asked in between. */
export async function beating<T>(run: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => beat(), 5_000);
  try {
    return await run();
  } finally {
    clearInterval(timer);
  }
}
