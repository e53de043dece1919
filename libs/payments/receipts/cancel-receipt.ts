import { localSecond } from '../../invoicing/fiscal/fiscal-moment.js';
import type { Sql } from '../../persistence/database.js';

export interface ReceiptCancelling {
  readonly receiptId: string;
  readonly reason: string;
  /** The reversal in the books; null: a person decided it. */
  readonly entryId: string | null;
  readonly by?: string;
  readonly now: Date;
}

/** Writes that a receipt no longer holds, once. The receipt itself is never touched. */
export async function cancelReceipt(trx: Sql, order: ReceiptCancelling): Promise<{ readonly cancelled: boolean }> {
  const { timeZone } = await trx
    .selectFrom('receipt')
    .innerJoin('document_series', 'document_series.id', 'receipt.series_id')
    .innerJoin('issuer', 'issuer.id', 'document_series.issuer_id')
    .where('receipt.id', '=', order.receiptId)
    .select('issuer.time_zone as timeZone')
    .executeTakeFirstOrThrow(() => new Error(`no receipt ${order.receiptId}`));
  const inserted = await trx
    .insertInto('receipt_cancellation')
    .values({
      receipt_id: order.receiptId,
      cancelled_at: order.now,
      system_entry: localSecond(order.now, timeZone),
      reason: order.reason,
      entry_id: order.entryId,
      cancelled_by: order.by ?? 'chazemo',
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('receipt_id')
    .executeTakeFirst();
  return { cancelled: inserted !== undefined };
}
