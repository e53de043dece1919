import { dueCents, lockCustomerBooks } from '#libs/ledger/balances.js';

import type { Sql } from '../../persistence/database.js';
import { releasePending } from '../pending-debit.js';
import { lockedBatch, type Batch, type PaymentNews } from './batch.js';
import { claimLocked, ownBankOf, sepaPaymentId } from './claim-debit.js';
import { activeSepaMandate, mandateUse, type StoredMandate } from './mandates.js';
import { sequenceTypeOf } from './sequence.js';

interface Gathering {
  readonly batch: Batch;
  readonly now: Date;
}

/**
 * Puts in a batch what waits, and claims what is due by its date; one transaction a customer. Nothing is put in a batch
 * whose file another request has written meanwhile, or that was withdrawn.
 */
export async function gatherDebits(sql: Sql, gathering: Gathering): Promise<PaymentNews[]> {
  const news: PaymentNews[] = [];
  for (const { customerId, documentId } of await documentsDue(sql, gathering)) {
    await sql.transaction().execute(async (trx) => {
      await lockCustomerBooks(trx, customerId);
      const creditor = await ownBankOf(trx, documentId);
      if (creditor === null) return;
      const { now } = gathering;
      // A refusal is for the document's own workflow to meet on the due date.
      await claimLocked(trx, { documentId, attemptNo: 1, now }, { creditor, customerId });
    });
  }
  for (const { attemptId, customerId } of await waitingDebits(sql, gathering.batch.issuer_id)) {
    const told = await sql.transaction().execute(async (trx) => {
      await lockCustomerBooks(trx, customerId);
      return present(trx, { ...gathering, attemptId, customerId });
    });
    if (told !== null) news.push(told);
  }
  return news;
}

/** Invoices by direct debit that nobody has tried to debit yet, whose collection runs and is not in a person's hands. */
async function documentsDue(sql: Sql, { batch }: Gathering) {
  return sql
    .selectFrom('fiscal_document as document')
    .innerJoin('installation', 'installation.id', 'document.installation_id')
    .innerJoin('collection', 'collection.document_id', 'document.id')
    .where('installation.issuer_id', '=', batch.issuer_id)
    .where('document.payment_method', '=', 'direct-debit')
    .where('document.currency', '=', 'EUR')
    .where('document.due_date', '<=', batch.collection_date)
    .where('collection.outcome', 'is', null)
    .where((where) =>
      where.or([where('collection.waits_for', 'is', null), where('collection.waits_for', 'not like', 'person:%')]),
    )
    .where((where) =>
      where.not(
        where.exists(where.selectFrom('payment_attempt').select('id').whereRef('document_id', '=', 'document.id')),
      ),
    )
    .select(['document.id as documentId', 'document.customer_id as customerId'])
    .orderBy('document.due_date')
    .orderBy('document.number_text')
    .execute();
}

async function waitingDebits(sql: Sql, issuerId: string) {
  return sql
    .selectFrom('sepa_debit as debit')
    .innerJoin('payment_attempt as attempt', 'attempt.id', 'debit.attempt_id')
    .innerJoin('fiscal_document as document', 'document.id', 'attempt.document_id')
    .where('debit.issuer_id', '=', issuerId)
    .where('debit.state', '=', 'waiting')
    .select(['debit.attempt_id as attemptId', 'document.customer_id as customerId'])
    .orderBy('attempt.created_at')
    .orderBy('debit.attempt_id')
    .execute();
}

interface Presenting extends Gathering {
  readonly attemptId: string;
  readonly customerId: string;
}

/** News when the attempt is over instead: paid meanwhile, or no mandate carries it any more. */
async function present(trx: Sql, presenting: Presenting): Promise<PaymentNews | null> {
  const { batch, attemptId, customerId, now } = presenting;
  if ((await lockedBatch(trx, batch.id))?.state !== 'gathering') return null;
  const attempt = await trx
    .selectFrom('payment_attempt')
    .innerJoin('sepa_debit', 'sepa_debit.attempt_id', 'payment_attempt.id')
    .where('payment_attempt.id', '=', attemptId)
    .where('sepa_debit.state', '=', 'waiting')
    .select(['payment_attempt.document_id as documentId', 'payment_attempt.amount_cents as amountCents'])
    .executeTakeFirst();
  if (attempt === undefined) return null;
  const { documentId } = attempt;
  const over = async (state: 'cancelled' | 'failed', failureCode: string): Promise<PaymentNews> => {
    await releasePending(trx, attemptId, now);
    const change = { state, failure_code: failureCode, settled_at: now };
    await trx.updateTable('payment_attempt').set(change).where('id', '=', attemptId).execute();
    await trx.updateTable('sepa_debit').set({ state: 'cancelled' }).where('attempt_id', '=', attemptId).execute();
    return { documentId, providerPaymentId: sepaPaymentId(attemptId), chase: null };
  };
  const amountCents = Math.min(attempt.amountCents, await dueCents(trx, documentId));
  if (amountCents <= 0) return over('cancelled', 'cancelled');
  const mandate = await activeSepaMandate(trx, batch.issuer_id, customerId);
  const sequenceType = mandate === null ? null : await sequenceFor(trx, mandate, batch.collection_date);
  if (mandate === null || sequenceType === null) return over('failed', 'mandate-inactive');
  await trx.updateTable('payment_attempt').set({ amount_cents: amountCents }).where('id', '=', attemptId).execute();
  await trx
    .updateTable('sepa_debit')
    .set({ state: 'presented', batch_id: batch.id, mandate_id: mandate.id, sequence_type: sequenceType })
    .where('attempt_id', '=', attemptId)
    .execute();
  return null;
}

async function sequenceFor(trx: Sql, mandate: StoredMandate, collectionDate: string): Promise<string | null> {
  const sequence = sequenceTypeOf(await mandateUse(trx, mandate), collectionDate);
  return typeof sequence === 'object' ? null : sequence;
}
