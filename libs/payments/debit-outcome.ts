import type Stripe from 'stripe';

import { causeOf, isKnownFailure, type FailureCause } from './failure-causes.js';

export type DebitOutcome =
  | { readonly state: 'processing' }
  | { readonly state: 'succeeded'; readonly receivedCents: number }
  | { readonly state: 'failed'; readonly cause: FailureCause; readonly providerCode: string | null };

/** The most telling of the provider's words: one that we know, else the first that is not empty. */
function providerCodeOf(intent: Stripe.PaymentIntent): string | null {
  const error = intent.last_payment_error;
  const charge = typeof intent.latest_charge === 'object' ? intent.latest_charge : null;
  const words = [error?.code, error?.decline_code, charge?.failure_code, error?.network_decline_code];
  const said = words.filter((word) => word !== undefined && word !== null && word !== '').map(String);
  return said.find(isKnownFailure) ?? said[0] ?? null;
}

/**
 * What a PaymentIntent means for the debt. A SEPA debit is `processing` for days: that is neither paid nor failed, and
 * so is every status that is not final.
 */
export function debitOutcome(intent: Stripe.PaymentIntent): DebitOutcome {
  switch (intent.status) {
    case 'succeeded':
      return { state: 'succeeded', receivedCents: intent.amount_received };
    case 'requires_payment_method': {
      const providerCode = providerCodeOf(intent);
      return { state: 'failed', cause: causeOf(providerCode), providerCode };
    }
    case 'canceled':
      return { state: 'failed', cause: 'cancelled', providerCode: intent.cancellation_reason };
    default:
      return { state: 'processing' };
  }
}
