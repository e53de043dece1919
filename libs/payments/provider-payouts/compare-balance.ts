import { sql as raw } from 'kysely';
import type Stripe from 'stripe';

import { processor } from '#libs/ledger/accounts.js';

import type { Sql } from '../../persistence/database.js';
import type { PaymentDeps } from '../payment-deps.js';
import { FEE_TYPES, keepTransactions, withSubjects } from './store-transactions.js';

/** Movements are kept by the first look; later ones are looked for this far back. */
const LOOK_BACK_S = 60 * 86_400;

export interface ComparedBalance {
  /** Available and pending at the provider, net of fees. */
  readonly providerCents: number;
  /** The same by the movements that are not paid out, net and before fees. */
  readonly unpaidNetCents: number;
  readonly unpaidGrossCents: number;
  readonly booksCents: number;
}

/** Asks the provider what it holds for us, and keeps it beside what its movements and our books say. Changes no books. */
export async function compareBalance(deps: PaymentDeps, now: Date): Promise<ComparedBalance> {
  const { sql, stripe } = deps;
  const created = { gte: Math.floor(now.getTime() / 1000) - LOOK_BACK_S };
  const transactions: Stripe.BalanceTransaction[] = [];
  for await (const one of stripe.balanceTransactions.list({ created, limit: 100, expand: ['data.source'] }))
    transactions.push(one);
  await keepTransactions(sql, await withSubjects(deps, transactions), null);
  const balance = await stripe.balance.retrieve();
  const providerCents = eurosOf(balance.available) + eurosOf(balance.pending);
  const compared = { providerCents, ...(await unpaidCents(sql)), booksCents: await booksCents(sql) };
  await sql
    .insertInto('processor_balance')
    .values({
      compared_at: now,
      currency: 'EUR',
      provider_cents: compared.providerCents,
      unpaid_gross_cents: compared.unpaidGrossCents,
      unpaid_net_cents: compared.unpaidNetCents,
      books_cents: compared.booksCents,
    })
    .execute();
  return compared;
}

function eurosOf(amounts: readonly { readonly amount: number; readonly currency: string }[]): number {
  return amounts.filter(({ currency }) => currency === 'eur').reduce((sum, { amount }) => sum + amount, 0);
}

async function unpaidCents(sql: Sql) {
  return sql
    .selectFrom('processor_transaction')
    .where('payout_id', 'is', null)
    .where('currency', '=', 'EUR')
    .select([
      raw<number>`coalesce(sum(net_cents), 0)::bigint`.as('unpaidNetCents'),
      raw<number>`coalesce(sum(amount_cents) filter (
        where type <> 'payout' and type <> all(${[...FEE_TYPES]}::text[])), 0)::bigint`.as('unpaidGrossCents'),
    ])
    .executeTakeFirstOrThrow();
}

async function booksCents(sql: Sql): Promise<number> {
  const { cents } = await sql
    .selectFrom('posting')
    .innerJoin('ledger_account', 'ledger_account.id', 'posting.account_id')
    .where('ledger_account.code', '=', processor('stripe').code)
    .select(raw<number>`coalesce(sum(posting.amount_cents), 0)::bigint`.as('cents'))
    .executeTakeFirstOrThrow();
  return cents;
}
