import type { CheckoutState } from './checkout/apply-checkout.js';
import { UNSETTLED } from './checkout/checkout-rows.js';
import { refreshCheckout } from './checkout/refresh-checkout.js';
import { lapseMandates } from './mandates/active-mandate.js';
import { refreshMandateLink } from './mandates/mandate-link.js';
import type { PaymentDeps } from './payment-deps.js';
import { compareBalance } from './provider-payouts/compare-balance.js';
import { recordPayout } from './provider-payouts/record-payout.js';
import { refreshMandate, type RefreshedMandate } from './refresh-mandate.js';
import { refreshRefund } from './refunds/apply-refund.js';
import { sendRefund } from './refunds/start-refund.js';

const PAGE = 1_000;
const DAY_MS = 86_400_000;
/** Payouts that arrived within so many days are looked at again: a bank may send one back. */
const PAYOUT_DAYS = 14;

export interface ReconciledMoney {
  readonly checkouts: readonly CheckoutState[];
  /** Mandates that were signed or have ended. */
  readonly mandates: readonly RefreshedMandate[];
  readonly lapsedMandateIds: readonly string[];
  readonly refunds: number;
  readonly payouts: number;
  /** What could not be compared; one of them never stops the others. */
  readonly problems: readonly { readonly subject: string; readonly message: string }[];
}

type Problems = { readonly subject: string; readonly message: string }[];

/**
 * Compares what is not final with the provider: one-off payments, mandates and their pages, refunds, payouts and the
 * balance. Finds what webhooks missed; safe to run at any time, any number of times. Once a night is enough.
 */
export async function reconcileMoney(deps: PaymentDeps, { now }: { readonly now: Date }): Promise<ReconciledMoney> {
  const problems: Problems = [];
  const checkouts = await each(problems, 'checkout', await openPages(deps), (sessionId) =>
    refreshCheckout(deps, { sessionId, now }),
  );
  const signed = await each(problems, 'mandate-link', await openLinks(deps), (sessionId) =>
    refreshMandateLink(deps, { sessionId, now }),
  );
  const mandates = await each(problems, 'mandate', await mandatesToBeUsed(deps), (mandateId) =>
    refreshMandate(deps, { mandateId, now }),
  );
  const refunds = await openRefunds(deps, problems, now);
  const payouts = await each(problems, 'payout', await recentPayouts(deps, now), (payoutId) =>
    recordPayout(deps, { payoutId, now }),
  );
  await each(problems, 'balance', ['stripe'], () => compareBalance(deps, now));
  const ended = mandates.filter(({ status }) => status === 'inactive');
  return {
    checkouts: checkouts.filter(({ state }) => state === 'succeeded'),
    mandates: [...signed, ...ended],
    lapsedMandateIds: await lapseMandates(deps.sql, now),
    refunds,
    payouts: payouts.length,
    problems,
  };
}

async function each<T>(
  problems: Problems,
  kind: string,
  ids: readonly string[],
  look: (id: string) => Promise<T | null>,
): Promise<T[]> {
  const found: T[] = [];
  for (const id of ids) {
    try {
      const one = await look(id);
      if (one !== null) found.push(one);
    } catch (error) {
      problems.push({ subject: `${kind}/${id}`, message: error instanceof Error ? error.message : String(error) });
    }
  }
  return found;
}

async function openPages({ sql }: PaymentDeps): Promise<string[]> {
  const rows = await sql
    .selectFrom('checkout')
    .where('state', 'in', UNSETTLED)
    .where('provider_session_id', 'is not', null)
    .orderBy('created_at')
    .limit(PAGE)
    .select('provider_session_id as id')
    .execute();
  return rows.flatMap(({ id }) => (id === null ? [] : [id]));
}

async function openLinks({ sql }: PaymentDeps): Promise<string[]> {
  const rows = await sql
    .selectFrom('mandate_link')
    .where('state', '=', 'open')
    .orderBy('created_at')
    .limit(PAGE)
    .select('provider_session_id as id')
    .execute();
  return rows.flatMap(({ id }) => (id === null ? [] : [id]));
}

/** Active mandates of customers whose money is being collected: the others are read when they are used. */
async function mandatesToBeUsed({ sql }: PaymentDeps): Promise<string[]> {
  const rows = await sql
    .selectFrom('mandate')
    .innerJoin('collection', 'collection.customer_id', 'mandate.customer_id')
    .where('mandate.status', 'in', ['active', 'pending'])
    .where('collection.outcome', 'is', null)
    .select('mandate.id')
    .distinct()
    .orderBy('mandate.id')
    .limit(PAGE)
    .execute();
  return rows.map(({ id }) => id);
}

/** Those that the provider was never asked for, and those that it has not answered. */
async function openRefunds(deps: PaymentDeps, problems: Problems, now: Date): Promise<number> {
  const rows = await deps.sql
    .selectFrom('refund')
    .selectAll()
    .where('state', 'in', ['created', 'pending'])
    .orderBy('created_at')
    .limit(PAGE)
    .execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  const done = await each(problems, 'refund', [...byId.keys()], async (id) => {
    const row = byId.get(id);
    if (row === undefined) return null;
    const { provider_refund_id: providerRefundId } = row;
    return providerRefundId === null ? sendRefund(deps, row, now) : refreshRefund(deps, { providerRefundId, now });
  });
  return done.length;
}

async function recentPayouts({ stripe }: PaymentDeps, now: Date): Promise<string[]> {
  const since = Math.floor((now.getTime() - PAYOUT_DAYS * DAY_MS) / 1000);
  const ids: string[] = [];
  for await (const payout of stripe.payouts.list({ arrival_date: { gte: since }, limit: 100 })) ids.push(payout.id);
  return ids;
}
