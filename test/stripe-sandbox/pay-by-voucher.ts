import { randomInt } from 'node:crypto';

import { ApiError } from './api-error.js';
import { createPendingCharge } from './charges.js';
import { changeIntent, failIntent, succeedIntent } from './intent-outcomes.js';
import type { PaymentIntentObject, PaymentMethodObject } from './objects.js';
import { DAY_MS, type World } from './world.js';

/** No entity of the Multibanco network: nobody can pay it. */
const ENTITY = '00999';
const VALID_DAYS = 7;
/** 3, 30, 300 … modulo 97, from the right: the weights of the check over entity, number and amount. */
const CHECKED_DIGITS = 20;

/** The last two of a reference's nine digits, from its entity, its first seven and the amount in cents. */
export function checkDigits(entity: string, number: string, amountCents: number): string {
  const digits = `${entity}${number}${String(amountCents).padStart(8, '0')}`;
  if (!/^\d+$/.test(digits) || digits.length !== CHECKED_DIGITS) {
    throw new Error(`not a Multibanco reference: entity ${entity}, number ${number}, ${amountCents} cents`);
  }
  const rest = (BigInt(digits) * 3n) % 97n;
  return String(98n - rest).padStart(2, '0');
}

/** Multibanco: a voucher of entity and reference, paid at a cash machine or in home banking, or not. */
export function payByVoucher(
  world: World,
  intent: PaymentIntentObject,
  method: PaymentMethodObject,
): PaymentIntentObject {
  const number = String(randomInt(0, 10_000_000)).padStart(7, '0');
  const expiresAtMs = world.nowMs() + VALID_DAYS * DAY_MS;
  const waiting = changeIntent(world, intent, {
    status: 'requires_action',
    payment_method: method.id,
    last_payment_error: null,
    next_action: {
      type: 'multibanco_display_details',
      multibanco_display_details: {
        entity: ENTITY,
        expires_at: Math.floor(expiresAtMs / 1000),
        hosted_voucher_url: `${world.baseUrl}/c/voucher/${intent.id}`,
        reference: `${number}${checkDigits(ENTITY, number, intent.amount)}`,
      },
    },
  });
  world.schedule.at('expire-voucher', intent.id, expiresAtMs);
  world.emit('payment_intent.requires_action', waiting);
  return waiting;
}

function waitingVoucher(world: World, intentId: string): PaymentIntentObject {
  const intent = world.find('payment_intent', intentId);
  if (intent.status !== 'requires_action' || intent.next_action?.['type'] !== 'multibanco_display_details') {
    throw ApiError.invalid(`This PaymentIntent has no open voucher: it is ${intent.status}.`);
  }
  return intent;
}

/** Somebody pays the voucher, once; Stripe hears of it after so long, even when the voucher has run out by then. */
export function payVoucher(world: World, intentId: string, confirmedAfterMs: number): PaymentIntentObject {
  const intent = waitingVoucher(world, intentId);
  if (world.schedule.has('confirm-voucher', intentId)) throw ApiError.invalid('The voucher is paid already.');
  world.schedule.cancel('expire-voucher', intentId);
  world.schedule.at('confirm-voucher', intentId, world.nowMs() + confirmedAfterMs);
  return intent;
}

export function confirmVoucher(world: World, intentId: string): void {
  const intent = waitingVoucher(world, intentId);
  const method = world.find('payment_method', intent.payment_method ?? '');
  succeedIntent(world, intent, createPendingCharge(world, intent, method));
}

export function expireVoucher(world: World, intentId: string): PaymentIntentObject {
  const intent = waitingVoucher(world, intentId);
  if (world.schedule.has('confirm-voucher', intentId)) throw ApiError.invalid('The voucher is paid already.');
  world.schedule.cancel('expire-voucher', intentId);
  const message = 'The Multibanco voucher was not paid in time.';
  return failIntent(world, intent, { code: 'payment_intent_payment_attempt_expired', message }, null);
}
