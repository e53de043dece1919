import type { Sql } from '../persistence/database.js';
import { customerOf, findAttempt } from './attempts.js';
import type { CheckoutState } from './checkout/apply-checkout.js';
import { refreshCheckout } from './checkout/refresh-checkout.js';
import { refreshMandateLink } from './mandates/mandate-link.js';
import type { PaymentDeps } from './payment-deps.js';
import { postedCents } from './posted-cents.js';
import { refreshTopUpIfOurs } from './prepaid/apply-top-up-intent.js';
import { recordTopUpDispute } from './prepaid/record-top-up-dispute.js';
import type { TopUpState } from './prepaid/top-up-orders.js';
import { recordPayout } from './provider-payouts/record-payout.js';
import { recordDispute } from './record-dispute.js';
import { refreshIfOurs } from './refresh-attempt.js';
import { refreshMandate, type RefreshedMandate } from './refresh-mandate.js';
import { refreshRefund } from './refunds/apply-refund.js';

/** What somebody must be told by mail, once. */
export type PaymentNotice =
  /** Invoices were paid on the provider's page that were paid meanwhile: it is prepaid balance. */
  | { readonly kind: 'paid-ahead'; readonly checkoutId: string }
  /** A mandate was signed and holds: the confirmation is part of its evidence. */
  | { readonly kind: 'mandate-active'; readonly mandateId: string }
  /** A mandate was ended by the resident, the bank or by time: how else open invoices are paid. */
  | { readonly kind: 'mandate-ended'; readonly mandateId: string }
  /** Staff ask for a mandate: where it is signed. */
  | { readonly kind: 'mandate-link'; readonly linkId: string };

/** What the workflows, and people, are told; a workflow that is not there is no error. Each may be told again. */
export interface PaymentSignals {
  paymentChanged(documentId: string, providerPaymentId: string): Promise<void>;
  ledgerChanged(documentId: string): Promise<void>;
  startArrears(documentId: string, cause: string): Promise<void>;
  /** A top-up's debit changed at the provider, and with it perhaps the customer's balance. */
  topUpChanged(topUp: { readonly orderId: string; readonly customerId: string }): Promise<void>;
  /** What a customer has paid ahead changed: the account, and what chases the customer, look again. */
  prepaidChanged(customerId: string): Promise<void>;
  tell(notice: PaymentNotice): Promise<void>;
}

export interface WebhookDeps extends PaymentDeps {
  readonly signals: PaymentSignals;
}

/** `handled`: done now; `done-before`; `ignored`: of a kind or about an object that is none of ours. */
export type WebhookResult = 'handled' | 'done-before' | 'ignored';

/**
 * Acts on a stored webhook. The event only says where to look: the object is read again from the provider, so order and
 * repetition do not matter. It is marked handled after its effect, never before; a failure is kept in `last_error`,
 * thrown, and the event stays in {@link unhandledWebhooks}.
 */
export async function handleWebhook(deps: WebhookDeps, eventId: string, now: Date): Promise<WebhookResult> {
  const { sql } = deps;
  const event = await sql
    .selectFrom('webhook_event')
    .select(['type', 'object_id', 'handled_at'])
    .where('id', '=', eventId)
    .executeTakeFirst();
  if (event === undefined) throw new Error(`no stored webhook ${eventId}`);
  if (event.handled_at !== null) return 'done-before';
  try {
    const ours = await act(deps, event.type, event.object_id, now);
    await sql
      .updateTable('webhook_event')
      .set({ handled_at: now, last_error: null })
      .where('id', '=', eventId)
      .execute();
    return ours ? 'handled' : 'ignored';
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    await sql.updateTable('webhook_event').set({ last_error: text }).where('id', '=', eventId).execute();
    throw error;
  }
}

/** `created` says nothing that the others do not. */
const PAYMENT_TYPES = new Set([
  'payment_intent.processing',
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'payment_intent.canceled',
]);

async function act(deps: WebhookDeps, type: string, objectId: string, now: Date): Promise<boolean> {
  if (PAYMENT_TYPES.has(type)) return paymentChanged(deps, objectId, now);
  if (type.startsWith('checkout.session.')) return pageChanged(deps, objectId, now);
  if (type.startsWith('charge.dispute.')) return disputeChanged(deps, type, objectId, now);
  if (type.startsWith('refund.')) return refundChanged(deps, objectId, now);
  if (type.startsWith('payout.')) return (await recordPayout(deps, { payoutId: objectId, now })) !== null;
  if (type.startsWith('setup_intent.')) {
    return mandateChanged(deps, await refreshMandate(deps, { setupIntentId: objectId, now }));
  }
  if (type === 'mandate.updated') {
    return mandateChanged(deps, await refreshMandate(deps, { stripeMandateId: objectId, now }));
  }
  return false;
}

/** The provider's page is for a payment, or for a mandate. */
async function pageChanged(deps: WebhookDeps, sessionId: string, now: Date): Promise<boolean> {
  const checkout = await refreshCheckout(deps, { sessionId, now });
  if (checkout !== null) return checkoutChanged(deps, checkout);
  return mandateChanged(deps, await refreshMandateLink(deps, { sessionId, now }));
}

async function refundChanged(deps: WebhookDeps, providerRefundId: string, now: Date): Promise<boolean> {
  const refund = await refreshRefund(deps, { providerRefundId, now });
  if (refund === null) return false;
  for (const documentId of refund.documentIds) await deps.signals.ledgerChanged(documentId);
  await deps.signals.prepaidChanged(refund.customerId);
  return true;
}

async function mandateChanged({ signals }: WebhookDeps, mandate: RefreshedMandate | null): Promise<boolean> {
  if (mandate === null) return false;
  const { mandateId, status, endedBecause } = mandate;
  if (status === 'active') await signals.tell({ kind: 'mandate-active', mandateId });
  // A newer one took its place: the customer knows.
  if (status === 'inactive' && endedBecause !== 'superseded') await signals.tell({ kind: 'mandate-ended', mandateId });
  return true;
}

async function paymentChanged(deps: WebhookDeps, providerPaymentId: string, now: Date): Promise<boolean> {
  const state = await refreshIfOurs(deps, { providerPaymentId, now });
  if (state === null) return otherPaymentChanged(deps, providerPaymentId, now);
  await deps.signals.paymentChanged(state.documentId, providerPaymentId);
  const aheadCents = state.state === 'succeeded' ? await aheadOf(deps.sql, providerPaymentId) : null;
  if (aheadCents !== null) await deps.signals.prepaidChanged(await customerOf(deps.sql, state.documentId));
  return true;
}

/** What of a debit was paid ahead, because its invoice had been paid meanwhile; null: nothing. */
async function aheadOf(sql: Sql, providerPaymentId: string): Promise<number | null> {
  const attempt = await findAttempt(sql, { providerPaymentId });
  return attempt === undefined ? null : postedCents(sql, `credit/${attempt.id}`, 'prepaid');
}

/** A payment that is no debit of an invoice: a top-up by mandate, or one made on the provider's page. */
async function otherPaymentChanged(deps: WebhookDeps, providerPaymentId: string, now: Date): Promise<boolean> {
  const topUp = await refreshTopUpIfOurs(deps, { providerPaymentId, now });
  if (topUp !== null) return topUpChanged(deps, topUp);
  return checkoutChanged(deps, await refreshCheckout(deps, { paymentId: providerPaymentId, now }));
}

/** What moved is read from the books; telling again is harmless. */
async function checkoutChanged({ signals }: WebhookDeps, state: CheckoutState | null): Promise<boolean> {
  if (state === null) return false;
  if (state.state !== 'succeeded') return true;
  for (const documentId of state.documentIds) await signals.ledgerChanged(documentId);
  if (state.aheadCents > 0) await signals.prepaidChanged(state.customerId);
  if (state.unexpectedAheadCents > 0) await signals.tell({ kind: 'paid-ahead', checkoutId: state.checkoutId });
  return true;
}

/**
 * `created` always asks for the arrears case, also when it is repeated after a crash between books and signal. Events
 * that come weeks later ask only if the money goes now: a case that was closed meanwhile is not taken up again.
 */
async function disputeChanged(deps: WebhookDeps, type: string, disputeId: string, now: Date): Promise<boolean> {
  const dispute = await recordDispute(deps, { disputeId, now });
  if (dispute === null) return topUpChanged(deps, await recordTopUpDispute(deps, { disputeId, now }));
  const news = dispute.reversedNow || (type === 'charge.dispute.created' && dispute.reversed);
  for (const { documentId, dueCents } of dispute.documents) {
    await deps.signals.paymentChanged(documentId, dispute.providerPaymentId);
    if (news && dueCents > 0) await deps.signals.startArrears(documentId, 'disputed');
  }
  await deps.signals.prepaidChanged(dispute.customerId);
  return true;
}

async function topUpChanged({ signals }: WebhookDeps, state: TopUpState | null): Promise<boolean> {
  if (state === null) return false;
  await signals.topUpChanged(state);
  return true;
}
