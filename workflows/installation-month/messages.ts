import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';

/** The steps of a month, in their order; parked and cancelled may follow any of them. */
export const MONTH_STEPS = [
  'awaiting-period-end',
  'awaiting-readings',
  'closing',
  'rating',
  'checking',
  'awaiting-approval',
  'invoicing',
  'reporting',
  'collecting',
  'done',
] as const;
export type MonthStep = (typeof MONTH_STEPS)[number] | 'parked' | 'cancelled';

export interface MonthInput {
  readonly installationId: string;
  /** yyyy-mm */
  readonly period: string;
}

/** How a month ended: all collected, some handed to arrears, nobody to invoice, or cancelled by a person. */
export type MonthOutcome = 'settled' | 'arrears' | 'nothing-due' | 'cancelled';

/** How the collections of a month's invoices ended. */
export interface CollectionCounts {
  readonly settled: number;
  readonly arrears: number;
  readonly cancelled: number;
}

export interface MonthResult {
  readonly outcome: MonthOutcome;
  readonly collections: CollectionCounts;
}

/** What staff see of a running month. Instants are ISO 8601 in UTC. */
export interface MonthProgress {
  readonly step: MonthStep;
  readonly since: string;
  /** Machine-readable: `readings:zcs031974,zpr150666`, `approval:spike`, `person:<code>`; null when it waits for nobody. */
  readonly waitsFor: string | null;
  readonly done: number;
  readonly total: number;
  readonly held: boolean;
}

/** Who acts: an e-mail address of staff, or `api:<token name>`. */
export interface ByPerson {
  readonly by: string;
}
export interface WithReason extends ByPerson {
  readonly reason: string;
}

/** `bill/<installation>/<yyyy-mm>`: a month of an installation runs once. */
export const monthWorkflowId = (input: MonthInput): string => `bill/${input.installationId}/${input.period}`;

/** Fact: so many collections of a page have ended. Repeats and disorder change nothing. */
export const pageProgressedSignal = defineSignal<[{ readonly page: number; readonly done: number }]>('pageProgressed');

/** A person accepts the anomalies: the month goes on to invoices. */
export const approveUpdate = defineUpdate<MonthProgress, [ByPerson]>('approve');
/** A person stops the month before its next step, until `release`. */
export const holdUpdate = defineUpdate<MonthProgress, [WithReason]>('hold');
export const releaseUpdate = defineUpdate<MonthProgress, [ByPerson]>('release');
/** A person decides not to wait longer for late chargers. */
export const waiveReadingsUpdate = defineUpdate<MonthProgress, [WithReason]>('waiveReadings');
/** After a parked step's cause is mended: try that step again. While approval is awaited: rate and check again. */
export const retryUpdate = defineUpdate<MonthProgress, [ByPerson]>('retry');
/** Only before invoices are issued. */
export const cancelUpdate = defineUpdate<MonthProgress, [WithReason]>('cancel');

export const progressQuery = defineQuery<MonthProgress>('progress');
