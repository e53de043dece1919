import type { Selectable } from 'kysely';

import type { Schema, Sql } from '../../persistence/database.js';
import type { PaymentPart } from '../allocate-payment.js';
import { isUuid } from '../attempts.js';

export type CheckoutRow = Selectable<Schema['checkout']>;

/** Until one of these the provider may still say something new of itself. */
export const UNSETTLED = ['created', 'open', 'pending'] as const;

/** What a checkout pays, in the payer's order. */
export async function chosenOf(sql: Sql, checkoutId: string): Promise<PaymentPart[]> {
  const rows = await sql
    .selectFrom('checkout_document')
    .where('checkout_id', '=', checkoutId)
    .orderBy('position')
    .select(['document_id as documentId', 'amount_cents as amountCents'])
    .execute();
  return rows;
}

/** The checkout that a provider's payment or page belongs to: by the stored ids, else by our own id that it carries. */
export async function findCheckout(
  sql: Sql,
  by: {
    readonly sessionId?: string | undefined;
    readonly paymentId?: string | undefined;
    readonly checkoutId?: string | undefined;
  },
): Promise<CheckoutRow | undefined> {
  const ids = [
    ['provider_session_id', by.sessionId],
    ['provider_payment_id', by.paymentId],
    ['id', by.checkoutId],
  ] as const;
  for (const [column, id] of ids) {
    if (id === undefined || (column === 'id' && !isUuid(id))) continue;
    const found = await sql.selectFrom('checkout').selectAll().where(column, '=', id).executeTakeFirst();
    if (found !== undefined) return found;
  }
  return undefined;
}
