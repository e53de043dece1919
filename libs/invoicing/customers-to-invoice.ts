import type { Sql } from '../persistence/database.js';

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
  return rows
    .flatMap(({ customerId }) => (customerId === null ? [] : [customerId]))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}
