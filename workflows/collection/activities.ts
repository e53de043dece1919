import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';

import type { ArrearsInput } from '../arrears/messages.js';
import { UNTIL_IT_WORKS } from '../retry-policies.js';
import type { CollectionOutcome, CollectionProgress } from './messages.js';

export interface CollectionFacts {
  readonly installationId: string;
  /** yyyy-mm; null for a document outside a month */
  readonly period: string | null;
  readonly method: 'direct-debit' | 'prepaid' | 'transfer';
  /** What the ledger says is still due. */
  readonly dueCents: number;
  /** ISO 8601: from then on money may be asked for. */
  readonly dueAt: string;
  /** ISO 8601: when the debit is made so that the bank is asked on the due date; not of other methods, nor of old histories */
  readonly debitAt?: string;
  readonly hasMandate: boolean;
}

/** Short steps in the database. */
export interface CollectionRecords {
  collectionFacts(documentId: string): Promise<CollectionFacts>;
  /** Queues the invoice with its PDF: the pre-notification. null when the customer has no e-mail address. */
  queueInvoiceMail(documentId: string): Promise<{ readonly mailId: string | null }>;
  recordCollection(
    documentId: string,
    progress: CollectionProgress & { readonly outcome: CollectionOutcome | null; readonly reason: string | null },
  ): Promise<void>;
}

export interface CollectionActivities {
  /** Takes what the prepaid balance holds, once per document. */
  deductPrepaid(documentId: string): Promise<{ readonly deductedCents: number; readonly stillDueCents: number }>;
}

export interface CollectionStarts {
  /**
   * Starts the chase of the document, or leaves the one alone that a dispute has started. Not a child: it outlives the
   * collection by months, and the back office starts it too.
   */
  startArrears(input: ArrearsInput): Promise<string>;
}

export const collectionStarts = proxyActivities<CollectionStarts>({
  startToCloseTimeout: '1 minute',
  retry: UNTIL_IT_WORKS,
});
export const collectionRecords = proxyLocalActivities<CollectionRecords>({
  startToCloseTimeout: '10 seconds',
  retry: UNTIL_IT_WORKS,
});
export const collectionActivities = proxyActivities<CollectionActivities>({
  startToCloseTimeout: '1 minute',
  retry: UNTIL_IT_WORKS,
});
