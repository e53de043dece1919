import { sql as raw } from 'kysely';

import { dueCents, lockCustomerBooks, prepaidAvailableCents } from '#libs/ledger/balances.js';
import { postPayment, postPaymentReversed } from '#libs/ledger/post-events.js';
import { postTopUp } from '#libs/ledger/post-money.js';
import { settlePending } from '#libs/ledger/post-pending.js';

import type { Sql } from '../../persistence/database.js';
import { causeOf } from '../failure-causes.js';
import { afterPaidAhead, payableCents } from '../money-in.js';
import { openPending, releasePending } from '../pending-debit.js';
import { postedCents } from '../posted-cents.js';
import type { PaymentNews } from './batch.js';
import { sepaPaymentId } from './claim-debit.js';
import { addTargetDays } from './target-days.js';

/** A debit of a file with what its books need. */
export interface FileDebit {
  readonly attemptId: string;
  readonly documentId: string;
  readonly customerId: string;
  readonly issuerId: string;
  readonly amountCents: number;
  readonly state: string;
  readonly batchId: string | null;
}

export function fileDebits(sql: Sql) {
  return sql
    .selectFrom('sepa_debit as debit')
    .innerJoin('payment_attempt as attempt', 'attempt.id', 'debit.attempt_id')
    .innerJoin('fiscal_document as document', 'document.id', 'attempt.document_id')
    .select([
      'debit.attempt_id as attemptId',
      'attempt.document_id as documentId',
      'document.customer_id as customerId',
      'debit.issuer_id as issuerId',
      'attempt.amount_cents as amountCents',
      'debit.state as state',
      'debit.batch_id as batchId',
    ]);
}

/** Why a debit that had been paid and came back is chased, as long as nobody chases its document; null: it is not. */
export const stillToChase = () => raw<string | null>`
  case when debit.state = 'returned' and debit.settled_at is not null
    and not exists (select from arrears_case where arrears_case.document_id = attempt.document_id)
  then attempt.failure_code end`;

const newsOf = ({ documentId, attemptId }: FileDebit, chase: string | null = null): PaymentNews => ({
  documentId,
  providerPaymentId: sepaPaymentId(attemptId),
  chase,
});

/** The money is there: of the invoice as far as it is due, the rest is paid ahead. The caller holds the customer's lock. */
export async function splitByDue(trx: Sql, { attemptId, documentId, amountCents }: FileDebit, now: Date) {
  const payable = await payableCents(trx, { documentId, amountCents, key: `settle/${attemptId}`, now });
  const paidCents = Math.min(amountCents, payable);
  return { paidCents, aheadCents: amountCents - paidCents };
}

export async function markSettled(trx: Sql, { attemptId }: FileDebit, now: Date): Promise<void> {
  await trx
    .updateTable('sepa_debit')
    .set({ state: 'settled', settled_at: now })
    .where('attempt_id', '=', attemptId)
    .execute();
  await trx
    .updateTable('payment_attempt')
    .set({ state: 'succeeded', failure_code: null, provider_failure_code: null, settled_at: now })
    .where('id', '=', attemptId)
    .execute();
}

/**
 * Settles, where an issuer's terms say so, the debits of sent files whose return window has passed without an answer: a
 * debtor's bank returns a SEPA Core debit at most five TARGET days after the collection (EPC016-06, 4.3); a refund that
 * the debtor asks for within eight weeks comes after and takes the money back. With `documentId` only its debits.
 */
export async function settlePassedWindows(
  sql: Sql,
  { now, documentId }: { readonly now: Date; readonly documentId?: string },
): Promise<PaymentNews[]> {
  let query = fileDebits(sql)
    .innerJoin('sepa_batch as batch', 'batch.id', 'debit.batch_id')
    .innerJoin('sepa_creditor as creditor', 'creditor.id', 'batch.creditor_id')
    .where('debit.state', '=', 'presented')
    .where('batch.state', '=', 'sent')
    .where('creditor.settle_by', '=', 'return-window')
    .select(['batch.collection_date as collectionDate', 'creditor.return_window_days as windowDays']);
  if (documentId !== undefined) query = query.where('attempt.document_id', '=', documentId);
  const today = now.toISOString().slice(0, 10);
  const news: PaymentNews[] = [];
  for (const { collectionDate, windowDays, ...debit } of await query.execute()) {
    if (today <= addTargetDays(collectionDate, windowDays)) continue;
    if (await settleFromBank(sql, debit, now)) news.push(newsOf(debit));
  }
  return news;
}

async function settleFromBank(sql: Sql, debit: FileDebit, now: Date): Promise<boolean> {
  return sql.transaction().execute(async (trx) => {
    await lockCustomerBooks(trx, debit.customerId);
    if ((await stateOf(trx, debit.attemptId)) !== 'presented') return false;
    const { paidCents, aheadCents } = await splitByDue(trx, debit, now);
    const { attemptId, documentId, customerId, issuerId } = debit;
    const pending = await openPending(trx, attemptId);
    const paid = { key: `settle/${attemptId}`, amountCents: paidCents, occurredAt: now };
    if (paidCents > 0 && pending !== null && pending.amountCents >= paidCents) {
      await settlePending(trx, { ...paid, pendingKey: pending.key });
    } else {
      await releasePending(trx, attemptId, now);
      if (paidCents > 0) await postPayment(trx, { ...paid, documentId, source: 'bank' });
    }
    if (aheadCents > 0) {
      const key = `credit/${attemptId}`;
      await postTopUp(trx, { key, customerId, source: 'bank', issuerId, amountCents: aheadCents, occurredAt: now });
      await afterPaidAhead(trx, { customerId, currency: 'EUR', key, now });
    }
    await markSettled(trx, debit, now);
    return true;
  });
}

export async function stateOf(trx: Sql, attemptId: string): Promise<string> {
  const { state } = await trx
    .selectFrom('sepa_debit')
    .select('state')
    .where('attempt_id', '=', attemptId)
    .executeTakeFirstOrThrow();
  return state;
}

export interface DebitBack {
  readonly debit: FileDebit;
  /** The bank's code; null where it gave none. */
  readonly reasonCode: string | null;
  /** rejected: before any money moved. returned: the bank says that money came back. */
  readonly as: 'rejected' | 'returned';
  readonly now: Date;
}

/**
 * The bank refused a debit, or took its money back, once however often it is told. What was not yet in the books has
 * failed; what was is owed again, and what it had paid ahead is taken back as far as it is there. The caller holds the
 * customer's lock. Null when that was known ({@link newsBefore} tells it again).
 */
export async function takeBack(trx: Sql, { debit, reasonCode, as, now }: DebitBack): Promise<PaymentNews | null> {
  const state = await stateOf(trx, debit.attemptId);
  if (state !== 'presented' && state !== 'settled') return null;
  const cause = causeOf(reasonCode);
  const wasSettled = state === 'settled';
  if (wasSettled) await reverse(trx, debit, now);
  else await releasePending(trx, debit.attemptId, now);
  await trx
    .updateTable('sepa_debit')
    .set({ state: wasSettled ? 'returned' : as, reason_code: reasonCode, returned_at: now })
    .where('attempt_id', '=', debit.attemptId)
    .execute();
  await trx
    .updateTable('payment_attempt')
    .set({
      state: cause === 'disputed' ? 'disputed' : 'failed',
      failure_code: cause,
      provider_failure_code: reasonCode,
      settled_at: now,
    })
    .where('id', '=', debit.attemptId)
    .execute();
  return newsOf(debit, wasSettled ? cause : null);
}

/** What was told when a debit came back; null: it has not. Whoever could not be told the first time is told again. */
export async function newsBefore(sql: Sql, debit: FileDebit): Promise<PaymentNews | null> {
  const row = await fileDebits(sql)
    .where('debit.attempt_id', '=', debit.attemptId)
    .where('debit.state', 'in', ['rejected', 'returned'])
    .select(stillToChase().as('chase'))
    .executeTakeFirst();
  return row === undefined ? null : newsOf(debit, row.chase);
}

async function reverse(trx: Sql, debit: FileDebit, now: Date): Promise<void> {
  const { attemptId, documentId, customerId, amountCents } = debit;
  const reversal = {
    key: `reverse/sepa/${attemptId}`,
    documentId,
    source: 'bank',
    amountCents,
    occurredAt: now,
  } as const;
  const { posted } = await postPaymentReversed(trx, reversal);
  if (!posted) throw new Error(`${reversal.key} was posted before, and the debit is settled`);
  const aheadCents = (await postedCents(trx, `credit/${attemptId}`, 'prepaid')) ?? (await aheadByLine(trx, debit));
  const available = await prepaidAvailableCents(trx, customerId);
  const backCents = Math.min(aheadCents, available, await dueCents(trx, documentId));
  if (backCents <= 0) return;
  const key = `reverse-credit/sepa/${attemptId}`;
  await postPayment(trx, { key, documentId, source: 'prepaid', amountCents: backCents, occurredAt: now });
}

/** What of the debit a statement's line had paid ahead. */
async function aheadByLine(trx: Sql, { attemptId }: FileDebit): Promise<number> {
  const parts = await trx
    .selectFrom('bank_decision_part')
    .select('amount_cents')
    .where('attempt_id', '=', attemptId)
    .where('document_id', 'is', null)
    .execute();
  return parts.reduce((sum, part) => sum + part.amount_cents, 0);
}
