import type Stripe from 'stripe';

import { dueCentsOf, lockCustomerBooks } from '#libs/ledger/balances.js';

import type { Sql } from '../persistence/database.js';
import { customerOf, findAttempt, type Attempt } from './attempts.js';
import { chosenOf, findCheckout, type CheckoutRow } from './checkout/checkout-rows.js';
import { refreshCheckout } from './checkout/refresh-checkout.js';
import { reinstateCheckout, reverseCheckout } from './checkout/reverse-checkout.js';
import type { PaymentDeps } from './payment-deps.js';
import { isBooked } from './posted-cents.js';
import { refreshIfOurs } from './refresh-attempt.js';
import { reinstateDebit, reverseDebit } from './reverse-debit.js';

export interface RecordedDispute {
  readonly customerId: string;
  readonly providerPaymentId: string;
  /** Whether the money is gone from us now. */
  readonly reversed: boolean;
  /** Whether it was this call that took it. */
  readonly reversedNow: boolean;
  /** The invoices that the payment was for; none of a top-up. */
  readonly documents: readonly { readonly documentId: string; readonly dueCents: number }[];
}

/**
 * Writes down that the payer took a payment back, after reading the dispute again from the provider: the debt is owed
 * again, once, whatever the order and number of webhooks. What the payment had paid ahead is taken back as far as it is
 * there. A SEPA dispute is lost as it is made, so nothing waits for its end or its respond-by date, which it has none
 * (woocommerce-gateway-stripe #1098, PR 1108). A dispute that we win (SEPA knows none) is credited again. Null when the
 * payment is none of ours.
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
  const debit = await refreshIfOurs({ sql, stripe }, { providerPaymentId, now });
  if (debit === null && (await refreshCheckout({ sql, stripe }, { paymentId: providerPaymentId, now })) === null) {
    return null;
  }
  return sql.transaction().execute((trx) => writeDispute(trx, dispute, providerPaymentId, now));
}

type Effect = 'reverse' | 'reinstate' | 'none';

/** Inquiries (`warning_…`) move no money. */
export function effectOf(status: string): Effect {
  if (status === 'won' || status === 'prevented') return 'reinstate';
  return status.startsWith('warning_') ? 'none' : 'reverse';
}

type Paid =
  | { readonly kind: 'debit'; readonly attempt: Attempt; readonly customerId: string }
  | { readonly kind: 'checkout'; readonly row: CheckoutRow; readonly customerId: string };

async function paidBy(trx: Sql, providerPaymentId: string): Promise<Paid> {
  const attempt = await findAttempt(trx, { providerPaymentId });
  if (attempt !== undefined) {
    return { kind: 'debit', attempt, customerId: await customerOf(trx, attempt.document_id) };
  }
  const row = await findCheckout(trx, { paymentId: providerPaymentId });
  if (row === undefined) throw new Error(`payment ${providerPaymentId} lost its attempt`);
  return { kind: 'checkout', row, customerId: row.customer_id };
}

async function writeDispute(
  trx: Sql,
  dispute: Stripe.Dispute,
  providerPaymentId: string,
  now: Date,
): Promise<RecordedDispute> {
  const paid = await paidBy(trx, providerPaymentId);
  await lockCustomerBooks(trx, paid.customerId);
  const effect = effectOf(dispute.status);
  const reversedNow = effect === 'reverse' && (await reverse(trx, paid, dispute, now));
  if (effect === 'reinstate') await reinstate(trx, paid, dispute, now);
  const due = await dueCentsOf(trx, await documentsOf(trx, paid));
  return {
    customerId: paid.customerId,
    providerPaymentId,
    reversed: effect === 'reverse',
    reversedNow,
    documents: [...due].map(([documentId, dueCents]) => ({ documentId, dueCents })),
  };
}

async function documentsOf(sql: Sql, paid: Paid): Promise<string[]> {
  if (paid.kind === 'debit') return [paid.attempt.document_id];
  return (await chosenOf(sql, paid.row.id)).map(({ documentId }) => documentId);
}

async function reverse(trx: Sql, paid: Paid, dispute: Stripe.Dispute, now: Date): Promise<boolean> {
  if (paid.kind === 'debit') return reverseDebit(trx, paid, dispute, now);
  const isNew = await reverseCheckout(trx, paid.row, {
    key: `reverse/${dispute.id}`,
    amountCents: dispute.amount,
    now,
  });
  if (isNew) await setState(trx, paid.row.id, 'disputed', 'disputed');
  return isNew;
}

async function reinstate(trx: Sql, paid: Paid, dispute: Stripe.Dispute, now: Date): Promise<void> {
  if (paid.kind === 'debit') return reinstateDebit(trx, paid.attempt, dispute, now);
  if (!(await isBooked(trx, `reverse/${dispute.id}`)) || (await isBooked(trx, `reinstate/${dispute.id}`))) return;
  await reinstateCheckout(trx, paid.row, { key: `reinstate/${dispute.id}`, amountCents: dispute.amount, now });
  await setState(trx, paid.row.id, 'succeeded', null);
}

async function setState(trx: Sql, checkoutId: string, state: string, failureCode: string | null): Promise<void> {
  await trx.updateTable('checkout').set({ state, failure_code: failureCode }).where('id', '=', checkoutId).execute();
}
