import { ApiError } from './api-error.js';
import { API_FAULT_MODES, type ApiFaultMode, type ApiFaults } from './api-faults.js';
import { disputePayment } from './disputes.js';
import { revokeMandate } from './mandates.js';
import type { WebhookFaults, WebhookSender } from './webhooks.js';
import type { World } from './world.js';

export interface Counters {
  /** by metadata.documentId: how many PaymentIntents were made, and what they moved */
  readonly documents: Readonly<Record<string, { created: number; succeeded: number; receivedCents: number }>>;
  readonly paymentIntents: number;
  readonly webhooksSent: number;
  readonly webhooksOwed: number;
  /** answered requests by `METHOD /path/:id` */
  readonly requests: Readonly<Record<string, number>>;
}

export interface ControlDeps {
  readonly world: World;
  readonly webhooks: WebhookSender;
  readonly faults: ApiFaults;
  readonly requests: Map<string, number>;
  /** something may be due now */
  readonly wake: () => void;
}

export function countersOf({ world, webhooks, requests }: ControlDeps): Counters {
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
    requests: Object.fromEntries(requests),
  };
}

function number(body: Record<string, unknown>, name: string): number {
  const value = body[name] ?? 0;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
    throw ApiError.invalid(`${name} must be >= 0`);
  return value;
}

function modeOf(value: unknown): ApiFaultMode {
  const mode = API_FAULT_MODES.find((one) => one === value);
  if (mode === undefined) throw ApiError.invalid(`mode must be one of ${API_FAULT_MODES.join(', ')}`);
  return mode;
}

/** What the tests, the demo and a person may order: `/_sandbox/<order>`. */
export function control(deps: ControlDeps, method: string, path: string, body: Record<string, unknown>): unknown {
  const { world, webhooks, faults } = deps;
  const [, , order, id] = path.split('/');
  switch (`${method} ${order}`) {
    case 'GET health':
      return { ok: true };
    case 'GET counters':
      return countersOf(deps);
    case 'POST clock':
      world.advance(number(body, 'advanceMs'));
      deps.wake();
      return { now: world.now() };
    case 'POST webhook-faults': {
      const names: (keyof WebhookFaults)[] = ['duplicates', 'dropNext', 'delayMs', 'reorderWindow'];
      for (const name of names) webhooks.faults[name] = number(body, name);
      return webhooks.faults;
    }
    case 'POST api-faults': {
      const fault = {
        method: String(body['method'] ?? 'POST'),
        pathPrefix: String(body['pathPrefix']),
        mode: modeOf(body['mode']),
        times: body['times'] === undefined ? 1 : number(body, 'times'),
      };
      faults.order(fault);
      return fault;
    }
    case 'POST search-lag':
      world.searchLagMs = number(body, 'ms');
      return { ms: world.searchLagMs };
    case 'POST disputes':
      return disputePayment(world, String(body['payment_intent']), String(body['reason'] ?? 'customer_initiated'));
    case 'POST mandates':
      return revokeMandate(world, id ?? '');
    default:
      throw new ApiError(404, { type: 'invalid_request_error', message: `There is no ${method} ${path}` });
  }
}
