import { sql as raw } from 'kysely';

import { prepaidAvailableCents } from '#libs/ledger/balances.js';

import type { Sql } from '../../persistence/database.js';

/**
 * What of a prepaid balance can still be promised to its customer, in cents: what is available less the refund orders
 * that are open and not sent. What was sent, and what went back through the provider, has left the balance already. The
 * caller holds the customer's lock.
 */
export async function refundableCents(trx: Sql, customerId: string, currency = 'EUR'): Promise<number> {
  const { cents } = await trx
    .selectFrom('refund_order')
    .where('customer_id', '=', customerId)
    .where('currency', '=', currency)
    .where('state', 'in', ['proposed', 'approved'])
    .select(raw<number>`coalesce(sum(amount_cents), 0)::bigint`.as('cents'))
    .executeTakeFirstOrThrow();
  return (await prepaidAvailableCents(trx, customerId, currency)) - cents;
}
