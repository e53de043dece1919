import type Stripe from 'stripe';

import { lockCustomerBooks } from '#libs/ledger/balances.js';
import { postTopUp, postTopUpReversed } from '#libs/ledger/post-money.js';

import type { Sql } from '../../persistence/database.js';
import { customerOf, findAttempt, isUuid } from '../attempts.js';
import { findCheckout } from '../checkout/checkout-rows.js';
import { reinstateCheckout, reverseCheckout } from '../checkout/reverse-checkout.js';
import { afterPaidAhead } from '../money-in.js';
import type { PaymentDeps } from '../payment-deps.js';
import { isBooked } from '../posted-cents.js';
import { findTopUp } from '../prepaid/top-up-orders.js';
import { bringDebitAgain, takeDebitBack, type MoneyBackFacts } from '../reverse-debit.js';

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
  const { customer_id: customerId, amount_cents: amountCents, currency } = row;
  const key = `refund-back/${row.id}`;
  await postTopUp(trx, { key, customerId, source: 'stripe', amountCents, currency, occurredAt: now });
  await afterPaidAhead(trx, { customerId, currency, key, now });
}

/** Whose books a refund moved. */
export interface MoneyBack {
  readonly customerId: string;
  readonly documentIds: readonly string[];
}

/**
 * Reads a refund again from the provider. One that people made there by hand, of a payment of ours, takes the payment
 * back as a dispute does: its invoices are owed again, until it fails. Null when it is none of ours.
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
  if (providerPaymentId === undefined) return null;
  const { id, amount: amountCents } = refund;
  // Told while it was pending, it may fail yet: then the money is here again.
  const isBack = refund.status === 'failed' || refund.status === 'canceled';
  if (isBack && !(await isBooked(trx, `reverse/${id}`))) return null;
  const attempt = await findAttempt(trx, { providerPaymentId });
  if (attempt !== undefined) {
    const documentId = attempt.document_id;
    const customerId = await customerOf(trx, documentId);
    await lockCustomerBooks(trx, customerId);
    if (isBack) await bringDebitAgain(trx, attempt, { id, amountCents, now });
    else await takeDebitBack(trx, { attempt, customerId }, { id, amountCents, now });
    return { customerId, documentIds: [documentId] };
  }
  const row = await findCheckout(trx, { paymentId: providerPaymentId });
  if (row === undefined) return takeTopUpBack(trx, { providerPaymentId, id, amountCents, now, isBack });
  await lockCustomerBooks(trx, row.customer_id);
  if (!isBack) await reverseCheckout(trx, row, { key: `reverse/${id}`, amountCents, now });
  else if (!(await isBooked(trx, `reinstate/${id}`))) {
    await reinstateCheckout(trx, row, { key: `reinstate/${id}`, amountCents, now });
  }
  const documents = await trx
    .selectFrom('checkout_document')
    .where('checkout_id', '=', row.id)
    .select('document_id as documentId')
    .execute();
  return { customerId: row.customer_id, documentIds: documents.map(({ documentId }) => documentId) };
}

interface TopUpBack extends MoneyBackFacts {
  readonly providerPaymentId: string;
  /** It failed: what was taken back is paid ahead again. */
  readonly isBack: boolean;
}

async function takeTopUpBack(trx: Sql, back: TopUpBack): Promise<MoneyBack | null> {
  const { providerPaymentId, id, amountCents, now: occurredAt, isBack } = back;
  const order = await findTopUp(trx, { providerPaymentId });
  if (order === undefined) return null;
  const { customer_id: customerId, currency } = order;
  const money = { customerId, currency, source: 'stripe', amountCents, occurredAt } as const;
  await lockCustomerBooks(trx, customerId);
  if (!isBack) await postTopUpReversed(trx, { ...money, key: `reverse/${id}` });
  else if ((await postTopUp(trx, { ...money, key: `reinstate/${id}` })).posted) {
    await afterPaidAhead(trx, { customerId, currency, key: `reinstate/${id}`, now: occurredAt });
  }
  return { customerId, documentIds: [] };
}
