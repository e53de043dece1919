import type Stripe from 'stripe';

import { lockCustomerBooks } from '#libs/ledger/balances.js';
import { postTopUp } from '#libs/ledger/post-money.js';

import type { Sql } from '../../persistence/database.js';
import { debitOutcome, type DebitOutcome } from '../debit-outcome.js';
import { afterPaidAhead } from '../money-in.js';
import type { PaymentDeps } from '../payment-deps.js';
import { readIntent } from '../refresh-attempt.js';
import { switchAutoTopUpOff } from './settings.js';
import { findTopUp, topUpById, topUpState, type TopUpRow, type TopUpState } from './top-up-orders.js';

/**
 * Writes down what the provider's payment means for a top-up: credited when it succeeded, and only then, in the same
 * transaction and once (`top-up/<order>`), whatever order webhooks come in. It pays first what an earlier top-up that was
 * taken back left owing. A failure switches automatic top-up off.
 */
export async function applyTopUpIntent(
  sql: Sql,
  orderId: string,
  intent: Stripe.PaymentIntent,
  now: Date,
): Promise<TopUpState> {
  return sql.transaction().execute(async (trx) => {
    const order = await lockTopUp(trx, orderId);
    if (order.provider_payment_id !== null && order.provider_payment_id !== intent.id) {
      throw new Error(`top-up ${orderId} is payment ${order.provider_payment_id}, not ${intent.id}`);
    }
    const outcome = debitOutcome(intent);
    const change = changeOf(order, outcome, now);
    if (change.state === 'succeeded' && outcome.state === 'succeeded') await credit(trx, order, outcome, now);
    if (change.state === 'failed') {
      await switchAutoTopUpOff(trx, { customerId: order.customer_id, by: `top-up/${orderId}`, now });
    }
    await trx
      .updateTable('top_up_order')
      .set({ provider_payment_id: intent.id, ...change })
      .where('id', '=', orderId)
      .execute();
    return topUpState(await topUpById(trx, orderId));
  });
}

/** The order under its customer's lock. */
export async function lockTopUp(trx: Sql, orderId: string): Promise<TopUpRow> {
  await lockCustomerBooks(trx, (await topUpById(trx, orderId)).customer_id);
  return trx.selectFrom('top_up_order').selectAll().where('id', '=', orderId).forUpdate().executeTakeFirstOrThrow();
}

async function credit(
  trx: Sql,
  order: TopUpRow,
  { receivedCents }: Extract<DebitOutcome, { state: 'succeeded' }>,
  now: Date,
): Promise<void> {
  const { id, customer_id: customerId, currency } = order;
  const money = { customerId, currency, source: 'stripe', amountCents: receivedCents, occurredAt: now } as const;
  const { posted } = await postTopUp(trx, { ...money, key: `top-up/${id}` });
  if (!posted) throw new Error(`top-up ${id} was credited before`);
  await afterPaidAhead(trx, { customerId, currency, key: `top-up/${id}`, now });
}

interface Change {
  readonly state?: string;
  readonly reason?: string | null;
  readonly provider_failure_code?: string | null;
  readonly settled_at?: Date | null;
}

/** A final state is never left for another, but for money that did come. */
function changeOf(order: TopUpRow, outcome: DebitOutcome, now: Date): Change {
  const { state } = order;
  switch (outcome.state) {
    case 'processing':
      return state === 'created' || state === 'cancelled'
        ? { state: 'processing', reason: null, settled_at: null }
        : {};
    case 'succeeded':
      return state === 'succeeded' || state === 'disputed'
        ? {}
        : { state: 'succeeded', reason: null, provider_failure_code: null, settled_at: now };
    case 'failed':
      return ['created', 'processing', 'cancelled'].includes(state)
        ? { state: 'failed', reason: outcome.cause, provider_failure_code: outcome.providerCode, settled_at: now }
        : {};
    default:
      return outcome satisfies never;
  }
}

/** Reads the payment again from the provider and writes down what it says; null when it is no top-up of ours. */
export async function refreshTopUpIfOurs(
  { sql, stripe }: PaymentDeps,
  { providerPaymentId, now }: { readonly providerPaymentId: string; readonly now: Date },
): Promise<TopUpState | null> {
  const intent = await readIntent(stripe, providerPaymentId);
  const order = await findTopUp(sql, { providerPaymentId: intent.id, orderId: intent.metadata['topUpOrderId'] });
  return order === undefined ? null : applyTopUpIntent(sql, order.id, intent, now);
}
