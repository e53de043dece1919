import { sql as raw } from 'kysely';
import type Stripe from 'stripe';

import { lockCustomerBooks } from '#libs/ledger/balances.js';
import { postPayment } from '#libs/ledger/post-events.js';
import { postTopUp } from '#libs/ledger/post-money.js';

import type { Sql } from '../../persistence/database.js';
import { allocatePayment } from '../allocate-payment.js';
import { causeOf } from '../failure-causes.js';
import { afterPaidAhead, payableCents } from '../money-in.js';
import { openDocumentsOf } from '../open-documents.js';
import { postedCents } from '../posted-cents.js';
import { chosenOf, type CheckoutRow } from './checkout-rows.js';
import type { Voucher } from './checkout.entity.js';

/** The provider's page and its payment, as they are now. The payment is null until somebody tries to pay. */
export interface CheckoutReading {
  readonly session: Stripe.Checkout.Session;
  readonly intent: Stripe.PaymentIntent | null;
}

export interface CheckoutState {
  readonly checkoutId: string;
  readonly customerId: string;
  readonly providerPaymentId: string | null;
  readonly state: 'open' | 'pending' | 'succeeded' | 'failed' | 'expired' | 'disputed';
  /** The invoices that it is for; none of a top-up. */
  readonly documentIds: readonly string[];
  /** What of it is paid ahead. */
  readonly aheadCents: number;
  /** What came for invoices that were paid meanwhile, and so is paid ahead. */
  readonly unexpectedAheadCents: number;
}

export type CheckoutOutcome =
  | { readonly state: 'open' }
  | { readonly state: 'pending'; readonly voucherUrl: string | null; readonly voucher: Voucher | null }
  | { readonly state: 'succeeded'; readonly receivedCents: number }
  | { readonly state: 'failed'; readonly cause: string }
  | { readonly state: 'expired' };

/**
 * What page and payment mean for the payer. Only a payment that succeeded is money: a voucher that was given out and a
 * question on a telephone are promises (getlago/lago-api #4326: credit must not land before the payment).
 */
export function checkoutOutcome({ session, intent }: CheckoutReading): CheckoutOutcome {
  if (intent?.status === 'succeeded') return { state: 'succeeded', receivedCents: intent.amount_received };
  if (session.status === 'expired') return { state: 'expired' };
  if (session.status !== 'complete') return { state: 'open' };
  if (intent?.status === 'requires_payment_method' || intent?.status === 'canceled') {
    const error = intent.last_payment_error;
    return { state: 'failed', cause: error?.code ?? error?.decline_code ?? causeOf(null) };
  }
  const details = intent?.next_action?.multibanco_display_details;
  return { state: 'pending', voucherUrl: details?.hosted_voucher_url ?? null, voucher: voucherOf(details) };
}

function voucherOf(details: Stripe.PaymentIntent.NextAction.MultibancoDisplayDetails | undefined): Voucher | null {
  const { entity, reference, expires_at: expires } = details ?? {};
  if (typeof entity !== 'string' || typeof reference !== 'string') return null;
  return { entity, reference, expiresAt: typeof expires !== 'number' ? null : new Date(expires * 1000).toISOString() };
}

/**
 * Writes down what a one-off payment came to, and credits it: state and postings in one transaction under the customer's
 * lock, so that no repetition, no order of webhooks and no crash credits twice (getlago/lago-api PR 3618, PR 2243). The
 * chosen invoices are paid as far as they are due; the rest, and every top-up, is paid ahead.
 */
export async function applyCheckout(
  sql: Sql,
  checkoutId: string,
  reading: CheckoutReading,
  now: Date,
): Promise<CheckoutState> {
  return sql.transaction().execute(async (trx) => {
    const row = await lockCheckout(trx, checkoutId);
    const providerPaymentId = reading.intent?.id ?? row.provider_payment_id;
    if (row.provider_payment_id !== null && row.provider_payment_id !== providerPaymentId) {
      throw new Error(`checkout ${checkoutId} is payment ${row.provider_payment_id}, not ${providerPaymentId}`);
    }
    const outcome = checkoutOutcome(reading);
    if (outcome.state === 'succeeded' && !isCredited(row)) await credit(trx, row, outcome.receivedCents, now);
    const after = await trx
      .updateTable('checkout')
      .set({
        provider_session_id: reading.session.id,
        provider_payment_id: providerPaymentId,
        ...(outcome.state === 'succeeded' ? { paid_method: paidMethodOf(reading.intent) ?? row.method } : {}),
        ...changeOf(row, outcome, reading, now),
      })
      .where('id', '=', checkoutId)
      .returningAll()
      .executeTakeFirstOrThrow();
    return stateOf(trx, after);
  });
}

/** How it was paid, of the ways that the page offered. */
function paidMethodOf(intent: Stripe.PaymentIntent | null): string | null {
  const charge = intent?.latest_charge ?? null;
  return charge === null || typeof charge === 'string' ? null : (charge.payment_method_details?.type ?? null);
}

async function lockCheckout(trx: Sql, checkoutId: string): Promise<CheckoutRow> {
  const find = () => trx.selectFrom('checkout').selectAll().where('id', '=', checkoutId);
  await lockCustomerBooks(trx, (await find().executeTakeFirstOrThrow()).customer_id);
  return find().forUpdate().executeTakeFirstOrThrow();
}

const isCredited = ({ state }: CheckoutRow): boolean => state === 'succeeded' || state === 'disputed';

async function credit(trx: Sql, row: CheckoutRow, receivedCents: number, now: Date): Promise<void> {
  const chosen = await chosenOf(trx, row.id);
  for (const { documentId, amountCents } of chosen) {
    await payableCents(trx, { documentId, amountCents, key: paidKey(row.id, documentId), now });
  }
  const wanted = new Map(chosen.map((part) => [part.documentId, part.amountCents]));
  // No further than was chosen: what is beyond it is the payer's, not the oldest debt's.
  const open = (await openDocumentsOf(trx, row.customer_id)).flatMap((document) => {
    const mostCents = wanted.get(document.documentId);
    return mostCents === undefined ? [] : [{ ...document, dueCents: Math.min(document.dueCents, mostCents) }];
  });
  const { parts, restCents } = allocatePayment(open, receivedCents, chosen);
  const common = { source: 'stripe', occurredAt: now } as const;
  for (const { documentId, amountCents } of parts) {
    await once(postPayment(trx, { ...common, key: paidKey(row.id, documentId), documentId, amountCents }), row.id);
  }
  if (restCents > 0) {
    const { customer_id: customerId, currency } = row;
    const topUp = { ...common, key: aheadKey(row.id), customerId, currency, amountCents: restCents };
    await once(postTopUp(trx, topUp), row.id);
    await afterPaidAhead(trx, { customerId, currency, key: topUp.key, now });
  }
}

export const paidKey = (checkoutId: string, documentId: string): string => `checkout/${checkoutId}/${documentId}`;
export const aheadKey = (checkoutId: string): string => `checkout/${checkoutId}/ahead`;

async function once(posting: Promise<{ readonly posted: boolean }>, checkoutId: string): Promise<void> {
  if (!(await posting).posted) throw new Error(`checkout ${checkoutId} was credited before`);
}

/** A final state is left only for money that did come. */
function changeOf(row: CheckoutRow, outcome: CheckoutOutcome, { session }: CheckoutReading, now: Date) {
  if (isCredited(row)) return {};
  const isOver = row.state === 'failed' || row.state === 'expired';
  switch (outcome.state) {
    case 'succeeded':
      return { state: 'succeeded', failure_code: null, url: null, settled_at: now };
    case 'open':
      return isOver ? {} : { state: 'open', url: session.url };
    case 'pending':
      return isOver ? {} : { state: 'pending', url: outcome.voucherUrl, ...voucherChange(outcome.voucher) };
    case 'failed':
      return { state: 'failed', failure_code: outcome.cause, url: null, settled_at: row.settled_at ?? now };
    case 'expired':
      return isOver ? {} : { state: 'expired', url: null, settled_at: now };
    default:
      return outcome satisfies never;
  }
}

/** A voucher that was given out stays the same one. */
function voucherChange(voucher: Voucher | null) {
  return voucher === null ? {} : { voucher: raw<Voucher>`${JSON.stringify(voucher)}::jsonb` };
}

const STATES = ['open', 'pending', 'succeeded', 'failed', 'expired', 'disputed'] as const;

async function stateOf(trx: Sql, row: CheckoutRow): Promise<CheckoutState> {
  const state = STATES.find((one) => one === row.state);
  if (state === undefined) throw new Error(`checkout ${row.id} has the unknown state ${row.state}`);
  const chosen = await chosenOf(trx, row.id);
  const aheadCents = (await postedCents(trx, aheadKey(row.id), 'prepaid')) ?? 0;
  return {
    checkoutId: row.id,
    customerId: row.customer_id,
    providerPaymentId: row.provider_payment_id,
    state,
    documentIds: chosen.map(({ documentId }) => documentId),
    aheadCents,
    unexpectedAheadCents: chosen.length === 0 ? 0 : aheadCents,
  };
}
