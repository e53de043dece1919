import type Stripe from 'stripe';

import { lockCustomerBooks } from '#libs/ledger/balances.js';
import { postPaymentReversed } from '#libs/ledger/post-events.js';
import { postTopUp, postTopUpReversed } from '#libs/ledger/post-money.js';

import type { Sql } from '../../persistence/database.js';
import { customerOf, findAttempt, isUuid } from '../attempts.js';
import { findCheckout } from '../checkout/checkout-rows.js';
import { reverseCheckout } from '../checkout/reverse-checkout.js';
import type { PaymentDeps } from '../payment-deps.js';
import { findTopUp } from '../prepaid/top-up-orders.js';

interface RefundReading {
  /** Ours */
  readonly refundId: string;
  /** As the provider has it, or why it made none. */
  readonly made: Stripe.Refund | { readonly refusedCode: string };
  readonly now: Date;
}

/**
 * Writes down what became of a refund. One that failed, or came back after it had succeeded, is booked back into the
 * customer's prepaid balance, once and in the same transaction. Gives its state.
 */
export async function applyRefund({ sql }: PaymentDeps, { refundId, made, now }: RefundReading): Promise<string> {
  return sql.transaction().execute(async (trx) => {
    const find = () => trx.selectFrom('refund').selectAll().where('id', '=', refundId);
    await lockCustomerBooks(trx, (await find().executeTakeFirstOrThrow()).customer_id);
    const row = await find().forUpdate().executeTakeFirstOrThrow();
    if (row.state === 'failed') return row.state;
    const failure = failureOf(made);
    // An answer that was read before the refund had succeeded, and comes later, says nothing new.
    if (failure === null && row.state === 'succeeded') return row.state;
    const state = failure !== null ? 'failed' : stateOf(made);
    if (failure !== null) await bookBack(trx, row, now);
    await trx
      .updateTable('refund')
      .set({
        state,
        failure_code: failure,
        settled_at: state === 'pending' ? null : now,
        ...('id' in made ? { provider_refund_id: made.id } : {}),
      })
      .where('id', '=', refundId)
      .execute();
    return state;
  });
}

function failureOf(made: RefundReading['made']): string | null {
  if ('refusedCode' in made) return made.refusedCode;
  if (made.status !== 'failed' && made.status !== 'canceled') return null;
  return made.failure_reason ?? made.status;
}

function stateOf(made: RefundReading['made']): 'pending' | 'succeeded' {
  return 'status' in made && made.status === 'succeeded' ? 'succeeded' : 'pending';
}

interface RefundedMoney {
  readonly id: string;
  readonly customer_id: string;
  readonly amount_cents: number;
  readonly currency: string;
}

async function bookBack(trx: Sql, row: RefundedMoney, now: Date): Promise<void> {
  await postTopUp(trx, {
    key: `refund-back/${row.id}`,
    customerId: row.customer_id,
    source: 'stripe',
    amountCents: row.amount_cents,
    currency: row.currency,
    occurredAt: now,
  });
}

/** Whose books a refund moved. */
export interface MoneyBack {
  readonly customerId: string;
  readonly documentIds: readonly string[];
}

/**
 * Reads a refund again from the provider. One that people made there by hand, of a payment of ours, takes the payment
 * back as a dispute does: its invoices are owed again. Null when it is none of ours.
 */
export async function refreshRefund(
  deps: PaymentDeps,
  { providerRefundId, now }: { readonly providerRefundId: string; readonly now: Date },
): Promise<MoneyBack | null> {
  const refund = await deps.stripe.refunds.retrieve(providerRefundId);
  const ours = refund.metadata?.['refundId'];
  const known = await deps.sql
    .selectFrom('refund')
    .select(['id', 'customer_id as customerId'])
    .where((where) =>
      where.or([
        where('provider_refund_id', '=', refund.id),
        ...(ours === undefined || !isUuid(ours) ? [] : [where('id', '=', ours)]),
      ]),
    )
    .executeTakeFirst();
  if (known !== undefined) {
    await applyRefund(deps, { refundId: known.id, made: refund, now });
    return { customerId: known.customerId, documentIds: [] };
  }
  return deps.sql.transaction().execute((trx) => takeBack(trx, refund, now));
}

async function takeBack(trx: Sql, refund: Stripe.Refund, now: Date): Promise<MoneyBack | null> {
  const intent = refund.payment_intent;
  const providerPaymentId = typeof intent === 'string' ? intent : intent?.id;
  if (providerPaymentId === undefined || refund.status === 'failed' || refund.status === 'canceled') return null;
  const key = `reverse/${refund.id}`;
  const amountCents = refund.amount;
  const attempt = await findAttempt(trx, { providerPaymentId });
  if (attempt !== undefined) {
    const documentId = attempt.document_id;
    const customerId = await customerOf(trx, documentId);
    await lockCustomerBooks(trx, customerId);
    await postPaymentReversed(trx, { key, documentId, source: 'stripe', amountCents, occurredAt: now });
    return { customerId, documentIds: [documentId] };
  }
  const row = await findCheckout(trx, { paymentId: providerPaymentId });
  if (row === undefined) return takeTopUpBack(trx, { providerPaymentId, key, amountCents, now });
  await lockCustomerBooks(trx, row.customer_id);
  await reverseCheckout(trx, row, { key, amountCents, now });
  const documents = await trx
    .selectFrom('checkout_document')
    .where('checkout_id', '=', row.id)
    .select('document_id as documentId')
    .execute();
  return { customerId: row.customer_id, documentIds: documents.map(({ documentId }) => documentId) };
}

async function takeTopUpBack(
  trx: Sql,
  back: { readonly providerPaymentId: string; readonly key: string; readonly amountCents: number; readonly now: Date },
): Promise<MoneyBack | null> {
  const { providerPaymentId, key, amountCents, now: occurredAt } = back;
  const order = await findTopUp(trx, { providerPaymentId });
  if (order === undefined) return null;
  const { customer_id: customerId, currency } = order;
  await postTopUpReversed(trx, { key, customerId, currency, source: 'stripe', amountCents, occurredAt });
  return { customerId, documentIds: [] };
}
