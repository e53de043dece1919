import { voidPending } from '#libs/ledger/post-pending.js';

import type { Sql } from '../persistence/database.js';

export const pendingKey = (attemptId: string): string => `pending/${attemptId}`;

/** What is reserved for a debit that the bank has and has not answered. */
export interface OpenPending {
  readonly key: string;
  readonly amountCents: number;
}

/** The reservation of an attempt, in cents; null when there is none, or it was settled or released before. */
export async function openPending(sql: Sql, attemptId: string): Promise<OpenPending | null> {
  const key = pendingKey(attemptId);
  const row = await sql
    .selectFrom('journal_entry as entry')
    .innerJoin('posting', 'posting.entry_id', 'entry.id')
    .innerJoin('ledger_account', 'ledger_account.id', 'posting.account_id')
    .leftJoin('journal_entry as resolution', 'resolution.resolves_id', 'entry.id')
    .where('entry.key', '=', key)
    .where('ledger_account.kind', '=', 'receivable')
    .where('resolution.id', 'is', null)
    .select('posting.pending_cents as cents')
    .executeTakeFirst();
  return row === undefined ? null : { key, amountCents: Math.abs(row.cents) };
}

/** Nothing of a debit was paid: what was reserved for it is free again. Once; the caller holds the customer's lock. */
export async function releasePending(trx: Sql, attemptId: string, now: Date): Promise<void> {
  const pending = await openPending(trx, attemptId);
  if (pending === null) return;
  await voidPending(trx, { key: `void/${attemptId}`, pendingKey: pending.key, occurredAt: now });
}
