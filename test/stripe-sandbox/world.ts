import { ApiError } from './api-error.js';
import type { EventObject } from './objects.js';
import { Schedule } from './schedule.js';
import { newId, type Due, type Store, type Tables } from './store.js';

export const API_VERSION = '2026-10-28.endive';
export const DAY_MS = 86_400_000;

export interface RequestContext {
  readonly id: string | null;
  readonly idempotency_key: string | null;
}

export const NO_REQUEST: RequestContext = { id: null, idempotency_key: null };

/** What the account may do: Stripe's limits for SEPA direct debit. Cents; 0 is no limit. */
export interface AccountLimits {
  /** per debit: the scheme's, as Stripe applies it */
  debitCents: number;
  /** all debits of seven days: a new account has 10 000 euros */
  weeklyCents: number;
}

/** What every resource needs: the store, the clock, and a way to tell the world that something happened. */
export class World {
  private readonly listeners: ((event: EventObject) => void)[] = [];
  readonly schedule: Schedule;
  /** The request that is being answered; empty between requests. */
  request: RequestContext = NO_REQUEST;
  /** How long a search does not see what was just made: Stripe's search is not read-after-write. */
  searchLagMs = 0;
  readonly limits: AccountLimits = { debitCents: 1_000_000, weeklyCents: 0 };
  /** So many of the next refunds, and of the next payouts, will fail. */
  readonly failNext = { refunds: 0, payouts: 0 };
  /** Where the sandbox's own pages are. */
  baseUrl = 'http://127.0.0.1';
  /** The time of what is being played, while the clock is ahead of it. */
  private playingMs: number | null = null;

  constructor(
    readonly store: Store,
    readonly processingMs: number,
  ) {
    this.schedule = new Schedule(store);
  }

  private get clock() {
    return this.store.get('clock', 'clock') ?? { offsetMs: 0, frozenAtMs: null };
  }

  get frozen(): boolean {
    return this.clock.frozenAtMs !== null;
  }

  private clockMs(): number {
    return this.clock.frozenAtMs ?? Date.now() + this.clock.offsetMs;
  }

  nowMs(): number {
    return this.playingMs ?? this.clockMs();
  }

  now(): number {
    return Math.floor(this.nowMs() / 1000);
  }

  /** Sets the clock; back only as long as nothing has happened. */
  setClock(atMs: number): void {
    if (atMs < this.clockMs() && this.store.list('event').length > 0) {
      throw ApiError.invalid('The clock cannot go back once something has happened.');
    }
    const frozenAtMs = this.frozen ? atMs : null;
    this.store.put('clock', 'clock', { offsetMs: atMs - Date.now(), frozenAtMs });
  }

  advance(ms: number): void {
    const { offsetMs, frozenAtMs } = this.clock;
    const frozen = frozenAtMs === null ? null : frozenAtMs + ms;
    this.store.put('clock', 'clock', { offsetMs: offsetMs + ms, frozenAtMs: frozen });
  }

  /** A frozen clock stands still until it is advanced, set or let go on. */
  freeze(frozen: boolean): void {
    const nowMs = this.clockMs();
    this.store.put('clock', 'clock', { offsetMs: nowMs - Date.now(), frozenAtMs: frozen ? nowMs : null });
  }

  /** Plays what is due until now, each at its own time; returns when the next one is due, if any. */
  play(perform: (due: Due) => void): number | null {
    for (;;) {
      const due = this.schedule.next();
      if (due === null) return null;
      if (due.dueAtMs > this.clockMs()) return due.dueAtMs;
      this.schedule.cancel(due.kind, due.subject);
      this.playingMs = due.dueAtMs;
      try {
        perform(due);
      } finally {
        this.playingMs = null;
      }
    }
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
