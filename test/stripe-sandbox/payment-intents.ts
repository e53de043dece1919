import { ApiError } from './api-error.js';
import { createPendingCharge } from './charges.js';
import { activeMandate, createMandate } from './mandates.js';
import type { PaymentIntentObject } from './objects.js';
import type { Params } from './params.js';
import { attachTo } from './payment-methods.js';
import { settlementDueAtMs } from './settlements.js';
import { newId } from './store.js';
import { page, type World } from './world.js';

/** Stripe's least charge in EUR, and the scheme's most per debit. */
const LEAST_CENTS = 50;
const MOST_CENTS = 1_000_000;

function readAmount(params: Params): number {
  params.required('amount');
  const amount = params.integer('amount') ?? 0;
  if (amount < LEAST_CENTS) {
    throw ApiError.invalid('Amount must be at least €0.50 eur', { code: 'amount_too_small', param: 'amount' });
  }
  if (amount > MOST_CENTS) {
    throw ApiError.invalid('Amount must be no more than €10,000.00 eur', { code: 'amount_too_large', param: 'amount' });
  }
  const currency = params.required('currency');
  if (currency !== 'eur') throw ApiError.invalid('sepa_debit is only possible in eur.', { param: 'currency' });
  return amount;
}

interface Confirmation {
  readonly mandateId: string | undefined;
  readonly mandateData: Params | undefined;
}

function readConfirmation(params: Params): Confirmation {
  const confirmation = { mandateId: params.text('mandate'), mandateData: params.nested('mandate_data') };
  params.ignore('off_session', 'error_on_requires_action', 'return_url', 'payment_method_options');
  return confirmation;
}

export function createPaymentIntent(world: World, params: Params): PaymentIntentObject {
  const amount = readAmount(params);
  const allowed = params.allowedTypes();
  const id = newId('pi');
  const method = params.text('payment_method') ?? null;
  const intent: PaymentIntentObject = {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: allowed ?? null,
    amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: params.text('capture_method') ?? 'automatic',
    client_secret: `${id}_secret_${newId('s').slice(2, 14)}`,
    confirmation_method: 'automatic',
    created: world.now(),
    currency: 'eur',
    customer: params.text('customer') ?? null,
    customer_account: null,
    excluded_payment_method_types: null,
    managed_payments: null,
    payment_method_configuration_details: null,
    payment_record: null,
    description: params.text('description') ?? null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    metadata: params.texts('metadata') ?? {},
    next_action: null,
    on_behalf_of: null,
    payment_method: method,
    payment_method_options: { sepa_debit: {} },
    payment_method_types: allowed ?? ['card', 'sepa_debit'],
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: params.text('setup_future_usage') ?? null,
    shipping: null,
    source: null,
    statement_descriptor: params.text('statement_descriptor') ?? null,
    statement_descriptor_suffix: null,
    status: method === null ? 'requires_payment_method' : 'requires_confirmation',
    transfer_data: null,
    transfer_group: null,
  };
  const confirm = params.flag('confirm');
  const confirmation = readConfirmation(params);
  params.refuseUnknown();
  if (intent.customer !== null) world.find('customer', intent.customer);
  if (method !== null) requireOwner(world, intent.customer, method);
  if (confirm) mandateFor(world, method, confirmation, { dryRun: true });
  world.store.put('payment_intent', id, intent);
  world.emit('payment_intent.created', intent);
  return confirm ? complete(world, intent, confirmation) : intent;
}

function requireOwner(world: World, customer: string | null, methodId: string): void {
  const method = world.find('payment_method', methodId);
  if (method.customer !== null && method.customer !== customer) {
    throw ApiError.invalid('The payment method belongs to another customer, or the customer is missing.', {
      param: 'payment_method',
    });
  }
}

function mandateFor(world: World, method: string | null, given: Confirmation, options: { readonly dryRun: boolean }) {
  if (method === null) {
    throw ApiError.invalid('You cannot confirm this PaymentIntent: it is missing a payment method.', {
      code: 'payment_intent_unexpected_state',
    });
  }
  if (given.mandateData === undefined) return activeMandate(world, method, given.mandateId);
  return options.dryRun ? null : createMandate(world, given.mandateData, method);
}

function complete(world: World, intent: PaymentIntentObject, given: Confirmation): PaymentIntentObject {
  if (!['requires_payment_method', 'requires_confirmation'].includes(intent.status)) {
    throw ApiError.invalid(`This PaymentIntent cannot be confirmed: its status is ${intent.status}.`, {
      code: 'payment_intent_unexpected_state',
    });
  }
  if (!(intent['payment_method_types'] as string[]).includes('sepa_debit')) {
    throw ApiError.invalid('The payment method is of a type that allowed_payment_method_types leaves out.', {
      param: 'allowed_payment_method_types',
    });
  }
  const mandate = mandateFor(world, intent.payment_method, given, { dryRun: false });
  if (mandate === null) throw new Error('a confirmed PaymentIntent has a mandate');
  if (intent.customer !== null) attachTo(world, mandate.payment_method, intent.customer);
  const charge = createPendingCharge(world, intent, mandate);
  const processing: PaymentIntentObject = {
    ...intent,
    status: 'processing',
    latest_charge: charge.id,
    last_payment_error: null,
  };
  world.store.put('payment_intent', intent.id, processing);
  world.store.put('settlement', intent.id, { dueAtMs: settlementDueAtMs(world, mandate.payment_method) });
  world.emit('payment_intent.processing', processing);
  world.emit('charge.pending', charge);
  return processing;
}

export function confirmPaymentIntent(world: World, params: Params, id: string): PaymentIntentObject {
  const intent = world.find('payment_intent', id);
  const method = params.text('payment_method') ?? intent.payment_method;
  const confirmation = readConfirmation(params);
  params.refuseUnknown();
  if (method !== null) requireOwner(world, intent.customer, method);
  return complete(world, { ...intent, payment_method: method }, confirmation);
}

export function cancelPaymentIntent(world: World, params: Params, id: string): PaymentIntentObject {
  const intent = world.find('payment_intent', id);
  const reason = params.text('cancellation_reason') ?? null;
  params.refuseUnknown();
  if (!['requires_payment_method', 'requires_confirmation'].includes(intent.status)) {
    throw ApiError.invalid(`You cannot cancel this PaymentIntent because it has a status of ${intent.status}.`, {
      code: 'payment_intent_unexpected_state',
    });
  }
  const canceled: PaymentIntentObject = {
    ...intent,
    status: 'canceled',
    canceled_at: world.now(),
    cancellation_reason: reason,
  };
  world.store.put('payment_intent', id, canceled);
  world.emit('payment_intent.canceled', canceled);
  return canceled;
}

export function listPaymentIntents(world: World, params: Params) {
  const customer = params.text('customer');
  const created = params.nested('created');
  const from = created?.integer('gte') ?? 0;
  const all = world.store
    .list('payment_intent')
    .filter((one) => (customer === undefined || one.customer === customer) && one.created >= from);
  const answer = page('/v1/payment_intents', all, params.integer('limit'), params.text('starting_after'));
  params.refuseUnknown();
  return answer;
}

/** `metadata['name']:'value'` and `status:'value'`, joined by AND: what the product asks of Stripe's query language. */
function matcherOf(query: string): (intent: PaymentIntentObject) => boolean {
  const clauses = query.split(/\s+AND\s+/i).map((clause) => {
    const match = /^(?:metadata\[["'](?<name>[^"']+)["']\]|(?<field>status|customer)):["'](?<value>[^"']*)["']$/.exec(
      clause.trim(),
    );
    const { name, field, value } = match?.groups ?? {};
    if (match === null) throw ApiError.invalid(`The search query is not understood: ${clause}`, { param: 'query' });
    return (intent: PaymentIntentObject) =>
      name === undefined ? intent[String(field)] === value : intent.metadata[name] === value;
  });
  return (intent) => clauses.every((clause) => clause(intent));
}

/** Like Stripe's, a search may lag behind what was just written. */
export function searchPaymentIntents(world: World, params: Params) {
  const matches = matcherOf(params.required('query'));
  const visibleUntil = Math.floor((world.nowMs() - world.searchLagMs) / 1000);
  const limit = params.integer('limit') ?? 10;
  params.ignore('page');
  params.refuseUnknown();
  const all = world.store.list('payment_intent').filter((one) => one.created <= visibleUntil && matches(one));
  return {
    object: 'search_result',
    url: '/v1/payment_intents/search',
    has_more: all.length > limit,
    next_page: null,
    data: all.slice(0, limit),
  };
}
