import { ApiError } from './api-error.js';
import { move } from './balance.js';
import { changeCharge } from './charges.js';
import { having, page } from './lists.js';
import type { ChargeObject, RefundObject } from './objects.js';
import type { Params } from './params.js';
import { cardOf } from './pay-by-card.js';
import { newId } from './store.js';
import type { World } from './world.js';

const REASONS = ['duplicate', 'fraudulent', 'requested_by_customer'] as const;

function chargeToRefund(world: World, params: Params): ChargeObject {
  const intentId = params.text('payment_intent');
  const chargeId = params.text('charge') ?? (intentId && world.find('payment_intent', intentId).latest_charge);
  if (intentId === undefined && chargeId === undefined) {
    throw ApiError.invalid('One of payment_intent and charge is needed.', { code: 'parameter_missing' });
  }
  if (chargeId === null || chargeId === undefined || chargeId === '') {
    throw ApiError.invalid('This PaymentIntent does not have a successful charge to refund.', {
      param: 'payment_intent',
    });
  }
  return world.find('charge', chargeId);
}

function requireRefundable(charge: ChargeObject): number {
  if (charge.status !== 'succeeded') {
    throw ApiError.invalid(`A charge that is ${charge.status} cannot be refunded.`, { code: 'charge_not_refundable' });
  }
  if (charge.disputed) {
    throw ApiError.invalid(`Charge ${charge.id} has been charged back; cannot issue a refund.`, {
      code: 'charge_disputed',
    });
  }
  const left = charge.amount - charge.amount_refunded;
  if (left === 0) {
    throw ApiError.invalid(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' });
  }
  return left;
}

/** Sends money back, whole or in part, never more than came in. Only to a card it is there at once. */
export function createRefund(world: World, params: Params): RefundObject {
  const charge = chargeToRefund(world, params);
  const asked = params.integer('amount');
  const reason = params.oneOf('reason', REASONS) ?? null;
  const metadata = params.texts('metadata') ?? {};
  params.ignore('instructions_email');
  params.refuseUnknown();
  const left = requireRefundable(charge);
  const amount = asked ?? left;
  if (amount <= 0) throw ApiError.invalid('Invalid positive integer', { param: 'amount' });
  if (amount > left) {
    throw ApiError.invalid(`Refund amount (${amount}) is greater than unrefunded amount on charge (${left}).`, {
      param: 'amount',
    });
  }
  const { type } = charge.payment_method_details;
  const id = newId(type === 'card' ? 're' : 'pyr');
  const transaction = move(world, {
    type: type === 'card' ? 'refund' : 'payment_refund',
    amount: -amount,
    reportingCategory: 'refund',
    source: id,
    description: `REFUND FOR CHARGE ${charge.id}`,
  });
  const isLate = type !== 'card' || cardOf(world, String(charge['payment_method'])).refund !== undefined;
  const refund: RefundObject = {
    id,
    object: 'refund',
    amount,
    balance_transaction: transaction.id,
    charge: charge.id,
    created: world.now(),
    currency: charge['currency'],
    customer: charge['customer'],
    customer_account: null,
    ...(type === 'sepa_debit'
      ? {}
      : { destination_details: { [type]: type === 'card' ? { type: 'refund' } : {}, type } }),
    metadata,
    payment_intent: charge.payment_intent,
    payment_method: charge['payment_method'],
    ...(isLate ? { pending_reason: 'processing' } : {}),
    reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: isLate ? 'pending' : 'succeeded',
    transfer_reversal: null,
  };
  world.store.put('refund', id, refund);
  const after = setRefunded(world, charge, charge.amount_refunded + amount);
  if (isLate) world.schedule.at('settle-refund', id, world.nowMs() + world.processingMs);
  world.emit('refund.created', refund);
  world.emit('charge.refunded', after);
  return refund;
}

function setRefunded(world: World, charge: ChargeObject, cents: number): ChargeObject {
  return changeCharge(world, charge.id, { amount_refunded: cents, refunded: cents === charge.amount });
}

/** The bank of the payer took the refund, or sent it back. */
export function refundIsDue(world: World, id: string): void {
  const refund = world.find('refund', id);
  if (refund.status !== 'pending') return;
  const charge = world.find('charge', refund.charge);
  const isCard = charge.payment_method_details.type === 'card';
  const fails = isCard && cardOf(world, String(charge['payment_method'])).refund === 'fails';
  if (!fails && world.failNext.refunds === 0) {
    settle(world, refund, { status: 'succeeded' }, ['refund.updated', 'charge.refund.updated']);
    return;
  }
  if (!fails) world.failNext.refunds -= 1;
  failRefund(world, id, 'declined');
}

function settle(
  world: World,
  refund: RefundObject,
  change: Partial<RefundObject>,
  events: readonly string[],
): RefundObject {
  const { pending_reason: _, ...rest } = refund;
  const after: RefundObject = { ...rest, ...change } as RefundObject;
  world.store.put('refund', refund.id, after);
  for (const event of events) world.emit(event, after);
  return after;
}

/** It came back, perhaps after it had `succeeded`: the money is ours again, and the charge is not refunded by it. */
export function failRefund(world: World, id: string, reason: string): RefundObject {
  const refund = world.find('refund', id);
  if (refund.status === 'failed') throw ApiError.invalid('The refund has failed already.');
  world.schedule.cancel('settle-refund', id);
  const charge = world.find('charge', refund.charge);
  const back = move(world, {
    type: 'refund_failure',
    amount: refund.amount,
    reportingCategory: 'refund_failure',
    source: id,
    description: `REFUND FAILURE FOR CHARGE ${charge.id}`,
  });
  setRefunded(world, charge, charge.amount_refunded - refund.amount);
  return settle(world, refund, { status: 'failed', failure_reason: reason, failure_balance_transaction: back.id }, [
    'refund.updated',
    'refund.failed',
    'charge.refund.updated',
  ]);
}

export function listRefunds(world: World, params: Params) {
  const filters = { payment_intent: params.text('payment_intent'), charge: params.text('charge') };
  return page('/v1/refunds', having(world.store.list('refund'), filters), params);
}
