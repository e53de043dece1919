import { randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import type {
  ChargeObject,
  CustomerObject,
  DisputeObject,
  EventObject,
  MandateObject,
  PaymentIntentObject,
  PaymentMethodObject,
  RefundObject,
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
}

export interface Tables {
  customer: CustomerObject;
  payment_method: PaymentMethodObject;
  /** the full IBAN of a payment method, which no answer shows */
  iban: { readonly iban: string };
  setup_intent: SetupIntentObject;
  mandate: MandateObject;
  payment_intent: PaymentIntentObject;
  charge: ChargeObject;
  dispute: DisputeObject;
  refund: RefundObject;
  event: EventObject;
  answer: KeptAnswer;
  /** PaymentIntents in `processing` and when, on the sandbox's clock, they leave it */
  settlement: { readonly dueAtMs: number };
  delivery: Delivery;
  clock: { readonly offsetMs: number };
}
type Kind = keyof Tables;

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

  /** Newest first, as Stripe lists. */
  list<K extends Kind>(kind: K): Tables[K][] {
    return [...this.table(kind).values()].reverse();
  }
}

/** `pi_` and 24 characters that nobody can guess. */
export function newId(prefix: string): string {
  return `${prefix}_${randomBytes(12).toString('hex')}`;
}
