import { defineSignal } from '@temporalio/workflow';

/** What a Schedule runs every hour, over all accounts; it adds the instant. */
export const PREPAID_SWEEP_ID = 'prepaid-sweep';

export interface PrepaidSweepInput {
  /** Where a former run of the same sweep left off; null at its beginning. */
  readonly after: string | null;
}

/** One account; another fact while it runs makes it look once more. */
export const prepaidWatchWorkflowId = (customerId: string): string => `prepaid/${customerId}`;

export interface PrepaidWatchInput {
  readonly customerId: string;
}

/** Fact: the balance moved, or something was consumed. */
export const accountMovedSignal = defineSignal('accountMoved');
