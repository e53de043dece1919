import { ApiError } from './api-error.js';
import { createPendingCharge } from './charges.js';
import { disputePayment } from './disputes.js';
import { changeIntent, failIntent, succeedIntent } from './intent-outcomes.js';
import type { MandateObject, PaymentIntentObject, PaymentMethodObject } from './objects.js';
import { attachTo } from './payment-methods.js';
import { behaviourOf, type DebitBehaviour } from './test-ibans.js';
import { DAY_MS, type World } from './world.js';

const WEEK_DAYS = 7;

/** `payment_method_options[sepa_debit][target_date]`: the day on which the bank is asked, 3 to 15 days ahead. */
export function checkTargetDate(world: World, date: string): void {
  const days = (Date.parse(`${date}T00:00:00Z`) - Math.floor(world.nowMs() / DAY_MS) * DAY_MS) / DAY_MS;
  if (/^\d{4}-\d\d-\d\d$/.test(date) && days >= 3 && days <= 15) return;
  throw ApiError.invalid('The target date must be between 3 and 15 calendar days from now.', {
    param: 'payment_method_options[sepa_debit][target_date]',
  });
}

function behaviourOfMethod(world: World, methodId: string): DebitBehaviour {
  return behaviourOf(world.find('iban', methodId).iban);
}

/** Hands the debit to the bank: it is `processing` until the bank answers. */
export function payByDebit(
  world: World,
  intent: PaymentIntentObject,
  method: PaymentMethodObject,
  { mandate, targetDate }: { readonly mandate: MandateObject; readonly targetDate: string | null },
): PaymentIntentObject {
  if (intent.customer !== null) attachTo(world, method.id, intent.customer);
  if (exceedsWeek(world, intent.amount)) world.store.put('over_limit', intent.id, { atMs: world.nowMs() });
  else world.store.delete('over_limit', intent.id);
  const charge = createPendingCharge(world, intent, method, { mandate, debitDate: targetDate });
  const processing = changeIntent(world, intent, {
    status: 'processing',
    latest_charge: charge.id,
    last_payment_error: null,
    next_action: null,
    payment_method: method.id,
  });
  const askedAtMs = targetDate === null ? world.nowMs() : Date.parse(`${targetDate}T00:00:00Z`);
  const slowMs = behaviourOfMethod(world, method.id).slowMs ?? 0;
  world.schedule.at('settle-debit', intent.id, askedAtMs + Math.max(world.processingMs, slowMs));
  world.emit('payment_intent.processing', processing);
  world.emit('charge.pending', charge);
  return processing;
}

/** Whether this debit and those of the seven days before it are more than the account may have; failed ones do not count. */
function exceedsWeek(world: World, amountCents: number): boolean {
  const { weeklyCents } = world.limits;
  if (weeklyCents === 0) return false;
  const since = world.now() - WEEK_DAYS * (DAY_MS / 1000);
  let sumCents = amountCents;
  for (const charge of world.store.each('charge')) {
    if (charge.payment_method_details.type !== 'sepa_debit' || charge.status === 'failed') continue;
    if (charge.created > since && world.store.get('over_limit', charge.payment_intent) === undefined) {
      sumCents += charge.amount;
    }
  }
  return sumCents > weeklyCents;
}

/** The bank, or Stripe's own limit, answers. */
export function settleDebit(world: World, intentId: string): void {
  const intent = world.find('payment_intent', intentId);
  if (intent.status !== 'processing' || intent.latest_charge === null || intent.payment_method === null) return;
  const charge = world.find('charge', intent.latest_charge);
  const isOverLimit = world.store.get('over_limit', intent.id) !== undefined;
  const behaviour: DebitBehaviour = isOverLimit
    ? { outcome: 'failed', failureCode: 'charge_exceeds_weekly_limit' }
    : behaviourOfMethod(world, intent.payment_method);
  if (behaviour.outcome === 'failed') {
    const code = behaviour.failureCode ?? 'generic_could_not_process';
    const message = `The debit was refused by the bank: ${code}.`;
    const { networkCode } = behaviour;
    failIntent(world, intent, networkCode === undefined ? { code, message } : { code, message, networkCode }, charge);
    return;
  }
  const done = succeedIntent(world, intent, charge);
  if (behaviour.disputeReason !== undefined) disputePayment(world, done.id, behaviour.disputeReason);
}
