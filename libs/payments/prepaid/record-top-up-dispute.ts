import type Stripe from 'stripe';

import { postTopUp, postTopUpReversed } from '#libs/ledger/post-money.js';

import type { Sql } from '../../persistence/database.js';
import { afterPaidAhead } from '../money-in.js';
import type { PaymentDeps } from '../payment-deps.js';
import { postedCents } from '../posted-cents.js';
import { effectOf } from '../record-dispute.js';
import { lockTopUp, refreshTopUpIfOurs } from './apply-top-up-intent.js';
import { switchAutoTopUpOff } from './settings.js';
import { topUpState, type TopUpState } from './top-up-orders.js';

/**
 * The debtor took a top-up back: from what is still there of it, the rest is owed for no invoice, once, whatever the
 * order and number of webhooks. Automatic top-up is switched off. Null when the payment is no top-up of ours.
 */
export async function recordTopUpDispute(
  { sql, stripe }: PaymentDeps,
  { disputeId, now }: { readonly disputeId: string; readonly now: Date },
): Promise<TopUpState | null> {
  const dispute = await stripe.disputes.retrieve(disputeId);
  const paymentIntent = dispute.payment_intent;
  const providerPaymentId = typeof paymentIntent === 'string' ? paymentIntent : paymentIntent?.id;
  if (providerPaymentId === undefined) return null;
  // The credit comes first, even when its webhook comes last.
  const credited = await refreshTopUpIfOurs({ sql, stripe }, { providerPaymentId, now });
  if (credited === null) return null;
  return sql.transaction().execute((trx) => writeDispute(trx, dispute, credited.orderId, now));
}

async function writeDispute(trx: Sql, dispute: Stripe.Dispute, orderId: string, now: Date): Promise<TopUpState> {
  const order = await lockTopUp(trx, orderId);
  const { customer_id: customerId, currency } = order;
  const money = { customerId, currency, source: 'stripe', amountCents: dispute.amount, occurredAt: now } as const;
  const effect = effectOf(dispute.status);
  let state = order.state;
  if (effect === 'reverse' && (await postTopUpReversed(trx, { ...money, key: `reverse/${dispute.id}` })).posted) {
    state = 'disputed';
    await switchAutoTopUpOff(trx, { customerId, by: `top-up/${orderId}`, now });
  }
  const wasReversed = (await postedCents(trx, `reverse/${dispute.id}`, 'processor')) !== null;
  if (effect === 'reinstate' && wasReversed) {
    const key = `reinstate/${dispute.id}`;
    if ((await postTopUp(trx, { ...money, key })).posted) {
      state = 'succeeded';
      await afterPaidAhead(trx, { customerId, currency, key, now });
    }
  }
  const reason = state === 'disputed' ? 'disputed' : order.reason;
  const after = await trx
    .updateTable('top_up_order')
    .set({ state, reason, provider_failure_code: state === 'disputed' ? dispute.reason : order.provider_failure_code })
    .where('id', '=', orderId)
    .returningAll()
    .executeTakeFirstOrThrow();
  return topUpState(after);
}
