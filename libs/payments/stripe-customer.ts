import type { PaymentDeps } from './payment-deps.js';

/** A customer as the provider knows them. */
export interface StripeCustomer {
  readonly stripeCustomerId: string;
  readonly name: string;
  readonly email: string;
  readonly language: 'pt' | 'en';
}

export type FoundStripeCustomer =
  | StripeCustomer
  | { readonly refused: { readonly code: 'CUSTOMER_NOT_FOUND' | 'EMAIL_MISSING' } };

/** The customer at the provider, made there the first time. Without an e-mail address nobody is known there. */
export async function stripeCustomerOf(deps: PaymentDeps, customerId: string): Promise<FoundStripeCustomer> {
  const customer = await deps.sql
    .selectFrom('customer')
    .select(['id', 'name', 'email', 'language', 'stripe_customer_id'])
    .where('id', '=', customerId)
    .executeTakeFirst();
  if (customer === undefined) return { refused: { code: 'CUSTOMER_NOT_FOUND' } };
  const { email, name } = customer;
  if (email === null) return { refused: { code: 'EMAIL_MISSING' } };
  const language = customer.language === 'en' ? 'en' : 'pt';
  const facts = { id: customer.id, name, email, language } as const;
  const stripeCustomerId = customer.stripe_customer_id ?? (await makeStripeCustomer(deps, facts));
  return { stripeCustomerId, name, email, language };
}

async function makeStripeCustomer(
  { sql, stripe }: PaymentDeps,
  customer: { readonly id: string; readonly name: string; readonly email: string; readonly language: string },
): Promise<string> {
  const made = await stripe.customers.create(
    {
      name: customer.name,
      email: customer.email,
      preferred_locales: [customer.language],
      metadata: { customerId: customer.id },
    },
    { idempotencyKey: `customer/${customer.id}/${customer.email}` },
  );
  await sql
    .updateTable('customer')
    .set({ stripe_customer_id: made.id })
    .where('id', '=', customer.id)
    .where('stripe_customer_id', 'is', null)
    .execute();
  const row = await sql
    .selectFrom('customer')
    .select('stripe_customer_id')
    .where('id', '=', customer.id)
    .executeTakeFirstOrThrow();
  return row.stripe_customer_id ?? made.id;
}
