import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';

import type { Refused } from '../refusal.js';
import { UNTIL_IT_WORKS } from '../retry-policies.js';
import type { CollectionCounts, MonthInput, MonthOutcome, MonthProgress } from './messages.js';

export interface OpenedMonth {
  readonly cycleId: string;
  /** ISO 8601: the end of the period, local midnight. */
  readonly endsAt: string;
  /** Invoices exist: an earlier run of this month came that far; it is taken up from there. */
  readonly invoiced: boolean;
  /** An earlier run of this month came to its end. */
  readonly finished: boolean;
}

export interface ReadingsLook {
  /** Chargers that owe readings of the period. */
  readonly owing: readonly string[];
  /** When to look again; null when policy's limit is reached. */
  readonly lookAgainAt: string | null;
}

/** A piece of a long job over ids in their order: where it got to, and how far that is. */
export interface Batch {
  /** Give this to the next call; null when all are done. */
  readonly next: string | null;
  readonly done: number;
  readonly total: number;
  /** What could not be done, for a person; the rest of the batch was done nevertheless. */
  readonly refused: readonly { readonly subject: string; readonly code: string }[];
}

/** What a month needs from outside. Every one is idempotent by a key in the database. */
export interface MonthActivities {
  /** `{ refused: INSTALLATION.NOT_FOUND }` when there is no such installation. */
  openMonth(input: MonthInput): Promise<OpenedMonth | Refused>;
  /** `since` (ISO 8601) is when the month began to wait: a month that is run late waits as long as one run in time. */
  lookForReadings(cycleId: string, since: string): Promise<ReadingsLook>;
  closeMonth(cycleId: string): Promise<void>;
  acceptAnomalies(cycleId: string, by: string): Promise<void>;
  /** Documents of the cycle with a collection that has not ended, after the given one, at most `limit`. */
  listOpenCollections(cycleId: string, after: string | null, limit: number): Promise<string[]>;
  /** How the collections of the cycle ended; `open` have not. */
  countCollections(cycleId: string): Promise<CollectionCounts & { readonly open: number }>;
}

/** Those that may take minutes: they heartbeat. */
export interface LongMonthActivities {
  rateMonth(cycleId: string): Promise<{ readonly lines: number; readonly totalWh: number } | Refused>;
  /** The codes of anomalies nobody accepted yet, each once. */
  checkMonth(cycleId: string): Promise<{ readonly codes: readonly string[]; readonly count: number }>;
  /** Issues, posts and opens the collection of each customer's invoice, one transaction an invoice. */
  issueInvoices(cycleId: string, after: string | null): Promise<Batch>;
  storeInvoicePdfs(cycleId: string, after: string | null): Promise<Batch>;
  /** Builds the Excel and queues the mail to the manager; null when there is nobody to send it to. */
  buildManagerReport(cycleId: string): Promise<{ readonly mailId: string | null }>;
  /** Keeps the Excel as it stands when every collection has ended, for those who come to fetch it. */
  storeFinalReport(cycleId: string): Promise<void>;
}

export interface MailActivities {
  /** `{ refused: MAIL.REFUSED }` when the receiving side said no for good. */
  sendMail(mailId: string): Promise<{ readonly sent: true } | Refused>;
}

export interface MonthRecords {
  recordMonth(
    cycleId: string,
    progress: MonthProgress & { readonly finishedAt: string | null; readonly outcome: MonthOutcome | null },
  ): Promise<void>;
}

export const month = proxyActivities<MonthActivities>({
  startToCloseTimeout: '1 minute',
  retry: UNTIL_IT_WORKS,
});
export const longMonth = proxyActivities<LongMonthActivities>({
  startToCloseTimeout: '2 hours',
  heartbeatTimeout: '30 seconds',
  retry: UNTIL_IT_WORKS,
});
export const mail = proxyActivities<MailActivities>({
  startToCloseTimeout: '2 minutes',
  retry: UNTIL_IT_WORKS,
});
export const monthRecords = proxyLocalActivities<MonthRecords>({
  startToCloseTimeout: '10 seconds',
  retry: UNTIL_IT_WORKS,
});
