import { sql as raw } from 'kysely';

import { postUnmatchedReturned } from '#libs/ledger/post-money.js';

import type { Sql } from '../../persistence/database.js';
import { addDecision, decisionByKey, isInForce, lockLine, openCentsOf, type Line } from '../bank/decisions.js';
import { bookedAt } from '../bank/import-statement.js';
import { addPart, bookPart, lockCustomers, partKey } from '../bank/match-to-books.js';
import { releasePending } from '../pending-debit.js';
import type { PaymentNews } from './batch.js';
import { sepaPaymentId } from './claim-debit.js';
import { paymentInformationId } from './direct-debit-file.js';
import { debitsCredited, type PresentedBatch } from './find-file-money.js';
import { sepaIdOf, uuidOf } from './sepa-text.js';
import { sequenceOf } from './sequence.js';
import { fileDebits, markSettled, splitByDue, stateOf, takeBack, type FileDebit } from './settle-debits.js';

/** So many debits, and customers' locks, a transaction. */
const CHUNK = 200;
const MOST_LINES = 5_000;

/**
 * Finds the money of our own direct debit files on the statements: what was credited settles its debits, what came back
 * is taken back. Each line once; what does not fit to the cent is left to people.
 */
export async function matchFileLines(
  sql: Sql,
  { issuerId, now }: { readonly issuerId: string; readonly now: Date },
): Promise<{ readonly matched: number; readonly news: readonly PaymentNews[] }> {
  const batches = await presentedBatches(sql, issuerId);
  const news: PaymentNews[] = [];
  let matched = 0;
  for (const line of await untouchedLines(sql, issuerId)) {
    const told =
      line.amount_cents < 0 ? await lineTakesBack(sql, line, now) : await fileCredited(sql, { line, batches, now });
    if (told === null) continue;
    news.push(...told);
    matched += 1;
  }
  return { matched, news };
}

/** Null: the line is of no file, or another line was faster. */
async function fileCredited(
  sql: Sql,
  { line, batches, now }: { readonly line: Line; readonly batches: readonly Batches[]; readonly now: Date },
): Promise<PaymentNews[] | null> {
  const debits = debitsCredited(fileLine(line, await openCentsOf(sql, line)), batches);
  if (debits === null) return null;
  const ids = debits.map(({ attemptId }) => attemptId);
  const news: PaymentNews[] = [];
  for (let from = 0; from < ids.length; from += CHUNK) {
    const told = await lineCredits(sql, { line, attemptIds: ids.slice(from, from + CHUNK), now });
    if (told === null) return null;
    news.push(...told);
  }
  for (const batch of batches) removeCredited(batch, new Set(ids));
  return news;
}

/** Nobody has decided on them; or an earlier run, that was stopped, has booked only some chunks of them. */
async function untouchedLines(sql: Sql, issuerId: string): Promise<Line[]> {
  return sql
    .selectFrom('bank_line as line')
    .selectAll('line')
    .where('line.issuer_id', '=', issuerId)
    .where(
      raw<boolean>`not exists (select from bank_decision decision
        where decision.line_id = line.id and decision.found_by <> 'sepa-file')`,
    )
    .where(
      raw<boolean>`line.amount_cents <> (select coalesce(sum(decision.amount_cents), 0) from bank_decision decision
        where decision.line_id = line.id)`,
    )
    .orderBy('line.booked_on')
    .orderBy('line.id')
    .limit(MOST_LINES)
    .execute();
}

const fileLine = (line: Line, openCents: number) => ({
  amountCents: openCents,
  bookedOn: line.booked_on,
  text: line.text,
  endToEndId: line.end_to_end_id,
  paymentInformationId: line.payment_information_id,
});

interface Batches extends PresentedBatch {
  debits: PresentedBatch['debits'];
}

function removeCredited(batch: Batches, credited: ReadonlySet<string>): void {
  batch.debits = batch.debits.filter(({ attemptId }) => !credited.has(attemptId));
}

async function presentedBatches(sql: Sql, issuerId: string): Promise<Batches[]> {
  const rows = await fileDebits(sql)
    .innerJoin('sepa_batch as batch', 'batch.id', 'debit.batch_id')
    .where('debit.issuer_id', '=', issuerId)
    .where('debit.state', 'in', ['presented', 'settled', 'returned'])
    .where('batch.state', 'in', ['written', 'sent'])
    .where(isNotCredited())
    .select([
      'batch.message_id as messageId',
      'batch.collection_date as collectionDate',
      'debit.sequence_type as sequenceType',
    ])
    .orderBy('batch.id')
    .orderBy('debit.attempt_id')
    .execute();
  const batches = new Map<string, Batches>();
  for (const { messageId, collectionDate, attemptId, amountCents, state, sequenceType } of rows) {
    const debit = {
      attemptId,
      endToEndId: sepaIdOf(attemptId),
      paymentInformationId: paymentInformationId(messageId, sequenceOf(sequenceType)),
      amountCents,
      state,
    };
    const before = batches.get(messageId)?.debits ?? [];
    batches.set(messageId, { messageId, collectionDate, debits: [...before, debit] });
  }
  return [...batches.values()];
}

/** No line of a statement has brought the debit's money. */
function isNotCredited() {
  return raw<boolean>`not exists (
    select from bank_decision_part part
    join bank_decision decision on decision.id = part.decision_id
    join bank_line line on line.id = decision.line_id
    where part.attempt_id = debit.attempt_id and line.amount_cents > 0 and ${isInForce('decision')})`;
}

interface Crediting {
  readonly line: Line;
  readonly attemptIds: readonly string[];
  readonly now: Date;
}

/**
 * One chunk of a credit: what is not in the books yet is paid; what is (the return window had passed), or what came back
 * before it was, leaves the unmatched money for the bank account, where it is counted already, or is gone from. Null
 * when another line has brought the money of one of them.
 */
export async function lineCredits(sql: Sql, { line, attemptIds, now }: Crediting): Promise<PaymentNews[] | null> {
  return sql.transaction().execute(async (trx) => {
    await lockLine(trx, line.id);
    const key = `sepa-file/${line.id}/${attemptIds[0]}`;
    if ((await decisionByKey(trx, key)) !== null) return [];
    const debits = await fileDebits(trx)
      .where('debit.attempt_id', 'in', attemptIds)
      .orderBy('debit.attempt_id')
      .execute();
    await lockCustomers(trx, debits);
    const uncredited = await fileDebits(trx)
      .where('debit.attempt_id', 'in', attemptIds)
      .where(isNotCredited())
      .execute();
    if (uncredited.length < debits.length) return null;
    const amountCents = debits.reduce((sum, debit) => sum + debit.amountCents, 0);
    const decision = { line, key, kind: 'matched', amountCents, foundBy: 'sepa-file' } as const;
    const decisionId = await addDecision(trx, { ...decision, reason: null, by: 'matching', now });
    const news: PaymentNews[] = [];
    let position = 0;
    for (const debit of debits) {
      position = await creditDebit(trx, { line, decisionId, position, debit, now });
      news.push({ documentId: debit.documentId, providerPaymentId: sepaPaymentId(debit.attemptId), chase: null });
    }
    return news;
  });
}

interface CreditedDebit {
  readonly line: Line;
  readonly decisionId: string;
  readonly position: number;
  readonly debit: FileDebit;
  readonly now: Date;
}

/** Returns the next position. */
async function creditDebit(trx: Sql, order: CreditedDebit): Promise<number> {
  const { line, decisionId, debit, now } = order;
  const { customerId, documentId, attemptId, amountCents } = debit;
  let { position } = order;
  if ((await stateOf(trx, attemptId)) !== 'presented') {
    const part = { customerId, documentId, attemptId, amountCents };
    await addPart(trx, { line, decisionId, position, part, now });
    await postUnmatchedReturned(trx, {
      key: partKey(decisionId, position),
      issuerId: line.issuer_id,
      amountCents,
      currency: line.currency,
      occurredAt: bookedAt(line.booked_on, now),
    });
    return position + 1;
  }
  const { paidCents, aheadCents } = await splitByDue(trx, debit, now);
  // What was reserved was money to come; it came, and is among the unmatched.
  await releasePending(trx, attemptId, now);
  for (const [id, cents] of [
    [documentId, paidCents],
    [null, aheadCents],
  ] as const) {
    if (cents === 0) continue;
    const part = { customerId, documentId: id, attemptId, amountCents: cents };
    await bookPart(trx, { line, decisionId, position, part, now });
    position += 1;
  }
  await markSettled(trx, debit, now);
  return position;
}

/** A debit line that bears the id of a debit of ours: its money came back. Null when it is none, or of another amount. */
async function lineTakesBack(sql: Sql, line: Line, now: Date): Promise<PaymentNews[] | null> {
  const attemptId = uuidOf(line.end_to_end_id ?? /\b[0-9a-f]{32}\b/i.exec(line.text)?.[0] ?? '');
  if (attemptId === null) return null;
  return sql.transaction().execute(async (trx) => {
    await lockLine(trx, line.id);
    const key = `sepa-return/${line.id}`;
    if ((await decisionByKey(trx, key)) !== null) return null;
    const debit = await fileDebits(trx)
      .where('debit.attempt_id', '=', attemptId)
      .where('debit.issuer_id', '=', line.issuer_id)
      .executeTakeFirst();
    if (debit === undefined || debit.amountCents !== -line.amount_cents) return null;
    await lockCustomers(trx, [debit]);
    const told = await takeBack(trx, { debit, reasonCode: line.return_code, as: 'returned', now });
    const decision = { line, key, kind: 'matched', amountCents: line.amount_cents, foundBy: 'sepa-file' } as const;
    const decisionId = await addDecision(trx, { ...decision, reason: line.return_code, by: 'matching', now });
    const { customerId, documentId, amountCents } = debit;
    const part = { customerId, documentId, attemptId, amountCents };
    await addPart(trx, { line, decisionId, position: 0, part, now });
    return told === null ? [] : [told];
  });
}
