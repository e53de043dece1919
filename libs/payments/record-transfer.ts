import { dueCents, lockCustomerBooks } from '#libs/ledger/balances.js';
import { postPayment } from '#libs/ledger/post-events.js';
import { postTopUp } from '#libs/ledger/post-money.js';

import type { Sql } from '../persistence/database.js';
import { afterPaidAhead, payableCents } from './money-in.js';
import { postedCents } from './posted-cents.js';

export interface TransferOrder {
  readonly documentId: string;
  readonly amountCents: number;
  /** The bank's reference of the transfer, or an Idempotency-Key: recorded once. */
  readonly key: string;
  readonly now: Date;
}

export type RecordedTransfer =
  | {
      /** false: it was recorded before */
      readonly posted: boolean;
      readonly appliedCents: number;
      /** What was paid beyond the debt, now prepaid. */
      readonly creditedCents: number;
      readonly stillDueCents: number;
    }
  | {
      readonly refused: {
        readonly code: 'AMOUNT_NOT_POSITIVE' | 'KEY_USED_FOR_OTHER_DOCUMENT' | 'KEY_USED_WITH_OTHER_AMOUNT';
      };
    };

/**
 * Staff says that a bank transfer arrived. It pays the document as far as it is due; the rest is the customer's prepaid
 * balance, which the next invoice may use. The same key again changes nothing.
 */
export async function recordTransfer(sql: Sql, order: TransferOrder): Promise<RecordedTransfer> {
  const { documentId, amountCents, now } = order;
  if (!Number.isSafeInteger(amountCents) || amountCents <= 0) return { refused: { code: 'AMOUNT_NOT_POSITIVE' } };
  return sql.transaction().execute(async (trx) => {
    const { customerId, issuerId, currency } = await payeeOf(trx, documentId);
    await lockCustomerBooks(trx, customerId);
    const dueBefore = await dueCents(trx, documentId);
    const before = await recordedBefore(trx, order, dueBefore);
    if (before !== null) return before;
    const due = await payableCents(trx, { documentId, amountCents, key: transferKey(order), now });
    const appliedCents = Math.min(amountCents, due);
    const creditedCents = amountCents - appliedCents;
    const common = { source: 'bank', occurredAt: now } as const;
    if (appliedCents > 0) {
      const payment = { ...common, key: transferKey(order), documentId, amountCents: appliedCents };
      // Another customer's transfer took the key in this very moment: asked again, that is a refusal.
      if (!(await postPayment(trx, payment)).posted) throw new Error(`${payment.key} is being recorded elsewhere`);
    }
    if (creditedCents > 0) {
      const key = `${transferKey(order)}/credit/${documentId}`;
      await postTopUp(trx, { ...common, key, customerId, issuerId, currency, amountCents: creditedCents });
      await afterPaidAhead(trx, { customerId, currency, key, now });
    }
    return { posted: true, appliedCents, creditedCents, stillDueCents: due - appliedCents };
  });
}

const transferKey = ({ key }: TransferOrder): string => `transfer/${key}`;

async function payeeOf(
  sql: Sql,
  documentId: string,
): Promise<{ customerId: string; issuerId: string; currency: string }> {
  const row = await sql
    .selectFrom('fiscal_document')
    .innerJoin('installation', 'installation.id', 'fiscal_document.installation_id')
    .where('fiscal_document.id', '=', documentId)
    .where('fiscal_document.type', '<>', 'NC')
    .select([
      'fiscal_document.customer_id as customerId',
      'fiscal_document.currency as currency',
      'installation.issuer_id as issuerId',
    ])
    .executeTakeFirst();
  if (row === undefined) throw new Error(`no invoice ${documentId}`);
  return row;
}

async function recordedBefore(trx: Sql, order: TransferOrder, due: number): Promise<RecordedTransfer | null> {
  const key = transferKey(order);
  const entries = await trx
    .selectFrom('journal_entry')
    .select(['key', 'document_id'])
    .where((where) => where.or([where('key', '=', key), where('key', '^@', `${key}/credit/`)]))
    .execute();
  if (entries.length === 0) return null;
  const here = (entry: (typeof entries)[number]) =>
    entry.document_id === order.documentId || entry.key === `${key}/credit/${order.documentId}`;
  if (!entries.every(here)) return { refused: { code: 'KEY_USED_FOR_OTHER_DOCUMENT' } };
  const appliedCents = (await postedCents(trx, key, 'receivable')) ?? 0;
  const creditedCents = (await postedCents(trx, `${key}/credit/${order.documentId}`, 'prepaid')) ?? 0;
  if (appliedCents + creditedCents !== order.amountCents) return { refused: { code: 'KEY_USED_WITH_OTHER_AMOUNT' } };
  return { posted: false, appliedCents, creditedCents, stillDueCents: Math.max(0, due) };
}
