import type { MonthInput } from '#workflows/installation-month/messages.js';

/** What a workflow says to a person's command. */
export type UpdateAnswer =
  | { readonly kind: 'accepted'; readonly progress: unknown }
  /** In the workflow's own words. */
  | { readonly kind: 'refused'; readonly words: string }
  /** It does not run, or not any more. */
  | { readonly kind: 'not-running' };

export interface Command {
  readonly workflowId: string;
  /** The update's name as workflows/…/messages.ts defines it. */
  readonly update: string;
  readonly by: string;
  readonly reason?: string | undefined;
  /** The same command sent again has the same id and is carried out once. */
  readonly commandId: string;
}

/** The workflow server could not be reached, or no worker answered in time. */
export class WorkflowsAway extends Error {
  static because(cause: unknown): WorkflowsAway {
    return new WorkflowsAway('the workflow server is not reachable, or no worker answers', { cause });
  }
}

/** All that the back office asks of Temporal. Every method may throw {@link WorkflowsAway}. */
export interface WorkflowGateway {
  /** Starts a month by hand; `exists` when that month was ever started. */
  startMonth(input: MonthInput): Promise<'started' | 'exists'>;
  command(command: Command): Promise<UpdateAnswer>;
  /** Fact: a payment of the document changed at the provider. A workflow that is gone needs no telling. */
  paymentChanged(documentId: string, providerPaymentId: string): Promise<void>;
  /** Fact: the document's ledger moved. */
  ledgerChanged(documentId: string): Promise<void>;
  /** Fact: what the database says of an arrears case changed. One that is closed needs no telling. */
  caseChanged(documentId: string): Promise<void>;
  /** Starts bringing in the document unless that runs or has ended. */
  startCollection(documentId: string): Promise<void>;
  /** Starts chasing the document unless that runs already. */
  startArrears(documentId: string, cause: string): Promise<void>;
  /** Fact: a top-up's debit changed at the provider. */
  topUpChanged(topUp: { readonly orderId: string; readonly customerId: string }): Promise<void>;
  /** Fact: a prepaid account's balance or rules changed. */
  prepaidChanged(customerId: string): Promise<void>;
  /** Sends a queued mail, once. */
  sendLetter(mailId: string): Promise<void>;
  isReachable(): Promise<boolean>;
}
