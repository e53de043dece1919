import { ApiError } from './api-error.js';
import { createPendingCharge } from './charges.js';
import { changeIntent, failIntent, succeedIntent } from './intent-outcomes.js';
import type { PaymentIntentObject, PaymentMethodObject } from './objects.js';
import { answerOf, type PhoneAnswer } from './test-phones.js';
import type { World } from './world.js';

/** A push to the phone is open for so long. */
const PUSH_MS = 4 * 60_000;

/** MB WAY: asks on the phone. Test phones answer by themselves; any other by order, or not at all. */
export function payByPhone(
  world: World,
  intent: PaymentIntentObject,
  method: PaymentMethodObject,
): PaymentIntentObject {
  const waiting = changeIntent(world, intent, {
    status: 'requires_action',
    payment_method: method.id,
    last_payment_error: null,
    next_action: { type: 'use_stripe_sdk', use_stripe_sdk: {} },
  });
  const answers = answerOf(method.billing_details.phone ?? '') !== null;
  world.schedule.at('answer-phone', intent.id, world.nowMs() + (answers ? world.processingMs : PUSH_MS));
  world.emit('payment_intent.requires_action', waiting);
  return waiting;
}

const REFUSALS = {
  refuse: { code: 'payment_method_customer_decline', message: 'The customer refused the payment in MB WAY.' },
  'time-out': {
    code: 'payment_intent_payment_attempt_expired',
    message: 'The customer did not answer in MB WAY in time.',
  },
} as const;

/** What the phone's owner does with the push. */
export function answerPhone(world: World, intentId: string, answer: PhoneAnswer): PaymentIntentObject {
  const intent = world.find('payment_intent', intentId);
  const method = world.find('payment_method', intent.payment_method ?? '');
  if (intent.status !== 'requires_action' || method.type !== 'mb_way') {
    throw ApiError.invalid(`This PaymentIntent does not wait for a phone: it is ${intent.status}.`);
  }
  world.schedule.cancel('answer-phone', intentId);
  const charge = createPendingCharge(world, intent, method);
  return answer === 'confirm'
    ? succeedIntent(world, intent, charge)
    : failIntent(world, intent, REFUSALS[answer], charge);
}

/** The time for an answer has come. */
export function phoneIsDue(world: World, intentId: string): void {
  const intent = world.find('payment_intent', intentId);
  if (intent.status !== 'requires_action' || intent.payment_method === null) return;
  const { phone } = world.find('payment_method', intent.payment_method).billing_details;
  answerPhone(world, intentId, answerOf(phone ?? '') ?? 'time-out');
}
