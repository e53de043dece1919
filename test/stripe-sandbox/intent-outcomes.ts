import { move, paymentFeeCents } from './balance.js';
import { changeCharge } from './charges.js';
import type { ChargeObject, PaymentIntentObject } from './objects.js';
import type { World } from './world.js';

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly declineCode?: string;
  /** the scheme's reason code, where one is known */
  readonly networkCode?: string;
}

export function changeIntent(
  world: World,
  intent: PaymentIntentObject,
  change: Partial<PaymentIntentObject>,
): PaymentIntentObject {
  const after: PaymentIntentObject = { ...intent, ...change };
  world.store.put('payment_intent', intent.id, after);
  return after;
}

/** The money is there: into the balance, and said so. */
export function succeedIntent(world: World, intent: PaymentIntentObject, charge: ChargeObject): PaymentIntentObject {
  const { type } = charge.payment_method_details;
  const transaction = move(world, {
    type: type === 'card' ? 'charge' : 'payment',
    amount: charge.amount,
    fee: paymentFeeCents(type, charge.amount),
    reportingCategory: 'charge',
    source: charge.id,
    description: typeof charge['description'] === 'string' ? charge['description'] : null,
  });
  const paid = changeCharge(world, charge.id, {
    balance_transaction: transaction.id,
    status: 'succeeded',
    paid: true,
    outcome: {
      network_status: 'approved_by_network',
      reason: null,
      risk_level: 'not_assessed',
      seller_message: 'Payment complete.',
      type: 'authorized',
    },
  });
  const done = changeIntent(world, intent, {
    status: 'succeeded',
    amount_received: intent.amount,
    latest_charge: charge.id,
    last_payment_error: null,
    next_action: null,
  });
  world.emit('charge.succeeded', paid);
  world.emit('payment_intent.succeeded', done);
  return done;
}

/** The attempt is over; the PaymentIntent waits for another payment method. */
export function failIntent(
  world: World,
  intent: PaymentIntentObject,
  failure: Failure,
  charge: ChargeObject | null,
): PaymentIntentObject {
  const { code, message, declineCode, networkCode } = failure;
  const refused =
    charge === null
      ? null
      : changeCharge(world, charge.id, { status: 'failed', failure_code: code, failure_message: message });
  const failed = changeIntent(world, intent, {
    status: 'requires_payment_method',
    latest_charge: charge?.id ?? intent.latest_charge,
    payment_method: null,
    next_action: null,
    last_payment_error: {
      ...(charge === null ? {} : { charge: charge.id }),
      code,
      ...(declineCode === undefined ? {} : { decline_code: declineCode }),
      doc_url: `https://stripe.com/docs/error-codes/${code}`,
      message,
      ...(networkCode === undefined ? {} : { network_decline_code: networkCode }),
      ...(intent.payment_method === null
        ? {}
        : { payment_method: world.find('payment_method', intent.payment_method) }),
      type: 'card_error',
    },
  });
  if (refused !== null) world.emit('charge.failed', refused);
  world.emit('payment_intent.payment_failed', failed);
  return failed;
}
