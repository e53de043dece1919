import { ApiError } from './api-error.js';
import type { EventObject } from './objects.js';
import { newId, type Store, type Tables } from './store.js';

export const API_VERSION = '2026-10-28.endive';

export interface RequestContext {
  readonly id: string | null;
  readonly idempotency_key: string | null;
}

/** What every resource needs: the store, the clock, and a way to tell the world that something happened. */
export class World {
  private readonly listeners: ((event: EventObject) => void)[] = [];
  /** The request that is being answered; null between requests. */
  request: RequestContext = { id: null, idempotency_key: null };
  /** How long a search does not see what was just made: Stripe's search is not read-after-write. */
  searchLagMs = 0;

  constructor(
    readonly store: Store,
    readonly processingMs: number,
  ) {}

  nowMs(): number {
    return Date.now() + (this.store.get('clock', 'clock')?.offsetMs ?? 0);
  }

  now(): number {
    return Math.floor(this.nowMs() / 1000);
  }

  advance(ms: number): void {
    const offsetMs = (this.store.get('clock', 'clock')?.offsetMs ?? 0) + ms;
    this.store.put('clock', 'clock', { offsetMs });
  }

  onEvent(listener: (event: EventObject) => void): void {
    this.listeners.push(listener);
  }

  emit(type: string, object: unknown): void {
    const event: EventObject = {
      id: newId('evt'),
      object: 'event',
      api_version: API_VERSION,
      created: this.now(),
      data: { object },
      livemode: false,
      pending_webhooks: 1,
      request: this.request,
      type,
    };
    this.store.put('event', event.id, event);
    for (const listener of this.listeners) listener(event);
  }

  find<K extends keyof Tables>(kind: K, id: string): Tables[K] {
    const found = this.store.get(kind, id);
    if (found === undefined) throw ApiError.missing(kind, id);
    return found;
  }
}

/** One page of Stripe's lists: `limit` (1 to 100, default 10), `starting_after`. */
export function page<T extends { readonly id: string }>(
  url: string,
  all: readonly T[],
  limit: number | undefined,
  startingAfter: string | undefined,
) {
  const size = limit ?? 10;
  if (size < 1 || size > 100) throw ApiError.invalid('Invalid limit: must be 1 to 100', { param: 'limit' });
  const from = startingAfter === undefined ? 0 : all.findIndex((object) => object.id === startingAfter) + 1;
  const data = all.slice(from, from + size);
  return { object: 'list', url, has_more: from + size < all.length, data };
}
