import { lockCustomerBooks, prepaidBalanceCents } from '#libs/ledger/balances.js';
import { postTopUp } from '#libs/ledger/post-money.js';

import type { Sql } from '../persistence/database.js';
import { postedCents } from './posted-cents.js';

export interface TopUpOrder {
  readonly customerId: string;
  readonly source: 'stripe' | 'bank';
  readonly amountCents: number;
  /** The payment's own reference, or an Idempotency-Key: credited once. */
  readonly key: string;
  readonly now: Date;
  /** Only where a condominium has several issuers. */
  readonly issuerId?: string;
}

export type RecordedTopUp =
  | { readonly posted: boolean; readonly balanceCents: number }
  | { readonly refused: { readonly code: 'AMOUNT_NOT_POSITIVE' | 'KEY_USED_WITH_OTHER_AMOUNT' } };

/** Money paid ahead, once it is there (never on a promise). The same key again credits nothing. */
export async function recordTopUp(sql: Sql, order: TopUpOrder): Promise<RecordedTopUp> {
  const { customerId, source, amountCents, now, issuerId } = order;
  if (!Number.isSafeInteger(amountCents) || amountCents <= 0) return { refused: { code: 'AMOUNT_NOT_POSITIVE' } };
  return sql.transaction().execute(async (trx) => {
    await lockCustomerBooks(trx, customerId);
    const key = `top-up/${customerId}/${order.key}`;
    const before = await postedCents(trx, key, 'prepaid');
    if (before !== null && before !== amountCents) return { refused: { code: 'KEY_USED_WITH_OTHER_AMOUNT' } } as const;
    const topUp = { key, customerId, source, amountCents, occurredAt: now };
    const { posted } = await postTopUp(trx, issuerId === undefined ? topUp : { ...topUp, issuerId });
    return { posted, balanceCents: await prepaidBalanceCents(trx, customerId) };
  });
}
