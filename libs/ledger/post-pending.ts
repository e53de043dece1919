import type { Sql } from '../persistence/database.js';
import { ACCOUNT_KINDS } from './accounts.js';
import { paymentPendingEntry, type PaymentFacts } from './document-entries.js';
import { assertPositive, entry, ENTRY_KINDS, ENTRY_PHASES, type Entry, type EntryDraft } from './entry.js';
import { ledgerDocument } from './ledger-document.js';
import { postEntry, type Posted } from './post-entry.js';

/** Money for an invoice that is on its way and may yet fail (a debit that the bank is processing). */
export async function postPaymentPending(trx: Sql, payment: PaymentFacts & { readonly documentId: string }): Posted {
  return postEntry(trx, paymentPendingEntry(await ledgerDocument(trx, payment.documentId), payment));
}

export interface Resolution {
  readonly key: string;
  /** Key of the pending entry. */
  readonly pendingKey: string;
  readonly occurredAt: Date;
}

/**
 * Posts what was pending: so many cents of it (more than none, at most all), the rest is released. A pending entry is
 * resolved once: the same key again changes nothing, another key throws.
 */
export async function settlePending(
  trx: Sql,
  { amountCents, ...order }: Resolution & { readonly amountCents: number },
): Posted {
  assertPositive(amountCents, order.key);
  const pending = await loadPending(trx, order.pendingKey);
  if (pending === undefined) throw new Error(`no pending entry ${order.pendingKey}`);
  return postEntry(trx, resolution(pending, order, amountCents));
}

/** Releases what was pending; nothing was paid. As {@link settlePending}, once. */
export async function voidPending(trx: Sql, order: Resolution): Posted {
  const pending = await loadPending(trx, order.pendingKey);
  if (pending === undefined) throw new Error(`no pending entry ${order.pendingKey}`);
  return postEntry(trx, resolution(pending, order, 0));
}

/** Posts the exact opposite of an entry, once: a correction by adding. Pending entries are voided instead. */
export async function postReversal(
  trx: Sql,
  { key, reversesKey, occurredAt }: { readonly key: string; readonly reversesKey: string; readonly occurredAt: Date },
): Posted {
  const original = await loadEntry(trx, reversesKey);
  if (original === undefined) throw new Error(`no entry ${reversesKey}`);
  if (original.phase !== 'posted') throw new Error(`entry ${reversesKey} is ${original.phase}: void it instead`);
  const postings = original.postings.map(({ account, amountCents }) => ({ account, amountCents: -amountCents }));
  const { description, documentId } = original;
  return postEntry(trx, entry({ key, kind: 'reversal', description, documentId, occurredAt, postings }));
}

/** Pure: the entry that posts `amountCents` of a pending one and releases all of it. */
export function resolution(pending: Entry, { key, occurredAt }: Resolution, amountCents: number): Entry {
  const draft: EntryDraft = {
    key,
    kind: pending.kind,
    phase: amountCents === 0 ? 'void' : 'posted',
    resolvesKey: pending.key,
    description: pending.description,
    documentId: pending.documentId,
    occurredAt,
    postings: pending.postings.map(({ account, pendingCents }) => ({
      account,
      amountCents: part(pendingCents, amountCents, pending.key),
      pendingCents: -pendingCents,
    })),
  };
  return entry(draft);
}

function part(pendingCents: number, amountCents: number, key: string): number {
  if (Math.abs(pendingCents) < amountCents) {
    throw new RangeError(`${amountCents} cents of the ${Math.abs(pendingCents)} that are pending by ${key}`);
  }
  return amountCents === 0 ? 0 : Math.sign(pendingCents) * amountCents;
}

async function loadPending(trx: Sql, key: string): Promise<Entry | undefined> {
  const found = await loadEntry(trx, key);
  return found?.phase === 'pending' ? found : undefined;
}

async function loadEntry(trx: Sql, key: string): Promise<Entry | undefined> {
  const row = await trx.selectFrom('journal_entry').selectAll().where('key', '=', key).executeTakeFirst();
  if (row === undefined) return undefined;
  const postings = await trx
    .selectFrom('posting')
    .innerJoin('ledger_account as account', 'account.id', 'posting.account_id')
    .where('posting.entry_id', '=', row.id)
    .select([
      'account.code',
      'account.kind',
      'account.currency',
      'account.customer_id as customerId',
      'account.condominium_id as condominiumId',
      'posting.amount_cents as amountCents',
      'posting.pending_cents as pendingCents',
    ])
    .execute();
  return {
    key: row.key,
    kind: known(ENTRY_KINDS, row.kind),
    phase: known(ENTRY_PHASES, row.phase),
    resolvesKey: null,
    description: row.description,
    documentId: row.document_id,
    occurredAt: row.occurred_at,
    postings: postings.map(({ amountCents, pendingCents, ...account }) => ({
      account: { ...account, kind: known(ACCOUNT_KINDS, account.kind) },
      amountCents,
      pendingCents,
    })),
  };
}

function known<T extends string>(words: readonly T[], word: string): T {
  const found = words.find((one) => one === word);
  if (found === undefined) throw new Error(`the books have the unknown word ${word}`);
  return found;
}
