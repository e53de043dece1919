import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';

/**
 * Documents whose debit was taken back, that are owed, and that nobody chases: no case was ever opened, or the last one
 * was closed as settled, before the money went. What people waived or hold for a suspension is not among them. So a
 * crash between the books and the start of the case is mended however long after.
 */
export async function forgottenDisputes(sql: Sql): Promise<string[]> {
  const { rows } = await raw<{ id: string }>`
    select disputed.document_id as id
    from (select distinct document_id from payment_attempt where state = 'disputed') disputed
    left join arrears_case chase on chase.document_id = disputed.document_id
    where (chase.document_id is null or chase.outcome = 'settled')
      and (select coalesce(sum(posting.amount_cents), 0)
        from journal_entry entry
        join posting on posting.entry_id = entry.id
        join ledger_account account on account.id = posting.account_id and account.kind = 'receivable'
        where entry.document_id = disputed.document_id) > 0
    order by 1`.execute(sql);
  return rows.map(({ id }) => id);
}
