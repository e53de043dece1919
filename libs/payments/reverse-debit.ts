import type Stripe from 'stripe';

import { dueCents, prepaidBalanceCents } from '#libs/ledger/balances.js';
import { postPayment, postPaymentReversed } from '#libs/ledger/post-events.js';

import type { Sql } from '../persistence/database.js';
import type { Attempt } from './attempts.js';
import { creditStripe } from './credit-stripe.js';
import { postedCents } from './posted-cents.js';

/** What took money back, or brought it again. */
export interface MoneyBackFacts {
  /** The provider's id of the dispute or refund. */
  readonly id: string;
  readonly amountCents: number;
  readonly now: Date;
}

/**
 * A debit was taken back: its invoice is owed again, and what the debit had paid ahead goes to it as far as that is there.
 * False when it was taken back before. The caller holds the customer's lock.
 */
export async function takeDebitBack(
  trx: Sql,
  { attempt, customerId }: { readonly attempt: Attempt; readonly customerId: string },
  { id, amountCents: backCents, now }: MoneyBackFacts,
): Promise<boolean> {
  const documentId = attempt.document_id;
  const { posted } = await postPaymentReversed(trx, {
    key: `reverse/${id}`,
    documentId,
    source: 'stripe',
    amountCents: backCents,
    occurredAt: now,
  });
  if (!posted) return false;
  const creditedCents = (await postedCents(trx, `credit/${attempt.id}`, 'prepaid')) ?? 0;
  const balanceCents = await prepaidBalanceCents(trx, customerId);
  const amountCents = Math.min(creditedCents, balanceCents, await dueCents(trx, documentId));
  if (amountCents > 0) {
    const key = `reverse-credit/${id}`;
    await postPayment(trx, { key, documentId, source: 'prepaid', amountCents, occurredAt: now });
  }
  return true;
}

/** What was taken back of a debit came again. False when it never went, or came before. */
export async function bringDebitAgain(
  trx: Sql,
  attempt: Attempt,
  { id, amountCents, now }: MoneyBackFacts,
): Promise<boolean> {
  if ((await postedCents(trx, `reverse/${id}`, 'receivable')) === null) return false;
  const keys = { paid: `reinstate/${id}`, ahead: `reinstate-credit/${id}` };
  const before = [await postedCents(trx, keys.paid, 'receivable'), await postedCents(trx, keys.ahead, 'prepaid')];
  if (before.some((cents) => cents !== null)) return false;
  await creditStripe(trx, { documentId: attempt.document_id, amountCents, keys, now });
  return true;
}

/** A debit was disputed: {@link takeDebitBack}. */
export async function reverseDebit(
  trx: Sql,
  paid: { readonly attempt: Attempt; readonly customerId: string },
  { id, amount: amountCents, reason }: Stripe.Dispute,
  now: Date,
): Promise<boolean> {
  if (!(await takeDebitBack(trx, paid, { id, amountCents, now }))) return false;
  await trx
    .updateTable('payment_attempt')
    .set({ state: 'disputed', failure_code: 'disputed', provider_failure_code: reason })
    .where('id', '=', paid.attempt.id)
    .execute();
  return true;
}

/** A dispute that we won: the money came again. */
export async function reinstateDebit(trx: Sql, attempt: Attempt, dispute: Stripe.Dispute, now: Date): Promise<void> {
  if (!(await bringDebitAgain(trx, attempt, { id: dispute.id, amountCents: dispute.amount, now }))) return;
  await trx
    .updateTable('payment_attempt')
    .set({ state: 'succeeded', failure_code: null, provider_failure_code: null })
    .where('id', '=', attempt.id)
    .execute();
}
