import { dueCents, lockCustomerBooks, prepaidBalanceCents } from '#libs/ledger/balances.js';
import { postPayment } from '#libs/ledger/post-events.js';

import type { Sql } from '../persistence/database.js';
import { customerOf } from './attempts.js';
import { postedCents } from './posted-cents.js';

export interface Deduction {
  readonly deductedCents: number;
  readonly stillDueCents: number;
}

/**
 * Pays a document from its customer's prepaid balance: the lesser of the two, decided under the customer's lock, so that
 * two documents at once never spend the same cent and the balance never falls below zero. Once per document and
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
    const key = `deduct/${documentId}/${occasion}`;
    const before = await postedCents(trx, key, 'prepaid');
    const due = await dueCents(trx, documentId);
    if (before !== null) return { deductedCents: before, stillDueCents: Math.max(0, due) };
    const amountCents = Math.max(0, Math.min(due, await prepaidBalanceCents(trx, customerId)));
    if (amountCents > 0) {
      await postPayment(trx, { key, documentId, source: 'prepaid', amountCents, occurredAt: now });
    }
    return { deductedCents: amountCents, stillDueCents: Math.max(0, due - amountCents) };
  });
}
