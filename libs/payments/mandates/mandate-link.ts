import type Stripe from 'stripe';

import type { PaymentDeps } from '../payment-deps.js';
import { refreshMandate } from '../refresh-mandate.js';
import { stripeCustomerOf, type StripeCustomer } from '../stripe-customer.js';
import { creditorOf } from './creditor.js';
import { mandateText, type MandateText } from './mandate-text.js';

const OPEN_MS = 23 * 3_600_000;

export interface MandateLinkOrder {
  readonly customerId: string;
  /** The same key is the same link. */
  readonly key: string;
  readonly returnUrl: string;
  readonly by: string;
  readonly now: Date;
}

export type MandateLink =
  | { readonly linkId: string; readonly state: string; readonly url: string | null }
  | { readonly refused: { readonly code: 'CUSTOMER_NOT_FOUND' | 'EMAIL_MISSING' } };

/**
 * A link to the provider's page on which the customer signs a mandate. Our row is committed first and carried in the
 * page's metadata; the same key again finds the page that was made.
 */
export async function createMandateLink(deps: PaymentDeps, order: MandateLinkOrder): Promise<MandateLink> {
  const payer = await stripeCustomerOf(deps, order.customerId);
  if ('refused' in payer) return payer;
  const text = mandateText(
    payer.language,
    order.now.toISOString().slice(0, 10),
    await creditorOf(deps.sql, order.customerId),
  );
  const { row, isNew } = await claimLink(deps, order, text);
  if (row.state !== 'created') return { linkId: row.id, state: row.state, url: row.url };
  const session =
    (isNew ? null : await findSession(deps.stripe, payer, row.id)) ?? (await makeSession(deps.stripe, row, payer));
  await deps.sql
    .updateTable('mandate_link')
    .set({ state: 'open', provider_session_id: session.id, url: session.url })
    .where('id', '=', row.id)
    .where('state', '=', 'created')
    .execute();
  return { linkId: row.id, state: 'open', url: session.url };
}

async function claimLink({ sql }: PaymentDeps, order: MandateLinkOrder, text: MandateText) {
  const inserted = await sql
    .insertInto('mandate_link')
    .values({
      customer_id: order.customerId,
      key: order.key,
      state: 'created',
      return_url: order.returnUrl,
      text_version: text.version,
      language: text.language,
      created_by: order.by,
      created_at: order.now,
      expires_at: new Date(order.now.getTime() + OPEN_MS),
    })
    .onConflict((conflict) => conflict.columns(['customer_id', 'key']).doNothing())
    .returningAll()
    .executeTakeFirst();
  if (inserted !== undefined) return { row: inserted, isNew: true };
  const row = await sql
    .selectFrom('mandate_link')
    .selectAll()
    .where('customer_id', '=', order.customerId)
    .where('key', '=', order.key)
    .executeTakeFirstOrThrow();
  return { row, isNew: false };
}

async function findSession(stripe: Stripe, { stripeCustomerId }: StripeCustomer, linkId: string) {
  for await (const session of stripe.checkout.sessions.list({ customer: stripeCustomerId, limit: 100 })) {
    if (session.metadata?.['mandateLinkId'] === linkId) return session;
  }
  return null;
}

function makeSession(
  stripe: Stripe,
  row: { readonly id: string; readonly return_url: string; readonly expires_at: Date | null },
  payer: StripeCustomer,
): Promise<Stripe.Checkout.Session> {
  const metadata = { mandateLinkId: row.id };
  return stripe.checkout.sessions.create(
    {
      mode: 'setup',
      customer: payer.stripeCustomerId,
      client_reference_id: row.id,
      allowed_payment_method_types: ['sepa_debit'],
      locale: payer.language,
      ...(row.expires_at === null ? {} : { expires_at: Math.floor(row.expires_at.getTime() / 1000) }),
      success_url: `${row.return_url}?mandate=${row.id}`,
      cancel_url: `${row.return_url}?mandate=${row.id}&left=1`,
      metadata,
      setup_intent_data: { metadata },
    },
    { idempotencyKey: `mandate-link/${row.id}` },
  );
}

/**
 * Reads the page of a mandate link again: a signature becomes a mandate, once, with the evidence that the provider kept
 * of it. Null when the page is none of ours.
 */
export async function refreshMandateLink(
  deps: PaymentDeps,
  { sessionId, now }: { readonly sessionId: string; readonly now: Date },
): ReturnType<typeof refreshMandate> {
  const { sql, stripe } = deps;
  const session = await stripe.checkout.sessions.retrieve(sessionId, { expand: ['setup_intent'] });
  const linkId = session.metadata?.['mandateLinkId'];
  if (linkId === undefined) return null;
  const link = await sql.selectFrom('mandate_link').selectAll().where('id', '=', linkId).executeTakeFirst();
  if (link === undefined) return null;
  const intent = session.setup_intent;
  if (session.status !== 'complete' || intent === null || typeof intent === 'string') {
    if (session.status === 'expired') await setState(deps, linkId, { state: 'expired', url: null });
    return null;
  }
  const mandateId = await storeSigned(deps, link, intent);
  await setState(deps, linkId, { state: 'completed', url: null, mandate_id: mandateId });
  return refreshMandate(deps, { mandateId, now });
}

async function setState(
  { sql }: PaymentDeps,
  linkId: string,
  change: { readonly state: string; readonly url: null; readonly mandate_id?: string },
): Promise<void> {
  await sql.updateTable('mandate_link').set(change).where('id', '=', linkId).execute();
}

async function storeSigned(
  { sql, stripe }: PaymentDeps,
  link: {
    readonly id: string;
    readonly customer_id: string;
    readonly text_version: string;
    readonly language: string;
    readonly created_at: Date;
  },
  intent: Stripe.SetupIntent,
): Promise<string> {
  const mandateRef = typeof intent.mandate === 'string' ? intent.mandate : (intent.mandate?.id ?? null);
  const accepted = mandateRef === null ? null : (await stripe.mandates.retrieve(mandateRef)).customer_acceptance;
  const text = mandateText(
    link.language === 'en' ? 'en' : 'pt',
    link.created_at.toISOString().slice(0, 10),
    await creditorOf(sql, link.customer_id),
  );
  await sql
    .insertInto('mandate')
    .values({
      customer_id: link.customer_id,
      stripe_setup_intent_id: intent.id,
      status: 'pending',
      origin: 'hosted',
      acceptance: {
        type: 'online',
        ipAddress: accepted?.online?.ip_address ?? null,
        userAgent: accepted?.online?.user_agent ?? null,
        acceptedAt: instantText(accepted?.accepted_at ?? null),
        shown: text,
      },
    })
    .onConflict((conflict) => conflict.column('stripe_setup_intent_id').doNothing())
    .execute();
  const row = await sql
    .selectFrom('mandate')
    .select('id')
    .where('stripe_setup_intent_id', '=', intent.id)
    .executeTakeFirstOrThrow();
  return row.id;
}

function instantText(seconds: number | null): string | null {
  return seconds === null ? null : new Date(seconds * 1000).toISOString();
}
