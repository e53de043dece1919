import { lockCustomerBooks } from '#libs/ledger/balances.js';

import type { Sql } from '../../persistence/database.js';
import { isValidIban, normaliseIban } from '../iban.js';
import { prepaidHome } from '../prepaid/prepaid-home.js';
import { refundableCents } from './promised.js';

export interface BankRefund {
  readonly customerId: string;
  readonly key: string;
  readonly amountCents: number;
  readonly iban: string;
  readonly reason: string;
  readonly by: string;
  readonly now: Date;
}

export type BankRefundRefusal =
  | 'IBAN_INVALID'
  | 'REFUND.BEYOND_BALANCE'
  | 'REFUND.KEY_USED_FOR_OTHER_REFUND'
  | 'REFUND.ORDER_OPEN';

/**
 * A refund by the issuer's bank: an order that staff approve and that leaves the books with its file, as the one of
 * whoever leaves. Once per key; a customer has one open order at a time.
 */
export async function proposeBankRefund(
  trx: Sql,
  { customerId, key, amountCents, iban, reason, by, now }: BankRefund,
): Promise<
  | { readonly id: string; readonly amountCents: number; readonly state: string }
  | { readonly refused: BankRefundRefusal }
> {
  if (!isValidIban(iban)) return { refused: 'IBAN_INVALID' };
  await lockCustomerBooks(trx, customerId);
  const occasion = `asked/${key}`;
  const orders = await trx
    .selectFrom('refund_order')
    .select(['id', 'amount_cents as amountCents', 'state', 'occasion'])
    .where('customer_id', '=', customerId)
    .execute();
  const before = orders.find((order) => order.occasion === occasion);
  if (before !== undefined) {
    return before.amountCents === amountCents ? before : { refused: 'REFUND.KEY_USED_FOR_OTHER_REFUND' };
  }
  if (orders.some(({ state }) => ['proposed', 'approved', 'sent'].includes(state))) {
    return { refused: 'REFUND.ORDER_OPEN' };
  }
  const { currency, issuerId } = await prepaidHome(trx, customerId);
  if (amountCents > (await refundableCents(trx, customerId, currency))) return { refused: 'REFUND.BEYOND_BALANCE' };
  const account = normaliseIban(iban);
  return trx
    .insertInto('refund_order')
    .values({
      customer_id: customerId,
      issuer_id: issuerId,
      amount_cents: amountCents,
      currency,
      iban: account,
      iban_last4: account.slice(-4),
      occasion,
      state: 'proposed',
      reason,
      proposed_at: now,
      proposed_by: by,
    })
    .returning(['id', 'amount_cents as amountCents', 'state'])
    .executeTakeFirstOrThrow();
}
