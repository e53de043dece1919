import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';

import { UNTIL_IT_WORKS } from '../retry-policies.js';
import { STRIPE_TASK_QUEUE } from '../task-queues.js';

export interface TopUpFacts {
  readonly customerId: string;
  readonly installationId: string;
  /** ISO 8601: from then on the debit may be made. */
  readonly debitAt: string;
  /** The notice of the debit; null when there is nobody to write to. */
  readonly mailId: string | null;
}

/** A top-up's debit as the provider tells it. */
export interface TopUpLook {
  readonly state: 'processing' | 'succeeded' | 'failed' | 'cancelled';
  /** Our cause when failed; why it was not needed when cancelled. */
  readonly reason: string | null;
  /** When to look again, ISO 8601; null when it is over. */
  readonly lookAgainAt: string | null;
}

/** Short steps in the database. */
export interface TopUpRecords {
  topUpFacts(orderId: string): Promise<TopUpFacts>;
}

/**
 * Both find the payment that was made before, and credit it once when it succeeded. An order that is not needed any more
 * is given up before it is debited.
 */
export interface TopUpStripeActivities {
  startTopUp(orderId: string): Promise<TopUpLook>;
  lookAtTopUp(orderId: string): Promise<TopUpLook>;
}

export interface TopUpEnds {
  /** The balance moved, or will not: the account is looked at again. Its workflow id. */
  startPrepaidWatch(customerId: string): Promise<string>;
}

export const topUpRecords = proxyLocalActivities<TopUpRecords>({
  startToCloseTimeout: '10 seconds',
  retry: UNTIL_IT_WORKS,
});
export const topUpStripe = proxyActivities<TopUpStripeActivities>({
  taskQueue: STRIPE_TASK_QUEUE,
  startToCloseTimeout: '90 seconds',
  retry: UNTIL_IT_WORKS,
});
export const topUpEnds = proxyActivities<TopUpEnds>({
  startToCloseTimeout: '1 minute',
  retry: UNTIL_IT_WORKS,
});
