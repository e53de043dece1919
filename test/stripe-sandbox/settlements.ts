import { changeCharge } from './charges.js';
import { disputePayment } from './disputes.js';
import type { PaymentIntentObject } from './objects.js';
import { behaviourOf, type DebitBehaviour } from './test-ibans.js';
import type { World } from './world.js';

function succeed(world: World, intent: PaymentIntentObject, chargeId: string, behaviour: DebitBehaviour): void {
  const charge = changeCharge(world, chargeId, {
    status: 'succeeded',
    paid: true,
    outcome: {
      network_status: 'approved_by_network',
      reason: null,
      seller_message: 'Payment complete.',
      type: 'authorized',
    },
  });
  const done: PaymentIntentObject = { ...intent, status: 'succeeded', amount_received: intent.amount };
  world.store.put('payment_intent', intent.id, done);
  world.emit('charge.succeeded', charge);
  world.emit('payment_intent.succeeded', done);
  if (behaviour.disputeReason !== undefined) disputePayment(world, intent.id, behaviour.disputeReason);
}

function fail(world: World, intent: PaymentIntentObject, chargeId: string, behaviour: DebitBehaviour): void {
  const code = behaviour.failureCode ?? 'generic_could_not_process';
  const message = `The debit was refused by the bank: ${code}.`;
  const charge = changeCharge(world, chargeId, { status: 'failed', failure_code: code, failure_message: message });
  const failed: PaymentIntentObject = {
    ...intent,
    status: 'requires_payment_method',
    payment_method: null,
    last_payment_error: {
      charge: chargeId,
      code,
      doc_url: `https://stripe.com/docs/error-codes/${code}`,
      message,
      ...(behaviour.networkCode === undefined ? {} : { network_decline_code: behaviour.networkCode }),
      payment_method: intent.payment_method === null ? null : world.find('payment_method', intent.payment_method),
      type: 'card_error',
    },
  };
  world.store.put('payment_intent', intent.id, failed);
  world.emit('charge.failed', charge);
  world.emit('payment_intent.payment_failed', failed);
}

/** When the bank answers: the configured time, or longer for the slow test accounts. */
export function settlementDueAtMs(world: World, paymentMethodId: string): number {
  const behaviour = behaviourOf(world.find('iban', paymentMethodId).iban);
  return world.nowMs() + Math.max(world.processingMs, behaviour.slowMs ?? 0);
}

/** Settles every debit whose time has come, in order; returns when the next one is due, if any. */
export function settleDue(world: World): number | null {
  const waiting = world.store.entries('settlement').sort(([, a], [, b]) => a.dueAtMs - b.dueAtMs);
  for (const [id, { dueAtMs }] of waiting) {
    if (dueAtMs > world.nowMs()) return dueAtMs;
    world.store.delete('settlement', id);
    const intent = world.find('payment_intent', id);
    if (intent.status !== 'processing' || intent.latest_charge === null || intent.payment_method === null) continue;
    const behaviour = behaviourOf(world.find('iban', intent.payment_method).iban);
    if (behaviour.outcome === 'succeeded') succeed(world, intent, intent.latest_charge, behaviour);
    else fail(world, intent, intent.latest_charge, behaviour);
  }
  return null;
}
