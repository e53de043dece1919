import type Stripe from 'stripe';

import { dueCents, lockCustomerBooks, prepaidBalanceCents } from '#libs/ledger/balances.js';
import { postPayment, postPaymentReversed } from '#libs/ledger/post-events.js';

import type { Sql } from '../persistence/database.js';
import { customerOf, findAttempt, type Attempt } from './attempts.js';
import { creditStripe } from './credit-stripe.js';
import type { PaymentDeps } from './payment-deps.js';
import { postedCents } from './posted-cents.js';
import { refreshIfOurs } from './refresh-attempt.js';

export interface RecordedDispute {
  readonly documentId: string;
  readonly providerPaymentId: string;
  /** Whether the money is gone from us now. */
  readonly reversed: boolean;
  /** Whether it was this call that took it. */
  readonly reversedNow: boolean;
  readonly dueCents: number;
}

/**
 * Writes down that the debtor took a debit back, after reading the dispute again from the provider: the debt is owed
 * again, once, whatever the order and number of webhooks. What the debit had paid ahead is taken back as far as it is
 * there. A dispute that we win (SEPA knows none) is credited again. Null when the payment is none of ours.
 */
export async function recordDispute(
  { sql, stripe }: PaymentDeps,
  { disputeId, now }: { readonly disputeId: string; readonly now: Date },
): Promise<RecordedDispute | null> {
  const dispute = await stripe.disputes.retrieve(disputeId);
  const paymentIntent = dispute.payment_intent;
  const providerPaymentId = typeof paymentIntent === 'string' ? paymentIntent : paymentIntent?.id;
  if (providerPaymentId === undefined) return null;
  // The credit comes first, even when its webhook comes last.
  if ((await refreshIfOurs({ sql, stripe }, { providerPaymentId, now })) === null) return null;
  return sql.transaction().execute((trx) => writeDispute(trx, dispute, providerPaymentId, now));
}

type Effect = 'reverse' | 'reinstate' | 'none';

/** Inquiries (`warning_…`) move no money. */
export function effectOf(status: string): Effect {
  if (status === 'won' || status === 'prevented') return 'reinstate';
  return status.startsWith('warning_') ? 'none' : 'reverse';
}

async function writeDispute(trx: Sql, dispute: Stripe.Dispute, providerPaymentId: string, now: Date) {
  const found = await findAttempt(trx, { providerPaymentId });
  if (found === undefined) throw new Error(`payment ${providerPaymentId} lost its attempt`);
  const customerId = await customerOf(trx, found.document_id);
  await lockCustomerBooks(trx, customerId);
  const effect = effectOf(dispute.status);
  const reversedNow = effect === 'reverse' && (await reverse(trx, found, dispute, customerId, now));
  if (effect === 'reinstate') await reinstate(trx, found, dispute, now);
  const due = await dueCents(trx, found.document_id);
  const reversed = effect === 'reverse';
  return { documentId: found.document_id, providerPaymentId, reversed, reversedNow, dueCents: due };
}

async function reverse(
  trx: Sql,
  attempt: Attempt,
  dispute: Stripe.Dispute,
  customerId: string,
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

async function reinstate(trx: Sql, attempt: Attempt, dispute: Stripe.Dispute, now: Date) {
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
