import { ApiError } from './api-error.js';
import { having, page } from './lists.js';
import type { PaymentIntentObject } from './objects.js';
import type { Params } from './params.js';
import type { World } from './world.js';

export function listPaymentIntents(world: World, params: Params) {
  const filters = { customer: params.text('customer') };
  return page('/v1/payment_intents', having(world.store.list('payment_intent'), filters), params);
}

/** `metadata['name']:'value'` and `status:'value'`, joined by AND: what the product asks of Stripe's query language. */
function matcherOf(query: string): (intent: PaymentIntentObject) => boolean {
  const clauses = query.split(/\s+AND\s+/i).map((clause) => {
    const match = /^(?:metadata\[["'](?<name>[^"']+)["']\]|(?<field>status|customer)):["'](?<value>[^"']*)["']$/.exec(
      clause.trim(),
    );
    const { name, field, value } = match?.groups ?? {};
    if (match === null) throw ApiError.invalid(`The search query is not understood: ${clause}`, { param: 'query' });
    return (intent: PaymentIntentObject) =>
      name === undefined ? intent[String(field)] === value : intent.metadata[name] === value;
  });
  return (intent) => clauses.every((clause) => clause(intent));
}

/** Like Stripe's, a search may lag behind what was just written. */
export function searchPaymentIntents(world: World, params: Params) {
  const matches = matcherOf(params.required('query'));
  const visibleUntil = Math.floor((world.nowMs() - world.searchLagMs) / 1000);
  const limit = params.integer('limit') ?? 10;
  params.ignore('page');
  params.refuseUnknown();
  const all = world.store.list('payment_intent').filter((one) => one.created <= visibleUntil && matches(one));
  return {
    object: 'search_result',
    url: '/v1/payment_intents/search',
    has_more: all.length > limit,
    next_page: null,
    data: all.slice(0, limit),
  };
}
