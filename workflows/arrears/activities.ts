import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';

import type { Refused } from '../refusal.js';
import { UNTIL_IT_WORKS } from '../retry-policies.js';
import type { ArrearsInput, ArrearsOutcome, ArrearsProgress, ArrearsStage } from './messages.js';

/** The next stage of a case and when it is due (ISO 8601), as the installation's policy and the law have it. */
export interface StagePlan {
  readonly stage: Exclude<ArrearsStage, 'opened' | 'parked'>;
  readonly at: string;
}

/**
 * What follows by itself. Histories from before 2026-12 have `next` alone: then there is no deadline, and nobody's chase
 * stands still.
 */
export interface CaseLook {
  readonly next: StagePlan | null;
  /** While it lasts no stage is entered; `until` is when to look again at the latest. */
  readonly standstill?: { readonly because: string; readonly until: string | null } | null;
  /** When to warn that the claim lapses (ISO 8601); null once warned. */
  readonly warnAt?: string | null;
  /** What the case needs of a person first. */
  readonly needs?: string | null;
  /** People ended it: written off, or handed over. */
  readonly ending?: 'written-off' | 'handed-over' | null;
}

export interface OpenedCase extends CaseLook {
  readonly installationId: string;
  /** Nothing is due: no case was opened. */
  readonly settled: boolean;
  /** Settled, after an earlier case was closed that still keeps the debtor from charging. */
  readonly suspended?: boolean;
  /** The stage the case is in: `opened`, or the one it left when it was closed before. */
  readonly stage: Exclude<ArrearsStage, 'parked'>;
}

/** `next` is what to do next in any case: after the stage, or, when it may not be entered now, instead of it. */
export interface StageEntry extends CaseLook {
  readonly entered: boolean;
  /** The letter to send; null when the stage has none or there is nobody to write to. */
  readonly mailId: string | null;
  /** Debits under way, for whose end the stage waits: to be read again from the provider. */
  readonly processing: readonly string[];
}

export interface ArrearsActivities {
  /** Opens the case, or takes it up again at the stage it left. */
  openArrears(input: ArrearsInput): Promise<OpenedCase | Refused>;
  /** Enters a stage once: what is due then, and its letter, are on record. */
  enterArrearsStage(documentId: string, stage: StagePlan['stage']): Promise<StageEntry | Refused>;
  /** The number a further debit of this document takes. */
  nextAttemptNo(documentId: string): Promise<number>;
  /**
   * Something happened: uses what was paid ahead, ends a plan that is broken or fulfilled, says what follows, and
   * which letter people queued with the end that they gave the case.
   */
  lookAtArrears(documentId: string): Promise<CaseLook & { readonly mailId?: string | null }>;
  /** The mail of a stage was taken by its server: from now on its time runs. */
  proveArrearsLetter(documentId: string, stage: StagePlan['stage'], mailId: string): Promise<CaseLook>;
  /** What a person said to the proposed suspension, on record. */
  decideSuspension(documentId: string, decision: SuspensionDecision): Promise<CaseLook | Refused>;
  /** Once: the claim lapses soon; the manager's letter. */
  warnOfLapse(documentId: string): Promise<CaseLook & { readonly mailId: string | null }>;
  /** The debt is settled: new sessions are possible again; the letter that says so, if there was a suspension. */
  resumeCharging(documentId: string): Promise<{ readonly mailId: string | null }>;
}

export interface SuspensionDecision {
  readonly approved: boolean;
  readonly by: string;
  readonly reason: string | null;
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
