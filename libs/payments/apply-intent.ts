import type Stripe from 'stripe';

import { lockCustomerBooks } from '#libs/ledger/balances.js';
import { postPaymentPending } from '#libs/ledger/post-pending.js';

import type { Sql } from '../persistence/database.js';
import { customerOf, type Attempt } from './attempts.js';
import { creditStripe } from './credit-stripe.js';
import { debitOutcome, type DebitOutcome } from './debit-outcome.js';
import { openPending, pendingKey, releasePending } from './pending-debit.js';

/** An attempt as collection and arrears see it. A disputed one is failed: the money is not there. */
export interface AttemptState {
  readonly documentId: string;
  /** null when the provider refused to make a payment at all: then the state is failed. */
  readonly providerPaymentId: string | null;
  readonly state: 'processing' | 'succeeded' | 'failed';
  /** Our cause (failure-causes.json) when failed. */
  readonly failureCode: string | null;
}

export function attemptState(attempt: Attempt, providerPaymentId: string | null): AttemptState {
  const common = { documentId: attempt.document_id, providerPaymentId };
  switch (attempt.state) {
    case 'created':
    case 'processing':
      return { ...common, state: 'processing', failureCode: null };
    case 'succeeded':
      return { ...common, state: 'succeeded', failureCode: null };
    case 'failed':
    case 'disputed':
    case 'cancelled':
      return { ...common, state: 'failed', failureCode: attempt.failure_code ?? 'debit-failed' };
    default:
      throw new Error(`payment attempt ${attempt.id} has the unknown state ${attempt.state}`);
  }
}

/**
 * Writes down what the provider's payment means, and credits it: state and postings in one transaction, so that no
 * repetition, no order of webhooks and no crash credits twice. What comes in beyond the debt is paid ahead.
 */
export async function applyIntent(
  sql: Sql,
  attemptId: string,
  intent: Stripe.PaymentIntent,
  now: Date,
): Promise<AttemptState> {
  return sql.transaction().execute(async (trx) => {
    const attempt = await lockAttempt(trx, attemptId);
    if (attempt.provider_payment_id !== null && attempt.provider_payment_id !== intent.id) {
      throw new Error(`attempt ${attemptId} is payment ${attempt.provider_payment_id}, not ${intent.id}`);
    }
    const outcome = debitOutcome(intent);
    const change = changeOf(attempt, outcome, now);
    if (outcome.state === 'succeeded') await credit(trx, attempt, outcome.receivedCents, now);
    if (change.state === 'processing') await reserve(trx, attempt, now);
    if (change.state === 'failed') await releasePending(trx, attempt.id, now);
    const after = await trx
      .updateTable('payment_attempt')
      .set({ provider_payment_id: intent.id, ...change })
      .where('id', '=', attemptId)
      .returningAll()
      .executeTakeFirstOrThrow();
    return attemptState(after, intent.id);
  });
}

async function lockAttempt(trx: Sql, attemptId: string): Promise<Attempt> {
  const { document_id: documentId } = await trx
    .selectFrom('payment_attempt')
    .select('document_id')
    .where('id', '=', attemptId)
    .executeTakeFirstOrThrow();
  await lockCustomerBooks(trx, await customerOf(trx, documentId));
  return trx
    .selectFrom('payment_attempt')
    .selectAll()
    .where('id', '=', attemptId)
    .forUpdate()
    .executeTakeFirstOrThrow();
}

/** Money that came is always credited, whatever was believed before; a dispute has been credited already. */
function isCredited(attempt: Attempt): boolean {
  return attempt.state === 'succeeded' || attempt.state === 'disputed';
}

async function credit(trx: Sql, attempt: Attempt, receivedCents: number, now: Date): Promise<void> {
  if (isCredited(attempt)) return;
  await creditStripe(trx, {
    documentId: attempt.document_id,
    amountCents: receivedCents,
    keys: { paid: `settle/${attempt.id}`, ahead: `credit/${attempt.id}` },
    pending: await openPending(trx, attempt.id),
    now,
  });
}

/** The bank has it: on its way, and it may yet fail. */
async function reserve(trx: Sql, attempt: Attempt, now: Date): Promise<void> {
  await postPaymentPending(trx, {
    key: pendingKey(attempt.id),
    documentId: attempt.document_id,
    source: 'stripe',
    amountCents: attempt.amount_cents,
    occurredAt: now,
  });
}

interface Change {
  readonly state?: 'processing' | 'succeeded' | 'failed';
  readonly failure_code?: string | null;
  readonly provider_failure_code?: string | null;
  readonly settled_at?: Date | null;
}

/** A final state is never left for another, but for money that did come. */
function changeOf(attempt: Attempt, outcome: DebitOutcome, now: Date): Change {
  switch (outcome.state) {
    case 'processing':
      // Only we give an attempt up; when the provider has it nevertheless, it is with the bank and blocks others.
      return attempt.state === 'created' || attempt.state === 'cancelled'
        ? { state: 'processing', failure_code: null, settled_at: null }
        : {};
    case 'succeeded':
      return isCredited(attempt)
        ? {}
        : { state: 'succeeded', failure_code: null, provider_failure_code: null, settled_at: now };
    case 'failed':
      return ['created', 'processing', 'cancelled'].includes(attempt.state)
        ? {
            state: 'failed',
            failure_code: outcome.cause,
            provider_failure_code: outcome.providerCode,
            settled_at: now,
          }
        : {};
    default:
      return outcome satisfies never;
  }
}
