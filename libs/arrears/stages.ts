import { isCurable } from '#libs/payments/failure-causes.js';
import { afterDelay } from '#libs/registry/delay.js';
import { isBusinessDay, type HolidayBook } from '#libs/registry/holidays.js';
import type { Delay, InstallationPolicy } from '#libs/registry/policy.js';

import { lastingStandstill, postponed, type Standstill } from './standstill.js';

/** What a case goes through; the same words as workflows/arrears/messages.ts. */
export const CASE_STAGES = [
  'opened',
  'notice',
  'reminder',
  'retry',
  'formal-notice',
  'suspension-proposed',
  'suspended',
] as const;
export type CaseStage = (typeof CASE_STAGES)[number];
export type NextStage = Exclude<CaseStage, 'opened'>;

export interface StagePlan {
  readonly stage: NextStage;
  readonly at: Date;
}

export interface EnteredStage {
  readonly stage: CaseStage;
  readonly at: Date;
}

/** All that the plan of a case depends on. What is due is not among it: a part payment changes no stage. */
export interface CaseFacts {
  readonly policy: InstallationPolicy['arrears'];
  readonly timeZone: string;
  /** Business days are those of the installation's place. */
  readonly holidays: HolidayBook;
  readonly dueAt: Date;
  readonly openedAt: Date;
  /** A failure code or one of our causes: only those that a second debit can cure are retried. */
  readonly cause: string;
  /** The customer pays by direct debit and has an active mandate. */
  readonly mayDebit: boolean;
  /** False for who pays ahead now, unless policy says otherwise: there is no suspension then. */
  readonly suspendable: boolean;
  /** When the formal notice reached the post or the debtor's mail server; null while nothing proves it. */
  readonly noticeGivenAt: Date | null;
  /** When staff approved of the suspension that was proposed; null while they have not. */
  readonly approvedAt: Date | null;
  /** Complaints and payment plans, over and lasting. */
  readonly standstills: readonly Standstill[];
  /** Stages on record; their order does not matter. */
  readonly entered: readonly EnteredStage[];
}

/** A suspension is proposed only on a business day that a business day follows: never on a Friday or before a holiday. */
export function isSuspensionDay(date: Temporal.PlainDate, holidays: HolidayBook): boolean {
  return isBusinessDay(date, holidays) && isBusinessDay(date.add({ days: 1 }), holidays);
}

/** The instant itself when its local day allows a suspension, else the same local time on the next day that does. */
export function suspensionInstant(at: Date, { timeZone, holidays }: Pick<CaseFacts, 'timeZone' | 'holidays'>): Date {
  let local = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone);
  const start = local;
  for (let days = 1; !isSuspensionDay(local.toPlainDate(), holidays); days += 1) {
    if (days > 30) throw new Error(`no day for a suspension within 30 days of ${at.toISOString()}`);
    local = start.add({ days });
  }
  return new Date(local.epochMilliseconds);
}

const later = (a: Date, b: Date): Date => (a.getTime() >= b.getTime() ? a : b);

/** Stages that happen only on a day on which charging may be suspended. */
const ON_SUSPENSION_DAYS: ReadonlySet<CaseStage> = new Set(['suspension-proposed', 'suspended']);

/**
 * Every stage of the case in its order, with the instant from which it may be entered. After the first notice, reminder and
 * retry come in the order of their delays; the formal notice follows them, the suspension proposal follows the notice by the
 * notice's own time (Lei 23/96 art. 5.º: 20 days), counted from when the notice was in fact given; the suspension itself
 * follows staff's approval. What complaints and plans took is added.
 */
export function stagePlan(facts: CaseFacts): StagePlan[] {
  const { policy, entered, suspendable } = facts;
  const dueAt = later(facts.dueAt, facts.openedAt);
  const after = (from: Date, delay: Delay): Date =>
    postponed(from, afterDelay(from, delay, facts.timeZone, facts.holidays), facts.standstills);
  const notice: StagePlan[] = mayGiveNotice(entered) ? [{ stage: 'notice', at: after(dueAt, policy.noticeAfter) }] : [];
  const base = notice[0]?.at ?? dueAt;
  const soft: StagePlan[] = [{ stage: 'reminder', at: later(base, after(dueAt, policy.reminderAfter)) }];
  if (isOnRecord(entered, 'retry') || mayRetry(facts)) {
    soft.push({ stage: 'retry', at: later(base, after(dueAt, policy.retryAfter)) });
  }
  soft.sort((a, b) => a.at.getTime() - b.at.getTime());
  const lastSoft = soft.reduce((at, plan) => later(at, plan.at), base);
  const noticeAt = later(after(dueAt, policy.formalNoticeAfter), lastSoft);
  const plans: StagePlan[] = [...notice, ...soft, { stage: 'formal-notice', at: noticeAt }];
  if (!suspendable && !isOnRecord(entered, 'suspension-proposed')) return plans;
  const givenAt = facts.noticeGivenAt ?? entered.find(({ stage }) => stage === 'formal-notice')?.at ?? noticeAt;
  const proposeAt = suspensionInstant(after(later(givenAt, dueAt), policy.suspensionProposalAfterNotice), facts);
  plans.push({ stage: 'suspension-proposed', at: proposeAt });
  if (suspendable && facts.approvedAt !== null) {
    plans.push({ stage: 'suspended', at: suspensionInstant(later(facts.approvedAt, proposeAt), facts) });
  }
  return plans;
}

/** A case that went on before there was such a letter does not go back to it. */
function mayGiveNotice(entered: readonly EnteredStage[]): boolean {
  return isOnRecord(entered, 'notice') || entered.every(({ stage }) => stage === 'opened');
}

/** Once the formal notice is given there is no way back to a retry; a person may still debit by hand. */
function mayRetry({ mayDebit, cause, entered }: CaseFacts): boolean {
  return mayDebit && isCurable(cause) && !isOnRecord(entered, 'formal-notice');
}

function isOnRecord(entered: readonly EnteredStage[], stage: CaseStage): boolean {
  return entered.some((one) => one.stage === stage);
}

/**
 * The first stage not yet entered, never before the last one was; null when all were, and while a formal notice that
 * nothing proves waits for its registered letter.
 */
export function nextStage(facts: CaseFacts): StagePlan | null {
  const next = stagePlan(facts).find(({ stage }) => !isOnRecord(facts.entered, stage));
  if (next === undefined || (next.stage === 'suspension-proposed' && awaitsProof(facts))) return null;
  const notBefore = facts.entered.reduce((at, one) => later(at, one.at), facts.openedAt);
  const at = later(next.at, notBefore);
  return { stage: next.stage, at: ON_SUSPENSION_DAYS.has(next.stage) ? suspensionInstant(at, facts) : at };
}

/** The formal notice is entered, but neither a mail server took it nor was a registered letter sent. */
export function awaitsProof(facts: CaseFacts): boolean {
  return isOnRecord(facts.entered, 'formal-notice') && facts.noticeGivenAt === null;
}

export type StageDecision =
  | { readonly enter: true }
  | { readonly enter: false; readonly because: 'settled' }
  /** The plan has changed since the timer was set (a mandate ended): follow the new one. */
  | { readonly enter: false; readonly because: 'replanned'; readonly next: StagePlan | null }
  /** A complaint is open or a payment plan is kept. */
  | { readonly enter: false; readonly because: 'standstill' }
  | {
      readonly enter: false;
      readonly because: 'debit-in-flight' | 'too-early' | 'forbidden-day';
      readonly until: Date;
    };

export interface StageMoment {
  readonly stage: NextStage;
  readonly now: Date;
  readonly dueCents: number;
  /** A debit is with the bank: it is neither paid nor failed, so nobody is chased. */
  readonly debitInFlight: boolean;
  /** When to look again while it is. */
  readonly lookAgainAt: Date;
}

/** Whether a stage may be entered now. What is decided when the timer was set is decided again when it fires. */
export function stageDecision(facts: CaseFacts, moment: StageMoment): StageDecision {
  const { stage, now, dueCents } = moment;
  if (dueCents <= 0) return { enter: false, because: 'settled' };
  if (lastingStandstill(facts.standstills) !== null) return { enter: false, because: 'standstill' };
  const next = nextStage(facts);
  if (next?.stage !== stage) return { enter: false, because: 'replanned', next };
  if (moment.debitInFlight) return { enter: false, because: 'debit-in-flight', until: moment.lookAgainAt };
  if (now.getTime() < next.at.getTime()) return { enter: false, because: 'too-early', until: next.at };
  if (!ON_SUSPENSION_DAYS.has(stage)) return { enter: true };
  const allowedAt = suspensionInstant(now, facts);
  if (allowedAt.getTime() > now.getTime()) return { enter: false, because: 'forbidden-day', until: allowedAt };
  return { enter: true };
}
