import type { CustomerObject } from './objects.js';
import type { Params } from './params.js';
import { newId } from './store.js';
import type { World } from './world.js';

export function createCustomer(world: World, params: Params): CustomerObject {
  const customer: CustomerObject = {
    id: newId('cus'),
    object: 'customer',
    address: null,
    balance: 0,
    created: world.now(),
    currency: null,
    default_source: null,
    delinquent: false,
    description: params.text('description') ?? null,
    discount: null,
    email: params.text('email') ?? null,
    invoice_prefix: null,
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    livemode: false,
    metadata: params.texts('metadata') ?? {},
    name: params.text('name') ?? null,
    phone: params.text('phone') ?? null,
    preferred_locales: params.list('preferred_locales') ?? [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
  };
  params.refuseUnknown();
  world.store.put('customer', customer.id, customer);
  world.emit('customer.created', customer);
  return customer;
}

export function updateCustomer(world: World, params: Params, id: string): CustomerObject {
  const before = world.find('customer', id);
  const after: CustomerObject = {
    ...before,
    email: params.text('email') ?? before.email,
    name: params.text('name') ?? before.name,
    metadata: { ...before.metadata, ...params.texts('metadata') },
  };
  params.refuseUnknown();
  world.store.put('customer', id, after);
  world.emit('customer.updated', after);
  return after;
}
