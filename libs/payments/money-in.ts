import { dueCents } from '#libs/ledger/balances.js';
import { postOpenDebtPaid } from '#libs/ledger/post-money.js';

import type { Sql } from '../persistence/database.js';
import { reopenWrittenOff } from './written-off.js';

/**
 * What so much money can pay of an invoice, in cents, never below zero: what is due; when that is less than came, what was
 * written off of it is owed again first. Every path that pays an invoice asks here, once per key, under the customer's
 * lock, and then posts the payment.
 */
export async function payableCents(
  trx: Sql,
  money: { readonly documentId: string; readonly amountCents: number; readonly key: string; readonly now: Date },
): Promise<number> {
  const { documentId, amountCents, key, now } = money;
  const due = await dueCents(trx, documentId);
  const beyondCents = amountCents - Math.max(0, due);
  const again = beyondCents > 0 ? await reopenWrittenOff(trx, { documentId, beyondCents, key, now }) : 0;
  return Math.max(0, due + again);
}

/**
 * What follows in the books when a customer has paid ahead, by whichever way, once per key: it pays first what is owed for
 * no invoice (a top-up that was taken back), and an account that is still low may order its automatic top-up again. The
 * caller holds the customer's lock, and tells the workflows afterwards.
 */
export async function afterPaidAhead(
  trx: Sql,
  money: { readonly customerId: string; readonly currency: string; readonly key: string; readonly now: Date },
): Promise<void> {
  const { customerId, currency, key, now } = money;
  await postOpenDebtPaid(trx, { key: `open-debt/${key}`, customerId, currency, occurredAt: now });
  await trx.updateTable('prepaid_watch').set({ auto_since: null }).where('customer_id', '=', customerId).execute();
}
