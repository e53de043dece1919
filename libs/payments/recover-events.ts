import type Stripe from 'stripe';

import type { PaymentDeps } from './payment-deps.js';
import { keepEvent } from './store-webhook.js';

/** The kinds that {@link handleWebhook} acts upon. */
export const EVENT_TYPES = [
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'payment_intent.canceled',
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'checkout.session.expired',
  'charge.dispute.created',
  'charge.dispute.closed',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'payout.paid',
  'payout.failed',
  'setup_intent.succeeded',
  'setup_intent.canceled',
  'mandate.updated',
] as const;

const PAGE = 100;
/** The provider keeps events for 30 days; so many pages are looked at in one go. */
const MOST_PAGES = 2_000;

/**
 * Keeps the provider's events since an instant that never arrived as webhooks, as if they had; they are then in
 * {@link unhandledWebhooks}. Returns the ids that were missing.
 */
export async function recoverEvents(
  { sql, stripe }: PaymentDeps,
  { since, now }: { readonly since: Date; readonly now: Date },
): Promise<string[]> {
  const missed: string[] = [];
  const common = { types: [...EVENT_TYPES], created: { gte: Math.floor(since.getTime() / 1000) }, limit: PAGE };
  let after: string | undefined;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const page = await stripe.events.list(after === undefined ? common : { ...common, starting_after: after });
    for (const event of await notKept(sql, page.data)) {
      await keepEvent(sql, event, JSON.stringify(event), now);
      missed.push(event.id);
    }
    after = page.data.at(-1)?.id;
    if (!page.has_more || after === undefined) return missed;
  }
  throw new Error(`more than ${MOST_PAGES * PAGE} events since ${since.toISOString()}: look at a shorter time`);
}

async function notKept(sql: PaymentDeps['sql'], events: readonly Stripe.Event[]): Promise<Stripe.Event[]> {
  if (events.length === 0) return [];
  const ids = events.map((event) => event.id);
  const rows = await sql.selectFrom('webhook_event').select('id').where('id', 'in', ids).execute();
  const kept = new Set(rows.map((row) => row.id));
  return events.filter((event) => !kept.has(event.id));
}
