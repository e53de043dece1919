import { createHash } from 'node:crypto';

import { ApiError } from './api-error.js';
import type { PaymentMethodObject } from './objects.js';
import type { Params } from './params.js';
import { newId } from './store.js';
import { hasValidCheckDigits } from './test-ibans.js';
import type { World } from './world.js';

const NO_ADDRESS = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };

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

function readBilling(params: Params) {
  const billing = params.nested('billing_details');
  const name = billing?.text('name') ?? null;
  const email = billing?.text('email') ?? null;
  if (name === null || email === null) {
    throw ApiError.invalid('SEPA Direct Debit needs billing_details[name] and billing_details[email].', {
      code: 'parameter_missing',
      param: `billing_details[${name === null ? 'name' : 'email'}]`,
    });
  }
  const phone = billing?.text('phone') ?? null;
  const address = { ...NO_ADDRESS, ...billing?.texts('address') };
  billing?.refuseUnknown();
  return { name, email, phone, address };
}

export function createPaymentMethod(world: World, params: Params): PaymentMethodObject {
  const type = params.required('type');
  if (type !== 'sepa_debit') throw ApiError.invalid(`The sandbox plays sepa_debit, not ${type}.`, { param: 'type' });
  const iban = readIban(params);
  const method: PaymentMethodObject = {
    id: newId('pm'),
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: readBilling(params),
    created: world.now(),
    customer: null,
    livemode: false,
    metadata: params.texts('metadata') ?? {},
    sepa_debit: {
      bank_code: iban.slice(4, 8),
      branch_code: iban.slice(8, 12),
      country: iban.slice(0, 2),
      fingerprint: createHash('sha256').update(iban).digest('hex').slice(0, 16),
      generated_from: { charge: null, setup_attempt: null },
      last4: iban.slice(-4),
    },
    type: 'sepa_debit',
  };
  params.refuseUnknown();
  world.store.put('payment_method', method.id, method);
  world.store.put('iban', method.id, { iban });
  return method;
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
  return attachTo(world, id, customer);
}
