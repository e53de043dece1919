/**
 * What one SEPA debit may be, in cents. Least: Stripe's minimum charge in EUR. Most: 10 000 euros per debit
 * (docs.stripe.com/payments/sepa-debit; new accounts have the same as a weekly limit: debit-week.ts).
 */
export const DEBIT_LIMITS = { leastCents: 50, mostCents: 1_000_000 } as const;
