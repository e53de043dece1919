import { sql as raw } from 'kysely';

import type { LedgerProblem } from '../ledger/ledger-problem.js';
import type { Sql } from '../persistence/database.js';

/**
 * What is paid on an invoice beyond what it asks for is what its customer has paid ahead, never left on it, where nobody
 * would find it; and no more of it is written off than was given up. Reads everything.
 */
export async function checkOverpaid(sql: Sql): Promise<readonly LedgerProblem[]> {
  const { rows } = await raw<LedgerProblem>`
    select 'INVOICE_OVERPAID' as code, document.number_text as subject,
      format('%s cents due, %s written off', books.due, books.written_off) as detail
    from (
      select entry.document_id,
        coalesce(sum(posting.amount_cents) filter (where account.kind = 'receivable'), 0) as due,
        coalesce(sum(posting.amount_cents) filter (where account.kind = 'write-off'), 0) as written_off
      from journal_entry entry
      join posting on posting.entry_id = entry.id
      join ledger_account account on account.id = posting.account_id
      where entry.document_id is not null
      group by entry.document_id) books
    join fiscal_document document on document.id = books.document_id
    where books.due < 0 or books.written_off < 0
    order by 2`.execute(sql);
  return rows;
}
