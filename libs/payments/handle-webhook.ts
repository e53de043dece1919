import type { PaymentDeps } from './payment-deps.js';
import { refreshTopUpIfOurs } from './prepaid/apply-top-up-intent.js';
import { recordTopUpDispute } from './prepaid/record-top-up-dispute.js';
import type { TopUpState } from './prepaid/top-up-orders.js';
import { recordDispute } from './record-dispute.js';
import { refreshIfOurs } from './refresh-attempt.js';
import { refreshMandate } from './refresh-mandate.js';

/** What the workflows are told; a workflow that is not there is no error. */
export interface PaymentSignals {
  paymentChanged(documentId: string, providerPaymentId: string): Promise<void>;
  startArrears(documentId: string, cause: string): Promise<void>;
  /** A top-up's debit changed at the provider, and with it perhaps the customer's balance. */
  topUpChanged(topUp: { readonly orderId: string; readonly customerId: string }): Promise<void>;
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
  if (type.startsWith('charge.dispute.')) return disputeChanged(deps, type, objectId, now);
  if (type.startsWith('setup_intent.')) {
    return (await refreshMandate(deps, { setupIntentId: objectId, now })) !== null;
  }
  if (type === 'mandate.updated') return (await refreshMandate(deps, { stripeMandateId: objectId, now })) !== null;
  return false;
}

async function paymentChanged(deps: WebhookDeps, providerPaymentId: string, now: Date): Promise<boolean> {
  const state = await refreshIfOurs(deps, { providerPaymentId, now });
  if (state === null) return topUpChanged(deps, await refreshTopUpIfOurs(deps, { providerPaymentId, now }));
  await deps.signals.paymentChanged(state.documentId, providerPaymentId);
  return true;
}

/**
 * `created` always asks for the arrears case, also when it is repeated after a crash between books and signal. Events
 * that come weeks later ask only if the money goes now: a case that was closed meanwhile is not taken up again.
 */
async function disputeChanged(deps: WebhookDeps, type: string, disputeId: string, now: Date): Promise<boolean> {
  const dispute = await recordDispute(deps, { disputeId, now });
  if (dispute === null) return topUpChanged(deps, await recordTopUpDispute(deps, { disputeId, now }));
  await deps.signals.paymentChanged(dispute.documentId, dispute.providerPaymentId);
  const news = dispute.reversedNow || (type === 'charge.dispute.created' && dispute.reversed);
  if (news && dispute.dueCents > 0) await deps.signals.startArrears(dispute.documentId, 'disputed');
  return true;
}

async function topUpChanged({ signals }: WebhookDeps, state: TopUpState | null): Promise<boolean> {
  if (state === null) return false;
  await signals.topUpChanged(state);
  return true;
}
