import { createHash } from 'node:crypto';

import type { Sql } from '../../persistence/database.js';
import type { AccountVault } from '../account-vault.js';
import { lockedBatch, type Batch, type PaymentNews } from './batch.js';
import { isDay } from './credit-transfer-file.js';
import { creditorOn, versionOf, type Creditor } from './creditors.js';
import { directDebitFile, type DirectDebit } from './direct-debit-file.js';
import { gatherDebits } from './gather-debits.js';
import { sepaIdOf } from './sepa-text.js';
import { sequenceOf } from './sequence.js';
import { addTargetDays, isTargetDay } from './target-days.js';

/** Nobody means a date further away: it is a typing error. */
const FARTHEST_DAYS = 60;

export interface BatchOrder {
  readonly issuerId: string;
  /** yyyy-mm-dd: when the debtors' accounts are debited. */
  readonly collectionDate: string;
  /** The request's Idempotency-Key: one batch per request, taken up again after a crash. */
  readonly key: string;
  readonly by: string;
  readonly now: Date;
}

export type BatchRefusal =
  | 'NOT_BY_OWN_BANK'
  | 'DATE_INVALID'
  | 'DATE_NOT_A_BANK_DAY'
  | 'DATE_TOO_SOON'
  | 'DATE_TOO_FAR'
  | 'NOTHING_TO_COLLECT'
  | 'KEY_USED_FOR_ANOTHER_BATCH';

export type CreatedBatch =
  | { readonly batch: Batch; readonly news: readonly PaymentNews[] }
  | {
      readonly refused: { readonly code: BatchRefusal; readonly detail: string };
      readonly news: readonly PaymentNews[];
    };

/**
 * Makes the file of one collection date: all that waits for it, and the first debits of what is due by then, so that a
 * due date is met although the bank wants its file days before. Each debit is claimed and put in the batch before the
 * file exists, under its customer's lock; asked again with the same key it goes on where it stopped.
 */
export async function createSepaBatch(sql: Sql, vault: AccountVault, order: BatchOrder): Promise<CreatedBatch> {
  const creditor = isDay(order.collectionDate) ? await creditorOn(sql, order.issuerId, order.collectionDate) : null;
  // A request that was taken is answered with its batch, however late it is sent again.
  const problem = (await batchOfKey(sql, order.key)) === undefined ? dateProblem(order, creditor) : null;
  const opened = problem === null && creditor !== null ? await openBatch(sql, order, creditor) : null;
  if (creditor === null || opened === null) return refused(problem ?? 'NOT_BY_OWN_BANK', order.collectionDate);
  if (opened.issuer_id !== order.issuerId || opened.collection_date !== order.collectionDate) {
    return refused('KEY_USED_FOR_ANOTHER_BATCH', opened.message_id);
  }
  if (opened.state === 'withdrawn') return refused('NOTHING_TO_COLLECT', opened.message_id);
  if (opened.state !== 'gathering') return { batch: opened, news: [] };
  const news = await gatherDebits(sql, { batch: opened, now: order.now });
  const batch = await writeBatch(sql, vault, { batchId: opened.id, creditor, now: order.now });
  return batch === null ? { ...refused('NOTHING_TO_COLLECT', order.collectionDate), news } : { batch, news };
}

const refused = (code: BatchRefusal, detail: string) => ({ refused: { code, detail }, news: [] });

function dateProblem({ collectionDate, now }: BatchOrder, creditor: Creditor | null): BatchRefusal | null {
  if (!isDay(collectionDate)) return 'DATE_INVALID';
  if (creditor === null) return 'NOT_BY_OWN_BANK';
  if (!isTargetDay(collectionDate)) return 'DATE_NOT_A_BANK_DAY';
  const today = now.toISOString().slice(0, 10);
  if (collectionDate < earliestCollection(today, creditor)) return 'DATE_TOO_SOON';
  const farthest = Temporal.PlainDate.from(today).add({ days: FARTHEST_DAYS }).toString();
  return collectionDate > farthest ? 'DATE_TOO_FAR' : null;
}

/** The first day on which a file that is given to the bank on a day can collect. */
export function earliestCollection(today: string, { lead_days: leadDays }: Pick<Creditor, 'lead_days'>): string {
  return addTargetDays(today, leadDays);
}

async function openBatch(sql: Sql, order: BatchOrder, creditor: Creditor): Promise<Batch> {
  const { issuerId, collectionDate, key, by, now } = order;
  // Random enough to be unique for ever, short enough for the parts' ids, and the same for the same request.
  const unique = createHash('sha256').update(`${issuerId}\n${key}`).digest('hex').slice(0, 16);
  await sql
    .insertInto('sepa_batch')
    .values({
      issuer_id: issuerId,
      creditor_id: creditor.id,
      key,
      collection_date: collectionDate,
      message_id: `DD${collectionDate.replaceAll('-', '')}-${unique}`,
      created_at: now,
      created_by: by,
    })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .execute();
  const batch = await batchOfKey(sql, key);
  if (batch === undefined) throw new Error(`no batch of the request ${key}`);
  return batch;
}

function batchOfKey(sql: Sql, key: string): Promise<Batch | undefined> {
  return sql.selectFrom('sepa_batch').selectAll().where('key', '=', key).executeTakeFirst();
}

/** Null when there is nothing in it: then the batch is over. */
async function writeBatch(
  sql: Sql,
  vault: AccountVault,
  { batchId, creditor, now }: { readonly batchId: string; readonly creditor: Creditor; readonly now: Date },
): Promise<Batch | null> {
  return sql.transaction().execute(async (trx) => {
    const batch = await lockedBatch(trx, batchId);
    if (batch === undefined) throw new Error(`no batch ${batchId}`);
    if (batch.state !== 'gathering') return batch.state === 'withdrawn' ? null : batch;
    const debits = await debitsOf(trx, vault, batchId);
    if (debits.length === 0) {
      await trx.updateTable('sepa_batch').set({ state: 'withdrawn' }).where('id', '=', batchId).execute();
      return null;
    }
    const { name } = await trx
      .selectFrom('issuer')
      .select('name')
      .where('id', '=', batch.issuer_id)
      .executeTakeFirstOrThrow();
    const file = directDebitFile({
      version: versionOf(creditor),
      messageId: batch.message_id,
      createdAt: now,
      collectionDate: batch.collection_date,
      creditor: { name, iban: creditor.iban, creditorId: creditor.creditor_id, ...bicOf(creditor.bic) },
      debits,
    });
    if ('refused' in file) throw new Error(`batch ${batch.message_id}: ${file.refused.code} ${file.refused.subject}`);
    const bytes = Buffer.from(file.content);
    const stored = await trx
      .insertInto('stored_file')
      .values({
        key: `sepa-file/${batchId}`,
        file_name: `${batch.message_id}.xml`,
        content_type: 'application/xml',
        sha256: createHash('sha256').update(bytes).digest('hex'),
        bytes,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return trx
      .updateTable('sepa_batch')
      .set({ state: 'written', debits: file.count, sum_cents: file.sumCents, file_id: stored.id })
      .where('id', '=', batchId)
      .returningAll()
      .executeTakeFirstOrThrow();
  });
}

const bicOf = (bic: string | null): { bic?: string } => (bic === null ? {} : { bic });

async function debitsOf(trx: Sql, vault: AccountVault, batchId: string): Promise<DirectDebit[]> {
  const rows = await trx
    .selectFrom('sepa_debit as debit')
    .innerJoin('sepa_mandate as mandate', 'mandate.id', 'debit.mandate_id')
    .innerJoin('payment_attempt as attempt', 'attempt.id', 'debit.attempt_id')
    .innerJoin('fiscal_document as document', 'document.id', 'attempt.document_id')
    .where('debit.batch_id', '=', batchId)
    .where('debit.state', '=', 'presented')
    .select([
      'debit.attempt_id as attemptId',
      'debit.sequence_type as sequenceType',
      'attempt.amount_cents as amountCents',
      'mandate.reference',
      'mandate.signed_on as signedOn',
      'mandate.account_holder as name',
      'mandate.iban_sealed as sealed',
      'mandate.bic',
      'document.number_text as numberText',
    ])
    .orderBy('document.number_text')
    .orderBy('debit.attempt_id')
    .execute();
  return rows.map(({ attemptId, sequenceType, amountCents, reference, signedOn, name, sealed, bic, numberText }) => ({
    endToEndId: sepaIdOf(attemptId),
    amountCents,
    sequenceType: sequenceOf(sequenceType),
    mandate: { reference, signedOn },
    debtor: Object.assign({ name, iban: vault.open(sealed) }, bicOf(bic)),
    text: numberText,
  }));
}
