import type Stripe from 'stripe';

import { lockCustomerBooks } from '#libs/ledger/balances.js';

import type { Sql } from '../../persistence/database.js';
import { debitsOfWeek, lockDebitWeek, roomAt } from '../debit-week.js';
import { causeOf } from '../failure-causes.js';
import type { PaymentDeps } from '../payment-deps.js';
import { refreshMandate } from '../refresh-mandate.js';
import { isFinalRefusal } from '../start-debit.js';
import { applyTopUpIntent, lockTopUp } from './apply-top-up-intent.js';
import { prepaidPosition } from './position.js';
import { switchAutoTopUpOff } from './settings.js';
import { topUpById, topUpState, type TopUpRow, type TopUpState } from './top-up-orders.js';

export interface TopUpDebit {
  readonly orderId: string;
  /** What all debits of seven days may come to (a new account); null or none: no limit. */
  readonly weeklyLimitCents?: number | null;
  readonly now: Date;
}

/** There is no room under the week's limit: nothing was claimed; ask again then. */
export interface PostponedTopUp extends TopUpState {
  readonly until: Date;
}

/**
 * Debits a top-up that was ordered. The order is committed before the provider is asked; asking again finds the payment
 * that was made (by its stored id, by our id in its metadata, by the idempotency key) and never makes a second one. An
 * order of which the provider knows nothing is given up when it is not needed any more: automatic top-up was switched
 * off, or enough came in otherwise. What the provider refuses at once is a failed order, and switches it off. Throws
 * when the provider cannot be asked: ask again.
 */
export async function startTopUpDebit(
  deps: PaymentDeps,
  { orderId, now, weeklyLimitCents = null }: TopUpDebit,
): Promise<TopUpState | PostponedTopUp> {
  const order = await topUpById(deps.sql, orderId);
  if (order.provider_payment_id !== null || order.state !== 'created') return topUpState(order);
  const facts = await debtorOf(deps.sql, order);
  if (facts === null) return failTopUp(deps.sql, { orderId, providerCode: 'mandate-inactive', now });
  const found = await findTopUpIntent(deps, order, facts.stripeCustomerId);
  if (found !== null) return applyTopUpIntent(deps.sql, orderId, found, now);
  const why = await whyNotNeeded(deps.sql, order, now);
  if (why !== null) return cancelTopUp(deps.sql, { orderId, why, now });
  const room = await claimRoom(deps.sql, { orderId, now, weeklyLimitCents });
  if (room === 'never') return cancelTopUp(deps.sql, { orderId, why: 'weekly-limit', now });
  if (room !== 'now') return { ...topUpState(order), until: room };
  const intent = await createIntent(deps.stripe, order, facts);
  if (!('refusedCode' in intent)) return applyTopUpIntent(deps.sql, orderId, intent, now);
  const failed = await failTopUp(deps.sql, { orderId, providerCode: intent.refusedCode, now });
  if (failed.reason === 'mandate-inactive') await refreshMandate(deps, { mandateId: order.mandate_id, now });
  return failed;
}

interface Debtor {
  readonly stripeCustomerId: string;
  readonly paymentMethodId: string;
  readonly stripeMandateId: string;
}

/** null when the mandate was never completed. */
async function debtorOf(sql: Sql, order: TopUpRow): Promise<Debtor | null> {
  const row = await sql
    .selectFrom('mandate')
    .innerJoin('customer', 'customer.id', 'mandate.customer_id')
    .where('mandate.id', '=', order.mandate_id)
    .select([
      'customer.stripe_customer_id as stripeCustomerId',
      'mandate.stripe_payment_method_id as paymentMethodId',
      'mandate.stripe_mandate_id as stripeMandateId',
    ])
    .executeTakeFirstOrThrow();
  const { stripeCustomerId, paymentMethodId, stripeMandateId } = row;
  if (stripeCustomerId === null || paymentMethodId === null || stripeMandateId === null) return null;
  return { stripeCustomerId, paymentMethodId, stripeMandateId };
}

/** Takes the order's room under the week's limit, once; or says from when on there is some. */
async function claimRoom(
  sql: Sql,
  { orderId, now, weeklyLimitCents }: TopUpDebit & { readonly weeklyLimitCents: number | null },
): Promise<'now' | 'never' | Date> {
  return sql.transaction().execute(async (trx) => {
    const order = await lockTopUp(trx, orderId);
    if (order.claimed_at !== null) return 'now';
    if (weeklyLimitCents !== null) {
      if (order.amount_cents > weeklyLimitCents) return 'never';
      await lockDebitWeek(trx);
      const until = roomAt(await debitsOfWeek(trx, now), order.amount_cents, weeklyLimitCents);
      if (until !== null) return until;
    }
    await trx.updateTable('top_up_order').set({ claimed_at: now }).where('id', '=', orderId).execute();
    return 'now';
  });
}

/** Stripe's list knows what was just made, while its search may lag. */
async function findTopUpIntent(
  { stripe }: PaymentDeps,
  order: TopUpRow,
  customer: string,
): Promise<Stripe.PaymentIntent | null> {
  const found: Stripe.PaymentIntent[] = [];
  for await (const intent of stripe.paymentIntents.list({ customer, limit: 100 })) {
    if (intent.metadata['topUpOrderId'] === order.id) found.push(intent);
  }
  if (found.length > 1) throw new Error(`top-up ${order.id} has ${found.length} payments at the provider`);
  return found[0] ?? null;
}

async function whyNotNeeded(sql: Sql, order: TopUpRow, now: Date): Promise<'switched-off' | 'not-needed' | null> {
  const { availableCents, rules } = await prepaidPosition(sql, order.customer_id, now);
  if (rules.autoTopUp === null) return 'switched-off';
  return availableCents >= rules.autoTopUp.belowCents ? 'not-needed' : null;
}

async function createIntent(
  stripe: Stripe,
  order: TopUpRow,
  debtor: Debtor,
): Promise<Stripe.PaymentIntent | { readonly refusedCode: string | null }> {
  try {
    return await stripe.paymentIntents.create(
      {
        amount: order.amount_cents,
        currency: order.currency.toLowerCase(),
        customer: debtor.stripeCustomerId,
        payment_method: debtor.paymentMethodId,
        mandate: debtor.stripeMandateId,
        allowed_payment_method_types: ['sepa_debit'],
        confirm: true,
        off_session: true,
        description: `TOPUP ${order.id.slice(-8)}`,
        metadata: { topUpOrderId: order.id },
      },
      { idempotencyKey: `top-up/${order.id}` },
    );
  } catch (error) {
    if (isFinalRefusal(error)) return { refusedCode: error.code ?? null };
    throw error;
  }
}

async function cancelTopUp(
  sql: Sql,
  { orderId, why, now }: { readonly orderId: string; readonly why: string; readonly now: Date },
): Promise<TopUpState> {
  await sql
    .updateTable('top_up_order')
    .set({ state: 'cancelled', reason: why, settled_at: now })
    .where('id', '=', orderId)
    .where('state', '=', 'created')
    .where('provider_payment_id', 'is', null)
    .execute();
  return topUpState(await topUpById(sql, orderId));
}

/** Over before it began. */
async function failTopUp(
  sql: Sql,
  {
    orderId,
    providerCode,
    now,
  }: { readonly orderId: string; readonly providerCode: string | null; readonly now: Date },
): Promise<TopUpState> {
  return sql.transaction().execute(async (trx) => {
    const { customer_id: customerId } = await topUpById(trx, orderId);
    await lockCustomerBooks(trx, customerId);
    await trx
      .updateTable('top_up_order')
      .set({ state: 'failed', reason: causeOf(providerCode), provider_failure_code: providerCode, settled_at: now })
      .where('id', '=', orderId)
      .where('state', '=', 'created')
      .execute();
    await switchAutoTopUpOff(trx, { customerId, by: `top-up/${orderId}`, now });
    return topUpState(await topUpById(trx, orderId));
  });
}
