import Stripe from 'stripe';

import { lockCustomerBooks } from '#libs/ledger/balances.js';

import type { Sql } from '../../persistence/database.js';
import type { PaymentDeps } from '../payment-deps.js';

export type WithdrawnMandate =
  | {
      readonly mandateId: string;
      /** Debits that the bank has already: they can no longer be stopped here. */
      readonly debitsUnderWay: number;
    }
  | { readonly refused: { readonly code: 'MANDATE.NOT_FOUND' } };

/**
 * The resident withdraws a mandate: from this commit on no debit starts with it, also not one that was announced. Then
 * the provider forgets the account; asked again it does that again, so a failure there is mended by repeating.
 */
export async function withdrawMandate(
  { sql, stripe }: PaymentDeps,
  { customerId, mandateId, now }: { readonly customerId: string; readonly mandateId: string; readonly now: Date },
): Promise<WithdrawnMandate> {
  const ended = await sql.transaction().execute((trx) => endMandate(trx, { customerId, mandateId, now }));
  if (ended === null) return { refused: { code: 'MANDATE.NOT_FOUND' } };
  if (ended.paymentMethodId !== null) await forget(stripe, ended.paymentMethodId);
  return { mandateId, debitsUnderWay: ended.debitsUnderWay };
}

async function endMandate(
  trx: Sql,
  { customerId, mandateId, now }: { readonly customerId: string; readonly mandateId: string; readonly now: Date },
) {
  // Whoever claims a debit holds the same lock.
  await lockCustomerBooks(trx, customerId);
  const row = await trx
    .selectFrom('mandate')
    .select(['inactive_at', 'stripe_payment_method_id as paymentMethodId'])
    .where('id', '=', mandateId)
    .where('customer_id', '=', customerId)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) return null;
  if (row.inactive_at === null) {
    await trx
      .updateTable('mandate')
      .set({ status: 'inactive', inactive_at: now, ended_because: 'withdrawn' })
      .where('id', '=', mandateId)
      .execute();
  }
  const { count } = await trx
    .selectFrom('payment_attempt')
    .where('mandate_id', '=', mandateId)
    .where('state', '=', 'processing')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return { paymentMethodId: row.paymentMethodId, debitsUnderWay: Number(count) };
}

/** An account that is no longer attached is forgotten already. */
async function forget(stripe: Stripe, paymentMethodId: string): Promise<void> {
  try {
    await stripe.paymentMethods.detach(paymentMethodId);
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error;
    const method = await stripe.paymentMethods.retrieve(paymentMethodId);
    if (method.customer !== null) throw error;
  }
}
