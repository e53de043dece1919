import { ApiError } from './api-error.js';
import { changeSession } from './checkout-sessions.js';
import { createCustomer } from './customers.js';
import type { Form } from './form.js';
import type { EventObject, MethodType, PaymentIntentObject, PaymentMethodObject, SessionObject } from './objects.js';
import { Params } from './params.js';
import { confirmIntent, newIntent } from './payment-intents.js';
import { createPaymentMethod, methodOf } from './payment-methods.js';
import { completeSetup } from './setup-intents.js';
import { TEST_CARDS } from './test-cards.js';
import type { World } from './world.js';

/** What somebody does on the hosted page. */
export interface PayerChoice {
  readonly method: MethodType;
  /** one of the test cards, `pm_card_visa` by default */
  readonly card?: string | undefined;
  /** MB WAY: +351 and nine digits */
  readonly phone?: string | undefined;
  readonly email?: string | undefined;
  readonly name?: string | undefined;
  readonly iban?: string | undefined;
}

export interface PayerPlace {
  readonly ipAddress: string;
  readonly userAgent: string;
}

function methodFrom(world: World, choice: PayerChoice): PaymentMethodObject {
  if (choice.method === 'card') {
    const token = choice.card ?? 'pm_card_visa';
    if (TEST_CARDS[token] === undefined) throw ApiError.invalid(`There is no test card ${token}.`);
    return methodOf(world, token);
  }
  const { phone, email, name, iban } = choice;
  if (choice.method === 'mb_way' && !/^\+\d{9,15}$/.test(phone ?? '')) {
    throw ApiError.invalid('The phone number is not valid: +351 and nine digits.', { param: 'phone' });
  }
  const billing: Form = Object.fromEntries(
    Object.entries({ phone, email, name }).filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
  const account: Form = iban === undefined || choice.method !== 'sepa_debit' ? {} : { sepa_debit: { iban } };
  return createPaymentMethod(world, new Params({ type: choice.method, billing_details: billing, ...account }));
}

function acceptance({ ipAddress, userAgent }: PayerPlace): Params {
  const online = { ip_address: ipAddress, user_agent: userAgent };
  return new Params({ customer_acceptance: { type: 'online', online } });
}

function withCustomer(world: World, session: SessionObject, choice: PayerChoice): SessionObject {
  if (session.customer !== null || session['customer_creation'] !== 'always') return session;
  const { email, name } = choice;
  const facts = { ...(email === undefined ? {} : { email }), ...(name === undefined ? {} : { name }) };
  return changeSession(world, session.id, { customer: createCustomer(world, new Params(facts)).id });
}

function intentOf(world: World, session: SessionObject): PaymentIntentObject {
  if (session.payment_intent !== null) return world.find('payment_intent', session.payment_intent);
  const { intentData } = world.find('session_order', session.id);
  const intent = newIntent(world, {
    amount: session.amount_total ?? 0,
    types: session.payment_method_types,
    allowedTypes: null,
    customer: session.customer,
    description: intentData.description,
    metadata: intentData.metadata,
    setupFutureUsage: intentData.setupFutureUsage,
    statementDescriptor: null,
  });
  world.store.put('payment_intent', intent.id, intent);
  world.store.put('session_of', intent.id, { session: session.id });
  changeSession(world, session.id, { payment_intent: intent.id });
  world.emit('payment_intent.created', intent);
  return intent;
}

function setLastError(world: World, sessionId: string, lastError: string | null): void {
  world.store.put('session_order', sessionId, { ...world.find('session_order', sessionId), lastError });
}

/** Pays, or tries to; what the bank refuses is kept to be shown, and the session stays open. */
export function payOnPage(world: World, sessionId: string, choice: PayerChoice, place: PayerPlace): SessionObject {
  const before = world.find('checkout_session', sessionId);
  if (before.status !== 'open') throw ApiError.invalid(`This Checkout Session is ${before.status}.`);
  if (!before.payment_method_types.includes(choice.method)) {
    throw ApiError.invalid(`This Checkout Session does not offer ${choice.method}.`);
  }
  const method = methodFrom(world, { email: before.customer_email ?? undefined, ...choice });
  const session = withCustomer(world, before, choice);
  setLastError(world, sessionId, null);
  if (session.setup_intent !== null) {
    const intent = { ...world.find('setup_intent', session.setup_intent), customer: session.customer };
    completeSetup(world, intent, method.id, acceptance(place));
    return completeSession(world, session.id, method, 'no_payment_required');
  }
  const intent = intentOf(world, session);
  try {
    confirmIntent(world, intent, method, {
      mandateData: method.type === 'sepa_debit' ? acceptance(place) : undefined,
      offSession: false,
      returnUrl: `${world.baseUrl}/c/pay/${session.id}`,
      targetDate: null,
    });
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 402) throw error;
  }
  return world.find('checkout_session', sessionId);
}

function completeSession(
  world: World,
  id: string,
  method: PaymentMethodObject | null,
  paymentStatus: SessionObject['payment_status'],
): SessionObject {
  world.schedule.cancel('expire-session', id);
  const billing = method?.billing_details;
  const complete = changeSession(world, id, {
    customer_details: {
      address: null,
      business_name: null,
      email: billing?.email ?? null,
      individual_name: null,
      name: billing?.name ?? null,
      phone: billing?.phone ?? null,
      tax_exempt: 'none',
      tax_ids: [],
    },
    payment_status: paymentStatus,
    status: 'complete',
    url: null,
  });
  world.emit('checkout.session.completed', complete);
  return complete;
}

/** Lets the session of a payment follow it; a payment that comes later than the page is `async`. */
export function followIntent(world: World, event: EventObject): void {
  if (!event.type.startsWith('payment_intent.')) return;
  const intent = event.data.object as PaymentIntentObject;
  const sessionId = world.store.get('session_of', intent.id)?.session;
  if (sessionId === undefined) return;
  const { status } = world.find('checkout_session', sessionId);
  const method = intent.payment_method === null ? null : world.find('payment_method', intent.payment_method);
  const isPromise =
    event.type === 'payment_intent.processing' ||
    (event.type === 'payment_intent.requires_action' && method?.type === 'multibanco');
  if (event.type === 'payment_intent.succeeded') {
    if (status === 'open') completeSession(world, sessionId, method, 'paid');
    else if (status === 'complete') {
      const paid = changeSession(world, sessionId, { payment_status: 'paid' });
      world.emit('checkout.session.async_payment_succeeded', paid);
    }
  } else if (event.type === 'payment_intent.payment_failed') {
    const message = intent.last_payment_error?.['message'];
    if (status === 'open') setLastError(world, sessionId, typeof message === 'string' ? message : null);
    else world.emit('checkout.session.async_payment_failed', world.find('checkout_session', sessionId));
  } else if (isPromise && status === 'open') {
    completeSession(world, sessionId, method, 'unpaid');
  }
}
