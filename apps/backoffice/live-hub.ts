import type { Logger } from 'pino';

import { scopeOf, type Action, type TenantScope } from '#libs/identity/permissions.js';
import type { Sql } from '#libs/persistence/database.js';

import type { Actor } from './actor.js';
import { liveMessageSchema, type LiveMessage } from './api-types.js';
import { Coalescer } from './coalescer.js';
import { ownersOf, type LiveOwners } from './live-owners.queries.js';

/** At most one message per topic and id in this time. */
const INTERVAL_MS = 100;
/** A page that reads this little is not there any more. */
const MOST_BUFFERED_BYTES = 1_000_000;
/** WebSocket close code 1012, service restart: the page connects again and reads everything again. */
const RESTART = 1012;

/** The one thing a person must be allowed to read to hear of a topic. */
const ACTION_OF: Readonly<Record<LiveMessage['topic'], Action>> = {
  month: 'month.read',
  collection: 'invoice.read',
  arrears: 'invoice.read',
  oddity: 'oddity.read',
  mail: 'mail.read',
  charger: 'spot.read',
};

/** As much of a WebSocket as the hub uses. */
export interface LiveSocket {
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code: number, reason: string): void;
  terminate(): void;
}

interface Subscriber {
  readonly actor: Actor;
  /** Installations the page asked for; null is all it may see. */
  installations: ReadonlySet<string> | null;
}

/** Whether a scope covers what a message is about. */
export function hears(scope: TenantScope, owners: LiveOwners): boolean {
  switch (scope.kind) {
    case 'all':
      return true;
    case 'condominium':
      return owners.condominiumId === scope.condominiumId && !owners.isPersonal;
    case 'customer':
      return owners.customerIds.includes(scope.customerId);
    default:
      return scope satisfies never;
  }
}

/** Who is connected to the live feed, and what each of them hears. */
export class LiveHub {
  readonly #subscribers = new Map<LiveSocket, Subscriber>();
  readonly #sql: Sql;
  readonly #now: () => Date;
  readonly #log: Logger;
  readonly #coalescer = new Coalescer<LiveMessage>(INTERVAL_MS, (message) => void this.#deliver(message));

  constructor(sql: Sql, now: () => Date, log: Logger) {
    this.#sql = sql;
    this.#now = now;
    this.#log = log;
  }

  join(socket: LiveSocket, actor: Actor): void {
    this.#subscribers.set(socket, { actor, installations: null });
  }

  leave(socket: LiveSocket): void {
    this.#subscribers.delete(socket);
  }

  /** A page wants to hear of these installations only. */
  subscribe(socket: LiveSocket, installations: readonly string[]): void {
    const subscriber = this.#subscribers.get(socket);
    if (subscriber !== undefined) subscriber.installations = new Set(installations);
  }

  get size(): number {
    return this.#subscribers.size;
  }

  /** What PostgreSQL notified on the channel `live`. */
  receive(text: string): void {
    const message = parse(text);
    if (message === null) this.#log.warn('a notification on the channel live is none of ours');
    else this.#coalescer.push(`${message.topic}/${message.id}`, message);
  }

  /** Something may have been missed: every page connects again and reads again. */
  restart(): void {
    for (const socket of this.#subscribers.keys()) socket.close(RESTART, 'read again');
  }

  close(): void {
    this.#coalescer.close();
    this.restart();
    this.#subscribers.clear();
  }

  async #deliver(message: LiveMessage): Promise<void> {
    try {
      const text = JSON.stringify(message);
      let owners: LiveOwners | undefined;
      for (const [socket, { actor, installations }] of this.#subscribers) {
        const scope = scopeOf(actor, ACTION_OF[message.topic]);
        if (scope === null || (installations !== null && !installations.has(message.installation ?? ''))) continue;
        if (scope.kind !== 'all') owners ??= await ownersOf(this.#sql, message, this.#now());
        if (owners === undefined || hears(scope, owners)) send(socket, text);
      }
    } catch (error) {
      this.#log.error({ err: error }, 'a live message was lost; the pages read again');
      this.restart();
    }
  }
}

function send(socket: LiveSocket, text: string): void {
  if (socket.bufferedAmount > MOST_BUFFERED_BYTES) socket.terminate();
  else if (socket.readyState === 1) socket.send(text);
}

function parse(text: string): LiveMessage | null {
  try {
    return liveMessageSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
