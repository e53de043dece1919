import { dueCents, lockCustomerBooks } from '#libs/ledger/balances.js';
import { postPayment } from '#libs/ledger/post-events.js';

import type { Sql } from '../persistence/database.js';
import { customerOf } from './attempts.js';
import { postedCents } from './posted-cents.js';
import { spendableCents } from './prepaid/spendable.js';

export interface CreditOrder {
  readonly documentId: string;
  readonly occasion: string;
  readonly now: Date;
  /** If something stays due, it is at least this: what a debit must be. */
  readonly leastRestCents?: number;
}

/**
 * Pays a document from what its customer has paid ahead (a transfer beyond the debt, a debit that came after a transfer),
 * whatever the payment method: nobody is debited or chased for what they have paid already. Once per document and
 * occasion; the caller holds the customer's lock. Returns the cents that were taken.
 */
export async function payFromBalance(trx: Sql, order: CreditOrder): Promise<number> {
  const { documentId, occasion, now, leastRestCents = 0 } = order;
  const document = await trx
    .selectFrom('fiscal_document')
    .select(['customer_id', 'currency'])
    .where('id', '=', documentId)
    .executeTakeFirstOrThrow();
  const due = await dueCents(trx, documentId);
  const { customer_id: customerId, currency } = document;
  const balance = await spendableCents(trx, { documentId, customerId, currency, now });
  const amountCents = balance >= due ? due : Math.min(balance, due - leastRestCents);
  if (amountCents <= 0) return 0;
  const key = `deduct/${documentId}/${occasion}`;
  const payment = { key, documentId, source: 'prepaid', amountCents, occurredAt: now } as const;
  return (await postPayment(trx, payment)).posted ? amountCents : 0;
}

export interface Deduction {
  readonly deductedCents: number;
  readonly stillDueCents: number;
}

/**
 * Pays a document from its customer's prepaid balance: the lesser of the two, decided under the customer's lock, so that
 * two documents at once never spend the same cent and the balance never falls below its floor. Once per document and
 * occasion; asking again tells what was deducted then. A later top-up may pay the rest under another occasion.
 */
export async function deductPrepaid(
  sql: Sql,
  {
    documentId,
    now,
    occasion = 'due',
  }: { readonly documentId: string; readonly now: Date; readonly occasion?: string },
): Promise<Deduction> {
  return sql.transaction().execute(async (trx) => {
    const customerId = await customerOf(trx, documentId);
    await lockCustomerBooks(trx, customerId);
    const before = await postedCents(trx, `deduct/${documentId}/${occasion}`, 'prepaid');
    const deductedCents = before ?? (await payFromBalance(trx, { documentId, occasion, now }));
    return { deductedCents, stillDueCents: Math.max(0, await dueCents(trx, documentId)) };
  });
}
