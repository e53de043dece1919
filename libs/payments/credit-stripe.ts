import { postPayment } from '#libs/ledger/post-events.js';
import { postTopUp } from '#libs/ledger/post-money.js';
import { settlePending, voidPending } from '#libs/ledger/post-pending.js';

import type { Sql } from '../persistence/database.js';
import { afterPaidAhead, payableCents } from './money-in.js';
import type { OpenPending } from './pending-debit.js';

export interface StripeCredit {
  readonly documentId: string;
  readonly amountCents: number;
  /** Of what pays the debt, and of what is beyond it. */
  readonly keys: { readonly paid: string; readonly ahead: string };
  /** What was reserved when the money was on its way: settled as far as it pays the debt, the rest released. */
  readonly pending?: OpenPending | null;
  readonly now: Date;
}

/**
 * Credits money that the provider holds: to the document as far as it is due, the rest is paid ahead. The caller holds
 * the customer's lock and knows that it is the first time; a key that was posted already is a broken invariant.
 */
export async function creditStripe(trx: Sql, order: StripeCredit): Promise<void> {
  const { documentId, amountCents, keys, now } = order;
  const pending = order.pending ?? null;
  const document = await trx
    .selectFrom('fiscal_document')
    .select(['customer_id', 'currency'])
    .where('id', '=', documentId)
    .executeTakeFirstOrThrow();
  const mostCents = Math.min(amountCents, pending?.amountCents ?? amountCents);
  const payable = await payableCents(trx, { documentId, amountCents: mostCents, key: keys.paid, now });
  const appliedCents = Math.min(mostCents, payable);
  const aheadCents = amountCents - appliedCents;
  const common = { source: 'stripe', occurredAt: now } as const;
  if (appliedCents > 0) {
    const { posted } =
      pending === null
        ? await postPayment(trx, { ...common, key: keys.paid, documentId, amountCents: appliedCents })
        : await settlePending(trx, {
            key: keys.paid,
            pendingKey: pending.key,
            amountCents: appliedCents,
            occurredAt: now,
          });
    if (!posted) throw new Error(`${keys.paid} was credited before`);
  } else if (pending !== null) {
    await voidPending(trx, { key: keys.paid, pendingKey: pending.key, occurredAt: now });
  }
  if (aheadCents > 0) {
    const { customer_id: customerId, currency } = document;
    const topUp = { ...common, key: keys.ahead, customerId, currency, amountCents: aheadCents };
    const { posted } = await postTopUp(trx, topUp);
    if (!posted) throw new Error(`${keys.ahead} was credited before`);
    await afterPaidAhead(trx, { customerId, currency, key: keys.ahead, now });
  }
}
