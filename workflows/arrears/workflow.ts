import { condition, patched } from '@temporalio/workflow';

import { now, waitUntil } from '../clock.js';
import { stripe } from '../debit/activities.js';
import { debit } from '../debit/debit.js';
import { mail } from '../installation-month/activities.js';
import { CancelledByPerson, isRefused, orRefused } from '../refusal.js';
import {
  arrearsActivities as activities,
  type CaseLook,
  type StagePlan,
  type SuspensionDecision,
} from './activities.js';
import type { ArrearsInput, ArrearsOutcome } from './messages.js';
import { ArrearsShell } from './shell.js';

/**
 * Chasing one unpaid invoice: notice, retry, reminder, formal notice, a suspension that a person approves, each when its
 * time has come. A payment in full settles the case at any moment and lets the debtor charge again; a part payment
 * neither skips nor repeats a stage; complaints and kept plans make it stand still; people steer and end it.
 */
export async function arrears(input: ArrearsInput): Promise<ArrearsOutcome> {
  const shell = new ArrearsShell(input.documentId);
  try {
    const opened = await shell.guarded(() => activities.openArrears(input));
    if (opened.settled) {
      if (opened.suspended === true) await resumeCharging(shell);
      return 'settled';
    }
    shell.opened(opened.installationId);
    shell.state.enter(opened.stage, now());
    const outcome = await chase(shell, opened);
    if (outcome === 'settled' && shell.state.stage === 'suspended') await resumeCharging(shell);
    return await shell.finish(outcome);
  } catch (error) {
    if (!(error instanceof CancelledByPerson)) throw error;
    return shell.finish('waived');
  }
}

async function chase(shell: ArrearsShell, first: CaseLook): Promise<ArrearsOutcome> {
  const { state } = shell;
  let look = first;
  for (;;) {
    state.planned(look);
    if (state.takeCaseChange()) {
      look = await lookAgain(shell);
      if (look.ending) return look.ending;
    }
    if (await shell.guarded(() => isSettled(shell))) return 'settled';
    if (state.cancelled) return 'waived';
    if (state.decision !== null) {
      look = await decide(shell, state.decision, look);
    } else if (state.retryAsked) {
      await debitAgain(shell);
    } else if (look.next === null && endsWithTheProposal(look)) {
      return 'suspension-proposed';
    } else {
      look = await goOn(shell, look);
    }
  }
}

/** Cases of before did not wait for the person's decision: CHANGES.md. */
function endsWithTheProposal({ standstill }: CaseLook): boolean {
  return !standstill && !patched('2026-11-open-after-the-proposal');
}

/** Waits for what comes first, and does it when its time has come: look again, warn of the deadline, the next stage. */
async function goOn(shell: ArrearsShell, look: CaseLook): Promise<CaseLook> {
  const { next, standstill, warnAt = null } = look;
  const { paused } = shell.state;
  const stageAt = paused ? null : standstill ? standstill.until : (next?.at ?? null);
  const isWarning = warnAt !== null && (stageAt === null || Date.parse(warnAt) < Date.parse(stageAt));
  if (!(await isTime(shell, isWarning ? warnAt : stageAt))) return look;
  if (isWarning) return warnOfLapse(shell);
  if (standstill) return lookAgain(shell);
  return next === null ? look : enterStage(shell, next.stage);
}

/** Asks the database what follows; a letter that goes with it is sent. */
async function lookAgain(shell: ArrearsShell): Promise<CaseLook> {
  const { mailId = null, ...look } = await shell.guarded(() => activities.lookAtArrears(shell.documentId));
  shell.state.planned(look);
  if (mailId !== null) await shell.guarded(() => mail.sendMail(mailId).then(() => null));
  return look;
}

/** True when the time has come; false when something happened that must be looked at first. Null: only that. */
async function isTime(shell: ArrearsShell, at: string | null): Promise<boolean> {
  const { state } = shell;
  const seen = state.events;
  await shell.record();
  const happened = () => state.events > seen;
  if (at !== null) return !(await waitUntil(at, happened));
  await condition(happened);
  return false;
}

async function decide(shell: ArrearsShell, decision: SuspensionDecision, before: CaseLook): Promise<CaseLook> {
  const look = await orRefused(() => activities.decideSuspension(shell.documentId, decision));
  shell.state.decided();
  if (!isRefused(look)) {
    shell.state.planned(look);
    await shell.record();
    return look;
  }
  // The database contradicts what was agreed to: a person looks at both, and then it is looked at again.
  let told = false;
  await shell.guarded(async () => {
    if (told) return null;
    told = true;
    return look;
  });
  shell.state.caseChanged();
  return before;
}

async function warnOfLapse(shell: ArrearsShell): Promise<CaseLook> {
  const { mailId, ...look } = await shell.guarded(() => activities.warnOfLapse(shell.documentId));
  shell.state.planned(look);
  await shell.record();
  if (mailId !== null) await shell.guarded(() => mail.sendMail(mailId).then(() => null));
  return look;
}

async function resumeCharging(shell: ArrearsShell): Promise<void> {
  const { mailId } = await shell.guarded(() => activities.resumeCharging(shell.documentId));
  if (mailId !== null) await shell.guarded(() => mail.sendMail(mailId).then(() => null));
}

/** Reads what the provider said has changed, then asks the ledger. */
async function isSettled(shell: ArrearsShell): Promise<boolean> {
  for (const payment of shell.state.takeChangedPayments()) await stripe.lookAtDebit(shell.documentId, payment);
  return (await shell.dueCents()) <= 0;
}

async function enterStage(shell: ArrearsShell, stage: StagePlan['stage']): Promise<CaseLook> {
  const entry = await shell.guarded(() => activities.enterArrearsStage(shell.documentId, stage));
  const { entered, mailId, processing, ...look } = entry;
  shell.state.lookAt(processing);
  if (!entered) return look;
  shell.state.enter(stage, now());
  shell.state.planned(look);
  await shell.record();
  if (mailId !== null) await shell.guarded(() => mail.sendMail(mailId).then(() => null));
  if (stage === 'retry') await debitAgain(shell);
  if (stage !== 'formal-notice' || mailId === null || !patched('2026-11-proof-of-notice')) return look;
  return shell.guarded(() => activities.proveArrearsLetter(shell.documentId, stage, mailId));
}

/**
 * A further debit, followed to its end; nothing is chased meanwhile. What refuses it (no mandate, one still under way)
 * or makes it fail leaves the case where it was: the ledger says whether money came.
 */
async function debitAgain(shell: ArrearsShell): Promise<void> {
  const { state, documentId } = shell;
  state.beginDebit();
  await shell.record();
  await shell.guarded(async () => {
    const attemptNo = await activities.nextAttemptNo(documentId);
    const end = await debit(documentId, attemptNo, {
      paymentFacts: () => state.paymentFacts,
      processing: (lookAgainAt) => {
        state.processing(lookAgainAt);
        return shell.record();
      },
    });
    return isRefused(end) ? null : end;
  });
  state.endDebit();
}
