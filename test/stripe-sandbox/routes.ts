import { createCustomer, updateCustomer } from './customers.js';
import type { Params } from './params.js';
import {
  cancelPaymentIntent,
  confirmPaymentIntent,
  createPaymentIntent,
  listPaymentIntents,
  searchPaymentIntents,
} from './payment-intents.js';
import { attachPaymentMethod, createPaymentMethod } from './payment-methods.js';
import { createRefund } from './refunds.js';
import { cancelSetupIntent, confirmSetupIntent, createSetupIntent } from './setup-intents.js';
import type { Tables } from './store.js';
import { page, type World } from './world.js';

type Handler = (world: World, params: Params, id: string) => unknown;

interface Route {
  readonly method: 'GET' | 'POST';
  /** `:id` stands for one segment */
  readonly path: string;
  readonly handle: Handler;
}

function retrieve(kind: keyof Tables): Handler {
  return (world, params, id) => {
    params.ignore('client_secret');
    params.refuseUnknown();
    return world.find(kind, id);
  };
}

const retrievePaymentIntent: Handler = (world, params, id) => {
  const intent = world.find('payment_intent', id);
  params.ignore('client_secret');
  params.refuseUnknown();
  if (!params.expands('latest_charge') || intent.latest_charge === null) return intent;
  return { ...intent, latest_charge: world.find('charge', intent.latest_charge) };
};

const listDisputes: Handler = (world, params) => {
  const intent = params.text('payment_intent');
  const charge = params.text('charge');
  const from = params.nested('created')?.integer('gte') ?? 0;
  const all = world.store
    .list('dispute')
    .filter((one) => intent === undefined || one.payment_intent === intent)
    .filter((one) => (charge === undefined || one.charge === charge) && one.created >= from);
  const answer = page('/v1/disputes', all, params.integer('limit'), params.text('starting_after'));
  params.refuseUnknown();
  return answer;
};

const listEvents: Handler = (world, params) => {
  const types = params.list('types') ?? [];
  const type = params.text('type');
  const from = params.nested('created')?.integer('gte') ?? 0;
  const all = world.store
    .list('event')
    .filter((one) => (types.length === 0 || types.includes(one.type)) && (type === undefined || one.type === type))
    .filter((one) => one.created >= from);
  const answer = page('/v1/events', all, params.integer('limit'), params.text('starting_after'));
  params.refuseUnknown();
  return answer;
};

const balance: Handler = (_world, params) => {
  params.refuseUnknown();
  return { object: 'balance', available: [{ amount: 0, currency: 'eur' }], livemode: false, pending: [] };
};

/** The first match counts, so `search` stands before `:id`. */
export const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/v1/balance', handle: balance },
  { method: 'POST', path: '/v1/customers', handle: createCustomer },
  { method: 'GET', path: '/v1/customers/:id', handle: retrieve('customer') },
  { method: 'POST', path: '/v1/customers/:id', handle: updateCustomer },
  { method: 'POST', path: '/v1/payment_methods', handle: createPaymentMethod },
  { method: 'GET', path: '/v1/payment_methods/:id', handle: retrieve('payment_method') },
  { method: 'POST', path: '/v1/payment_methods/:id/attach', handle: attachPaymentMethod },
  { method: 'POST', path: '/v1/setup_intents', handle: createSetupIntent },
  { method: 'GET', path: '/v1/setup_intents/:id', handle: retrieve('setup_intent') },
  { method: 'POST', path: '/v1/setup_intents/:id/confirm', handle: confirmSetupIntent },
  { method: 'POST', path: '/v1/setup_intents/:id/cancel', handle: cancelSetupIntent },
  { method: 'GET', path: '/v1/mandates/:id', handle: retrieve('mandate') },
  { method: 'POST', path: '/v1/payment_intents', handle: createPaymentIntent },
  { method: 'GET', path: '/v1/payment_intents', handle: listPaymentIntents },
  { method: 'GET', path: '/v1/payment_intents/search', handle: searchPaymentIntents },
  { method: 'GET', path: '/v1/payment_intents/:id', handle: retrievePaymentIntent },
  { method: 'POST', path: '/v1/payment_intents/:id/confirm', handle: confirmPaymentIntent },
  { method: 'POST', path: '/v1/payment_intents/:id/cancel', handle: cancelPaymentIntent },
  { method: 'GET', path: '/v1/charges/:id', handle: retrieve('charge') },
  { method: 'GET', path: '/v1/disputes', handle: listDisputes },
  { method: 'GET', path: '/v1/disputes/:id', handle: retrieve('dispute') },
  { method: 'GET', path: '/v1/events', handle: listEvents },
  { method: 'GET', path: '/v1/events/:id', handle: retrieve('event') },
  { method: 'POST', path: '/v1/refunds', handle: createRefund },
  { method: 'GET', path: '/v1/refunds/:id', handle: retrieve('refund') },
];

export interface Match {
  readonly route: Route;
  readonly id: string;
}

export function matchRoute(method: string, path: string): Match | null {
  const segments = path.split('/');
  for (const route of ROUTES) {
    const pattern = route.path.split('/');
    if (route.method !== method || pattern.length !== segments.length) continue;
    if (!pattern.every((part, index) => part === ':id' || part === segments[index])) continue;
    return { route, id: segments[pattern.indexOf(':id')] ?? '' };
  }
  return null;
}
