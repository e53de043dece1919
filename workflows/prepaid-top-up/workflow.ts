import { waitUntil } from '../clock.js';
import { mail } from '../installation-month/activities.js';
import { topUpEnds, topUpRecords, topUpStripe, type TopUpFacts, type TopUpLook } from './activities.js';
import type { TopUpInput, TopUpOutcome } from './messages.js';
import { TopUpShell } from './shell.js';

/** One top-up by mandate: tell the customer, wait as agreed, debit, follow the money, look at the account again. */
export async function prepaidTopUp({ orderId }: TopUpInput): Promise<TopUpOutcome> {
  const shell = new TopUpShell();
  const facts = await shell.step('pre-notifying', () => preNotify(shell, orderId));
  await shell.step('awaiting-debit-date', () => debitDate(shell, facts));
  const outcome = await shell.step('debiting', () => debit(shell, orderId));
  await shell.guarded(() => topUpEnds.startPrepaidWatch(facts.customerId));
  await shell.finish(outcome);
  return outcome;
}

/** A mail box that refuses does not stop the debit: the refusal stands at the mail, where staff see it. */
async function preNotify(shell: TopUpShell, orderId: string): Promise<TopUpFacts> {
  const facts = await topUpRecords.topUpFacts(orderId);
  await shell.knows(facts);
  if (facts.mailId !== null) await mail.sendMail(facts.mailId);
  return facts;
}

async function debitDate(shell: TopUpShell, { debitAt }: TopUpFacts): Promise<void> {
  if (Date.parse(debitAt) <= Date.now()) return;
  await shell.waits(debitAt);
  await waitUntil(debitAt, () => false);
}

/** A webhook's signal wakes, a poll replaces the webhook that never came. */
async function debit(shell: TopUpShell, orderId: string): Promise<TopUpOutcome> {
  const { state } = shell;
  let seen = state.facts;
  let look: TopUpLook = await topUpStripe.startTopUp(orderId);
  while (look.state === 'processing') {
    if (look.lookAgainAt === null) throw new Error(`top-up ${orderId} is processing and nobody says until when`);
    await shell.processing(look.lookAgainAt);
    await waitUntil(look.lookAgainAt, () => state.facts > seen);
    seen = state.facts;
    look = await topUpStripe.lookAtTopUp(orderId);
  }
  return look.state;
}
