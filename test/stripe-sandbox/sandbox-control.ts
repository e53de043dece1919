import type Stripe from 'stripe';

import type { ApiFaultMode } from './api-faults.js';
import type { PayerChoice } from './checkout-payment.js';
import type { Counters } from './control.js';
import type { Forgery } from './forge-webhook.js';
import type { LoggedRequest } from './request-log.js';
import type { PhoneAnswer } from './test-phones.js';
import type { WebhookChaos, WebhookFaults } from './webhook-rules.js';
import type { ReleaseOrder } from './webhooks.js';
import type { AccountLimits } from './world.js';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** A span on the sandbox's clock: the parts are added. */
export interface Span {
  readonly days?: number;
  readonly hours?: number;
  readonly ms?: number;
}

function msOf({ days = 0, hours = 0, ms = 0 }: Span): number {
  return days * DAY_MS + hours * HOUR_MS + ms;
}

/** Which webhooks: `charge.dispute.created`, `charge.*`, or all; the next so many, or all from now on. */
export interface WebhookChoice {
  readonly type?: string;
  readonly times?: number;
}

export interface SandboxClock {
  readonly now: Date;
  readonly frozen: boolean;
}

async function ask(url: string, init?: RequestInit): Promise<unknown> {
  const answer = await fetch(url, init);
  const body = (await answer.json()) as { readonly error?: { readonly message: string } };
  if (!answer.ok) throw new Error(`${answer.status} ${body.error?.message ?? ''} (${url})`);
  return body;
}

/** Orders to a running sandbox, in its own process or another. Each rejects with the sandbox's words when refused. */
export function sandboxControl(url: string) {
  const get = (path: string): Promise<unknown> => ask(`${url}/_sandbox/${path}`);
  const post = (path: string, body: object = {}): Promise<unknown> =>
    ask(`${url}/_sandbox/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const clock = async (body: object): Promise<SandboxClock> => {
    const { nowMs, frozen } = (await post('clock', body)) as { readonly nowMs: number; readonly frozen: boolean };
    return { now: new Date(nowMs), frozen };
  };

  return {
    counters: () => get('counters') as Promise<Counters>,
    /** The last requests to the API, as they were sent. */
    async requests() {
      return ((await get('requests')) as { readonly data: readonly LoggedRequest[] }).data;
    },

    /** The clock: what is due on the way happens in order, each at its own time. */
    advance: (span: Span) => clock({ advanceMs: msOf(span) }),
    /** Back only before the first event. */
    setClock: (at: Date) => clock({ at: at.toISOString() }),
    freeze: () => clock({ freeze: true }),
    unfreeze: () => clock({ freeze: false }),

    /** Does what somebody would on the hosted page. */
    payCheckout: (sessionId: string, choice: PayerChoice) =>
      post(`checkout/${sessionId}/pay`, choice) as Promise<Stripe.Checkout.Session>,
    /** A Multibanco voucher is paid; Stripe hears of it after the span (at once when not given). */
    payVoucher: (paymentIntentId: string, confirmedAfter: Span = {}) =>
      post(`multibanco/${paymentIntentId}/pay`, { confirmedAfterMs: msOf(confirmedAfter) }),
    expireVoucher: (paymentIntentId: string) => post(`multibanco/${paymentIntentId}/expire`),
    answerPhone: (paymentIntentId: string, answer: PhoneAnswer) => post(`mb-way/${paymentIntentId}/${answer}`),
    authenticateCard: (paymentIntentId: string, agrees = true) => post(`cards/${paymentIntentId}`, { agrees }),

    withdrawMandate: (mandateId: string) => post(`mandates/${mandateId}/revoke`) as Promise<Stripe.Mandate>,
    /** Now: the dispute; later: null, it comes by the clock. SEPA: lost at once. */
    async dispute(paymentIntentId: string, options: { readonly reason?: string; readonly after?: Span } = {}) {
      const { reason, after } = options;
      const body = { payment_intent: paymentIntentId, ...(reason === undefined ? {} : { reason }) };
      const made = await post('disputes', { ...body, afterMs: msOf(after ?? {}) });
      return after === undefined ? (made as Stripe.Dispute) : null;
    },
    closeDispute: (disputeId: string, status: 'won' | 'lost') =>
      post(`disputes/${disputeId}/${status}`) as Promise<Stripe.Dispute>,
    failRefund: (refundId: string, reason = 'declined') =>
      post(`refunds/${refundId}/fail`, { reason }) as Promise<Stripe.Refund>,
    /** So many of the next refunds (not those to cards) fail when their time comes. */
    failNextRefunds: (times = 1) => post('fail-next', { refunds: times }),
    failPayout: (payoutId: string, code = 'account_closed') =>
      post(`payouts/${payoutId}/fail`, { code }) as Promise<Stripe.Payout>,
    failNextPayouts: (times = 1) => post('fail-next', { payouts: times }),
    chargeAccountFee: (cents: number, description?: string) => post('fees', { cents, description }),
    /** SEPA debits in cents (a new account: 1 000 000 each), requests a second and endpoint; 0 is no limit. */
    setLimits: (limits: Partial<AccountLimits & { readonly requestsPerSecond: number }>) => post('limits', limits),

    /** Keeps webhooks back until they are released. */
    holdWebhooks: (choice: WebhookChoice = {}) => post('webhook-rules', { deed: 'hold', ...choice }),
    async releaseWebhooks(
      options: { readonly type?: string; readonly order?: ReleaseOrder; readonly seed?: number } = {},
    ) {
      return ((await post('webhook-release', options)) as { readonly released: number }).released;
    },
    duplicate: (choice: WebhookChoice & { readonly copies?: number } = {}) =>
      post('webhook-rules', { deed: 'duplicate', ...choice }),
    lose: (choice: WebhookChoice = {}) => post('webhook-rules', { deed: 'lose', ...choice }),
    /** Late on the sandbox's clock. */
    delay: (span: Span, choice: WebhookChoice = {}) =>
      post('webhook-rules', { deed: 'delay', delayMs: msOf(span), ...choice }),
    /** In real time; what is not named is zero. */
    webhookFaults: (faults: Partial<WebhookFaults>) => post('webhook-faults', faults),
    /** Faults by chance, the same ones for the same seed and the same events. */
    chaos: (chaos: { readonly seed: number } & Partial<WebhookChaos>) => post('webhook-chaos', chaos),
    /** No webhook faults any more; what is held stays held. */
    clearWebhookRules: () => post('webhook-clear'),
    /** Sends a webhook of something that never happened; gives the receiver's status. */
    forge: (type: string, object: object, forgery: Forgery = 'wrong-secret') =>
      post('webhook-forge', { type, object, forgery }) as Promise<{
        readonly status: number;
        readonly eventId: string;
      }>,

    /** What goes wrong with the next requests of a kind (POST to any endpoint when not said). */
    failNext: (
      mode: ApiFaultMode,
      choice: { readonly method?: 'GET' | 'POST'; readonly pathPrefix?: string; readonly times?: number } = {},
    ) => post('api-faults', { mode, ...choice }),
    /** How long a search does not see what was just made. */
    setSearchLag: (span: Span) => post('search-lag', { ms: msOf(span) }),
  };
}

export type SandboxControl = ReturnType<typeof sandboxControl>;
