import { proxyActivities } from '@temporalio/workflow';

import { UNTIL_IT_WORKS } from '../retry-policies.js';

/** What follows from a look: mails to send, top-ups that need their workflow. */
export interface AccountsLooked {
  readonly mailIds: readonly string[];
  readonly topUpOrderIds: readonly string[];
}

export interface PrepaidWatchActivities {
  lookAtAccount(customerId: string): Promise<AccountsLooked>;
  /** The next accounts after this one, a page of them; `next` is null after the last. One that fails stops no other. */
  lookAtAccounts(after: string | null): Promise<AccountsLooked & { readonly next: string | null }>;
  /** Starts the workflow of a top-up unless it runs; its id. */
  startTopUpWorkflow(orderId: string): Promise<string>;
}

export const prepaidWatchActivities = proxyActivities<PrepaidWatchActivities>({
  startToCloseTimeout: '10 minutes',
  retry: UNTIL_IT_WORKS,
});
