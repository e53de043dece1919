import { proxyActivities } from '@temporalio/workflow';

import type { Refused } from '../refusal.js';
import { UNTIL_IT_WORKS } from '../retry-policies.js';
import { STRIPE_TASK_QUEUE } from '../task-queues.js';

/** A debit as the provider tells it. */
export interface DebitLook {
  /** null when the provider refused to make a payment at all: then the state is failed. */
  readonly providerPaymentId: string | null;
  /** postponed: nothing was made yet, the week's limit has no room; start it again then. */
  readonly state: 'postponed' | 'processing' | 'succeeded' | 'failed';
  readonly failureCode: string | null;
  /** When to look, or start, again, ISO 8601; null when policy's processing limit is reached. */
  readonly lookAgainAt: string | null;
}

/**
 * `startDebit` is idempotent by document and attempt number: our own row is committed before the provider is asked, so
 * a repeated call finds the payment it made. `{ refused }` when there is nothing due, no mandate, or a debit under way.
 */
export interface StripeActivities {
  startDebit(documentId: string, attemptNo: number): Promise<DebitLook | Refused>;
  /** Reads the payment from the provider again; a success is posted to the ledger, once. */
  lookAtDebit(documentId: string, providerPaymentId: string): Promise<DebitLook>;
}

export const stripe = proxyActivities<StripeActivities>({
  taskQueue: STRIPE_TASK_QUEUE,
  startToCloseTimeout: '90 seconds',
  retry: UNTIL_IT_WORKS,
});
