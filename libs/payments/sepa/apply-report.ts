import { lockCustomerBooks } from '#libs/ledger/balances.js';

import type { Sql } from '../../persistence/database.js';
import type { PaymentNews } from './batch.js';
import { paymentInformationId } from './direct-debit-file.js';
import { uuidOf } from './sepa-text.js';
import { sequenceOf } from './sequence.js';
import { fileDebits, newsBefore, takeBack, type DebitBack, type FileDebit } from './settle-debits.js';
import { readStatusReport, type PartStatus, type StatusReport, type TransactionStatus } from './status-report.js';

export type AppliedReport =
  | {
      readonly messageId: string;
      readonly accepted: number;
      readonly rejected: number;
      /** Ids in the report that are no debit of ours in that message. */
      readonly unknown: readonly string[];
      readonly news: readonly PaymentNews[];
    }
  | { readonly refused: { readonly code: string; readonly line: number; readonly detail: string } };

/**
 * Reads a bank's answer (pain.002) to a file of ours and writes down what became of each debit, each in a transaction of
 * its own, once however often the report is read: rejected ones have failed with the bank's reason (a rejection of one
 * that was settled is a return). Accepted is not paid. The same report again tells the same again.
 */
export async function applyStatusReport(
  sql: Sql,
  { issuerId, bytes, now }: { readonly issuerId: string; readonly bytes: Uint8Array; readonly now: Date },
): Promise<AppliedReport> {
  const read = readStatusReport(bytes);
  if ('refused' in read) return read;
  const { report } = read;
  const batch = await sql
    .selectFrom('sepa_batch')
    .select(['id', 'message_id', 'collection_date'])
    .where('issuer_id', '=', issuerId)
    .where('message_id', '=', report.originalMessageId)
    .where('state', 'in', ['written', 'sent'])
    .executeTakeFirst();
  if (batch === undefined) {
    return { refused: { code: 'REPORT_NO_SUCH_BATCH', line: 0, detail: report.originalMessageId } };
  }
  const debits = await fileDebits(sql)
    .where('debit.batch_id', '=', batch.id)
    .select('debit.sequence_type as sequenceType')
    .execute();
  const byId = new Map(debits.map((debit) => [debit.attemptId, debit]));
  // What comes after the collection is a return: then the bank has credited the whole sum, and takes this back.
  const as = now.toISOString().slice(0, 10) > batch.collection_date ? 'returned' : 'rejected';
  const news: PaymentNews[] = [];
  let [accepted, rejected] = [0, 0];
  for (const debit of debits) {
    const part = paymentInformationId(batch.message_id, sequenceOf(debit.sequenceType));
    const said = saidOf(report, debit.attemptId, part);
    if (said === null || said.status === 'pending') continue;
    if (said.status === 'accepted') {
      accepted += 1;
      await markAccepted(sql, debit, now);
      continue;
    }
    rejected += 1;
    const told = await back(sql, { debit, reasonCode: said.reasonCode, as, now });
    if (told !== null) news.push(told);
  }
  const unknown = report.transactions.map(({ endToEndId }) => endToEndId).filter((id) => !byId.has(uuidOf(id) ?? ''));
  return { messageId: batch.message_id, accepted, rejected, unknown, news };
}

type Said = Pick<TransactionStatus, 'status' | 'reasonCode'>;

/** The narrowest word counts: of the debit itself, of its part, of the whole message. */
function saidOf(report: StatusReport, attemptId: string, partId: string): Said | null {
  const own = report.transactions.find(({ endToEndId }) => uuidOf(endToEndId) === attemptId);
  if (own !== undefined) return own;
  const part = report.parts.find(({ paymentInformationId: id }) => id === partId);
  return (
    whole(part) ?? whole(report.status === null ? undefined : { status: report.status, reasonCode: report.reasonCode })
  );
}

/** Of a part that was taken partly, what is not named was taken: only rejections are told one by one. */
function whole(said: Pick<PartStatus, 'status' | 'reasonCode'> | undefined): Said | null {
  if (said === undefined) return null;
  const { status, reasonCode } = said;
  return status === 'partly' ? { status: 'accepted', reasonCode: null } : { status, reasonCode };
}

async function markAccepted(sql: Sql, { attemptId }: FileDebit, now: Date): Promise<void> {
  await sql
    .updateTable('sepa_debit')
    .set({ accepted_at: now })
    .where('attempt_id', '=', attemptId)
    .where('accepted_at', 'is', null)
    .execute();
}

async function back(sql: Sql, order: DebitBack): Promise<PaymentNews | null> {
  return sql.transaction().execute(async (trx) => {
    await lockCustomerBooks(trx, order.debit.customerId);
    return (await takeBack(trx, order)) ?? newsBefore(trx, order.debit);
  });
}
