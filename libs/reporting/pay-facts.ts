import type { Sql } from '../persistence/database.js';

/** How a document is paid, as it prints it. */
export interface PayFacts {
  readonly iban: string | null;
  /** The last characters of the account of the mandate; null without one. */
  readonly mandateLast4: string | null;
  /** By which a transfer is recognised; null: the document's number. */
  readonly paymentReference: string | null;
}

/** The mandate that a debit of this customer would use now. */
export async function mandateLast4(sql: Sql, customerId: string): Promise<string | null> {
  const mandate = await sql
    .selectFrom('mandate')
    .select('iban_last4')
    .where('customer_id', '=', customerId)
    .where('status', '=', 'active')
    .orderBy('active_at', 'desc')
    .executeTakeFirst();
  return mandate?.iban_last4 ?? null;
}
