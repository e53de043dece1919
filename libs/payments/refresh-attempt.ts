import type Stripe from 'stripe';

import { applyIntent, type AttemptState } from './apply-intent.js';
import { findAttempt } from './attempts.js';
import type { PaymentDeps } from './payment-deps.js';

interface Refresh {
  readonly providerPaymentId: string;
  readonly now: Date;
}

/** The payment as the provider has it now, with its charge. */
export async function readIntent(stripe: Stripe, providerPaymentId: string): Promise<Stripe.PaymentIntent> {
  return stripe.paymentIntents.retrieve(providerPaymentId, { expand: ['latest_charge'] });
}

/** Like {@link refreshAttempt}; null when the payment is none of ours. */
export async function refreshIfOurs({ sql, stripe }: PaymentDeps, order: Refresh): Promise<AttemptState | null> {
  const intent = await readIntent(stripe, order.providerPaymentId);
  const attempt = await findAttempt(sql, {
    providerPaymentId: intent.id,
    attemptId: intent.metadata['attemptId'],
  });
  return attempt === undefined ? null : applyIntent(sql, attempt.id, intent, order.now);
}

/**
 * Reads a payment again from the provider and writes down what it says; money that came in is credited once, in the same
 * transaction. A disputed payment is `failed` with `disputed`. Throws for a payment that belongs to no attempt.
 */
export async function refreshAttempt(deps: PaymentDeps, order: Refresh): Promise<AttemptState> {
  const state = await refreshIfOurs(deps, order);
  if (state === null) throw new Error(`payment ${order.providerPaymentId} belongs to no attempt of ours`);
  return state;
}
