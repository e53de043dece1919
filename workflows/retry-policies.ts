import type { RetryPolicy } from '@temporalio/common';

/**
 * An outage of a week changes nothing but the time: retried until it works. What cannot work however often it is tried
 * (a broken invariant) is given up by the worker after a few attempts and parks the workflow: apps/worker/give-up.ts.
 */
export const UNTIL_IT_WORKS: RetryPolicy = {
  initialInterval: '500 milliseconds',
  backoffCoefficient: 2,
  maximumInterval: '30 seconds',
};
