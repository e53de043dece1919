import type Stripe from 'stripe';

import type { Sql } from '../../persistence/database.js';
import { findAttempt } from '../attempts.js';
import { findCheckout } from '../checkout/checkout-rows.js';
import type { PaymentDeps } from '../payment-deps.js';
import { findTopUp } from '../prepaid/top-up-orders.js';

/** What the provider takes for itself; every other movement is money of the books. */
export const FEE_TYPES: readonly string[] = ['stripe_fee', 'stripe_fx_fee', 'tax_fee'];

/** A movement of our balance at the provider, and what of ours it is; null: nothing. */
export interface KnownTransaction {
  readonly one: Stripe.BalanceTransaction;
  readonly subject: string | null;
}

/** Finds what of ours each movement is. May ask the provider: in no transaction. */
export async function withSubjects(
  deps: PaymentDeps,
  transactions: readonly Stripe.BalanceTransaction[],
): Promise<KnownTransaction[]> {
  const known: KnownTransaction[] = [];
  for (const one of transactions) {
    const kept = await deps.sql
      .selectFrom('processor_transaction')
      .select('subject')
      .where('id', '=', one.id)
      .executeTakeFirst();
    known.push({ one, subject: kept?.subject ?? (await subjectOf(deps, one)) });
  }
  return known;
}

/** What the books have of movements, and what the provider took of them, in cents. */
export function sumsOf(transactions: readonly KnownTransaction[]): {
  readonly grossCents: number;
  readonly feeCents: number;
} {
  let grossCents = 0;
  let feeCents = 0;
  for (const { one } of transactions) {
    const isFee = FEE_TYPES.includes(one.type);
    if (one.type !== 'payout' && !isFee) grossCents += one.amount;
    feeCents += one.fee - (isFee ? one.amount : 0);
  }
  return { grossCents, feeCents };
}

/** Keeps movements, and the payout that they went into. Kept again, only what they are of and the payout change. */
export async function keepTransactions(
  sql: Sql,
  transactions: readonly KnownTransaction[],
  payoutId: string | null,
): Promise<void> {
  for (const { one, subject } of transactions) {
    const change = { subject, ...(payoutId === null ? {} : { payout_id: payoutId }) };
    const sourceId = typeof one.source === 'string' ? one.source : (one.source?.id ?? null);
    await sql
      .insertInto('processor_transaction')
      .values({
        id: one.id,
        type: one.type,
        amount_cents: one.amount,
        fee_cents: one.fee,
        net_cents: one.net,
        currency: one.currency.toUpperCase(),
        source_id: sourceId,
        happened_at: new Date(one.created * 1000),
        ...change,
      })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(change))
      .execute();
  }
}

/** Null: of no payment of ours. */
async function subjectOf(deps: PaymentDeps, one: Stripe.BalanceTransaction): Promise<string | null> {
  if (FEE_TYPES.includes(one.type)) return 'fee';
  const source = typeof one.source === 'string' ? await readSource(deps.stripe, one.source) : one.source;
  if (source === null) return null;
  if (one.type === 'payout' || one.type === 'payout_failure') return `payout/${source.id}`;
  const intent = 'payment_intent' in source ? source.payment_intent : null;
  const paymentId = typeof intent === 'string' ? intent : (intent?.id ?? null);
  return paymentId === null ? null : paymentSubject(deps.sql, paymentId);
}

/** A charge, a refund or a dispute that came without its facts. */
async function readSource(stripe: Stripe, id: string) {
  if (/^(ch|py)_/.test(id)) return stripe.charges.retrieve(id);
  if (/^(re|pyr)_/.test(id)) return stripe.refunds.retrieve(id);
  return /^(du|dp)_/.test(id) ? stripe.disputes.retrieve(id) : null;
}

async function paymentSubject(sql: Sql, providerPaymentId: string): Promise<string | null> {
  const attempt = await findAttempt(sql, { providerPaymentId });
  if (attempt !== undefined) return `attempt/${attempt.id}`;
  const checkout = await findCheckout(sql, { paymentId: providerPaymentId });
  if (checkout !== undefined) return `checkout/${checkout.id}`;
  const topUp = await findTopUp(sql, { providerPaymentId });
  return topUp === undefined ? null : `top-up/${topUp.id}`;
}
