import { dueCents } from '#libs/ledger/balances.js';
import { postPayment } from '#libs/ledger/post-events.js';
import { postTopUp } from '#libs/ledger/post-money.js';

import type { Sql } from '../persistence/database.js';

export interface StripeCredit {
  readonly documentId: string;
  readonly amountCents: number;
  /** Of what pays the debt, and of what is beyond it. */
  readonly keys: { readonly paid: string; readonly ahead: string };
  readonly now: Date;
}

/**
 * Credits money that the provider holds: to the document as far as it is due, the rest is paid ahead. The caller holds
 * the customer's lock and knows that it is the first time; a key that was posted already is a broken invariant.
 */
export async function creditStripe(trx: Sql, { documentId, amountCents, keys, now }: StripeCredit): Promise<void> {
  const document = await trx
    .selectFrom('fiscal_document')
    .select(['customer_id', 'currency'])
    .where('id', '=', documentId)
    .executeTakeFirstOrThrow();
  const appliedCents = Math.min(amountCents, Math.max(0, await dueCents(trx, documentId)));
  const aheadCents = amountCents - appliedCents;
  const common = { source: 'stripe', occurredAt: now } as const;
  if (appliedCents > 0) {
    const { posted } = await postPayment(trx, { ...common, key: keys.paid, documentId, amountCents: appliedCents });
    if (!posted) throw new Error(`${keys.paid} was credited before`);
  }
  if (aheadCents > 0) {
    const { customer_id: customerId, currency } = document;
    const topUp = { ...common, key: keys.ahead, customerId, currency, amountCents: aheadCents };
    const { posted } = await postTopUp(trx, topUp);
    if (!posted) throw new Error(`${keys.ahead} was credited before`);
  }
}
