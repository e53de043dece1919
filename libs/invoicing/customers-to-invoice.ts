import type { Sql } from '../persistence/database.js';

/**
 * The order of customer numbers: 9 before 10, and total, so that a list can be taken up after any of them (`7` and `007`
 * are two customers).
 */
export function compareCustomerNumbers(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true }) || (a < b ? -1 : Number(a > b));
}

/** Customers with rated lines in the cycle and no document of it yet, in the order of their numbers. */
export async function customersToInvoice(sql: Sql, { cycleId }: { readonly cycleId: string }): Promise<string[]> {
  const rows = await sql
    .selectFrom('rated_line as line')
    .where('line.cycle_id', '=', cycleId)
    .where('line.customer_id', 'is not', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('fiscal_document as document')
            .select('document.id')
            .whereRef('document.cycle_id', '=', 'line.cycle_id')
            .whereRef('document.customer_id', '=', 'line.customer_id'),
        ),
      ),
    )
    .select('line.customer_id as customerId')
    .distinct()
    .execute();
  return rows.flatMap(({ customerId }) => (customerId === null ? [] : [customerId])).sort(compareCustomerNumbers);
}
