import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';

import type { ByPerson, WithReason } from '../installation-month/messages.js';

export const ARREARS_STAGES = ['opened', 'reminder', 'retry', 'formal-notice', 'suspension-proposed'] as const;
export type ArrearsStage = (typeof ARREARS_STAGES)[number] | 'parked';

export interface ArrearsInput {
  readonly documentId: string;
  /** A provider's failure code, `no-mandate`, `prepaid-too-low`, `not-paid`, `processing-too-long` or `disputed`. */
  readonly cause: string;
}
export type ArrearsOutcome = 'settled' | 'suspension-proposed' | 'waived';

export interface ArrearsProgress {
  readonly stage: ArrearsStage;
  readonly since: string;
  readonly nextStage: ArrearsStage | null;
  readonly nextActionAt: string | null;
  readonly pausedReason: string | null;
}

export const arrearsWorkflowId = (documentId: string): string => `arrears/${documentId}`;

export const paymentChangedSignal = defineSignal<[{ readonly providerPaymentId: string }]>('paymentChanged');
/** Fact: money came in, whole or in part. A part payment never skips or repeats a stage. */
export const ledgerChangedSignal = defineSignal('ledgerChanged');

export const pauseUpdate = defineUpdate<ArrearsProgress, [WithReason]>('pause');
export const resumeUpdate = defineUpdate<ArrearsProgress, [ByPerson]>('resume');
/** A person writes the chase off: the case closes, the debt stays in the books. */
export const waiveUpdate = defineUpdate<ArrearsProgress, [WithReason]>('waive');
/** Debit again now, where a mandate allows it. */
export const retryDebitUpdate = defineUpdate<ArrearsProgress, [ByPerson]>('retry');

export const arrearsProgressQuery = defineQuery<ArrearsProgress>('progress');
