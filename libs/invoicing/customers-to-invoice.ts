import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';
import { CREDIT_CARRIED } from './adjustments.js';
import { standsForItsMonth } from './standing-invoice.js';

/**
 * The order of customer numbers: 9 before 10, and total, so that a list can be taken up after any of them (`7` and `007`
 * are two customers).
 */
export function compareCustomerNumbers(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true }) || (a < b ? -1 : Number(a > b));
}

/**
 * Of `candidate`: the customer has no document of the cycle, or a credit note has opened the month again; and its month
 * is not carried into the next one.
 */
const isWaiting = (cycleId: string) => raw<boolean>`
  not exists (select from fiscal_document document
    where document.cycle_id = ${cycleId} and document.customer_id = candidate.customer_id
      and ${standsForItsMonth(raw`document.id`)})
  and not exists (select from adjustment carried
    where carried.cycle_id = ${cycleId} and carried.customer_id = candidate.customer_id
      and carried.reasons = array[${CREDIT_CARRIED}]::text[])`;

/**
 * Customers with something to invoice and no document of the cycle yet, in the order of their numbers: rated lines,
 * imputed lines, or accepted adjustments of the installation's former cycles that are together more than nothing.
 * Whose month is carried into the next one is not asked again.
 */
export async function customersToInvoice(sql: Sql, { cycleId }: { readonly cycleId: string }): Promise<string[]> {
  const { rows } = await raw<{ customerId: string }>`
    with candidate as (
      select customer_id from rated_line where cycle_id = ${cycleId}
      union select customer_id from imputed_line where cycle_id = ${cycleId}
      union
      select adjustment.customer_id
      from billing_cycle cycle
      join billing_cycle former on former.installation_id = cycle.installation_id
        and former.starts_at < cycle.starts_at
      join adjustment on adjustment.cycle_id = former.id
        and adjustment.state = 'accepted' and adjustment.document_id is null
      where cycle.id = ${cycleId}
      group by adjustment.customer_id having sum(adjustment.net_cents) > 0)
    select customer_id as "customerId" from candidate
    where customer_id is not null and ${isWaiting(cycleId)}`.execute(sql);
  return rows.map(({ customerId }) => customerId).sort(compareCustomerNumbers);
}

/**
 * Of the customers with lines of the cycle's own that come to something those whose month is in no document and is not
 * carried forward: its invoicing still owes them. Customers whose lines are all zero are owed nothing.
 */
export async function customersStillToInvoice(sql: Sql, { cycleId }: { readonly cycleId: string }): Promise<string[]> {
  const { rows } = await raw<{ customerId: string }>`
    with candidate as (
      select customer_id from rated_line where cycle_id = ${cycleId} and cents <> 0
      union select customer_id from imputed_line where cycle_id = ${cycleId} and net_cents <> 0)
    select customer_id as "customerId" from candidate
    where customer_id is not null and ${isWaiting(cycleId)}`.execute(sql);
  return rows.map(({ customerId }) => customerId);
}
