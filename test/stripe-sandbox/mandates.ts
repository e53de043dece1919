import { ApiError } from './api-error.js';
import type { MandateObject } from './objects.js';
import type { Params } from './params.js';
import { newId } from './store.js';
import type { World } from './world.js';

/** Reads `mandate_data`; the acceptance must say how, and online where from. */
function readAcceptance(world: World, data: Params) {
  const acceptance = data.nested('customer_acceptance');
  if (acceptance === undefined) {
    throw ApiError.invalid('Missing required param: mandate_data[customer_acceptance].', {
      code: 'parameter_missing',
      param: 'mandate_data[customer_acceptance]',
    });
  }
  const type = acceptance.required('type');
  const online = acceptance.nested('online');
  const read = {
    accepted_at: acceptance.integer('accepted_at') ?? world.now(),
    type,
    ...(type === 'online'
      ? { online: { ip_address: online?.required('ip_address'), user_agent: online?.required('user_agent') } }
      : { offline: {} }),
  };
  if (type === 'online' && online === undefined) {
    throw ApiError.invalid('Missing required param: mandate_data[customer_acceptance][online].', {
      code: 'parameter_missing',
      param: 'mandate_data[customer_acceptance][online]',
    });
  }
  acceptance.ignore('offline');
  acceptance.refuseUnknown();
  return read;
}

export function createMandate(world: World, data: Params, paymentMethodId: string): MandateObject {
  const id = newId('mandate');
  const reference = id.slice(-12).toUpperCase();
  const mandate: MandateObject = {
    id,
    object: 'mandate',
    customer_acceptance: readAcceptance(world, data),
    livemode: false,
    multi_use: {},
    payment_method: paymentMethodId,
    payment_method_details: {
      sepa_debit: { reference, url: `https://hooks.stripe.com/adapter/sepa_debit/file/${reference}` },
      type: 'sepa_debit',
    },
    status: 'active',
    type: 'multi_use',
  };
  world.store.put('mandate', mandate.id, mandate);
  world.emit('mandate.updated', mandate);
  return mandate;
}

/** What a debtor or a bank does outside of us. */
export function revokeMandate(world: World, id: string): MandateObject {
  const revoked: MandateObject = { ...world.find('mandate', id), status: 'inactive' };
  world.store.put('mandate', id, revoked);
  world.emit('mandate.updated', revoked);
  return revoked;
}

/** The active mandate of a payment method: the one named, or the latest. */
export function activeMandate(world: World, paymentMethodId: string, mandateId: string | undefined): MandateObject {
  const named = mandateId === undefined ? undefined : world.find('mandate', mandateId);
  const found =
    named ??
    world.store.list('mandate').find((one) => one.payment_method === paymentMethodId && one.status === 'active');
  if (found === undefined || found.status !== 'active' || found.payment_method !== paymentMethodId) {
    throw ApiError.invalid('The payment needs an active mandate of this payment method.', {
      code: 'payment_intent_mandate_invalid',
      param: 'mandate',
    });
  }
  return found;
}
