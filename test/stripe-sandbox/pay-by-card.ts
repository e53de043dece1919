import { ApiError } from './api-error.js';
import { createPendingCharge } from './charges.js';
import { disputePayment } from './disputes.js';
import { changeIntent, failIntent, succeedIntent, type Failure } from './intent-outcomes.js';
import type { PaymentIntentObject, PaymentMethodObject } from './objects.js';
import { TEST_CARDS, type CardBehaviour } from './test-cards.js';
import type { World } from './world.js';

export function cardOf(world: World, methodId: string): CardBehaviour {
  return TEST_CARDS[world.find('card', methodId).token] ?? { last4: '4242' };
}

/** Answers 402 with the PaymentIntent in it, whose failure stays written down. */
function decline(world: World, intent: PaymentIntentObject, failure: Failure, method: PaymentMethodObject): never {
  const failed = failIntent(world, intent, failure, createPendingCharge(world, intent, method));
  const { code, message, declineCode } = failure;
  throw new ApiError(402, {
    type: 'card_error',
    code,
    message,
    ...(declineCode === undefined ? {} : { decline_code: declineCode }),
    payment_intent: failed,
  });
}

export interface CardPresence {
  readonly offSession: boolean;
  readonly returnUrl: string | null;
}

export function payByCard(
  world: World,
  intent: PaymentIntentObject,
  method: PaymentMethodObject,
  { offSession, returnUrl }: CardPresence,
): PaymentIntentObject {
  const { declineCode, authenticates } = cardOf(world, method.id);
  const trying: PaymentIntentObject = { ...intent, payment_method: method.id };
  if (authenticates === true) {
    if (offSession) {
      const code = 'authentication_required';
      const message = 'Your card was declined. This transaction requires authentication.';
      decline(world, trying, { code, declineCode: code, message }, method);
    }
    const url = `${world.baseUrl}/c/authenticate/${intent.id}`;
    const waiting = changeIntent(world, trying, {
      status: 'requires_action',
      next_action: { type: 'redirect_to_url', redirect_to_url: { return_url: returnUrl, url } },
    });
    world.emit('payment_intent.requires_action', waiting);
    return waiting;
  }
  if (declineCode !== undefined) {
    const message =
      declineCode === 'insufficient_funds' ? 'Your card has insufficient funds.' : 'Your card was declined.';
    decline(world, trying, { code: 'card_declined', declineCode, message }, method);
  }
  return charge(world, trying, method);
}

function charge(world: World, intent: PaymentIntentObject, method: PaymentMethodObject): PaymentIntentObject {
  const done = succeedIntent(world, intent, createPendingCharge(world, intent, method));
  const { disputeReason } = cardOf(world, method.id);
  if (disputeReason !== undefined) disputePayment(world, done.id, disputeReason);
  return done;
}

/** The holder of the card agrees, or does not. */
export function authenticate(world: World, intentId: string, agrees: boolean): PaymentIntentObject {
  const intent = world.find('payment_intent', intentId);
  if (intent.status !== 'requires_action' || intent.next_action?.['type'] !== 'redirect_to_url') {
    throw ApiError.invalid(`This PaymentIntent does not wait for its card's holder: it is ${intent.status}.`);
  }
  const method = world.find('payment_method', intent.payment_method ?? '');
  if (agrees) return charge(world, intent, method);
  const message = 'We are unable to authenticate your payment method. Please choose a different payment method.';
  return failIntent(world, intent, { code: 'payment_intent_authentication_failure', message }, null);
}
