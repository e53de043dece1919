import { ApiError } from './api-error.js';
import { changeCharge } from './charges.js';
import type { RefundObject } from './objects.js';
import type { Params } from './params.js';
import { newId } from './store.js';
import type { World } from './world.js';

/** Sends money back, whole or in part, never more than came in. */
export function createRefund(world: World, params: Params): RefundObject {
  const intent = world.find('payment_intent', params.required('payment_intent'));
  if (intent.status !== 'succeeded' || intent.latest_charge === null) {
    throw ApiError.invalid('Only a succeeded payment can be refunded.', { param: 'payment_intent' });
  }
  const charge = world.find('charge', intent.latest_charge);
  const left = charge.amount - charge.amount_refunded;
  const amount = params.integer('amount') ?? left;
  const refund: RefundObject = {
    id: newId('re'),
    object: 'refund',
    amount,
    balance_transaction: null,
    charge: charge.id,
    created: world.now(),
    currency: intent.currency,
    livemode: false,
    metadata: params.texts('metadata') ?? {},
    payment_intent: intent.id,
    reason: params.text('reason') ?? null,
    receipt_number: null,
    status: 'succeeded',
  };
  params.refuseUnknown();
  if (amount <= 0 || amount > left) {
    throw ApiError.invalid(`Refund amount is greater than unrefunded amount on charge (${left}).`, { param: 'amount' });
  }
  const refunded = charge.amount_refunded + amount;
  const after = changeCharge(world, charge.id, { amount_refunded: refunded, refunded: refunded === charge.amount });
  world.store.put('refund', refund.id, refund);
  world.emit('charge.refunded', after);
  return refund;
}
