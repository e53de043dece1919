import { sql as raw } from 'kysely';

import { postPayment, postPaymentReversed } from '#libs/ledger/post-events.js';
import { postTopUp, postTopUpReversed } from '#libs/ledger/post-money.js';

import type { Sql } from '../../persistence/database.js';
import { afterPaidAhead, payableCents } from '../money-in.js';
import { isBooked, postedCents } from '../posted-cents.js';
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
 * Those are owed again. What was paid ahead and is spent is owed for no invoice. What an earlier refund or dispute took
 * back of a part is not taken again. The caller holds the customer's lock. False when it was taken back before.
 */
export async function reverseCheckout(
  trx: Sql,
  row: CheckoutRow,
  { key, amountCents, now }: Reversal,
): Promise<boolean> {
  if (await isBooked(trx, key)) return false;
  let restCents = amountCents;
  const common = { source: 'stripe', occurredAt: now } as const;
  const ahead = `ahead/${row.id}`;
  const paidAheadCents = (await postedCents(trx, aheadKey(row.id), 'prepaid')) ?? 0;
  const aheadCents = Math.min(restCents, paidAheadCents - (await takenBackCents(trx, ahead)));
  if (aheadCents > 0) {
    const { customer_id: customerId, currency } = row;
    await postTopUpReversed(trx, { ...common, key: `${key}/${ahead}`, customerId, currency, amountCents: aheadCents });
    restCents -= aheadCents;
  }
  for (const { documentId } of (await chosenOf(trx, row.id)).toReversed()) {
    const part = `${documentId}/${row.id}`;
    const paidCents = (await postedCents(trx, paidKey(row.id, documentId), 'receivable')) ?? 0;
    const backCents = Math.min(restCents, paidCents - (await takenBackCents(trx, part)));
    if (backCents <= 0) continue;
    await postPaymentReversed(trx, { ...common, key: `${key}/${part}`, documentId, amountCents: backCents });
    restCents -= backCents;
  }
  if (restCents > 0) throw new Error(`${key} takes ${restCents} cents more than checkout ${row.id} brought`);
  return true;
}

/** What was taken back of a part of a checkout (the end of its keys) and did not come again, in cents. */
async function takenBackCents(sql: Sql, part: string): Promise<number> {
  const { rows } = await raw<{ cents: number }>`
    select coalesce(-sum(posting.amount_cents), 0)::bigint as cents
    from journal_entry entry
    join posting on posting.entry_id = entry.id
    join ledger_account account on account.id = posting.account_id and account.kind = 'processor'
    where entry.kind in ('payment-reversed', 'top-up-reversed')
      and entry.key = 'reverse/' || split_part(entry.key, '/', 2) || '/' || ${part}::text
      and not exists (select from journal_entry again
        where again.key ^@ ('reinstate/' || split_part(entry.key, '/', 2) || '/'))`.execute(sql);
  return rows[0]?.cents ?? 0;
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
