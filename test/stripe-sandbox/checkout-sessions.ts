import { ApiError } from './api-error.js';
import { readSession, type SessionFacts } from './checkout-params.js';
import { having, page } from './lists.js';
import type { SessionObject } from './objects.js';
import type { Params } from './params.js';
import { cancelIntent } from './payment-intents.js';
import { cancelSetup, newSetupIntent } from './setup-intents.js';
import { newId } from './store.js';
import type { World } from './world.js';

function newSession(world: World, facts: SessionFacts, setupIntent: string | null): SessionObject {
  const id = newId('cs_test');
  const { mode, amount } = facts;
  return {
    id,
    object: 'checkout.session',
    adaptive_pricing: { enabled: false },
    after_expiration: null,
    allow_promotion_codes: null,
    allowed_payment_method_types: facts.allowedTypes,
    amount_subtotal: amount,
    amount_total: amount,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    billing_address_collection: null,
    cancel_url: facts.cancelUrl,
    client_reference_id: facts.clientReferenceId,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created: world.now(),
    currency: facts.currency,
    currency_conversion: null,
    custom_fields: [],
    custom_text: {
      after_submit: null,
      shipping_address: null,
      submit: null,
      terms_of_service_acceptance: null,
    },
    customer: facts.customer,
    customer_account: null,
    customer_creation: facts.customer === null ? facts.order.customerCreation : null,
    customer_details: null,
    customer_email: facts.customerEmail,
    discounts: mode === 'payment' ? [] : null,
    expires_at: facts.expiresAt,
    integration_identifier: null,
    invoice: null,
    invoice_creation: null,
    livemode: false,
    locale: facts.locale,
    managed_payments: null,
    metadata: facts.metadata,
    mode,
    origin_context: null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection: 'if_required',
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: facts.types,
    payment_status: mode === 'payment' ? 'unpaid' : 'no_payment_required',
    permissions: null,
    phone_number_collection: { enabled: false },
    recovered_from: null,
    saved_payment_method_options: null,
    setup_intent: setupIntent,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: 'open',
    submit_type: facts.submitType,
    subscription: null,
    success_url: facts.successUrl,
    total_details: mode === 'payment' ? { amount_discount: 0, amount_shipping: 0, amount_tax: 0 } : null,
    ui_mode: 'hosted_page',
    url: `${world.baseUrl}/c/pay/${id}`,
    wallet_options: null,
  };
}

export function createSession(world: World, params: Params): unknown {
  const facts = readSession(world, params);
  const { intentData } = facts.order;
  const setup =
    facts.mode === 'setup'
      ? newSetupIntent(world, {
          customer: facts.customer,
          description: intentData.description,
          metadata: intentData.metadata,
          allowedTypes: facts.allowedTypes,
          types: facts.types,
        })
      : null;
  const session = newSession(world, facts, setup?.id ?? null);
  world.store.put('checkout_session', session.id, session);
  world.store.put('session_order', session.id, facts.order);
  world.schedule.at('expire-session', session.id, facts.expiresAt * 1000);
  return withLineItems(world, params, session);
}

export function changeSession(world: World, id: string, change: Partial<SessionObject>): SessionObject {
  const after: SessionObject = { ...world.find('checkout_session', id), ...change };
  world.store.put('checkout_session', id, after);
  return after;
}

/** Nobody can pay any more; what was begun is cancelled. A session whose payment is processing cannot be ended. */
export function expireSession(world: World, id: string): SessionObject {
  const session = world.find('checkout_session', id);
  if (session.status !== 'open') {
    throw ApiError.invalid(
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${session.status}.`,
    );
  }
  const { payment_intent: intentId, setup_intent: setupId } = session;
  if (intentId !== null) cancelIntent(world, intentId, 'automatic');
  if (setupId !== null) cancelSetup(world, setupId, null);
  world.schedule.cancel('expire-session', id);
  const expired = changeSession(world, id, { status: 'expired', url: null });
  world.emit('checkout.session.expired', expired);
  return expired;
}

export function expireSessionByRequest(world: World, params: Params, id: string): SessionObject {
  params.refuseUnknown();
  return expireSession(world, id);
}

export function updateSession(world: World, params: Params, id: string): SessionObject {
  const { metadata } = world.find('checkout_session', id);
  const given = params.texts('metadata');
  params.refuseUnknown();
  return changeSession(world, id, { metadata: { ...metadata, ...given } });
}

function lineItems(world: World, id: string) {
  const { items } = world.find('session_order', id);
  return { object: 'list', data: items, has_more: false, url: `/v1/checkout/sessions/${id}/line_items` };
}

/** `line_items` is there only when it is asked for. */
function withLineItems(world: World, params: Params, session: SessionObject): unknown {
  return params.expand.includes('line_items') ? { ...session, line_items: lineItems(world, session.id) } : session;
}

export function retrieveSession(world: World, params: Params, id: string): unknown {
  params.refuseUnknown();
  return withLineItems(world, params, world.find('checkout_session', id));
}

export function listLineItems(world: World, params: Params, id: string) {
  params.ignore('limit');
  params.refuseUnknown();
  return lineItems(world, id);
}

export function listSessions(world: World, params: Params) {
  const filters = {
    customer: params.text('customer'),
    payment_intent: params.text('payment_intent'),
    status: params.oneOf('status', ['complete', 'expired', 'open']),
  };
  return page('/v1/checkout/sessions', having(world.store.list('checkout_session'), filters), params);
}
