import { ApiError } from './api-error.js';
import { revokeMandate } from './mandates.js';
import type { PaymentMethodObject } from './objects.js';
import type { Params } from './params.js';
import type { World } from './world.js';

/** Nothing is paid with it any more: its mandates end. */
export function detachPaymentMethod(world: World, params: Params, id: string): PaymentMethodObject {
  params.refuseUnknown();
  const method = world.find('payment_method', id);
  if (method.customer === null) {
    throw ApiError.invalid(
      'The payment method you provided is not attached to a customer so detachment is impossible.',
    );
  }
  const detached: PaymentMethodObject = { ...method, customer: null };
  world.store.put('payment_method', id, detached);
  for (const mandate of world.store.list('mandate')) {
    if (mandate.payment_method === id && mandate.status === 'active') revokeMandate(world, mandate.id);
  }
  world.emit('payment_method.detached', detached);
  return detached;
}
