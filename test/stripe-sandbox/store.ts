import { randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import type {
  BalanceTransactionObject,
  ChargeObject,
  CustomerObject,
  DisputeObject,
  EventObject,
  MandateObject,
  PaymentIntentObject,
  PaymentMethodObject,
  PayoutObject,
  RefundObject,
  SessionObject,
  SetupIntentObject,
} from './objects.js';

export interface KeptAnswer {
  readonly fingerprint: string;
  readonly status: number;
  readonly body: string;
  readonly atMs: number;
}

export interface Delivery {
  readonly eventId: string;
  readonly attempts: number;
  /** real time, not the sandbox's */
  readonly nextAtMs: number;
  readonly firstAtMs: number;
  /** the sandbox's time before which it is not sent; null while it is held by order */
  readonly notBeforeMs?: number | null;
}

/** What is known of a session and no answer shows. */
export interface SessionOrder {
  readonly intentData: {
    readonly metadata: Record<string, string>;
    readonly description: string | null;
    readonly setupFutureUsage: string | null;
  };
  readonly items: readonly Record<string, unknown>[];
  readonly customerCreation: 'always' | 'if_required';
  /** why the last attempt on the page failed */
  readonly lastError: string | null;
}

/** Something that happens by itself at its time on the sandbox's clock. */
export interface Due {
  readonly kind: string;
  readonly subject: string;
  readonly dueAtMs: number;
}

export interface Tables {
  customer: CustomerObject;
  payment_method: PaymentMethodObject;
  /** the full IBAN of a payment method, which no answer shows */
  iban: { readonly iban: string };
  /** the test card that a payment method was made of */
  card: { readonly token: string };
  setup_intent: SetupIntentObject;
  mandate: MandateObject;
  payment_intent: PaymentIntentObject;
  charge: ChargeObject;
  dispute: DisputeObject;
  refund: RefundObject;
  event: EventObject;
  answer: KeptAnswer;
  balance_transaction: BalanceTransactionObject;
  payout: PayoutObject;
  /** the payout that a balance transaction went into */
  paid_out: { readonly payout: string };
  checkout_session: SessionObject;
  session_order: SessionOrder;
  /** PaymentIntents whose debit was beyond the account's weekly limit as it was made */
  over_limit: { readonly atMs: number };
  /** the session of a PaymentIntent */
  session_of: { readonly session: string };
  due: Due;
  delivery: Delivery;
  clock: { readonly offsetMs: number; readonly frozenAtMs: number | null };
}
export type Kind = keyof Tables;

/** Everything the sandbox knows: maps in memory, each change appended to a journal file when one is given. */
export class Store {
  private readonly tables = new Map<Kind, Map<string, unknown>>();

  constructor(private readonly file: string | undefined) {
    if (file === undefined) return;
    mkdirSync(dirname(file), { recursive: true });
    if (existsSync(file)) this.load(readFileSync(file, 'utf8'));
    this.compact(file);
  }

  private load(journal: string): void {
    for (const line of journal.split('\n')) {
      if (line === '') continue;
      let entry: { kind: Kind; id: string; value: unknown };
      try {
        entry = JSON.parse(line) as typeof entry;
      } catch {
        continue; // the last line of a killed process may be half a line
      }
      if (entry.value === null) this.table(entry.kind).delete(entry.id);
      else (this.table(entry.kind) as Map<string, unknown>).set(entry.id, entry.value);
    }
  }

  private compact(file: string): void {
    const lines: string[] = [];
    for (const [kind, table] of this.tables) {
      for (const [id, value] of table) lines.push(`${JSON.stringify({ kind, id, value })}\n`);
    }
    writeFileSync(`${file}.new`, lines.join(''));
    renameSync(`${file}.new`, file);
  }

  private table<K extends Kind>(kind: K): Map<string, Tables[K]> {
    const table = this.tables.get(kind) ?? new Map<string, unknown>();
    this.tables.set(kind, table);
    return table as Map<string, Tables[K]>;
  }

  private append(kind: Kind, id: string, value: unknown): void {
    if (this.file !== undefined) appendFileSync(this.file, `${JSON.stringify({ kind, id, value })}\n`);
  }

  put<K extends Kind>(kind: K, id: string, value: Tables[K]): void {
    this.table(kind).set(id, value);
    this.append(kind, id, value);
  }

  get<K extends Kind>(kind: K, id: string): Tables[K] | undefined {
    return this.table(kind).get(id);
  }

  delete(kind: Kind, id: string): void {
    if (this.table(kind).delete(id)) this.append(kind, id, null);
  }

  entries<K extends Kind>(kind: K): [string, Tables[K]][] {
    return [...this.table(kind)];
  }

  each<K extends Kind>(kind: K): Iterable<Tables[K]> {
    return this.table(kind).values();
  }

  /** Newest first, as Stripe lists. */
  list<K extends Kind>(kind: K): Tables[K][] {
    return [...this.table(kind).values()].reverse();
  }
}

/** `pi_` and 24 characters that nobody can guess. */
export function newId(prefix: string): string {
  return `${prefix}_${randomBytes(12).toString('hex')}`;
}
