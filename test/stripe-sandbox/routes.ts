import { listBalanceTransactions, retrieveBalance, retrieveBalanceTransaction } from './balance.js';
import {
  createSession,
  expireSessionByRequest,
  listLineItems,
  listSessions,
  retrieveSession,
  updateSession,
} from './checkout-sessions.js';
import { createCustomer, updateCustomer } from './customers.js';
import { detachPaymentMethod } from './detach-payment-method.js';
import { acceptDispute, listDisputes, updateDispute } from './disputes.js';
import { listPaymentIntents, searchPaymentIntents } from './find-payment-intents.js';
import { having, page } from './lists.js';
import type { Params } from './params.js';
import {
  cancelPaymentIntent,
  confirmPaymentIntent,
  createPaymentIntent,
  updatePaymentIntent,
} from './payment-intents.js';
import { attachPaymentMethod, createPaymentMethod } from './payment-methods.js';
import { listPayouts } from './payouts.js';
import { createRefund, listRefunds } from './refunds.js';
import { cancelSetupIntent, confirmSetupIntent, createSetupIntent } from './setup-intents.js';
import type { Tables } from './store.js';
import type { World } from './world.js';

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

const listCharges: Handler = (world, params) => {
  const filters = { customer: params.text('customer'), payment_intent: params.text('payment_intent') };
  return page('/v1/charges', having(world.store.list('charge'), filters), params);
};

const listEvents: Handler = (world, params) => {
  const types = params.list('types') ?? [];
  const all = having(world.store.list('event'), { type: params.text('type') });
  const found = all.filter((one) => types.length === 0 || types.includes(one.type));
  return page('/v1/events', found, params);
};

/** The first match counts, so `search` stands before `:id`. */
export const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/v1/balance', handle: retrieveBalance },
  { method: 'GET', path: '/v1/balance_transactions', handle: listBalanceTransactions },
  { method: 'GET', path: '/v1/balance_transactions/:id', handle: retrieveBalanceTransaction },
  { method: 'POST', path: '/v1/checkout/sessions', handle: createSession },
  { method: 'GET', path: '/v1/checkout/sessions', handle: listSessions },
  { method: 'GET', path: '/v1/checkout/sessions/:id', handle: retrieveSession },
  { method: 'POST', path: '/v1/checkout/sessions/:id', handle: updateSession },
  { method: 'POST', path: '/v1/checkout/sessions/:id/expire', handle: expireSessionByRequest },
  { method: 'GET', path: '/v1/checkout/sessions/:id/line_items', handle: listLineItems },
  { method: 'POST', path: '/v1/customers', handle: createCustomer },
  { method: 'GET', path: '/v1/customers/:id', handle: retrieve('customer') },
  { method: 'POST', path: '/v1/customers/:id', handle: updateCustomer },
  { method: 'POST', path: '/v1/payment_methods', handle: createPaymentMethod },
  { method: 'GET', path: '/v1/payment_methods/:id', handle: retrieve('payment_method') },
  { method: 'POST', path: '/v1/payment_methods/:id/attach', handle: attachPaymentMethod },
  { method: 'POST', path: '/v1/payment_methods/:id/detach', handle: detachPaymentMethod },
  { method: 'POST', path: '/v1/setup_intents', handle: createSetupIntent },
  { method: 'GET', path: '/v1/setup_intents/:id', handle: retrieve('setup_intent') },
  { method: 'POST', path: '/v1/setup_intents/:id/confirm', handle: confirmSetupIntent },
  { method: 'POST', path: '/v1/setup_intents/:id/cancel', handle: cancelSetupIntent },
  { method: 'GET', path: '/v1/mandates/:id', handle: retrieve('mandate') },
  { method: 'POST', path: '/v1/payment_intents', handle: createPaymentIntent },
  { method: 'GET', path: '/v1/payment_intents', handle: listPaymentIntents },
  { method: 'GET', path: '/v1/payment_intents/search', handle: searchPaymentIntents },
  { method: 'GET', path: '/v1/payment_intents/:id', handle: retrieve('payment_intent') },
  { method: 'POST', path: '/v1/payment_intents/:id', handle: updatePaymentIntent },
  { method: 'POST', path: '/v1/payment_intents/:id/confirm', handle: confirmPaymentIntent },
  { method: 'POST', path: '/v1/payment_intents/:id/cancel', handle: cancelPaymentIntent },
  { method: 'GET', path: '/v1/charges', handle: listCharges },
  { method: 'GET', path: '/v1/charges/:id', handle: retrieve('charge') },
  { method: 'GET', path: '/v1/disputes', handle: listDisputes },
  { method: 'GET', path: '/v1/disputes/:id', handle: retrieve('dispute') },
  { method: 'POST', path: '/v1/disputes/:id', handle: updateDispute },
  { method: 'POST', path: '/v1/disputes/:id/close', handle: acceptDispute },
  { method: 'GET', path: '/v1/events', handle: listEvents },
  { method: 'GET', path: '/v1/events/:id', handle: retrieve('event') },
  { method: 'GET', path: '/v1/payouts', handle: listPayouts },
  { method: 'GET', path: '/v1/payouts/:id', handle: retrieve('payout') },
  { method: 'POST', path: '/v1/refunds', handle: createRefund },
  { method: 'GET', path: '/v1/refunds', handle: listRefunds },
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
