import { ApiError } from './api-error.js';
import { createMandate } from './mandates.js';
import type { SetupIntentObject } from './objects.js';
import type { Params } from './params.js';
import { attachTo } from './payment-methods.js';
import { newId } from './store.js';
import type { World } from './world.js';

export interface NewSetup {
  readonly customer: string | null;
  readonly description: string | null;
  readonly metadata: Record<string, string>;
  readonly allowedTypes: readonly string[] | null;
  readonly types: readonly string[];
  readonly usage?: string | undefined;
  readonly paymentMethod?: string | null;
}

export function newSetupIntent(world: World, facts: NewSetup): SetupIntentObject {
  const id = newId('seti');
  const paymentMethod = facts.paymentMethod ?? null;
  const intent: SetupIntentObject = {
    id,
    object: 'setup_intent',
    allowed_payment_method_types: facts.allowedTypes,
    application: null,
    automatic_payment_methods: null,
    cancellation_reason: null,
    client_secret: `${id}_secret_${newId('s').slice(2, 14)}`,
    created: world.now(),
    customer: facts.customer,
    customer_account: null,
    excluded_payment_method_types: null,
    flow_directions: null,
    managed_payments: null,
    payment_method_configuration_details: null,
    description: facts.description,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    mandate: null,
    metadata: facts.metadata,
    next_action: null,
    on_behalf_of: null,
    payment_method: paymentMethod,
    payment_method_options: null,
    payment_method_types: facts.types,
    single_use_mandate: null,
    status: paymentMethod === null ? 'requires_payment_method' : 'requires_confirmation',
    usage: facts.usage ?? 'off_session',
  };
  world.store.put('setup_intent', id, intent);
  world.emit('setup_intent.created', intent);
  return intent;
}

export function createSetupIntent(world: World, params: Params): SetupIntentObject {
  const allowed = params.allowedTypes();
  const facts: NewSetup = {
    customer: params.text('customer') ?? null,
    description: params.text('description') ?? null,
    metadata: params.texts('metadata') ?? {},
    allowedTypes: allowed ?? null,
    types: allowed ?? ['card', 'sepa_debit'],
    usage: params.oneOf('usage', ['off_session', 'on_session']),
    paymentMethod: params.text('payment_method') ?? null,
  };
  if (facts.customer !== null) world.find('customer', facts.customer);
  const method = facts.paymentMethod ?? null;
  if (method !== null) world.find('payment_method', method);
  const confirm = params.flag('confirm');
  const mandateData = params.nested('mandate_data');
  params.ignore('return_url');
  params.refuseUnknown();
  if (mandateData !== undefined && !confirm) {
    throw ApiError.invalid('mandate_data may only be given together with confirm=true.', { param: 'mandate_data' });
  }
  const intent = newSetupIntent(world, facts);
  return confirm ? completeSetup(world, intent, method, mandateData) : intent;
}

export function confirmSetupIntent(world: World, params: Params, id: string): SetupIntentObject {
  const intent = world.find('setup_intent', id);
  const method = params.text('payment_method') ?? intent.payment_method;
  const mandateData = params.nested('mandate_data');
  params.ignore('client_secret', 'return_url');
  params.refuseUnknown();
  return completeSetup(world, intent, method, mandateData);
}

/** Makes the mandate that the customer gave. */
export function completeSetup(
  world: World,
  intent: SetupIntentObject,
  methodId: string | null,
  mandateData: Params | undefined,
): SetupIntentObject {
  if (intent.status === 'succeeded' || intent.status === 'canceled') {
    throw ApiError.invalid(`This SetupIntent is ${intent.status}.`, { code: 'setup_intent_unexpected_state' });
  }
  if (methodId === null) throw ApiError.invalid('A payment method is needed.', { param: 'payment_method' });
  if (mandateData === undefined) {
    throw ApiError.invalid('SEPA Direct Debit needs mandate_data to be confirmed.', {
      code: 'parameter_missing',
      param: 'mandate_data',
    });
  }
  if (intent.customer !== null) attachTo(world, methodId, intent.customer);
  const mandate = createMandate(world, mandateData, methodId);
  const done: SetupIntentObject = { ...intent, payment_method: methodId, mandate: mandate.id, status: 'succeeded' };
  world.store.put('setup_intent', intent.id, done);
  world.emit('setup_intent.succeeded', done);
  return done;
}

export function cancelSetupIntent(world: World, params: Params, id: string): SetupIntentObject {
  const reason = params.oneOf('cancellation_reason', ['abandoned', 'duplicate', 'requested_by_customer']) ?? null;
  params.refuseUnknown();
  return cancelSetup(world, id, reason);
}

export function cancelSetup(world: World, id: string, reason: string | null): SetupIntentObject {
  const intent = world.find('setup_intent', id);
  if (intent.status === 'succeeded') {
    throw ApiError.invalid('A succeeded SetupIntent cannot be canceled.', { code: 'setup_intent_unexpected_state' });
  }
  const canceled: SetupIntentObject = { ...intent, status: 'canceled', cancellation_reason: reason };
  world.store.put('setup_intent', id, canceled);
  world.emit('setup_intent.canceled', canceled);
  return canceled;
}
