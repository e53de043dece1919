import { waitUntil } from '../clock.js';
import { debit } from '../debit/debit.js';
import { mail } from '../installation-month/activities.js';
import { CancelledByPerson, isRefused, type Refused } from '../refusal.js';
import { collectionActivities, collectionStarts, type CollectionFacts } from './activities.js';
import type { CollectionInput, CollectionOutcome } from './messages.js';
import { CollectionShell } from './shell.js';

/** The first debit of a document; further ones are the arrears case's. */
const FIRST_ATTEMPT = 1;

/** Why an invoice is unpaid, or null when it is paid. */
type Unpaid = { readonly because: string | null };
const PAID: Unpaid = { because: null };

/** Bringing in one invoice: pre-notify, wait, debit or deduct, follow the money, settle or hand over to arrears. */
export async function collection({ documentId }: CollectionInput): Promise<CollectionOutcome> {
  const shell = new CollectionShell(documentId);
  try {
    await shell.step('pre-notifying', () => preNotify(shell));
    await shell.step('awaiting-due-date', () => dueDate(shell));
    const { because } = await shell.step('debiting', () => bringIn(shell));
    if (because === null) {
      await shell.finish('settled', null);
      return 'settled';
    }
    await shell.guarded(() => collectionStarts.startArrears({ documentId, cause: because }));
    await shell.finish('arrears', because);
    return 'arrears';
  } catch (error) {
    if (!(error instanceof CancelledByPerson)) throw error;
    await shell.finish('cancelled', shell.state.cancelReason);
    return 'cancelled';
  }
}

/** A mail box that refuses does not stop the collection: the refusal stands at the mail, where staff see it. */
async function preNotify(shell: CollectionShell): Promise<void> {
  await shell.facts();
  const { mailId } = await shell.queueMail();
  if (mailId !== null) await mail.sendMail(mailId);
}

/** Until the due date (a debit is made days before it, for the bank to be asked on it), or until the ledger says that nothing is due any more. */
async function dueDate(shell: CollectionShell): Promise<void> {
  const { state } = shell;
  for (;;) {
    const seen = state.ledgerFacts;
    const { dueCents, dueAt, debitAt = dueAt } = await shell.facts();
    if (dueCents <= 0 || Date.parse(debitAt) <= Date.now()) return;
    state.waitFor('due-date', debitAt);
    await shell.record();
    const woken = await waitUntil(debitAt, () => state.ledgerFacts > seen || state.cancelled);
    if (!woken || state.cancelled) return;
  }
}

async function bringIn(shell: CollectionShell): Promise<Unpaid | Refused> {
  const facts = await shell.facts();
  if (facts.dueCents <= 0) return PAID;
  switch (facts.method) {
    case 'transfer':
      return { because: 'not-paid' };
    case 'prepaid': {
      const { stillDueCents } = await collectionActivities.deductPrepaid(shell.documentId);
      return stillDueCents > 0 ? { because: 'prepaid-too-low' } : PAID;
    }
    case 'direct-debit':
      return facts.hasMandate ? directDebit(shell) : { because: 'no-mandate' };
    default:
      return unknownMethod(facts);
  }
}

async function directDebit(shell: CollectionShell): Promise<Unpaid | Refused> {
  const end = await debit(shell.documentId, FIRST_ATTEMPT, {
    paymentFacts: () => shell.state.paymentFacts,
    postponed: (until) => shell.postponed(until),
    processing: (lookAgainAt) => shell.processing(lookAgainAt),
  });
  const { dueCents } = await shell.facts();
  if (isRefused(end)) return dueCents <= 0 ? PAID : unpaidBy(end);
  if (dueCents <= 0 && end.state !== 'too-long') return PAID;
  switch (end.state) {
    case 'succeeded':
      return { because: 'disputed' }; // paid, and taken back before we looked
    case 'failed':
      return { because: end.failureCode };
    case 'too-long':
      return { because: 'processing-too-long' };
    default:
      return end satisfies never;
  }
}

/** What no debit can bring in is asked for in another way; anything else a person must mend. */
function unpaidBy(refused: Refused): Unpaid | Refused {
  switch (refused.refused.code) {
    case 'MANDATE.NOT_FOUND':
      return { because: 'no-mandate' };
    case 'DEBIT.AMOUNT_TOO_SMALL':
    case 'DEBIT.AMOUNT_TOO_LARGE':
      return { because: 'not-paid' };
    default:
      return refused;
  }
}

function unknownMethod(facts: CollectionFacts): Refused {
  return { refused: { code: 'PAYMENT_METHOD.UNKNOWN', detail: String(facts.method) } };
}
