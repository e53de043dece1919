import { attemptState, type AttemptState } from './apply-intent.js';
import type { PaymentDeps } from './payment-deps.js';
import { refreshAttempt } from './refresh-attempt.js';
import { attemptOf, claimSepaDebit, isSepaPaymentId, ownBankOf, type Claimed } from './sepa/claim-debit.js';
import { settlePassedWindows } from './sepa/settle-debits.js';
import { startDebit, type DebitOrder, type PostponedDebit } from './start-debit.js';

/**
 * Debits by the rail of the document's issuer: in line for its bank's next file, or through the payment provider. An
 * attempt that was made stays on the rail that it was made on.
 */
export async function startDebitByRail(deps: PaymentDeps, order: DebitOrder): Promise<Claimed | PostponedDebit> {
  const { sql } = deps;
  const existing = await attemptOf(sql, order.documentId, order.attemptNo);
  if (existing?.method === 'sepa-file') return attemptState(existing, existing.provider_payment_id);
  const creditor = existing === null ? await ownBankOf(sql, order.documentId) : null;
  return creditor === null ? startDebit(deps, order) : claimSepaDebit(sql, order, creditor);
}

/** What became of a debit: read from the provider, or for a bank's file from what the bank has told us so far. */
export async function lookAtDebitByRail(
  deps: PaymentDeps,
  order: { readonly documentId: string; readonly providerPaymentId: string; readonly now: Date },
): Promise<AttemptState> {
  const { sql } = deps;
  const { documentId, providerPaymentId, now } = order;
  if (!isSepaPaymentId(providerPaymentId)) return refreshAttempt(deps, { providerPaymentId, now });
  await settlePassedWindows(sql, { now, documentId });
  const attempt = await sql
    .selectFrom('payment_attempt')
    .selectAll()
    .where('provider_payment_id', '=', providerPaymentId)
    .executeTakeFirstOrThrow(() => new Error(`payment ${providerPaymentId} belongs to no attempt of ours`));
  return attemptState(attempt, providerPaymentId);
}
