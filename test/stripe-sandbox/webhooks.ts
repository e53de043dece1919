import { seededRandom } from '#test/data/seeded-random.js';

import type { EventObject } from './objects.js';
import { newId, type Delivery, type Store } from './store.js';
import { matchesType, WebhookRules } from './webhook-rules.js';
import { post, signature, type WebhookTarget } from './webhook-transport.js';

const PARALLEL = 4;
const FIRST_RETRY_MS = 200;
const SLOWEST_RETRY_MS = 2_000;
const THREE_DAYS_MS = 3 * 86_400_000;
/** Held events are released so far apart, so that they arrive in the order that was asked for. */
const RELEASE_STEP_MS = 40;

export const RELEASE_ORDERS = ['as-made', 'reversed', 'shuffled'] as const;
export type ReleaseOrder = (typeof RELEASE_ORDERS)[number];

interface Clock {
  /** the sandbox's */
  nowMs(): number;
}

/** Sends events until the receiver says 2xx. What is owed is in the store, so a restart goes on with it. */
export class WebhookSender {
  readonly rules = new WebhookRules();
  private timer: NodeJS.Timeout | undefined;
  private readonly busy = new Set<string>();
  private closed = false;
  sent = 0;

  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    readonly target: WebhookTarget | undefined,
  ) {
    this.wake();
  }

  enqueue(event: EventObject): void {
    if (this.target === undefined) return;
    const plan = this.rules.planFor(event.type, this.clock.nowMs());
    if (plan === null) return;
    const nowMs = Date.now();
    const { notBeforeMs } = plan;
    for (let copy = 0; copy < plan.copies; copy += 1) {
      this.store.put('delivery', newId('whd'), {
        eventId: event.id,
        attempts: 0,
        nextAtMs: nowMs + plan.delayMs,
        firstAtMs: nowMs,
        ...(notBeforeMs === undefined ? {} : { notBeforeMs }),
      });
    }
    this.wake();
  }

  get owed(): number {
    return this.store.entries('delivery').length;
  }

  get held(): number {
    return this.store.entries('delivery').filter(([, { notBeforeMs }]) => notBeforeMs === null).length;
  }

  /** Sends what was held, those of a type or all, in an order of choice; returns how many. */
  release({
    type,
    order,
    seed,
  }: {
    readonly type: string;
    readonly order: ReleaseOrder;
    readonly seed: number;
  }): number {
    const held = this.store
      .entries('delivery')
      .filter(([, delivery]) => delivery.notBeforeMs === null)
      .filter(([, { eventId }]) => matchesType(type, this.store.get('event', eventId)?.type ?? ''));
    if (order === 'reversed') held.reverse();
    if (order === 'shuffled') {
      const random = seededRandom(seed);
      const keyed = held.map((entry) => ({ entry, key: random() })).sort((a, b) => a.key - b.key);
      held.splice(0, held.length, ...keyed.map(({ entry }) => entry));
    }
    for (const [index, [id, { notBeforeMs: _, ...delivery }]] of held.entries()) {
      this.store.put('delivery', id, { ...delivery, nextAtMs: Date.now() + index * RELEASE_STEP_MS });
    }
    this.wake();
    return held.length;
  }

  private isOpen(delivery: Delivery): boolean {
    const { notBeforeMs } = delivery;
    return notBeforeMs === undefined || (notBeforeMs !== null && notBeforeMs <= this.clock.nowMs());
  }

  /** Something may be due: an event was made, or the clock was moved. */
  readonly wake = (): void => {
    if (this.closed || this.target === undefined) return;
    clearTimeout(this.timer);
    let next = Infinity;
    for (const [id, delivery] of this.store.entries('delivery')) {
      if (this.busy.has(id) || delivery.notBeforeMs === null) continue;
      const waitMs = (delivery.notBeforeMs ?? 0) - this.clock.nowMs();
      next = Math.min(next, Math.max(delivery.nextAtMs, waitMs > 0 ? Date.now() + waitMs : 0));
    }
    if (next === Infinity || this.busy.size >= PARALLEL) return;
    this.timer = setTimeout(this.pump, Math.min(SLOWEST_RETRY_MS, Math.max(0, next - Date.now())));
  };

  private readonly pump = (): void => {
    const target = this.target;
    if (this.closed || target === undefined) return;
    const due = this.store
      .entries('delivery')
      .filter(([id, delivery]) => !this.busy.has(id) && delivery.nextAtMs <= Date.now() && this.isOpen(delivery))
      .sort(([, a], [, b]) => a.nextAtMs - b.nextAtMs)
      .slice(0, PARALLEL - this.busy.size);
    for (const [id, delivery] of due) {
      this.busy.add(id);
      void this.deliver(target, id, delivery).finally(() => {
        this.busy.delete(id);
        this.wake();
      });
    }
    this.wake();
  };

  private async deliver(target: WebhookTarget, id: string, delivery: Delivery): Promise<void> {
    const event = this.store.get('event', delivery.eventId);
    let accepted = event === undefined;
    if (event !== undefined) {
      try {
        const body = JSON.stringify(event, null, 2);
        const status = await post(target.url, body, signature(body, target.secret));
        accepted = status >= 200 && status < 300;
      } catch {
        accepted = false;
      }
    }
    if (this.closed) return;
    if (accepted) this.sent += 1;
    if (accepted || Date.now() - delivery.firstAtMs > THREE_DAYS_MS) {
      this.store.delete('delivery', id);
      return;
    }
    const waitMs = Math.min(SLOWEST_RETRY_MS, FIRST_RETRY_MS * 2 ** delivery.attempts);
    this.store.put('delivery', id, { ...delivery, attempts: delivery.attempts + 1, nextAtMs: Date.now() + waitMs });
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }
}
