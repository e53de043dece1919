import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';
import { lockUntilEnd } from '../persistence/lock-until-end.js';
import { prepaid, receivable } from './accounts.js';

/** What is still owed on a document, in cents: its issue less its payments, plus what was reversed. */
export async function dueCents(sql: Sql, documentId: string): Promise<number> {
  const row = await sql
    .selectFrom('posting')
    .innerJoin('journal_entry', 'journal_entry.id', 'posting.entry_id')
    .innerJoin('ledger_account', 'ledger_account.id', 'posting.account_id')
    .where('journal_entry.document_id', '=', documentId)
    .where('ledger_account.kind', '=', 'receivable')
    .select(raw<number>`coalesce(sum(posting.amount_cents), 0)::bigint`.as('cents'))
    .executeTakeFirstOrThrow();
  return row.cents;
}

/** What is still owed on each of these documents; a document without postings owes 0. One query however many. */
export async function dueCentsOf(sql: Sql, documentIds: readonly string[]): Promise<Map<string, number>> {
  const due = new Map(documentIds.map((id) => [id, 0]));
  if (documentIds.length === 0) return due;
  const rows = await sql
    .selectFrom('posting')
    .innerJoin('journal_entry', 'journal_entry.id', 'posting.entry_id')
    .innerJoin('ledger_account', 'ledger_account.id', 'posting.account_id')
    .where('journal_entry.document_id', '=', raw<string>`any(${[...documentIds]}::uuid[])`)
    .where('ledger_account.kind', '=', 'receivable')
    .groupBy('journal_entry.document_id')
    .select(['journal_entry.document_id as documentId', raw<number>`sum(posting.amount_cents)::bigint`.as('cents')])
    .execute();
  for (const { documentId, cents } of rows) if (documentId !== null) due.set(documentId, cents);
  return due;
}

/** What a customer has paid ahead and not used, in cents. */
export async function prepaidBalanceCents(sql: Sql, customerId: string, currency = 'EUR'): Promise<number> {
  return (await prepaidSums(sql, prepaid(customerId, currency).code)).balanceCents;
}

/** The prepaid balance less what is reserved of it, in cents. */
export async function prepaidAvailableCents(sql: Sql, customerId: string, currency = 'EUR'): Promise<number> {
  const { balanceCents, reservedCents } = await prepaidSums(sql, prepaid(customerId, currency).code);
  return balanceCents - reservedCents;
}

/** What a customer owes for no invoice (a top-up that was taken back after it was used), in cents. */
export async function openDebtCents(sql: Sql, customerId: string, currency = 'EUR'): Promise<number> {
  const row = await sql
    .selectFrom('posting')
    .innerJoin('journal_entry', 'journal_entry.id', 'posting.entry_id')
    .innerJoin('ledger_account', 'ledger_account.id', 'posting.account_id')
    .where('ledger_account.code', '=', receivable(customerId, currency).code)
    .where('journal_entry.document_id', 'is', null)
    .select(raw<number>`coalesce(sum(posting.amount_cents), 0)::bigint`.as('cents'))
    .executeTakeFirstOrThrow();
  return row.cents;
}

/** What is on its way to each of these documents and may yet fail, in cents. */
export async function pendingCentsOf(sql: Sql, documentIds: readonly string[]): Promise<Map<string, number>> {
  const pending = new Map(documentIds.map((id) => [id, 0]));
  if (documentIds.length === 0) return pending;
  const rows = await sql
    .selectFrom('posting')
    .innerJoin('journal_entry', 'journal_entry.id', 'posting.entry_id')
    .innerJoin('ledger_account', 'ledger_account.id', 'posting.account_id')
    .where('journal_entry.document_id', 'in', documentIds)
    .where('ledger_account.kind', '=', 'receivable')
    .groupBy('journal_entry.document_id')
    .select(['journal_entry.document_id as documentId', raw<number>`-sum(posting.pending_cents)::bigint`.as('cents')])
    .execute();
  for (const { documentId, cents } of rows) if (documentId !== null) pending.set(documentId, cents);
  return pending;
}

async function prepaidSums(
  sql: Sql,
  code: string,
): Promise<{ readonly balanceCents: number; readonly reservedCents: number }> {
  return sql
    .selectFrom('posting')
    .innerJoin('ledger_account', 'ledger_account.id', 'posting.account_id')
    .where('ledger_account.code', '=', code)
    .select([
      raw<number>`coalesce(-sum(posting.amount_cents), 0)::bigint`.as('balanceCents'),
      raw<number>`greatest(coalesce(sum(posting.pending_cents), 0), 0)::bigint`.as('reservedCents'),
    ])
    .executeTakeFirstOrThrow();
}

/**
 * Waits until no other transaction decides on this customer's balances, and holds that until the transaction ends.
 * Read the balance after this, never before.
 */
export async function lockCustomerBooks(trx: Sql, customerId: string): Promise<void> {
  await lockUntilEnd(trx, `customer-books/${customerId}`);
}
