import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';

import type { ByPerson, WithReason } from '../installation-month/messages.js';

export const ARREARS_STAGES = [
  'opened',
  'notice',
  'reminder',
  'retry',
  'formal-notice',
  'suspension-proposed',
  'suspended',
] as const;
export type ArrearsStage = (typeof ARREARS_STAGES)[number] | 'parked';

export interface ArrearsInput {
  readonly documentId: string;
  /** A provider's failure code, `no-mandate`, `prepaid-too-low`, `not-paid`, `processing-too-long` or `disputed`. */
  readonly cause: string;
}
/** `suspension-proposed` is the end of cases from before they stayed open for a person's decision. */
export type ArrearsOutcome = 'settled' | 'suspension-proposed' | 'waived' | 'written-off' | 'handed-over';

export interface ArrearsProgress {
  readonly stage: ArrearsStage;
  readonly since: string;
  readonly nextStage: ArrearsStage | null;
  readonly nextActionAt: string | null;
  readonly pausedReason: string | null;
  /** Why nobody is chased for a time: `complaint` or `plan`; null when somebody is. */
  readonly standsStill?: string | null;
}

export const arrearsWorkflowId = (documentId: string): string => `arrears/${documentId}`;

export const paymentChangedSignal = defineSignal<[{ readonly providerPaymentId: string }]>('paymentChanged');
/** Fact: money came in, whole or in part. A part payment never skips or repeats a stage. */
export const ledgerChangedSignal = defineSignal('ledgerChanged');

/** Fact: what the database says of the case changed: a complaint, a plan, a proof, a write-off. */
export const caseChangedSignal = defineSignal('caseChanged');

export const pauseUpdate = defineUpdate<ArrearsProgress, [WithReason]>('pause');
export const resumeUpdate = defineUpdate<ArrearsProgress, [ByPerson]>('resume');
/** A person writes the chase off: the case closes, the debt stays in the books. */
export const waiveUpdate = defineUpdate<ArrearsProgress, [WithReason]>('waive');
/** Debit again now, where a mandate allows it. */
export const retryDebitUpdate = defineUpdate<ArrearsProgress, [ByPerson]>('retry');

/** A person approves of the suspension that was proposed: it comes on the next day that allows it. */
export const approveSuspensionUpdate = defineUpdate<ArrearsProgress, [ByPerson]>('approveSuspension');
/** Or not: the case stays where it is; the last word before the suspension holds. */
export const declineSuspensionUpdate = defineUpdate<ArrearsProgress, [WithReason]>('declineSuspension');

export const arrearsProgressQuery = defineQuery<ArrearsProgress>('progress');
