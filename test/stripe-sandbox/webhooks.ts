import { createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

import { newId, type Delivery, type Store } from './store.js';

export interface WebhookFaults {
  /** Each event is sent this many times more. */
  duplicates: number;
  /** So many of the next events are never sent. */
  dropNext: number;
  delayMs: number;
  /** Events within such a window arrive in reverse. */
  reorderWindow: number;
}

export const NO_FAULTS: WebhookFaults = { duplicates: 0, dropNext: 0, delayMs: 0, reorderWindow: 0 };

const PARALLEL = 4;
const TIMEOUT_MS = 10_000;
const FIRST_RETRY_MS = 200;
const SLOWEST_RETRY_MS = 2_000;
const THREE_DAYS_MS = 3 * 86_400_000;
const REORDER_STEP_MS = 60;

export interface WebhookTarget {
  readonly url: string;
  readonly secret: string;
}

/** `t=<seconds>,v1=<HMAC-SHA256 over t.body>`, with the real time: receivers compare it with theirs. */
export function signature(body: string, secret: string, seconds = Math.floor(Date.now() / 1000)): string {
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}

function post(target: WebhookTarget, body: string): Promise<number> {
  const send = target.url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const outgoing = send(target.url, {
      method: 'POST',
      agent: false,
      timeout: TIMEOUT_MS,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'content-length': Buffer.byteLength(body),
        'stripe-signature': signature(body, target.secret),
        'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      },
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')));
    outgoing.on('error', reject);
    outgoing.on('response', (answer) => {
      answer.resume();
      answer.on('error', reject);
      answer.on('end', () => resolve(answer.statusCode ?? 0));
    });
    outgoing.end(body);
  });
}

/** Sends events until the receiver says 2xx. What is owed is in the store, so a restart goes on with it. */
export class WebhookSender {
  readonly faults: WebhookFaults = { ...NO_FAULTS };
  private timer: NodeJS.Timeout | undefined;
  private readonly busy = new Set<string>();
  private inWindow = 0;
  private closed = false;
  sent = 0;

  constructor(
    private readonly store: Store,
    private readonly target: WebhookTarget | undefined,
  ) {
    this.wake();
  }

  enqueue(eventId: string): void {
    if (this.target === undefined) return;
    if (this.faults.dropNext > 0) {
      this.faults.dropNext -= 1;
      return;
    }
    const nowMs = Date.now();
    const nextAtMs = nowMs + this.faults.delayMs + this.reorderDelayMs();
    for (let copy = 0; copy <= this.faults.duplicates; copy += 1) {
      this.store.put('delivery', newId('whd'), { eventId, attempts: 0, nextAtMs, firstAtMs: nowMs });
    }
    this.wake();
  }

  private reorderDelayMs(): number {
    if (this.faults.reorderWindow === 0) return 0;
    this.inWindow = (this.inWindow + 1) % this.faults.reorderWindow;
    return (this.faults.reorderWindow - this.inWindow) * REORDER_STEP_MS;
  }

  get owed(): number {
    return this.store.entries('delivery').length;
  }

  private wake(): void {
    if (this.closed || this.target === undefined) return;
    clearTimeout(this.timer);
    const waiting = this.store.entries('delivery').filter(([id]) => !this.busy.has(id));
    if (waiting.length === 0 || this.busy.size >= PARALLEL) return;
    const next = Math.min(...waiting.map(([, delivery]) => delivery.nextAtMs));
    this.timer = setTimeout(() => this.pump(), Math.max(0, next - Date.now()));
  }

  private pump(): void {
    const target = this.target;
    if (this.closed || target === undefined) return;
    const due = this.store
      .entries('delivery')
      .filter(([id, delivery]) => !this.busy.has(id) && delivery.nextAtMs <= Date.now())
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
  }

  private async deliver(target: WebhookTarget, id: string, delivery: Delivery): Promise<void> {
    const event = this.store.get('event', delivery.eventId);
    let accepted = event === undefined;
    if (event !== undefined) {
      try {
        const status = await post(target, JSON.stringify(event, null, 2));
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
