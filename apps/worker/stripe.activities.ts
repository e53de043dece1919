import { Inject, Injectable } from '@nestjs/common';
import type Stripe from 'stripe';

import type { AttemptState } from '#libs/payments/apply-intent.js';
import { lookAtDebitByRail, startDebitByRail } from '#libs/payments/debit-by-rail.js';
import { refreshTopUpIfOurs } from '#libs/payments/prepaid/apply-top-up-intent.js';
import { prepaidHome } from '#libs/payments/prepaid/prepaid-home.js';
import { startTopUpDebit } from '#libs/payments/prepaid/start-top-up-debit.js';
import { topUpById, topUpState, type TopUpState } from '#libs/payments/prepaid/top-up-orders.js';
import type { Sql } from '#libs/persistence/database.js';
import { afterDelay } from '#libs/registry/delay.js';
import { holidaysFor } from '#libs/registry/holiday-store.js';
import { policyAt } from '#libs/registry/policy-store.js';
import type { StripeActivities } from '#workflows/activities.js';
import type { DebitLook } from '#workflows/debit/activities.js';
import type { TopUpLook } from '#workflows/prepaid-top-up/activities.js';
import type { Refused } from '#workflows/refusal.js';

import { activityNow } from './activity-clock.js';
import { nextLook } from './next-look.js';
import { SQL, STRIPE, STRIPE_WEEKLY_LIMIT } from './resources.js';

const DAY_MS = 86_400_000;

/** Debits, by whichever rail; everything that asks Stripe is on a task queue of its own, whose rate stays below Stripe's. */
@Injectable()
export class StripeActivitiesService implements StripeActivities {
  readonly #sql: Sql;
  readonly #stripe: Stripe;

  readonly #weeklyLimitCents: number | null;

  constructor(
    @Inject(SQL) sql: Sql,
    @Inject(STRIPE) stripe: Stripe,
    @Inject(STRIPE_WEEKLY_LIMIT) weeklyLimitCents: number | null,
  ) {
    this.#sql = sql;
    this.#stripe = stripe;
    this.#weeklyLimitCents = weeklyLimitCents;
  }

  async startDebit(documentId: string, attemptNo: number): Promise<DebitLook | Refused> {
    const now = activityNow();
    const weeklyLimitCents = this.#weeklyLimitCents;
    const started = await startDebitByRail(
      { sql: this.#sql, stripe: this.#stripe },
      { documentId, attemptNo, weeklyLimitCents, now },
    );
    if ('refused' in started) return { refused: started.refused };
    if (started.state === 'postponed') {
      const { providerPaymentId, state, failureCode, until } = started;
      return { providerPaymentId, state, failureCode, lookAgainAt: until.toISOString() };
    }
    return this.#look(documentId, started, now);
  }

  async lookAtDebit(documentId: string, providerPaymentId: string): Promise<DebitLook> {
    const now = activityNow();
    const deps = { sql: this.#sql, stripe: this.#stripe };
    const state = await lookAtDebitByRail(deps, { documentId, providerPaymentId, now });
    return this.#look(documentId, state, now);
  }

  async startTopUp(orderId: string): Promise<TopUpLook> {
    const now = activityNow();
    const deps = { sql: this.#sql, stripe: this.#stripe };
    const started = await startTopUpDebit(deps, { orderId, weeklyLimitCents: this.#weeklyLimitCents, now });
    if ('until' in started) return { state: 'processing', reason: null, lookAgainAt: started.until.toISOString() };
    return this.#lookTopUp(started, now);
  }

  async lookAtTopUp(orderId: string): Promise<TopUpLook> {
    const now = activityNow();
    const order = await topUpById(this.#sql, orderId);
    const { provider_payment_id: providerPaymentId } = order;
    // Postponed by the week's limit, or the provider was away: it is started now.
    if (providerPaymentId === null && order.state === 'created') return this.startTopUp(orderId);
    const deps = { sql: this.#sql, stripe: this.#stripe };
    const read = providerPaymentId === null ? null : await refreshTopUpIfOurs(deps, { providerPaymentId, now });
    return this.#lookTopUp(read ?? topUpState(order), now);
  }

  /** By policy's interval, and once a day when its limit is reached: a debit that is with the bank always ends. */
  async #lookTopUp({ orderId, customerId, state, reason }: TopUpState, now: Date): Promise<TopUpLook> {
    if (state !== 'processing') return { state, reason, lookAgainAt: null };
    const { debit_at: since } = await topUpById(this.#sql, orderId);
    const { installationId, timeZone } = await prepaidHome(this.#sql, customerId);
    const policy = await policyAt(this.#sql, installationId, since);
    const holidays = await holidaysFor(this.#sql, installationId);
    const limitAt = afterDelay(since, policy.processingLimit, timeZone, holidays);
    const pollAt = afterDelay(now, policy.processingPoll, timeZone, holidays);
    const at = nextLook({ now, since, limitAt, pollAt }) ?? new Date(now.getTime() + DAY_MS);
    return { state, reason, lookAgainAt: at.toISOString() };
  }

  async #look(documentId: string, attempt: AttemptState, now: Date): Promise<DebitLook> {
    const { providerPaymentId, state, failureCode } = attempt;
    const lookAgainAt = state === 'processing' ? await this.#lookAgainAt(documentId, providerPaymentId, now) : null;
    return { providerPaymentId, state, failureCode, lookAgainAt };
  }

  /** Policy's interval, up to policy's limit since the debit was made. */
  async #lookAgainAt(documentId: string, providerPaymentId: string | null, now: Date): Promise<string | null> {
    const row = await this.#sql
      .selectFrom('payment_attempt as attempt')
      .innerJoin('fiscal_document as document', 'document.id', 'attempt.document_id')
      .innerJoin('installation', 'installation.id', 'document.installation_id')
      .where('attempt.document_id', '=', documentId)
      .where('attempt.provider_payment_id', '=', providerPaymentId)
      .select([
        'attempt.created_at as createdAt',
        'attempt.target_date as targetDate',
        'installation.id as installationId',
        'installation.time_zone as timeZone',
      ])
      .executeTakeFirstOrThrow(() => new Error(`payment ${providerPaymentId} is none of document ${documentId}`));
    // The bank has it from the day on which it is asked.
    const since = row.targetDate === null ? row.createdAt : new Date(`${row.targetDate}T00:00:00Z`);
    const policy = await policyAt(this.#sql, row.installationId, row.createdAt);
    const holidays = await holidaysFor(this.#sql, row.installationId);
    const limitAt = afterDelay(since, policy.processingLimit, row.timeZone, holidays);
    const pollAt = afterDelay(now, policy.processingPoll, row.timeZone, holidays);
    return nextLook({ now, since, limitAt, pollAt })?.toISOString() ?? null;
  }
}
