import { createHash } from 'node:crypto';

import { ApiError } from './api-error.js';
import { METHOD_TYPES, type BillingDetails, type PaymentMethodObject } from './objects.js';
import type { Params } from './params.js';
import { newId } from './store.js';
import { TEST_CARDS } from './test-cards.js';
import { hasValidCheckDigits } from './test-ibans.js';
import type { World } from './world.js';

const NO_ADDRESS = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };
export const NO_BILLING: BillingDetails = { name: null, email: null, phone: null, address: NO_ADDRESS };

function fingerprintOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function readIban(params: Params): string {
  const sepa = params.nested('sepa_debit');
  const iban = (sepa?.required('iban') ?? '').replace(/\s/g, '').toUpperCase();
  sepa?.refuseUnknown();
  if (!hasValidCheckDigits(iban)) {
    throw ApiError.invalid('The IBAN you provided is invalid.', {
      code: 'invalid_bank_account_iban',
      param: 'sepa_debit[iban]',
    });
  }
  return iban;
}

function readBilling(params: Params): BillingDetails {
  const billing = params.nested('billing_details');
  if (billing === undefined) return NO_BILLING;
  const read = {
    name: billing.text('name') ?? null,
    email: billing.text('email') ?? null,
    phone: billing.text('phone') ?? null,
    address: { ...NO_ADDRESS, ...billing.texts('address') },
  };
  billing.refuseUnknown();
  return read;
}

const NEEDED = { card: [], mb_way: ['phone'], multibanco: ['email'], sepa_debit: ['name', 'email'] } as const;

function requireBilling(type: keyof typeof NEEDED, billing: BillingDetails): void {
  const missing = NEEDED[type].find((name) => billing[name] === null);
  if (missing === undefined) return;
  throw ApiError.invalid(`${type} needs billing_details[${missing}].`, {
    code: 'parameter_missing',
    param: `billing_details[${missing}]`,
  });
}

function accountOf(iban: string) {
  return {
    bank_code: iban.slice(4, 8),
    branch_code: iban.slice(8, 12),
    country: iban.slice(0, 2),
    fingerprint: fingerprintOf(iban),
    generated_from: { charge: null, setup_attempt: null },
    last4: iban.slice(-4),
  };
}

/** Reads `type`, its details and `billing_details`: a payment method of its own, or `payment_method_data`. */
export function createPaymentMethod(world: World, params: Params): PaymentMethodObject {
  params.required('type');
  const type = params.oneOf('type', METHOD_TYPES) ?? 'card';
  if (type === 'card') {
    throw ApiError.invalid('The sandbox takes no card numbers: use a test payment method such as pm_card_visa.', {
      param: 'card',
    });
  }
  const iban = type === 'sepa_debit' ? readIban(params) : null;
  const method: PaymentMethodObject = {
    id: newId('pm'),
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: readBilling(params),
    created: world.now(),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: params.texts('metadata') ?? {},
    ...(iban === null ? { [type]: {} } : { sepa_debit: accountOf(iban) }),
    type,
  };
  if (iban === null) params.ignore(type);
  params.refuseUnknown();
  requireBilling(type, method.billing_details);
  world.store.put('payment_method', method.id, method);
  if (iban !== null) world.store.put('iban', method.id, { iban });
  return method;
}

/** A payment method made of one of Stripe's test cards, as each use of `pm_card_visa` makes. */
function createCard(world: World, token: string, last4: string, billing = NO_BILLING): PaymentMethodObject {
  const method: PaymentMethodObject = {
    id: newId('pm'),
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: billing,
    card: {
      brand: 'visa',
      checks: null,
      country: 'PT',
      display_brand: 'visa',
      exp_month: 12,
      exp_year: 2034,
      fingerprint: fingerprintOf(token),
      funding: 'credit',
      generated_from: null,
      last4,
      networks: { available: ['visa'], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
    created: world.now(),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: 'card',
  };
  world.store.put('payment_method', method.id, method);
  world.store.put('card', method.id, { token });
  return method;
}

/** The id of a payment method, which is made first when it is one of Stripe's test cards. */
export function methodOf(world: World, idOrToken: string): PaymentMethodObject {
  const card = TEST_CARDS[idOrToken];
  return card === undefined ? world.find('payment_method', idOrToken) : createCard(world, idOrToken, card.last4);
}

/** Ties the method to its customer for good; a second customer is refused. */
export function attachTo(world: World, methodId: string, customerId: string): PaymentMethodObject {
  const method = world.find('payment_method', methodId);
  world.find('customer', customerId);
  if (method.customer === customerId) return method;
  if (method.customer !== null) {
    throw ApiError.invalid('The payment method is already attached to another customer.', { param: 'payment_method' });
  }
  const attached: PaymentMethodObject = { ...method, customer: customerId };
  world.store.put('payment_method', methodId, attached);
  world.emit('payment_method.attached', attached);
  return attached;
}

export function attachPaymentMethod(world: World, params: Params, id: string): PaymentMethodObject {
  const customer = params.required('customer');
  params.refuseUnknown();
  const method = methodOf(world, id);
  if (method.type === 'mb_way' || method.type === 'multibanco') {
    throw ApiError.invalid(`A payment method of type ${method.type} cannot be attached: it is used once.`, {
      param: 'payment_method',
    });
  }
  return attachTo(world, method.id, customer);
}
