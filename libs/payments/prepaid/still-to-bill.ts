import { sql as raw } from 'kysely';

import { CREDIT_CARRIED } from '../../invoicing/adjustments.js';
import type { Sql } from '../../persistence/database.js';
import { waitsForReissue } from '../reissue-invoice.js';

/**
 * Whether a customer is still to be charged for months that were rated: one whose invoice was given back to be issued
 * again and has not been, or accepted adjustments that together are more than nothing. With `untilPeriod` (yyyy-mm) only
 * months before it count.
 */
export async function isStillToBill(
  sql: Sql,
  { customerId, untilPeriod = null }: { readonly customerId: string; readonly untilPeriod?: string | null },
): Promise<boolean> {
  const { rows } = await raw<{ waits: boolean }>`
    with month as (select id from billing_cycle where ${untilPeriod}::text is null or period < ${untilPeriod}::text)
    select exists (select from month
        join fiscal_document document on document.cycle_id = month.id and document.customer_id = ${customerId}
        where ${waitsForReissue(raw`document`)}
          and not exists (select from adjustment carried where carried.cycle_id = month.id
            and carried.customer_id = ${customerId} and carried.reasons = array[${CREDIT_CARRIED}]::text[]))
      or coalesce((select sum(adjustment.net_cents) from month join adjustment on adjustment.cycle_id = month.id
        where adjustment.customer_id = ${customerId} and adjustment.state = 'accepted'
          and adjustment.document_id is null), 0) > 0 as waits`.execute(sql);
  return rows[0]?.waits ?? false;
}
