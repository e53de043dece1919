import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';
import { loadCase } from './case-facts.js';
import { noteLook, type CaseLook } from './look.js';

export interface SuspensionOrder {
  readonly documentId: string;
  readonly approved: boolean;
  readonly reason: string | null;
  readonly by: string;
  readonly now: Date;
}

export type DecidedSuspension =
  | CaseLook
  | { readonly refused: { readonly code: 'SUSPENSION.NOT_PROPOSED' | 'SUSPENSION.IN_FORCE' | 'CASE.CLOSED' } };

/**
 * Staff approve or decline a suspension that was proposed; the last word holds until it is in force. Approved, it comes
 * on the next day that allows it, not before. Must run inside a transaction.
 */
export async function decideSuspension(trx: Sql, order: SuspensionOrder): Promise<DecidedSuspension> {
  const { documentId, approved, reason, by, now } = order;
  const loaded = await loadCase(trx, documentId);
  if (loaded === null || loaded.closedAt !== null) return { refused: { code: 'CASE.CLOSED' } };
  const has = (stage: string): boolean => loaded.facts.entered.some((one) => one.stage === stage);
  if (has('suspended')) return { refused: { code: 'SUSPENSION.IN_FORCE' } };
  if (!has('suspension-proposed')) return { refused: { code: 'SUSPENSION.NOT_PROPOSED' } };
  await trx
    .insertInto('suspension_decision')
    .values({ document_id: documentId, approved, reason, by, at: now })
    .execute();
  return noteLook(trx, documentId);
}

/** Blocks the debtor's cards and spots for new sessions; the caller has decided, in this transaction, that it may. */
export async function beginSuspension(
  trx: Sql,
  suspension: {
    readonly documentId: string;
    readonly evenPrepaid: boolean;
    readonly approvedBy: string;
    readonly now: Date;
  },
): Promise<void> {
  const { documentId, evenPrepaid, approvedBy, now } = suspension;
  const { customer_id: customerId } = await trx
    .selectFrom('arrears_case')
    .select('customer_id')
    .where('document_id', '=', documentId)
    .executeTakeFirstOrThrow();
  await trx
    .insertInto('customer_suspension')
    .values({
      customer_id: customerId,
      document_id: documentId,
      from: now,
      even_prepaid: evenPrepaid,
      approved_by: approvedBy,
    })
    .execute();
}

/** Ends the suspension of a document, if one lasts: that of another debt, and staff's own block of a card, stay. */
export async function liftSuspension(
  trx: Sql,
  order: { readonly documentId: string; readonly by: string; readonly reason: string | null; readonly now: Date },
): Promise<{ readonly lifted: boolean }> {
  const { documentId, by, reason, now } = order;
  const updated = await trx
    .updateTable('customer_suspension')
    .set({ until: raw<Date>`greatest(${now}, "from")`, lifted_by: by, lift_reason: reason })
    .where('document_id', '=', documentId)
    .where('until', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return { lifted: updated !== undefined };
}

/** The last suspension because of a document; null when there was none. */
export async function lastSuspensionOf(
  sql: Sql,
  documentId: string,
): Promise<{ readonly from: Date; readonly until: Date | null } | null> {
  const row = await sql
    .selectFrom('customer_suspension')
    .select(['from', 'until'])
    .where('document_id', '=', documentId)
    .orderBy('from', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}
