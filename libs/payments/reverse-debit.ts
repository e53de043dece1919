import type Stripe from 'stripe';

import { dueCents, prepaidBalanceCents } from '#libs/ledger/balances.js';
import { postPayment, postPaymentReversed } from '#libs/ledger/post-events.js';

import type { Sql } from '../persistence/database.js';
import type { Attempt } from './attempts.js';
import { creditStripe } from './credit-stripe.js';
import { postedCents } from './posted-cents.js';

/**
 * A debit was taken back: its invoice is owed again, and what the debit had paid ahead goes to it as far as that is there.
 * False when it was taken back before. The caller holds the customer's lock.
 */
export async function reverseDebit(
  trx: Sql,
  { attempt, customerId }: { readonly attempt: Attempt; readonly customerId: string },
  dispute: Stripe.Dispute,
  now: Date,
): Promise<boolean> {
  const documentId = attempt.document_id;
  const { posted } = await postPaymentReversed(trx, {
    key: `reverse/${dispute.id}`,
    documentId,
    source: 'stripe',
    amountCents: dispute.amount,
    occurredAt: now,
  });
  if (!posted) return false;
  await trx
    .updateTable('payment_attempt')
    .set({ state: 'disputed', failure_code: 'disputed', provider_failure_code: dispute.reason })
    .where('id', '=', attempt.id)
    .execute();
  const creditedCents = (await postedCents(trx, `credit/${attempt.id}`, 'prepaid')) ?? 0;
  const balanceCents = await prepaidBalanceCents(trx, customerId);
  const amountCents = Math.min(creditedCents, balanceCents, await dueCents(trx, documentId));
  if (amountCents > 0) {
    const key = `reverse-credit/${dispute.id}`;
    await postPayment(trx, { key, documentId, source: 'prepaid', amountCents, occurredAt: now });
  }
  return true;
}

/** A dispute that we won: the money came again. */
export async function reinstateDebit(trx: Sql, attempt: Attempt, dispute: Stripe.Dispute, now: Date): Promise<void> {
  if ((await postedCents(trx, `reverse/${dispute.id}`, 'receivable')) === null) return;
  const keys = { paid: `reinstate/${dispute.id}`, ahead: `reinstate-credit/${dispute.id}` };
  const before = [await postedCents(trx, keys.paid, 'receivable'), await postedCents(trx, keys.ahead, 'prepaid')];
  if (before.some((cents) => cents !== null)) return;
  await creditStripe(trx, { documentId: attempt.document_id, amountCents: dispute.amount, keys, now });
  await trx
    .updateTable('payment_attempt')
    .set({ state: 'succeeded', failure_code: null, provider_failure_code: null })
    .where('id', '=', attempt.id)
    .execute();
}
