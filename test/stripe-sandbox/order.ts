import type { ApiFaults } from './api-faults.js';
import type { OrderBody } from './order-body.js';
import type { RateLimit } from './rate-limit.js';
import type { RequestLog } from './request-log.js';
import type { WebhookSender } from './webhooks.js';
import type { World } from './world.js';

export interface ControlDeps {
  readonly world: World;
  readonly webhooks: WebhookSender;
  readonly faults: ApiFaults;
  readonly log: RequestLog;
  readonly rateLimit: RateLimit;
  /** something may be due now */
  readonly wake: () => void;
}

/** One order; `id` and `deed` are the segments after its name: `disputes/<id>/<deed>`. */
export type Order = (deps: ControlDeps, body: OrderBody, id: string, deed: string) => unknown;
