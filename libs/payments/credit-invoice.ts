import {
  creditAdjustment,
  type CreditAdjustment,
  type CreditAdjustmentRefusal,
} from '../invoicing/credit-adjustment.js';
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
import { afterPaidAhead } from './money-in.js';
import { reopenWrittenOff } from './written-off.js';

export interface CreditedInvoice extends IssuedCreditNote {
  /** What is still owed on the invoice. */
  readonly dueCents: number;
  /** What had been paid beyond that and is the customer's prepaid balance now. */
  readonly movedCents: number;
  /** Adjustments that the invoice had billed, or notes over it had given back, and that wait for the next one again. */
  readonly reopenedAdjustments: number;
}

/**
 * Gives back an invoice, whole or in part, with all that follows, in the caller's transaction: the note, its postings,
 * what was paid beyond what is left goes to what the customer has paid ahead. With `reissue` the customer's month is to
 * be invoiced again, and adjustments that stood in the invoice or were given back on it are open again. Idempotent by the order's key. The
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
  const settled = await bookNote(trx, { noteId: note.documentId, documentId, now });
  const reopenedAdjustments = order.reissue === true ? await reopenAdjustments(trx, documentId) : 0;
  return { ...note, ...settled, reopenedAdjustments };
}

export interface GivenBack extends IssuedCreditNote, Pick<CreditedInvoice, 'dueCents' | 'movedCents'> {
  /** The invoice that the note is over. */
  readonly invoiceId: string;
}

/**
 * Gives an accepted adjustment back at once ({@link creditAdjustment}), with all that follows as {@link creditInvoice}
 * has it: the customer who gets no later invoice has paid this one, and gets back what was paid too much.
 */
export async function giveBackAdjustment(
  trx: Sql,
  order: CreditAdjustment,
): Promise<GivenBack | { readonly refused: CreditAdjustmentRefusal }> {
  const { adjustmentId, now } = order;
  const adjustment = await trx
    .selectFrom('adjustment')
    .select('customer_id')
    .where('id', '=', adjustmentId)
    .executeTakeFirst();
  if (adjustment === undefined) return { refused: { code: 'CREDIT.ADJUSTMENT_NOT_OPEN', adjustmentId } };
  await lockCustomerBooks(trx, adjustment.customer_id);
  const note = await creditAdjustment(trx, order);
  if ('refused' in note) return note;
  const { invoiceId } = await trx
    .selectFrom('fiscal_document')
    .select('references_document_id as invoiceId')
    .where('id', '=', note.documentId)
    .executeTakeFirstOrThrow();
  if (invoiceId === null) throw new Error(`credit note ${note.numberText} is over no invoice`);
  return { ...note, invoiceId, ...(await bookNote(trx, { noteId: note.documentId, documentId: invoiceId, now })) };
}

/**
 * Posts a note, and moves what was paid beyond what is left. What was written off was paid by nobody: of what is no
 * longer owed it is taken back first.
 */
async function bookNote(
  trx: Sql,
  { noteId, documentId, now }: { readonly noteId: string; readonly documentId: string; readonly now: Date },
): Promise<Pick<CreditedInvoice, 'dueCents' | 'movedCents'>> {
  await postInvoiceIssued(trx, { documentId: noteId });
  const key = `credit-moved/${noteId}`;
  await reopenWrittenOff(trx, { documentId, beyondCents: 0 - (await dueCents(trx, documentId)), key, now });
  const { movedCents } = await postCreditMoved(trx, { key, documentId, occurredAt: now });
  if (movedCents > 0) {
    const { customer_id: customerId, currency } = await trx
      .selectFrom('fiscal_document')
      .select(['customer_id', 'currency'])
      .where('id', '=', documentId)
      .executeTakeFirstOrThrow();
    await afterPaidAhead(trx, { customerId, currency, key, now });
  }
  return { movedCents, dueCents: Math.max(0, await dueCents(trx, documentId)) };
}

/**
 * Those that stood in the invoice, and those that notes over it had given back: the month is invoiced again as it was
 * rated, so they are due again.
 */
async function reopenAdjustments(trx: Sql, documentId: string): Promise<number> {
  const reopened = await trx
    .updateTable('adjustment')
    .set({ state: 'accepted', document_id: null })
    .where((where) =>
      where.or([
        where('document_id', '=', documentId),
        where(
          'document_id',
          'in',
          where.selectFrom('fiscal_document').select('id').where('references_document_id', '=', documentId),
        ),
      ]),
    )
    .where('state', '=', 'billed')
    .returning('id')
    .execute();
  return reopened.length;
}
