import { sql as raw, type RawBuilder } from 'kysely';

import type { FiscalRefusal } from '../invoicing/fiscal/fiscal-refusal.js';
import type { IssuedInvoice } from '../invoicing/issue-invoice.js';
import type { InvoiceRefusal } from '../invoicing/plan-invoice.js';
import { standsForItsMonth } from '../invoicing/standing-invoice.js';
import type { Sql } from '../persistence/database.js';
import { issueAndOpen, type IssuingOrder } from './issue-and-open.js';

export interface ReissueOrder extends Omit<IssuingOrder, 'cycleId' | 'customerId'> {
  /** The invoice that a credit note gave back so that its month is invoiced again. */
  readonly documentId: string;
}

export type ReissueRefusal =
  | InvoiceRefusal
  | FiscalRefusal
  /** It still stands for its month, or is no invoice of a month. */
  | { readonly code: 'REISSUE.NOT_GIVEN_BACK' };

/**
 * Issues the customer's document of a month again, after a credit note opened it, whatever the month's workflow does by
 * now. In the caller's transaction, which is kept also when it refuses (NOTHING_DUE: the month waits for the next
 * invoice). Idempotent: asked again it is the document that stands. The caller starts its collection; one that was not
 * started is among {@link collectionsToStart}.
 */
export async function reissueInvoice(
  trx: Sql,
  { documentId, ...order }: ReissueOrder,
): Promise<IssuedInvoice | { readonly refused: ReissueRefusal }> {
  const given = await trx
    .selectFrom('fiscal_document')
    .where('id', '=', documentId)
    .where('type', '<>', 'NC')
    .where(raw<boolean>`not ${standsForItsMonth(raw`fiscal_document.id`)}`)
    .select(['cycle_id as cycleId', 'customer_id as customerId'])
    .executeTakeFirst();
  if (given === undefined || given.cycleId === null) return { refused: { code: 'REISSUE.NOT_GIVEN_BACK' } };
  return issueAndOpen(trx, { ...order, cycleId: given.cycleId, customerId: given.customerId });
}

/** Of an invoice (its row's name in SQL): its month was given back before, so it is the second or later one. */
export const isIssuedAgain = (document: RawBuilder<unknown>): RawBuilder<boolean> =>
  raw<boolean>`exists (select from fiscal_document former
    where former.cycle_id = ${document}.cycle_id and former.customer_id = ${document}.customer_id
      and former.id <> ${document}.id and not ${standsForItsMonth(raw`former.id`)})`;

/** Of an invoice: it was given back for its month to be invoiced again, and no document stands for that month yet. */
export const waitsForReissue = (document: RawBuilder<unknown>): RawBuilder<boolean> =>
  raw<boolean>`(${document}.cycle_id is not null and not ${standsForItsMonth(raw`${document}.id`)}
    and not exists (select from fiscal_document standing
      where standing.cycle_id = ${document}.cycle_id and standing.customer_id = ${document}.customer_id
        and ${standsForItsMonth(raw`standing.id`)}))`;

/** Whoever issued it starts its collection at once; after this somebody else does. */
const START_WITHIN_MS = 30_000;

/**
 * Documents that were issued again and whose collection is still at its very beginning: perhaps nobody started it,
 * because the program ended in between. Starting one that runs changes nothing.
 */
export async function collectionsToStart(sql: Sql, now: Date): Promise<string[]> {
  const rows = await sql
    .selectFrom('collection')
    .innerJoin('fiscal_document as document', 'document.id', 'collection.document_id')
    .where('collection.outcome', 'is', null)
    .where('collection.step', '=', 'pre-notifying')
    .where('collection.step_since', '<', new Date(now.getTime() - START_WITHIN_MS))
    .where(isIssuedAgain(raw`document`))
    .select('document.id')
    .orderBy('document.id')
    .execute();
  return rows.map(({ id }) => id);
}
