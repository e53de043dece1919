import type Stripe from 'stripe';

import { isValidIban, normaliseIban } from './iban.js';
import { creditorOf } from './mandates/creditor.js';
import { mandateText } from './mandates/mandate-text.js';
import type { PaymentDeps } from './payment-deps.js';
import { refreshMandate, type MandateStatus } from './refresh-mandate.js';
import { stripeCustomerOf } from './stripe-customer.js';

export interface MandateOrder {
  readonly customerId: string;
  /** Once per signature: the same key again gives the same mandate. */
  readonly key: string;
  /** How the customer agreed, online: kept as evidence here and at the provider. */
  readonly acceptance: { readonly ipAddress: string; readonly userAgent: string; readonly acceptedAt: Date };
  /** Without it the customer's browser gives it to the provider itself, by `clientSecret`. Never stored. */
  readonly iban?: string;
  /** The customer's name when not given. */
  readonly accountHolder?: string;
  readonly now: Date;
}

export type RegisteredMandate =
  | {
      readonly mandateId: string;
      readonly status: MandateStatus;
      readonly ibanLast4: string | null;
      /** For the provider's page, only while the account is not known. */
      readonly clientSecret: string | null;
    }
  | { readonly refused: { readonly code: 'IBAN_INVALID' | 'EMAIL_MISSING' | 'CUSTOMER_NOT_FOUND' } };

/** Registers a resident's permission for SEPA direct debit: a SetupIntent, confirmed at once when the IBAN is given. */
export async function registerMandate(deps: PaymentDeps, order: MandateOrder): Promise<RegisteredMandate> {
  const { sql, stripe } = deps;
  if (order.iban !== undefined && !isValidIban(order.iban)) return { refused: { code: 'IBAN_INVALID' } };
  const customer = await stripeCustomerOf(deps, order.customerId);
  if ('refused' in customer) return customer;
  const { stripeCustomerId, email } = customer;
  const name = order.accountHolder ?? customer.name;
  const intent = await makeSetupIntent(stripe, order, { stripeCustomerId, name, email });
  const mandateId = await storeMandate(deps, order, intent.id, customer.language);
  const read = await refreshMandate(deps, { mandateId, now: order.now });
  const { iban_last4: ibanLast4 } = await sql
    .selectFrom('mandate')
    .select('iban_last4')
    .where('id', '=', mandateId)
    .executeTakeFirstOrThrow();
  const status = read?.status ?? 'pending';
  return { mandateId, status, ibanLast4, clientSecret: order.iban === undefined ? intent.client_secret : null };
}

async function makeSetupIntent(
  stripe: Stripe,
  order: MandateOrder,
  debtor: { readonly stripeCustomerId: string; readonly name: string; readonly email: string },
): Promise<Stripe.SetupIntent> {
  const common = {
    customer: debtor.stripeCustomerId,
    allowed_payment_method_types: ['sepa_debit' as const],
    usage: 'off_session' as const,
    metadata: { customerId: order.customerId },
  };
  const idempotencyKey = `mandate/${order.key}`;
  if (order.iban === undefined) return stripe.setupIntents.create(common, { idempotencyKey });
  const method = await stripe.paymentMethods.create(
    {
      type: 'sepa_debit',
      sepa_debit: { iban: normaliseIban(order.iban) },
      billing_details: { name: debtor.name, email: debtor.email },
    },
    { idempotencyKey: `account/${order.key}` },
  );
  const { ipAddress, userAgent, acceptedAt } = order.acceptance;
  return stripe.setupIntents.create(
    {
      ...common,
      payment_method: method.id,
      confirm: true,
      mandate_data: {
        customer_acceptance: {
          type: 'online',
          accepted_at: Math.floor(acceptedAt.getTime() / 1000),
          online: { ip_address: ipAddress, user_agent: userAgent },
        },
      },
    },
    { idempotencyKey },
  );
}

async function storeMandate(
  { sql }: PaymentDeps,
  order: MandateOrder,
  setupIntentId: string,
  language: 'pt' | 'en',
): Promise<string> {
  const day = order.acceptance.acceptedAt.toISOString().slice(0, 10);
  const shown = mandateText(language, day, await creditorOf(sql, order.customerId));
  const { ipAddress, userAgent, acceptedAt } = order.acceptance;
  await sql
    .insertInto('mandate')
    .values({
      customer_id: order.customerId,
      stripe_setup_intent_id: setupIntentId,
      status: 'pending',
      acceptance: { type: 'online', ipAddress, userAgent, acceptedAt: acceptedAt.toISOString(), shown },
      created_at: order.now,
    })
    .onConflict((conflict) => conflict.column('stripe_setup_intent_id').doNothing())
    .execute();
  const row = await sql
    .selectFrom('mandate')
    .select('id')
    .where('stripe_setup_intent_id', '=', setupIntentId)
    .executeTakeFirstOrThrow();
  return row.id;
}
