import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';
import { lockUntilEnd } from '../persistence/lock-until-end.js';
import { markBilled } from './adjustments.js';
import type { LeftLine } from './choose-credit.js';
import { linesOf, insertLines } from './document-lines.js';
import type { VatGroup } from './document.entity.js';
import type { FiscalRefusal } from './fiscal/fiscal-refusal.js';
import type { FiscalSigner } from './fiscal/sign-document.js';
import { takeIdentity, type FiscalIdentity } from './fiscal/take-identity.js';
import { identityColumns } from './identity-columns.js';
import { planCreditNote, type CreditChoice, type CreditNotePlan, type CreditRefusal } from './plan-credit-note.js';
import { vatRoundingOf } from './stored-words.js';

export interface CreditNoteOrder {
  /** The invoice that is corrected. */
  readonly documentId: string;
  /** The caller's key of this decision: asked again with it, it is the same credit note. */
  readonly key: string;
  readonly choice: CreditChoice;
  /** Why, as the document says it. */
  readonly reason: string;
  /** The accepted adjustment that is given back herewith, where there is one: it is billed by this document. */
  readonly adjustmentId?: string;
  /** The customer's month is to be invoiced again; only where nothing is left of the invoice. */
  readonly reissue?: boolean;
  readonly now: Date;
  readonly signer: FiscalSigner | null;
  /** Who decided it; SAF-T's SourceID. */
  readonly by?: string;
}

export interface IssuedCreditNote {
  readonly documentId: string;
  readonly numberText: string;
  /** Negative. */
  readonly grossCents: number;
}

export type CreditNoteRefusal =
  | CreditRefusal
  | FiscalRefusal
  | { readonly code: 'CREDIT.NO_INVOICE'; readonly type: string }
  /** Not accepted, in a document already, or another customer's. */
  | { readonly code: 'CREDIT.ADJUSTMENT_NOT_OPEN'; readonly adjustmentId: string }
  | { readonly code: 'CREDIT.ADJUSTMENT_DIFFERS'; readonly adjustmentCents: number; readonly netCents: number }
  /** A month is opened again only by a note over all that is left of its invoice. */
  | { readonly code: 'CREDIT.NOT_WHOLE' };

export const creditNoteKey = (documentId: string, key: string): string => `credit/${documentId}/${key}`;

const TYPE = 'NC';

/**
 * Issues a credit note over an invoice, in a series of its own, for what has no later invoice to stand in. Must run
 * inside a transaction, in which the caller also posts it to the ledger (`postInvoiceIssued`). Idempotent by
 * {@link creditNoteKey}. The invoice is never touched; all notes together never give back more than its lines.
 */
export async function issueCreditNote(
  trx: Sql,
  order: CreditNoteOrder,
): Promise<IssuedCreditNote | { readonly refused: CreditNoteRefusal }> {
  if (!trx.isTransaction) throw new Error('issueCreditNote must run inside a transaction');
  const invoice = await holdInvoice(trx, order.documentId);
  const before = await findIssued(trx, order);
  if (before !== undefined) return before;
  if (invoice.type === TYPE) return { refused: { code: 'CREDIT.NO_INVOICE', type: invoice.type } };

  const planned = planCreditNote(await creditable(trx, invoice), order.choice, order.reason);
  if ('refused' in planned) return planned;
  const refused = await adjustmentRefusal(trx, order, { customerId: invoice.customer_id, plan: planned.plan });
  if (refused !== null) return { refused };
  if (order.reissue === true && order.choice !== 'whole') return { refused: { code: 'CREDIT.NOT_WHOLE' } };

  const identity = await takeIdentity(trx, {
    issuer: { id: invoice.issuer_id, country: invoice.issuer_country, timeZone: invoice.issuer_time_zone },
    type: TYPE,
    grossCents: planned.plan.grossCents,
    now: order.now,
    signer: order.signer,
  });
  if ('refused' in identity) return identity;
  const issued = await insertNote(trx, { order, invoice, plan: planned.plan, identity });
  if (order.adjustmentId !== undefined) await markBilled(trx, [order.adjustmentId], issued.documentId);
  return issued;
}

/** Two notes over one invoice are planned one after the other. */
async function holdInvoice(trx: Sql, documentId: string) {
  // Issued documents are facts: the application may not even lock their rows.
  await lockUntilEnd(trx, `credit-note/${documentId}`);
  return trx
    .selectFrom('fiscal_document as document')
    .innerJoin('document_series', 'document_series.id', 'document.series_id')
    .innerJoin('issuer', 'issuer.id', 'document_series.issuer_id')
    .where('document.id', '=', documentId)
    .selectAll('document')
    .select(['issuer.id as issuer_id', 'issuer.country as issuer_country', 'issuer.time_zone as issuer_time_zone'])
    .executeTakeFirstOrThrow(() => new Error(`no fiscal document ${documentId}`));
}
type Invoice = Awaited<ReturnType<typeof holdInvoice>>;

async function findIssued(trx: Sql, order: CreditNoteOrder): Promise<IssuedCreditNote | undefined> {
  const row = await trx
    .selectFrom('fiscal_document')
    .where('key', '=', creditNoteKey(order.documentId, order.key))
    .select(['id', 'number_text', 'gross_cents'])
    .executeTakeFirst();
  return row === undefined
    ? undefined
    : { documentId: row.id, numberText: row.number_text, grossCents: row.gross_cents };
}

/** The lines of an invoice with what earlier credit notes left of each; the invoice is held until the transaction ends. */
export async function leftOfInvoice(trx: Sql, documentId: string): Promise<LeftLine[]> {
  const { lines, credited } = await creditable(trx, await holdInvoice(trx, documentId));
  return lines.map((line) => {
    const given = credited.filter(({ lineNo }) => lineNo === line.lineNo);
    return Object.assign({ leftCents: given.reduce((left, { netCents }) => left + netCents, line.netCents) }, line);
  });
}

async function creditable(trx: Sql, invoice: Invoice) {
  const notes = await trx
    .selectFrom('document_line as line')
    .innerJoin('fiscal_document as note', 'note.id', 'line.document_id')
    .where('note.references_document_id', '=', invoice.id)
    .select(['line.credits_line_no as lineNo', 'line.net_cents as netCents'])
    .execute();
  return {
    lines: await linesOf(trx, invoice.id),
    vatGroups: invoice.vat_groups,
    vatRounding: vatRoundingOf(invoice.vat_rounding),
    credited: notes.flatMap(({ lineNo, netCents }) => (lineNo === null ? [] : [{ lineNo, netCents }])),
  };
}

async function adjustmentRefusal(
  trx: Sql,
  { adjustmentId }: CreditNoteOrder,
  { customerId, plan }: { readonly customerId: string; readonly plan: CreditNotePlan },
): Promise<CreditNoteRefusal | null> {
  if (adjustmentId === undefined) return null;
  const adjustment = await trx
    .selectFrom('adjustment')
    .selectAll()
    .where('id', '=', adjustmentId)
    .forUpdate()
    .executeTakeFirst();
  const isOpen = adjustment?.state === 'accepted' && adjustment.document_id === null;
  if (!isOpen || adjustment.customer_id !== customerId) return { code: 'CREDIT.ADJUSTMENT_NOT_OPEN', adjustmentId };
  if (adjustment.net_cents === plan.netCents) return null;
  return { code: 'CREDIT.ADJUSTMENT_DIFFERS', adjustmentCents: adjustment.net_cents, netCents: plan.netCents };
}

interface NoteToInsert {
  readonly order: CreditNoteOrder;
  readonly invoice: Invoice;
  readonly plan: CreditNotePlan;
  readonly identity: FiscalIdentity;
}

/** It belongs to no cycle: a month's documents stay its invoices. Parties are those that the invoice names. */
async function insertNote(trx: Sql, { order, invoice, plan, identity }: NoteToInsert): Promise<IssuedCreditNote> {
  const { issuedAt, issueDate } = identity;
  const { id: documentId } = await trx
    .insertInto('fiscal_document')
    .values({
      ...identityColumns(identity),
      type: TYPE,
      installation_id: invoice.installation_id,
      customer_id: invoice.customer_id,
      cycle_id: null,
      due_date: issueDate,
      due_at: issuedAt,
      period_from: invoice.period_from,
      period_to: invoice.period_to,
      currency: invoice.currency,
      net_cents: plan.netCents,
      vat_cents: plan.vatCents,
      gross_cents: plan.grossCents,
      vat_groups: raw<VatGroup[]>`${JSON.stringify(plan.vatGroups)}::jsonb`,
      issuer_snapshot: { ...invoice.issuer_snapshot, softwareCertificate: identity.softwareCertificate },
      customer_snapshot: invoice.customer_snapshot,
      payment_method: invoice.payment_method,
      vat_rounding: invoice.vat_rounding,
      references_document_id: invoice.id,
      reason: plan.reason,
      vat_region: invoice.vat_region,
      cash_vat: invoice.cash_vat,
      issued_by: order.by ?? 'chazemo',
      reopens_month: order.reissue ?? false,
      key: creditNoteKey(order.documentId, order.key),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await insertLines(trx, documentId, plan.lines);
  return { documentId, numberText: identity.numberText, grossCents: plan.grossCents };
}
