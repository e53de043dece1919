import type Stripe from 'stripe';

import { postProcessorPayout, postProcessorPayoutFailed } from '#libs/ledger/post-money.js';

import type { Sql } from '../../persistence/database.js';
import { matchPayoutLines } from '../bank/match-payouts.js';
import type { PaymentDeps } from '../payment-deps.js';
import { processorIssuer } from './processor-issuer.js';
import { keepTransactions, sumsOf, withSubjects, type KnownTransaction } from './store-transactions.js';

export interface RecordedPayout {
  readonly payoutId: string;
  readonly state: 'paid' | 'failed';
}

/**
 * Writes down what the provider paid into the bank, after reading it again with every movement that went into it: to the
 * bank net, its fee apart, out of what it held for us. A payout that the bank sent back is held by the provider again.
 * Null while it is on its way. Once, however often it is told, and in one transaction. What came of it on a bank
 * statement before is recognised.
 */
export async function recordPayout(
  deps: PaymentDeps,
  { payoutId, now }: { readonly payoutId: string; readonly now: Date },
): Promise<RecordedPayout | null> {
  const payout = await deps.stripe.payouts.retrieve(payoutId);
  if (payout.status !== 'paid' && payout.status !== 'failed') return null;
  const issuerId = await processorIssuer(deps.sql);
  const state = payout.status;
  const transactions = await withSubjects(deps, await transactionsOf(deps.stripe, payout));
  await deps.sql.transaction().execute(async (trx) => {
    await claimPayout(trx, payout, issuerId, now);
    await keepTransactions(trx, transactions, payout.id);
    await bookPayout(trx, { payout, issuerId, transactions, state, now });
  });
  // Its line may have been on a statement before it was told.
  await matchPayoutLines(deps.sql, { issuerId, now });
  return { payoutId, state };
}

/** Its movements; of a payout that people asked for by hand the provider tells none. */
async function transactionsOf(stripe: Stripe, payout: Stripe.Payout): Promise<Stripe.BalanceTransaction[]> {
  const found: Stripe.BalanceTransaction[] = [];
  if (!payout.automatic) return found;
  for await (const one of stripe.balanceTransactions.list({ payout: payout.id, limit: 100, expand: ['data.source'] }))
    found.push(one);
  return found;
}

/** The row that its movements point to, and that another who records it waits for. */
async function claimPayout(trx: Sql, payout: Stripe.Payout, issuerId: string, now: Date): Promise<void> {
  await trx
    .insertInto('processor_payout')
    .values({
      id: payout.id,
      issuer_id: issuerId,
      amount_cents: payout.amount,
      gross_cents: payout.amount,
      fee_cents: 0,
      currency: payout.currency.toUpperCase(),
      state: 'claimed',
      arrives_at: new Date(payout.arrival_date * 1000),
      posted_at: now,
      descriptor: payout.statement_descriptor,
      trace_id: payout.trace_id?.value ?? null,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

interface Booking {
  readonly payout: Stripe.Payout;
  readonly issuerId: string;
  readonly transactions: readonly KnownTransaction[];
  readonly state: 'paid' | 'failed';
  readonly now: Date;
}

async function bookPayout(trx: Sql, { payout, issuerId, transactions, state, now }: Booking): Promise<void> {
  const before = await trx
    .selectFrom('processor_payout')
    .select('state')
    .where('id', '=', payout.id)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const currency = payout.currency.toUpperCase();
  const amounts = payout.automatic ? sumsOf(transactions) : { grossCents: payout.amount, feeCents: 0 };
  const common = { issuerId, currency, occurredAt: now };
  await postProcessorPayout(trx, { ...common, key: `payout/${payout.id}`, ...amounts });
  if (state === 'failed') {
    await postProcessorPayoutFailed(trx, {
      ...common,
      key: `payout-failed/${payout.id}`,
      amountCents: amounts.grossCents - amounts.feeCents,
    });
  }
  // One that was sent back stays so, also when an answer that says otherwise was read before and comes later.
  if (before.state === state || before.state === 'failed') return;
  await trx
    .updateTable('processor_payout')
    .set({
      state,
      gross_cents: amounts.grossCents,
      fee_cents: amounts.feeCents,
      trace_id: payout.trace_id?.value ?? null,
      failed_at: state === 'failed' ? now : null,
    })
    .where('id', '=', payout.id)
    .execute();
}
