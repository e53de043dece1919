import { ApiError } from './api-error.js';
import { API_FAULT_MODES } from './api-faults.js';
import { MONEY_ORDERS } from './control-money.js';
import { WEBHOOK_ORDERS } from './control-webhooks.js';
import { OrderBody } from './order-body.js';
import type { ControlDeps, Order } from './order.js';

export interface Counters {
  /** by metadata.documentId: how many PaymentIntents were made, and what they moved */
  readonly documents: Readonly<Record<string, { created: number; succeeded: number; receivedCents: number }>>;
  readonly paymentIntents: number;
  readonly webhooksSent: number;
  readonly webhooksOwed: number;
  /** of those, the ones kept back until they are released */
  readonly webhooksHeld: number;
  /** answered requests by `METHOD /path/:id` */
  readonly requests: Readonly<Record<string, number>>;
}

export function countersOf({ world, webhooks, log }: ControlDeps): Counters {
  const documents: Record<string, { created: number; succeeded: number; receivedCents: number }> = {};
  const intents = world.store.list('payment_intent');
  for (const intent of intents) {
    const id = intent.metadata['documentId'] ?? '';
    const counted = (documents[id] ??= { created: 0, succeeded: 0, receivedCents: 0 });
    counted.created += 1;
    if (intent.status === 'succeeded') counted.succeeded += 1;
    counted.receivedCents += intent.amount_received;
  }
  return {
    documents,
    paymentIntents: intents.length,
    webhooksSent: webhooks.sent,
    webhooksOwed: webhooks.owed,
    webhooksHeld: webhooks.held,
    requests: Object.fromEntries(log.counts),
  };
}

function clockOf({ world }: ControlDeps) {
  return { now: world.now(), nowMs: world.nowMs(), frozen: world.frozen };
}

const setClock: Order = (deps, body) => {
  const freeze = body.flag('freeze');
  const at = body.text('at');
  if (freeze !== undefined) deps.world.freeze(freeze);
  if (at !== undefined) {
    const atMs = Date.parse(at);
    if (Number.isNaN(atMs)) throw ApiError.invalid('at must be an instant', { param: 'at' });
    deps.world.setClock(atMs);
  }
  const advanceMs = body.number('advanceMs');
  if (advanceMs > 0) deps.world.advance(advanceMs);
  deps.wake();
  return clockOf(deps);
};

const orderFault: Order = ({ faults }, body) => {
  const fault = {
    method: body.text('method') ?? 'POST',
    pathPrefix: body.text('pathPrefix') ?? '/v1/',
    mode: body.oneOf('mode', API_FAULT_MODES),
    times: body.number('times', 1),
  };
  faults.order(fault);
  return fault;
};

const setLimits: Order = ({ world, rateLimit }, body) => {
  const { limits } = world;
  rateLimit.perSecond = body.number('requestsPerSecond', rateLimit.perSecond);
  limits.weeklyCents = body.number('weeklyCents', limits.weeklyCents);
  limits.debitCents = body.number('debitCents', limits.debitCents);
  return { ...limits, requestsPerSecond: rateLimit.perSecond };
};

const ORDERS: Readonly<Record<string, Order>> = {
  'GET health': () => ({ ok: true }),
  'GET counters': countersOf,
  'GET requests': ({ log }) => ({ data: log.last }),
  'GET clock': clockOf,
  'POST clock': setClock,
  'POST api-faults': orderFault,
  'POST limits': setLimits,
  'POST search-lag': ({ world }, body) => {
    world.searchLagMs = body.number('ms');
    return { ms: world.searchLagMs };
  },
  ...MONEY_ORDERS,
  ...WEBHOOK_ORDERS,
};

/** What the tests, the demo and a person may order: `/_sandbox/<order>`. A forged webhook answers later. */
export function control(deps: ControlDeps, method: string, path: string, body: Record<string, unknown>): unknown {
  const [, , name, id = '', deed = ''] = path.split('/');
  const order = ORDERS[`${method} ${name}`];
  if (order === undefined) {
    throw new ApiError(404, { type: 'invalid_request_error', message: `There is no ${method} ${path}` });
  }
  const result = order(deps, new OrderBody(body), id, deed);
  if (method === 'POST') deps.wake();
  return result;
}
