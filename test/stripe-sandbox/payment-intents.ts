import { allowedOf, typesFor } from './amounts.js';
import { ApiError } from './api-error.js';
import { changeIntent } from './intent-outcomes.js';
import { activeMandate, createMandate } from './mandates.js';
import { METHOD_TYPES, type MethodType, type PaymentIntentObject, type PaymentMethodObject } from './objects.js';
import type { Params } from './params.js';
import { payByCard } from './pay-by-card.js';
import { checkTargetDate, payByDebit } from './pay-by-debit.js';
import { payByPhone } from './pay-by-phone.js';
import { payByVoucher } from './pay-by-voucher.js';
import { createPaymentMethod, methodOf } from './payment-methods.js';
import { newId } from './store.js';
import type { World } from './world.js';

const CANCELLABLE = new Set(['requires_payment_method', 'requires_confirmation', 'requires_action']);
const CONFIRMABLE = new Set(['requires_payment_method', 'requires_confirmation']);
const CANCEL_REASONS = ['abandoned', 'duplicate', 'fraudulent', 'requested_by_customer'] as const;

export interface NewIntent {
  readonly amount: number;
  readonly types: readonly MethodType[];
  readonly allowedTypes: readonly string[] | null;
  readonly customer: string | null;
  readonly description: string | null;
  readonly metadata: Record<string, string>;
  readonly setupFutureUsage: string | null;
  readonly statementDescriptor: string | null;
}

export interface Confirmation {
  readonly mandateId?: string | undefined;
  readonly mandateData?: Params | undefined;
  readonly offSession: boolean;
  readonly returnUrl: string | null;
  readonly targetDate: string | null;
}

export function newIntent(world: World, facts: NewIntent): PaymentIntentObject {
  const id = newId('pi');
  return {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: facts.allowedTypes,
    amount: facts.amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic_async',
    client_secret: `${id}_secret_${newId('s').slice(2, 14)}`,
    confirmation_method: 'automatic',
    created: world.now(),
    currency: 'eur',
    customer: facts.customer,
    customer_account: null,
    excluded_payment_method_types: null,
    managed_payments: null,
    payment_method_configuration_details: null,
    description: facts.description,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    metadata: facts.metadata,
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_record: null,
    payment_method_options: Object.fromEntries(facts.types.map((type) => [type, {}])),
    payment_method_types: facts.types,
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: facts.setupFutureUsage,
    shipping: null,
    source: null,
    statement_descriptor: facts.statementDescriptor,
    statement_descriptor_suffix: null,
    status: 'requires_payment_method',
    transfer_data: null,
    transfer_group: null,
  };
}

/** `payment_method`, or `payment_method_data` from which one is made. */
function readMethod(world: World, params: Params): PaymentMethodObject | null {
  const data = params.nested('payment_method_data');
  const id = params.text('payment_method');
  if (data !== undefined) return createPaymentMethod(world, data);
  return id === undefined ? null : methodOf(world, id);
}

function readConfirmation(world: World, params: Params): Confirmation {
  const options = params.nested('payment_method_options')?.nested('sepa_debit');
  const targetDate = options?.text('target_date') ?? null;
  if (targetDate !== null) checkTargetDate(world, targetDate);
  params.ignore('error_on_requires_action');
  return {
    mandateId: params.text('mandate'),
    mandateData: params.nested('mandate_data'),
    offSession: params.flag('off_session'),
    returnUrl: params.text('return_url') ?? null,
    targetDate,
  };
}

function readFacts(world: World, params: Params): NewIntent {
  params.required('amount');
  const amount = params.integer('amount') ?? 0;
  const currency = params.required('currency');
  if (currency !== 'eur') throw ApiError.invalid('The sandbox plays payments in eur.', { param: 'currency' });
  const allowed = params.allowedTypes();
  params.ignore('automatic_payment_methods', 'capture_method');
  const customer = params.text('customer') ?? null;
  if (customer !== null) world.find('customer', customer);
  return {
    amount,
    types: typesFor(world, amount, allowedOf(METHOD_TYPES, allowed, params.list('excluded_payment_method_types'))),
    allowedTypes: allowed ?? null,
    customer,
    description: params.text('description') ?? null,
    metadata: params.texts('metadata') ?? {},
    setupFutureUsage: params.oneOf('setup_future_usage', ['off_session', 'on_session']) ?? null,
    statementDescriptor: params.text('statement_descriptor') ?? null,
  };
}

export function createPaymentIntent(world: World, params: Params): PaymentIntentObject {
  const confirms = params.flag('confirm');
  const facts = readFacts(world, params);
  const confirmation = readConfirmation(world, params);
  const method = readMethod(world, params);
  params.refuseUnknown();
  const intent: PaymentIntentObject = {
    ...newIntent(world, facts),
    payment_method: method?.id ?? null,
    status: method === null ? 'requires_payment_method' : 'requires_confirmation',
  };
  if (method !== null) requireOwner(intent, method);
  if (confirms) requireConfirmable(world, intent, method, confirmation);
  world.store.put('payment_intent', intent.id, intent);
  world.emit('payment_intent.created', intent);
  return confirms ? confirmIntent(world, intent, method, confirmation) : intent;
}

function requireOwner(intent: PaymentIntentObject, method: PaymentMethodObject): void {
  if (method.customer === null || method.customer === intent.customer) return;
  throw ApiError.invalid('The payment method belongs to another customer, or the customer is missing.', {
    param: 'payment_method',
  });
}

/** Refuses what cannot be confirmed before anything is written. */
function requireConfirmable(
  world: World,
  intent: PaymentIntentObject,
  method: PaymentMethodObject | null,
  given: Confirmation,
): PaymentMethodObject {
  if (!CONFIRMABLE.has(intent.status)) {
    throw ApiError.invalid(`This PaymentIntent cannot be confirmed: its status is ${intent.status}.`, {
      code: 'payment_intent_unexpected_state',
    });
  }
  if (method === null) {
    throw ApiError.invalid('You cannot confirm this PaymentIntent: it is missing a payment method.', {
      code: 'payment_intent_unexpected_state',
    });
  }
  if (!intent.payment_method_types.includes(method.type)) {
    throw ApiError.invalid('The payment method is of a type that allowed_payment_method_types leaves out.', {
      param: 'allowed_payment_method_types',
    });
  }
  if (given.offSession && (method.type === 'mb_way' || method.type === 'multibanco')) {
    throw ApiError.invalid(`${method.type} needs its payer: it cannot be used off session.`, { param: 'off_session' });
  }
  if (method.type === 'sepa_debit' && given.mandateData === undefined) {
    activeMandate(world, method.id, given.mandateId);
  }
  return method;
}

export function confirmIntent(
  world: World,
  intent: PaymentIntentObject,
  given: PaymentMethodObject | null,
  confirmation: Confirmation,
): PaymentIntentObject {
  const method = requireConfirmable(world, intent, given, confirmation);
  const { mandateData, mandateId, targetDate } = confirmation;
  switch (method.type) {
    case 'card':
      return payByCard(world, intent, method, confirmation);
    case 'mb_way':
      return payByPhone(world, intent, method);
    case 'multibanco':
      return payByVoucher(world, intent, method);
    case 'sepa_debit': {
      const mandate =
        mandateData === undefined
          ? activeMandate(world, method.id, mandateId)
          : createMandate(world, mandateData, method.id);
      return payByDebit(world, intent, method, { mandate, targetDate });
    }
  }
}

export function confirmPaymentIntent(world: World, params: Params, id: string): PaymentIntentObject {
  const intent = world.find('payment_intent', id);
  const confirmation = readConfirmation(world, params);
  const given = readMethod(world, params);
  params.refuseUnknown();
  const kept = intent.payment_method === null ? null : world.find('payment_method', intent.payment_method);
  const method = given ?? kept;
  if (method !== null) requireOwner(intent, method);
  return confirmIntent(world, intent, method, confirmation);
}

/** Metadata and description, at any time. */
export function updatePaymentIntent(world: World, params: Params, id: string): PaymentIntentObject {
  const intent = world.find('payment_intent', id);
  const metadata = { ...intent.metadata, ...params.texts('metadata') };
  const description = params.text('description') ?? intent['description'];
  params.refuseUnknown();
  return changeIntent(world, intent, { metadata, description });
}

export function cancelPaymentIntent(world: World, params: Params, id: string): PaymentIntentObject {
  const reason = params.oneOf('cancellation_reason', CANCEL_REASONS) ?? null;
  params.refuseUnknown();
  return cancelIntent(world, id, reason);
}

/** Not while it is processing; a voucher that is paid cannot be called back either. */
export function cancelIntent(world: World, id: string, reason: string | null): PaymentIntentObject {
  const intent = world.find('payment_intent', id);
  if (!CANCELLABLE.has(intent.status) || world.schedule.has('confirm-voucher', id)) {
    throw ApiError.invalid(`You cannot cancel this PaymentIntent because it has a status of ${intent.status}.`, {
      code: 'payment_intent_unexpected_state',
    });
  }
  for (const kind of ['answer-phone', 'expire-voucher']) world.schedule.cancel(kind, id);
  const canceled = changeIntent(world, intent, {
    status: 'canceled',
    canceled_at: world.now(),
    cancellation_reason: reason,
    next_action: null,
  });
  world.emit('payment_intent.canceled', canceled);
  return canceled;
}
