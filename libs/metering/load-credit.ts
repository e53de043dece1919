import { sql } from 'kysely';

import type { Sql } from '#libs/persistence/database.js';

/** Somebody who pays ahead would pay for a session that begins now; `index` names the question. */
export interface Payer {
  readonly index: number;
  readonly payer: string;
  readonly installation: string;
  readonly at: Date;
}

/**
 * Whose account has come to its floor. What was consumed and is not billed counts as at the last look, be it at the account
 * (`prepaid_watch`) or at a session of theirs (`session_watch`); what was paid in since then counts at once. The floor is the account's own, else the installation's.
 */
export async function loadUsedUp(db: Sql, payers: readonly Payer[]): Promise<ReadonlySet<number>> {
  if (payers.length === 0) return new Set();
  const asked = payers.map(({ index, payer, installation, at }) => ({ index, payer, installation, at }));
  const { rows } = await sql<{ index: number }>`
    select r.index
    from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb)
      as r(index int, payer text, installation text, at timestamptz)
    left join prepaid_watch account on account.customer_id = r.payer
    left join lateral (
      select s.left_cents, s.looked_at from session_watch s
      where s.customer_id = r.payer and s.left_cents is not null
        and s.looked_at > coalesce(account.looked_at, '-infinity')
      order by s.looked_at desc, s.transaction_id desc limit 1) session on true
    cross join lateral (
      select coalesce(session.left_cents, account.available_cents) as left_cents,
        coalesce(session.looked_at, account.looked_at) as looked_at) w
    cross join lateral (
      select coalesce(-sum(m.amount_cents), 0) as balance,
        coalesce(-sum(m.amount_cents) filter (where m.amount_cents < 0 and e.posted_at > w.looked_at), 0) as paid_since
      from ledger_account a join posting m on m.account_id = a.id join journal_entry e on e.id = m.entry_id
      where a.customer_id = r.payer and a.kind = 'prepaid') books
    where least(books.balance, w.left_cents + books.paid_since) <= coalesce(
      (select floor_cents from prepaid_settings own where own.customer_id = r.payer and own.valid_from <= r.at
        order by own.valid_from desc, own.id desc limit 1),
      (select (rule.policy #>> '{prepaid,floorCents}')::bigint from installation_policy rule
        where rule.installation_id = r.installation and rule.valid_from <= r.at::date
        order by rule.valid_from desc limit 1),
      0)`.execute(db);
  return new Set(rows.map(({ index }) => index));
}
