import { setTimeout as sleep } from 'node:timers/promises';

import type { Logger } from 'pino';

import { forgottenDisputes } from '#libs/arrears/forgotten-disputes.js';
import type { PaymentSignals } from '#libs/payments/handle-webhook.js';
import type { PaymentDeps } from '#libs/payments/payment-deps.js';
import { reconcileAttempts } from '#libs/payments/reconcile-attempts.js';
import { reconcileMoney } from '#libs/payments/reconcile-money.js';
import { recoverEvents } from '#libs/payments/recover-events.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The provider sends a webhook again for three days ... */
const RESENT_FOR_MS = 3 * DAY_MS;
/** ... and keeps its events for thirty: how long we may have been away is not known when we start. */
const KEPT_FOR_MS = 29 * DAY_MS;
/** Younger attempts are still their workflow's own business. */
const SETTLED_DOWN_MS = HOUR_MS;
/** What is compared once a night (but also when we start). */
const NIGHTLY_MS = DAY_MS;
const CLOSE_WITHIN_MS = 3_000;

export interface RecoveryDeps extends PaymentDeps {
  readonly signals: PaymentSignals;
  readonly log: Logger;
  readonly now: () => Date;
  /** Events were stored that never came as webhooks. */
  readonly wake: () => void;
}

/**
 * What webhooks missed, looked for at the provider and in our own books: events that never came, attempts that nobody
 * follows any more, disputes that nobody chases. Each is safe to repeat; one that fails does not stop the others.
 */
export class WebhookRecovery {
  readonly #deps: RecoveryDeps;
  #lookBackMs = KEPT_FOR_MS;
  #moneyComparedAtMs = Number.NEGATIVE_INFINITY;
  #isClosed = false;
  #running: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: RecoveryDeps) {
    this.#deps = deps;
  }

  /** Now, and then every hour. */
  start(): void {
    this.#running = this.run().finally(() => {
      if (!this.#isClosed) this.#timer = setTimeout(() => this.start(), HOUR_MS);
    });
  }

  /** Waits a moment for what is under way; the rest is found the next time. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await Promise.race([this.#running, sleep(CLOSE_WITHIN_MS, undefined, { ref: false })]);
  }

  async run(): Promise<void> {
    for (const part of [() => this.#events(), () => this.#attempts(), () => this.#disputes(), () => this.#money()]) {
      if (this.#isClosed) return;
      await part().catch((error: unknown) => this.#deps.log.warn({ err: error }, 'what was missed was not looked for'));
    }
  }

  async #events(): Promise<void> {
    const { log, wake } = this.#deps;
    const now = this.#deps.now();
    const missed = await recoverEvents(this.#deps, { since: new Date(now.getTime() - this.#lookBackMs), now });
    this.#lookBackMs = RESENT_FOR_MS;
    if (missed.length === 0) return;
    log.info({ events: missed.length }, 'events were recovered that never came as webhooks');
    wake();
  }

  async #attempts(): Promise<void> {
    const { log, signals } = this.#deps;
    const now = this.#deps.now();
    const olderThan = new Date(now.getTime() - SETTLED_DOWN_MS);
    const { changed, abandoned, problems } = await reconcileAttempts(this.#deps, { olderThan, now });
    if (abandoned.length > 0) log.warn({ abandoned }, 'debits were given up that the provider never heard of');
    if (problems.length > 0) log.warn({ problems }, 'payments could not be compared with the provider');
    for (const { documentId, providerPaymentId } of changed) {
      if (providerPaymentId !== null) await signals.paymentChanged(documentId, providerPaymentId);
    }
  }

  async #disputes(): Promise<void> {
    for (const documentId of await forgottenDisputes(this.#deps.sql)) {
      this.#deps.log.warn({ documentId }, 'a debit was taken back and nobody chased it');
      await this.#deps.signals.startArrears(documentId, 'disputed');
    }
  }

  /** One-off payments, mandates, refunds, payouts and the balance, once a night. */
  async #money(): Promise<void> {
    const { log, signals } = this.#deps;
    const now = this.#deps.now();
    if (now.getTime() - this.#moneyComparedAtMs < NIGHTLY_MS) return;
    const { checkouts, mandates, lapsedMandateIds, problems, refunds, payouts } = await reconcileMoney(this.#deps, {
      now,
    });
    log.info({ checkouts: checkouts.length, mandates: mandates.length, refunds, payouts }, 'money was compared');
    if (problems.length > 0) log.warn({ problems }, 'money could not be compared with the provider');
    for (const checkout of checkouts) {
      for (const documentId of checkout.documentIds) await signals.ledgerChanged(documentId);
      if (checkout.aheadCents > 0) await signals.prepaidChanged(checkout.customerId);
      if (checkout.unexpectedAheadCents > 0)
        await signals.tell({ kind: 'paid-ahead', checkoutId: checkout.checkoutId });
    }
    for (const { mandateId, status, endedBecause } of mandates) {
      if (status === 'active') await signals.tell({ kind: 'mandate-active', mandateId });
      if (status === 'inactive' && endedBecause !== 'superseded')
        await signals.tell({ kind: 'mandate-ended', mandateId });
    }
    for (const mandateId of lapsedMandateIds) await signals.tell({ kind: 'mandate-ended', mandateId });
    this.#moneyComparedAtMs = now.getTime();
  }
}
