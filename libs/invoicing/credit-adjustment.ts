import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';
import { chooseCredit, type CreditChosen } from './choose-credit.js';
import type { FiscalSigner } from './fiscal/sign-document.js';
import { issueCreditNote, leftOfInvoice, type CreditNoteRefusal, type IssuedCreditNote } from './issue-credit-note.js';
import { linesOfAdjustment } from './load-charges.js';
import { standsForItsMonth } from './standing-invoice.js';

export interface CreditAdjustment {
  readonly adjustmentId: string;
  /** Why, as the document says it. */
  readonly reason: string;
  readonly now: Date;
  readonly signer: FiscalSigner | null;
  /** Who decided it; SAF-T's SourceID. */
  readonly by?: string;
}

export type CreditAdjustmentRefusal =
  | CreditNoteRefusal
  | Extract<CreditChosen, { refused: unknown }>['refused']
  | { readonly code: 'CREDIT.NO_INVOICE_OF_MONTH'; readonly adjustmentId: string };

/**
 * Gives an accepted adjustment back at once, by a credit note over the invoice of the month it corrects: for who gets no
 * later invoice. Must run inside a transaction, in which the caller also posts the note to the ledger. Asked again it is
 * the same note.
 */
export async function creditAdjustment(
  trx: Sql,
  { adjustmentId, ...decision }: CreditAdjustment,
): Promise<IssuedCreditNote | { readonly refused: CreditAdjustmentRefusal }> {
  const adjustment = await trx
    .selectFrom('adjustment')
    .select(['cycle_id', 'customer_id'])
    .where('id', '=', adjustmentId)
    .executeTakeFirst();
  if (adjustment === undefined) return { refused: { code: 'CREDIT.ADJUSTMENT_NOT_OPEN', adjustmentId } };
  const invoice = await trx
    .selectFrom('fiscal_document')
    .select('id')
    .where('cycle_id', '=', adjustment.cycle_id)
    .where('customer_id', '=', adjustment.customer_id)
    .where('type', '<>', 'NC')
    .where(standsForItsMonth(raw`fiscal_document.id`))
    .executeTakeFirst();
  if (invoice === undefined) return { refused: { code: 'CREDIT.NO_INVOICE_OF_MONTH', adjustmentId } };
  const order = { documentId: invoice.id, key: `adjustment/${adjustmentId}`, adjustmentId, ...decision };
  // Whoever gives it back at the same time holds the invoice: only from here on is it known whether it is done.
  const left = await leftOfInvoice(trx, invoice.id);
  // Issued already: the note answers by its key, whatever is left of the invoice now.
  if (await isInDocument(trx, adjustmentId)) return issueCreditNote(trx, { ...order, choice: [] });
  const chosen = chooseCredit(await linesOfAdjustment(trx, adjustmentId), left);
  if ('refused' in chosen) return chosen;
  return issueCreditNote(trx, { ...order, choice: chosen.ok });
}

async function isInDocument(trx: Sql, adjustmentId: string): Promise<boolean> {
  const { document_id: documentId } = await trx
    .selectFrom('adjustment')
    .select('document_id')
    .where('id', '=', adjustmentId)
    .executeTakeFirstOrThrow();
  return documentId !== null;
}
