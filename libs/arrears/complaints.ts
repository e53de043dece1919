import type { Sql } from '../persistence/database.js';
import { noteLook } from './look.js';

export type ComplaintRefusal = { readonly refused: { readonly code: 'COMPLAINT.OPEN' | 'COMPLAINT.NOT_OPEN' } };

interface ComplaintOrder {
  readonly documentId: string;
  readonly reason: string;
  readonly by: string;
  readonly now: Date;
}

/** Opens a complaint about an invoice; while it is open its chase stands still. One at a time. */
export async function openComplaint(
  trx: Sql,
  order: ComplaintOrder,
): Promise<{ readonly opened: true } | ComplaintRefusal> {
  const { documentId, reason, by, now } = order;
  const inserted = await trx
    .insertInto('complaint')
    .values({ document_id: documentId, reason, opened_at: now, opened_by: by })
    .onConflict((conflict) => conflict.column('document_id').where('closed_at', 'is', null).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (inserted === undefined) return { refused: { code: 'COMPLAINT.OPEN' } };
  await noteIfChased(trx, documentId);
  return { opened: true };
}

/** Closes the complaint with what was answered; the chase goes on where it stood. */
export async function closeComplaint(
  trx: Sql,
  order: ComplaintOrder,
): Promise<{ readonly closed: true } | ComplaintRefusal> {
  const { documentId, reason, by, now } = order;
  const updated = await trx
    .updateTable('complaint')
    .set({ closed_at: now, closed_by: by, close_reason: reason })
    .where('document_id', '=', documentId)
    .where('closed_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  if (updated === undefined) return { refused: { code: 'COMPLAINT.NOT_OPEN' } };
  await noteIfChased(trx, documentId);
  return { closed: true };
}

/** A complaint may come before anybody chases. */
async function noteIfChased(trx: Sql, documentId: string): Promise<void> {
  const chased = await trx
    .selectFrom('arrears_case')
    .select('document_id')
    .where('document_id', '=', documentId)
    .executeTakeFirst();
  if (chased !== undefined) await noteLook(trx, documentId);
}
