import type Stripe from 'stripe';

import type { Sql } from '../../persistence/database.js';
import type { PaymentDeps } from '../payment-deps.js';
import { applyCheckout, type CheckoutState } from './apply-checkout.js';
import { findCheckout, UNSETTLED } from './checkout-rows.js';

type Which = { readonly sessionId: string } | { readonly paymentId: string };

/**
 * Reads a one-off payment again from the provider, by its page or by its payment, and writes down what it says. Null
 * when it is none of ours.
 */
export async function refreshCheckout(
  { sql, stripe }: PaymentDeps,
  { now, ...which }: Which & { readonly now: Date },
): Promise<CheckoutState | null> {
  if ('sessionId' in which) {
    const session = await readSession(stripe, which.sessionId);
    const row = await findCheckout(sql, { sessionId: session.id, checkoutId: session.metadata?.['checkoutId'] });
    return row === undefined ? null : applyCheckout(sql, row.id, readingOf(session), now);
  }
  const found = await findCheckout(sql, { paymentId: which.paymentId });
  const row = found ?? (await byMetadata({ sql, stripe }, which.paymentId));
  if (row === undefined) return null;
  const sessionId = row.provider_session_id ?? (await sessionOf(stripe, which.paymentId));
  if (sessionId === null) throw new Error(`payment ${which.paymentId} of checkout ${row.id} has no page`);
  return applyCheckout(sql, row.id, readingOf(await readSession(stripe, sessionId)), now);
}

/** The pages on which this invoice could have been paid just now: looked at before money is asked for in another way. */
export async function refreshCheckoutsOf(
  deps: PaymentDeps,
  { documentId, now }: { readonly documentId: string; readonly now: Date },
): Promise<void> {
  for (const sessionId of await unsettledSessions(deps.sql, documentId)) {
    await refreshCheckout(deps, { sessionId, now });
  }
}

async function unsettledSessions(sql: Sql, documentId: string): Promise<string[]> {
  const rows = await sql
    .selectFrom('checkout')
    .innerJoin('checkout_document', 'checkout_document.checkout_id', 'checkout.id')
    .where('checkout_document.document_id', '=', documentId)
    .where('checkout.state', 'in', UNSETTLED)
    .where('checkout.provider_session_id', 'is not', null)
    .select('checkout.provider_session_id as sessionId')
    .execute();
  return rows.flatMap(({ sessionId }) => (sessionId === null ? [] : [sessionId]));
}

export async function readSession(stripe: Stripe, sessionId: string): Promise<Stripe.Checkout.Session> {
  return stripe.checkout.sessions.retrieve(sessionId, { expand: ['payment_intent', 'payment_intent.latest_charge'] });
}

export function readingOf(session: Stripe.Checkout.Session) {
  const intent = session.payment_intent;
  if (typeof intent === 'string') throw new Error(`session ${session.id} was read without its payment`);
  return { session, intent };
}

async function byMetadata({ sql, stripe }: PaymentDeps, paymentId: string) {
  const intent = await stripe.paymentIntents.retrieve(paymentId);
  return findCheckout(sql, { checkoutId: intent.metadata['checkoutId'] });
}

async function sessionOf(stripe: Stripe, paymentId: string): Promise<string | null> {
  const { data } = await stripe.checkout.sessions.list({ payment_intent: paymentId, limit: 1 });
  return data[0]?.id ?? null;
}
