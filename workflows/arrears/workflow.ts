import { condition } from '@temporalio/workflow';

import { now, waitUntil } from '../clock.js';
import { stripe } from '../debit/activities.js';
import { debit } from '../debit/debit.js';
import { mail } from '../installation-month/activities.js';
import { CancelledByPerson, isRefused } from '../refusal.js';
import { arrearsActivities as activities, type StagePlan } from './activities.js';
import type { ArrearsInput, ArrearsOutcome } from './messages.js';
import { ArrearsShell } from './shell.js';

/**
 * Chasing one unpaid invoice: reminder, retry, formal notice, suspension proposal, each when its time has come. A
 * payment in full settles the case at any moment; a part payment neither skips nor repeats a stage; people steer.
 */
export async function arrears(input: ArrearsInput): Promise<ArrearsOutcome> {
  const shell = new ArrearsShell(input.documentId);
  try {
    const opened = await shell.guarded(() => activities.openArrears(input));
    if (opened.settled) return 'settled';
    shell.opened(opened.installationId);
    shell.state.enter(opened.stage, now());
    return await shell.finish(await chase(shell, opened.next));
  } catch (error) {
    if (!(error instanceof CancelledByPerson)) throw error;
    return shell.finish('waived');
  }
}

async function chase(shell: ArrearsShell, first: StagePlan | null): Promise<ArrearsOutcome> {
  const { state } = shell;
  let next = first;
  for (;;) {
    state.planned(next);
    if (await shell.guarded(() => isSettled(shell))) return 'settled';
    if (state.cancelled) return 'waived';
    if (state.retryAsked) {
      await debitAgain(shell);
    } else if (next === null) {
      return 'suspension-proposed';
    } else if (await stageIsDue(shell, next.at)) {
      next = await enterStage(shell, next.stage);
    }
  }
}

/** True when the stage's time has come; false when something happened that must be looked at first. */
async function stageIsDue(shell: ArrearsShell, at: string): Promise<boolean> {
  const { state } = shell;
  const seen = state.events;
  await shell.record();
  const happened = () => state.events > seen;
  if (!state.paused) return !(await waitUntil(at, happened));
  await condition(happened);
  return false;
}

/** Reads what the provider said has changed, then asks the ledger. */
async function isSettled(shell: ArrearsShell): Promise<boolean> {
  for (const payment of shell.state.takeChangedPayments()) await stripe.lookAtDebit(shell.documentId, payment);
  return (await shell.dueCents()) <= 0;
}

async function enterStage(shell: ArrearsShell, stage: StagePlan['stage']): Promise<StagePlan | null> {
  const entry = await shell.guarded(() => activities.enterArrearsStage(shell.documentId, stage));
  const { entered, mailId, next, processing } = entry;
  shell.state.lookAt(processing);
  if (!entered) return next;
  shell.state.enter(stage, now());
  shell.state.planned(next);
  await shell.record();
  if (mailId !== null) await shell.guarded(() => mail.sendMail(mailId).then(() => null));
  if (stage === 'retry') await debitAgain(shell);
  return next;
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
