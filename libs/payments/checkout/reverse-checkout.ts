import { postPayment, postPaymentReversed } from '#libs/ledger/post-events.js';
import { postTopUp, postTopUpReversed } from '#libs/ledger/post-money.js';

import type { Sql } from '../../persistence/database.js';
import { afterPaidAhead, payableCents } from '../money-in.js';
import { postedCents } from '../posted-cents.js';
import { aheadKey, paidKey } from './apply-checkout.js';
import { chosenOf, type CheckoutRow } from './checkout-rows.js';

export interface Reversal {
  /** `reverse/<dispute>`: of the whole; its parts carry the document behind it. */
  readonly key: string;
  readonly amountCents: number;
  readonly now: Date;
}

/**
 * Takes a one-off payment back, in whole or in part: what it had paid ahead first, then its invoices, the last one first.
 * Those are owed again. What was paid ahead and is spent is owed for no invoice. The caller holds the customer's lock.
 * False when it was taken back before.
 */
export async function reverseCheckout(
  trx: Sql,
  row: CheckoutRow,
  { key, amountCents, now }: Reversal,
): Promise<boolean> {
  let restCents = amountCents;
  let isNew = false;
  const common = { source: 'stripe', occurredAt: now } as const;
  const aheadCents = Math.min(restCents, (await postedCents(trx, aheadKey(row.id), 'prepaid')) ?? 0);
  if (aheadCents > 0) {
    const { customer_id: customerId, currency } = row;
    const back = { ...common, key: `${key}/ahead`, customerId, currency, amountCents: aheadCents };
    isNew = (await postTopUpReversed(trx, back)).posted;
    restCents -= aheadCents;
  }
  for (const { documentId } of (await chosenOf(trx, row.id)).toReversed()) {
    const paidCents = Math.min(restCents, (await postedCents(trx, paidKey(row.id, documentId), 'receivable')) ?? 0);
    if (paidCents === 0) continue;
    const back = { ...common, key: `${key}/${documentId}`, documentId, amountCents: paidCents };
    isNew = (await postPaymentReversed(trx, back)).posted || isNew;
    restCents -= paidCents;
  }
  if (restCents > 0) throw new Error(`${key} takes ${restCents} cents more than checkout ${row.id} brought`);
  return isNew;
}

/** What was taken back came again (a dispute that we won): to the same invoices as far as they are due, else ahead. */
export async function reinstateCheckout(
  trx: Sql,
  row: CheckoutRow,
  { key, amountCents, now }: Reversal,
): Promise<void> {
  let restCents = amountCents;
  const common = { source: 'stripe', occurredAt: now } as const;
  for (const { documentId } of await chosenOf(trx, row.id)) {
    const paying = { documentId, key: `${key}/${documentId}` };
    const paidCents = Math.min(restCents, await payableCents(trx, { ...paying, amountCents: restCents, now }));
    if (paidCents === 0) continue;
    await postPayment(trx, { ...common, ...paying, amountCents: paidCents });
    restCents -= paidCents;
  }
  if (restCents === 0) return;
  const { customer_id: customerId, currency } = row;
  await postTopUp(trx, { ...common, key: `${key}/ahead`, customerId, currency, amountCents: restCents });
  await afterPaidAhead(trx, { customerId, currency, key, now });
}
