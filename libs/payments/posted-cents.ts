import { sql as raw } from 'kysely';

import type { AccountKind } from '#libs/ledger/accounts.js';

import type { Sql } from '../persistence/database.js';

/** What the entry with this key moved on accounts of a kind, in cents without its sign; null when there is no such entry. */
export async function postedCents(sql: Sql, key: string, kind: AccountKind): Promise<number | null> {
  const row = await sql
    .selectFrom('journal_entry')
    .innerJoin('posting', 'posting.entry_id', 'journal_entry.id')
    .innerJoin('ledger_account', 'ledger_account.id', 'posting.account_id')
    .where('journal_entry.key', '=', key)
    .where('ledger_account.kind', '=', kind)
    .select(raw<number | null>`abs(sum(posting.amount_cents))::bigint`.as('cents'))
    .executeTakeFirstOrThrow();
  return row.cents;
}

/** Whether something stands in the books under this key, or a part of it. */
export async function isBooked(sql: Sql, key: string): Promise<boolean> {
  const found = await sql
    .selectFrom('journal_entry')
    .select('id')
    .where((where) => where.or([where('key', '=', key), where('key', '^@', `${key}/`)]))
    .executeTakeFirst();
  return found !== undefined;
}
