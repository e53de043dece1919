import { lockCustomerBooks } from '#libs/ledger/balances.js';

import type { Sql } from '../../persistence/database.js';
import { afterDelay } from '../../registry/delay.js';
import { holidaysFor } from '../../registry/holiday-store.js';
import { localDate } from '../../registry/period.js';
import { creditTransferFile, type SepaFileRefused } from '../sepa/credit-transfer-file.js';
import { sepaIdOf } from '../sepa/sepa-text.js';
import { isCovered, markRefundSent, type RefundRow } from './refunds.js';

export interface RefundFile {
  readonly messageId: string;
  /** A SEPA credit transfer file (pain.001). */
  readonly content: string;
  readonly count: number;
  readonly sumCents: number;
  /** Approved, and not in the file: the balance was used meanwhile. */
  readonly notCovered: readonly string[];
}

export type RefundFileRefused =
  | SepaFileRefused
  | { readonly refused: { readonly code: 'REFUND.NOTHING_APPROVED' | 'ISSUER.NO_IBAN' | 'REFUND.FILE_FORGOTTEN' } };

/** More do not go into one file. */
const MOST = 500;

/**
 * The file of an issuer's approved refunds for its bank; with it they are sent and out of the books. A refund that the
 * balance does not cover any more stays behind. Nothing is sent when the file cannot be written.
 */
export async function makeRefundFile(
  sql: Sql,
  { issuerId, now }: { readonly issuerId: string; readonly now: Date },
): Promise<RefundFile | RefundFileRefused> {
  return sql.transaction().execute(async (trx) => {
    const { covered, notCovered } = await approvedOf(trx, issuerId);
    const [first] = covered;
    if (first === undefined) return { refused: { code: 'REFUND.NOTHING_APPROVED' } } as const;
    const messageId = sepaIdOf(first.id);
    const written = await write(trx, { issuerId, messageId, sentAt: now, refunds: covered });
    if ('refused' in written) return written;
    for (const refund of covered) await markRefundSent(trx, refund, { messageId, now });
    return { messageId, ...written, notCovered };
  });
}

/** The same file again, while the refunds in it are under way: afterwards the accounts in it are forgotten. */
export async function refundFile(
  sql: Sql,
  messageId: string,
): Promise<Omit<RefundFile, 'notCovered'> | RefundFileRefused> {
  const refunds = await sql
    .selectFrom('refund_order')
    .selectAll()
    .where('message_id', '=', messageId)
    .orderBy('id')
    .execute();
  const [first] = refunds;
  if (first === undefined || first.sent_at === null || refunds.some(({ iban }) => iban === null)) {
    return { refused: { code: 'REFUND.FILE_FORGOTTEN' } };
  }
  const written = await write(sql, { issuerId: first.issuer_id, messageId, sentAt: first.sent_at, refunds });
  return 'refused' in written ? written : { messageId, ...written };
}

/** The customers' locks are taken in one order, so that two files never wait on each other. */
async function approvedOf(trx: Sql, issuerId: string) {
  const approved = trx
    .selectFrom('refund_order')
    .where('issuer_id', '=', issuerId)
    .where('currency', '=', 'EUR')
    .where('state', '=', 'approved')
    .orderBy('customer_id')
    .orderBy('id')
    .limit(MOST);
  const found = await approved.select(['id', 'customer_id']).execute();
  for (const customerId of new Set(found.map((one) => one.customer_id))) await lockCustomerBooks(trx, customerId);
  const ids = found.map(({ id }) => id);
  // Of those whose customer is locked: what was approved meanwhile goes into the next file.
  const still = ids.length === 0 ? [] : await approved.where('id', 'in', ids).selectAll().forUpdate().execute();
  const covered: RefundRow[] = [];
  const notCovered: string[] = [];
  for (const refund of still) {
    if (await isCovered(trx, refund)) covered.push(refund);
    else notCovered.push(refund.id);
  }
  covered.sort((a, b) => (a.id < b.id ? -1 : 1));
  return { covered, notCovered };
}

interface FileOrder {
  readonly issuerId: string;
  readonly messageId: string;
  readonly sentAt: Date;
  readonly refunds: readonly RefundRow[];
}

async function write(sql: Sql, { issuerId, messageId, sentAt, refunds }: FileOrder) {
  const issuer = await sql
    .selectFrom('issuer')
    .innerJoin('installation', 'installation.issuer_id', 'issuer.id')
    .where('issuer.id', '=', issuerId)
    .select(['issuer.name', 'issuer.iban', 'installation.id as installationId', 'installation.time_zone as timeZone'])
    .orderBy('installation.id')
    .limit(1)
    .executeTakeFirstOrThrow();
  const { name, iban, installationId, timeZone } = issuer;
  if (iban === null) return { refused: { code: 'ISSUER.NO_IBAN' } } as const;
  const names = await namesOf(sql, refunds);
  const executionAt = afterDelay(sentAt, { businessDays: 1 }, timeZone, await holidaysFor(sql, installationId));
  return creditTransferFile({
    messageId,
    createdAt: sentAt,
    executionDate: localDate(executionAt, timeZone),
    debtor: { name, iban },
    transfers: refunds.map((refund) => ({
      endToEndId: sepaIdOf(refund.id),
      amountCents: refund.amount_cents,
      creditor: { name: names.get(refund.customer_id) ?? '', iban: refund.iban ?? '' },
      text: `Saldo pre-pago ${refund.customer_id}`,
    })),
  });
}

async function namesOf(sql: Sql, refunds: readonly RefundRow[]): Promise<Map<string, string>> {
  const rows = await sql
    .selectFrom('customer')
    .select(['id', 'name'])
    .where(
      'id',
      'in',
      refunds.map(({ customer_id: id }) => id),
    )
    .execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}
