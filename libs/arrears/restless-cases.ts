import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';

/** Cases that money has overtaken, by whatever way it came: their workflows are to be told. */
export interface RestlessCases {
  /**
   * Open cases on which nothing is due, whose customer has paid ahead meanwhile, that people ended, or in which what
   * should have happened an hour ago has not.
   */
  readonly open: readonly string[];
  /** Closed cases that still keep their debtor from charging, though the debt is paid. */
  readonly closed: readonly string[];
}

/**
 * Looks for them in the books themselves, so that a top-up, a credit note, a matched bank line or a webhook whose signal
 * was lost lets the debtor charge again all the same. What was written off is not paid.
 */
export async function restlessCases(sql: Sql, now: Date): Promise<RestlessCases> {
  const { rows } = await raw<{ id: string; closed: boolean }>`
    select chase.document_id as id, chase.closed_at is not null as closed
    from arrears_case chase
    join fiscal_document doc on doc.id = chase.document_id
    cross join lateral (
      select coalesce(sum(posting.amount_cents) filter (where account.kind = 'receivable'), 0) as due,
        coalesce(sum(posting.amount_cents) filter (where account.kind = 'write-off'), 0) as written_off
      from journal_entry entry
      join posting on posting.entry_id = entry.id
      join ledger_account account on account.id = posting.account_id
      where entry.document_id = chase.document_id
    ) books
    where case when chase.closed_at is null
      then books.due <= 0 or chase.ending is not null
        or (chase.paused_reason is null and chase.next_action_at < ${now}::timestamptz - interval '1 hour') or (
        exists (select from posting
          join ledger_account ahead on ahead.id = posting.account_id and ahead.kind = 'prepaid'
          where ahead.customer_id = chase.customer_id and ahead.currency = doc.currency
          having sum(posting.amount_cents) < 0)
        and not exists (select from payment_attempt attempt
          where attempt.document_id = chase.document_id and attempt.state in ('created', 'processing')))
      else books.due <= 0 and books.written_off <= 0 and exists (
        select from customer_suspension halt where halt.document_id = chase.document_id and halt.until is null)
      end
    order by 1`.execute(sql);
  return {
    open: rows.flatMap(({ id, closed }) => (closed ? [] : [id])),
    closed: rows.flatMap(({ id, closed }) => (closed ? [id] : [])),
  };
}
