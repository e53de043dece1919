import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';

import type { Refused } from '../refusal.js';
import { UNTIL_IT_WORKS } from '../retry-policies.js';
import type { ArrearsInput, ArrearsOutcome, ArrearsProgress, ArrearsStage } from './messages.js';

/** The next stage of a case and when it is due (ISO 8601), as the installation's policy and the law have it. */
export interface StagePlan {
  readonly stage: Exclude<ArrearsStage, 'opened' | 'parked'>;
  readonly at: string;
}

export interface OpenedCase {
  readonly installationId: string;
  /** Nothing is due: no case was opened. */
  readonly settled: boolean;
  /** The stage the case is in: `opened`, or the one it left when it was closed before. */
  readonly stage: Exclude<ArrearsStage, 'parked'>;
  readonly next: StagePlan | null;
}

/** `next` is what to do next in any case: after the stage, or, when it may not be entered now, instead of it. */
export interface StageEntry {
  readonly entered: boolean;
  /** The letter to send; null when the stage has none or there is nobody to write to. */
  readonly mailId: string | null;
  readonly next: StagePlan | null;
  /** Debits under way, for whose end the stage waits: to be read again from the provider. */
  readonly processing: readonly string[];
}

export interface ArrearsActivities {
  /** Opens the case, or takes it up again at the stage it left. */
  openArrears(input: ArrearsInput): Promise<OpenedCase | Refused>;
  /** Enters a stage once: what is due then, and its letter, are on record. */
  enterArrearsStage(documentId: string, stage: StagePlan['stage']): Promise<StageEntry>;
  /** The number a further debit of this document takes. */
  nextAttemptNo(documentId: string): Promise<number>;
}

/** Short steps in the database. */
export interface ArrearsRecords {
  arrearsDueCents(documentId: string): Promise<number>;
  recordArrears(
    documentId: string,
    progress: ArrearsProgress & { readonly outcome: ArrearsOutcome | null; readonly closedAt: string | null },
  ): Promise<void>;
}

export const arrearsActivities = proxyActivities<ArrearsActivities>({
  startToCloseTimeout: '1 minute',
  retry: UNTIL_IT_WORKS,
});
export const arrearsRecords = proxyLocalActivities<ArrearsRecords>({
  startToCloseTimeout: '10 seconds',
  retry: UNTIL_IT_WORKS,
});
