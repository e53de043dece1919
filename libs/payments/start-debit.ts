import Stripe from 'stripe';

import { dueCents, lockCustomerBooks } from '#libs/ledger/balances.js';

import type { Sql } from '../persistence/database.js';
import { applyIntent, attemptState, type AttemptState } from './apply-intent.js';
import { abandonAttempt, customerOf, hasDebitInFlight, type Attempt } from './attempts.js';
import { refreshCheckoutsOf } from './checkout/refresh-checkout.js';
import { DEBIT_LIMITS } from './debit-limits.js';
import { debitsOfWeek, lockDebitWeek, roomAt } from './debit-week.js';
import { payFromBalance } from './deduct-prepaid.js';
import { causeOf, isKnownFailure } from './failure-causes.js';
import { activeMandate } from './mandates/active-mandate.js';
import type { PaymentDeps } from './payment-deps.js';
import { refreshMandate } from './refresh-mandate.js';
import { targetDate } from './target-date.js';

/** Why no debit was made. `DEBIT.NOTHING_DUE`: paid meanwhile; `DEBIT.IN_FLIGHT`: another one could take the money twice. */
export interface DebitRefusal {
  readonly code:
    | 'DEBIT.NOTHING_DUE'
    | 'DEBIT.IN_FLIGHT'
    | 'DEBIT.AMOUNT_TOO_SMALL'
    | 'DEBIT.AMOUNT_TOO_LARGE'
    | 'MANDATE.NOT_FOUND';
  readonly detail: string;
}

export interface DebitOrder {
  readonly documentId: string;
  /** 1, 2, ...: the same number is the same debit, however often it is asked for. */
  readonly attemptNo: number;
  /** What all debits of seven days may come to (a new account); null or none: no limit. */
  readonly weeklyLimitCents?: number | null;
  readonly now: Date;
}

/** There is no room under the week's limit: nothing was claimed; ask again then. */
export interface PostponedDebit {
  readonly documentId: string;
  readonly providerPaymentId: null;
  readonly state: 'postponed';
  readonly failureCode: null;
  readonly until: Date;
}

/**
 * Debits what is due on a document, less what the customer has paid ahead, and has just paid on the provider's page (a
 * voucher that nobody has paid yet blocks nothing). The attempt is committed before the provider
 * is asked; asking again with the same number finds the payment that was made (by its stored id, by our id in its
 * metadata, by the idempotency key, which the provider forgets after 24 hours) and never makes a second one. What the
 * provider refuses at once (an ended mandate) is a failed attempt without a payment id; an attempt that an outage held up
 * until the debt was paid otherwise is given up. Throws when the provider cannot be asked: ask again.
 */
export async function startDebit(
  { sql, stripe }: PaymentDeps,
  order: DebitOrder,
): Promise<AttemptState | PostponedDebit | { readonly refused: DebitRefusal }> {
  await refreshCheckoutsOf({ sql, stripe }, order);
  const claim = await sql.transaction().execute((trx) => claimAttempt(trx, order));
  if ('refused' in claim) return claim;
  if ('until' in claim) return claim;
  const { attempt } = claim;
  if (attempt.provider_payment_id !== null) return attemptState(attempt, attempt.provider_payment_id);
  if (attempt.state !== 'created') return attemptState(attempt, null);
  const found = claim.isNew ? null : await findIntent({ sql, stripe }, attempt);
  if (found !== null) return applyIntent(sql, attempt.id, found, order.now);
  const given = claim.isNew ? null : await giveUp(sql, attempt, order.now);
  if (given !== null) return refused(given);
  const intent = await createIntent({ sql, stripe }, attempt, order.now);
  if ('refusedCode' in intent) return failAtOnce({ sql, stripe }, attempt, intent.refusedCode, order.now);
  return applyIntent(sql, attempt.id, intent, order.now);
}

function refused(code: DebitRefusal['code'], detail: string | number = ''): { readonly refused: DebitRefusal } {
  return { refused: { code, detail: String(detail) } };
}

/** `isNew`: claimed by this very call, so nobody can have asked the provider yet. */
type Claim =
  | { readonly attempt: Attempt; readonly isNew: boolean }
  | PostponedDebit
  | { readonly refused: DebitRefusal };

async function claimAttempt(trx: Sql, order: DebitOrder): Promise<Claim> {
  const { documentId, attemptNo, now } = order;
  const weeklyLimitCents = order.weeklyLimitCents ?? null;
  const customerId = await customerOf(trx, documentId);
  await lockCustomerBooks(trx, customerId);
  const existing = await trx
    .selectFrom('payment_attempt')
    .selectAll()
    .where('document_id', '=', documentId)
    .where('attempt_no', '=', attemptNo)
    .executeTakeFirst();
  if (existing !== undefined) return { attempt: existing, isNew: false };
  if (await hasDebitInFlight(trx, documentId)) return refused('DEBIT.IN_FLIGHT');
  const mandateId = (await activeMandate(trx, customerId, now))?.mandateId ?? null;
  const { leastCents: leastRestCents } = DEBIT_LIMITS;
  await payFromBalance(trx, { documentId, occasion: `debit-${attemptNo}`, now, leastRestCents });
  const amountCents = await dueCents(trx, documentId);
  if (amountCents <= 0) return refused('DEBIT.NOTHING_DUE');
  if (amountCents < DEBIT_LIMITS.leastCents) return refused('DEBIT.AMOUNT_TOO_SMALL', amountCents);
  if (amountCents > DEBIT_LIMITS.mostCents) return refused('DEBIT.AMOUNT_TOO_LARGE', amountCents);
  if (mandateId === null) return refused('MANDATE.NOT_FOUND', customerId);
  if (weeklyLimitCents !== null) {
    if (amountCents > weeklyLimitCents) return refused('DEBIT.AMOUNT_TOO_LARGE', amountCents);
    await lockDebitWeek(trx);
    const until = roomAt(await debitsOfWeek(trx, now), amountCents, weeklyLimitCents);
    if (until !== null) return { documentId, providerPaymentId: null, state: 'postponed', failureCode: null, until };
  }
  const { due_date: dueDate } = await trx
    .selectFrom('fiscal_document')
    .select('due_date')
    .where('id', '=', documentId)
    .executeTakeFirstOrThrow();
  const attempt = await trx
    .insertInto('payment_attempt')
    .values({
      document_id: documentId,
      attempt_no: attemptNo,
      method: 'stripe-sepa',
      mandate_id: mandateId,
      amount_cents: amountCents,
      target_date: targetDate(dueDate, now),
      state: 'created',
      created_at: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return { attempt, isNew: true };
}

/** Why an attempt of which the provider made nothing is over: nothing is due any more, or its mandate has ended. */
async function giveUp(sql: Sql, attempt: Attempt, now: Date): Promise<DebitRefusal['code'] | null> {
  return sql.transaction().execute(async (trx) => {
    await lockCustomerBooks(trx, await customerOf(trx, attempt.document_id));
    const isPaid = (await dueCents(trx, attempt.document_id)) <= 0;
    if (!isPaid && (await holds(trx, attempt.mandate_id))) return null;
    if (!(await abandonAttempt(trx, attempt.id, now))) return null;
    return isPaid ? 'DEBIT.NOTHING_DUE' : 'MANDATE.NOT_FOUND';
  });
}

async function holds(sql: Sql, mandateId: string | null): Promise<boolean> {
  if (mandateId === null) return false;
  const row = await sql.selectFrom('mandate').select('status').where('id', '=', mandateId).executeTakeFirst();
  return row?.status === 'active';
}

/**
 * The provider's payment of an attempt, among all of its debtor's: a few dozen. Stripe's list knows what was just made,
 * while its search may lag by a minute and more (docs.stripe.com/search: not for reading after a write).
 */
export async function findIntent({ sql, stripe }: PaymentDeps, attempt: Attempt): Promise<Stripe.PaymentIntent | null> {
  const { stripeCustomerId } = await debitFacts(sql, attempt);
  const found: Stripe.PaymentIntent[] = [];
  for await (const intent of stripe.paymentIntents.list({ customer: stripeCustomerId, limit: 100 })) {
    if (intent.metadata['attemptId'] === attempt.id) found.push(intent);
  }
  if (found.length > 1) throw new Error(`attempt ${attempt.id} has ${found.length} payments at the provider`);
  return found[0] ?? null;
}

type Created = Stripe.PaymentIntent | { readonly refusedCode: string | null };

async function createIntent({ sql, stripe }: PaymentDeps, attempt: Attempt, now: Date): Promise<Created> {
  const facts = await debitFacts(sql, attempt);
  // An outage may have lasted until the day is too near to be told.
  const target = attempt.target_date === null ? null : targetDate(attempt.target_date, now);
  try {
    return await stripe.paymentIntents.create(
      {
        amount: attempt.amount_cents,
        currency: facts.currency.toLowerCase(),
        customer: facts.stripeCustomerId,
        payment_method: facts.paymentMethodId,
        mandate: facts.stripeMandateId,
        allowed_payment_method_types: ['sepa_debit'],
        confirm: true,
        off_session: true,
        ...(target === null ? {} : { payment_method_options: { sepa_debit: { target_date: target } } }),
        description: facts.numberText,
        metadata: { documentId: attempt.document_id, attemptId: attempt.id, attemptNo: String(attempt.attempt_no) },
      },
      { idempotencyKey: attempt.id },
    );
  } catch (error) {
    if (isFinalRefusal(error)) return { refusedCode: error.code ?? null };
    throw error;
  }
}

/** A refusal about this debtor's account or mandate. Anything else (our key, our parameters, a limit) is not theirs. */
export function isFinalRefusal(error: unknown): error is Stripe.errors.StripeError {
  if (error instanceof Stripe.errors.StripeCardError) return true;
  return error instanceof Stripe.errors.StripeInvalidRequestError && isKnownFailure(error.code);
}

async function debitFacts(sql: Sql, attempt: Attempt) {
  const row = await sql
    .selectFrom('payment_attempt')
    .innerJoin('fiscal_document', 'fiscal_document.id', 'payment_attempt.document_id')
    .innerJoin('mandate', 'mandate.id', 'payment_attempt.mandate_id')
    .innerJoin('customer', 'customer.id', 'mandate.customer_id')
    .where('payment_attempt.id', '=', attempt.id)
    .select([
      'fiscal_document.currency as currency',
      'fiscal_document.number_text as numberText',
      'customer.stripe_customer_id as stripeCustomerId',
      'mandate.stripe_payment_method_id as paymentMethodId',
      'mandate.stripe_mandate_id as stripeMandateId',
    ])
    .executeTakeFirstOrThrow();
  const { currency, numberText, stripeCustomerId, paymentMethodId, stripeMandateId } = row;
  if (stripeCustomerId === null || paymentMethodId === null || stripeMandateId === null) {
    throw new Error(`the mandate of attempt ${attempt.id} is not complete`);
  }
  return { currency, numberText, stripeCustomerId, paymentMethodId, stripeMandateId };
}

/** The attempt is over before it began. */
async function failAtOnce(
  deps: PaymentDeps,
  attempt: Attempt,
  providerCode: string | null,
  now: Date,
): Promise<AttemptState> {
  const cause = causeOf(providerCode);
  const failed = await deps.sql
    .updateTable('payment_attempt')
    .set({ state: 'failed', failure_code: cause, provider_failure_code: providerCode, settled_at: now })
    .where('id', '=', attempt.id)
    .where('state', '=', 'created')
    .returningAll()
    .executeTakeFirstOrThrow();
  if (cause === 'mandate-inactive' && attempt.mandate_id !== null) {
    await refreshMandate(deps, { mandateId: attempt.mandate_id, now });
  }
  return attemptState(failed, failed.provider_payment_id);
}
