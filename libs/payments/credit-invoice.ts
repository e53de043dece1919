import {
  issueCreditNote,
  type CreditNoteOrder,
  type CreditNoteRefusal,
  type IssuedCreditNote,
} from '../invoicing/issue-credit-note.js';
import { dueCents, lockCustomerBooks } from '../ledger/balances.js';
import { postCreditMoved, postInvoiceIssued } from '../ledger/post-events.js';
import type { Sql } from '../persistence/database.js';
import { customerOf } from './attempts.js';

export interface CreditedInvoice extends IssuedCreditNote {
  /** What is still owed on the invoice. */
  readonly dueCents: number;
  /** What had been paid beyond that and is the customer's prepaid balance now. */
  readonly movedCents: number;
  /** Adjustments of former months that the invoice had billed and that wait for the next one again. */
  readonly reopenedAdjustments: number;
}

/**
 * Gives back an invoice, whole or in part, with all that follows, in the caller's transaction: the note, its postings,
 * what was paid beyond what is left goes to what the customer has paid ahead. With `reissue` the customer's month is to
 * be invoiced again, and adjustments that stood in the invoice are open again. Idempotent by the order's key. The
 * caller tells the workflows that the ledger moved, which ends what is paid.
 */
export async function creditInvoice(
  trx: Sql,
  order: CreditNoteOrder,
): Promise<CreditedInvoice | { readonly refused: CreditNoteRefusal }> {
  const { documentId, now } = order;
  await lockCustomerBooks(trx, await customerOf(trx, documentId));
  const note = await issueCreditNote(trx, order);
  if ('refused' in note) return note;
  await postInvoiceIssued(trx, { documentId: note.documentId });
  const key = `credit-moved/${note.documentId}`;
  const { movedCents } = await postCreditMoved(trx, { key, documentId, occurredAt: now });
  const reopenedAdjustments = order.reissue === true ? await reopenAdjustments(trx, documentId) : 0;
  return { ...note, movedCents, reopenedAdjustments, dueCents: Math.max(0, await dueCents(trx, documentId)) };
}

async function reopenAdjustments(trx: Sql, documentId: string): Promise<number> {
  const reopened = await trx
    .updateTable('adjustment')
    .set({ state: 'accepted', document_id: null })
    .where('document_id', '=', documentId)
    .where('state', '=', 'billed')
    .returning('id')
    .execute();
  return reopened.length;
}
