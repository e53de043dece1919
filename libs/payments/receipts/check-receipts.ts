import { sql as raw } from 'kysely';

import type { Sql } from '../../persistence/database.js';

export interface ReceiptProblem {
  readonly code: 'RECEIPT.GAP' | 'RECEIPT.DATE_FELL' | 'RECEIPT.DIFFERS_FROM_LINES';
  readonly subject: string;
  readonly detail: string;
}

/** Receipts are numbered without gaps, dated in their order, and the sum of their lines. */
export async function checkReceipts(sql: Sql): Promise<readonly ReceiptProblem[]> {
  const { rows } = await raw<ReceiptProblem>`
    with numbered as (
      select receipt.number_text, receipt.number, receipt.system_entry,
        coalesce(lag(receipt.number) over series, 0) as before, lag(receipt.system_entry) over series as entry_before
      from receipt window series as (partition by receipt.series_id order by receipt.number))
    select 'RECEIPT.GAP' as code, number_text as subject, format('number %s is missing', before + 1) as detail
    from numbered where number <> before + 1
    union all
    select 'RECEIPT.GAP', series.type || ' ' || series.code,
      format('counted to %s, the last receipt is number %s', series.last_number, last.number)
    from document_series series
    cross join lateral (select coalesce(max(receipt.number), 0) as number from receipt
      where receipt.series_id = series.id) last
    where series.type in ('RG', 'RC') and series.last_number <> last.number
    union all
    select 'RECEIPT.DATE_FELL', number_text, format('%s, the receipt before it %s', system_entry, entry_before)
    from numbered where system_entry < entry_before
    union all
    select 'RECEIPT.DIFFERS_FROM_LINES', receipt.number_text,
      format('%s cents, lines %s', receipt.amount_cents, lines.cents)
    from receipt cross join lateral (select coalesce(sum(amount_cents), 0) as cents from receipt_line
      where receipt_line.receipt_id = receipt.id) lines
    where receipt.amount_cents <> lines.cents`.execute(sql);
  return rows;
}
