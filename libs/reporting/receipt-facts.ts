import { sum } from '../imputation/sum.js';
import type { IssuerSnapshot, PartySnapshot } from '../invoicing/document.entity.js';
import type { Sql } from '../persistence/database.js';
import { fiscalMarkOf, type FiscalMark } from './fiscal-mark.js';
import { languageOf, type Language } from './printer.js';

export interface ReceiptLineFacts {
  readonly numberText: string;
  /** Local date of the document, yyyy-mm-dd. */
  readonly issueDate: string;
  readonly amountCents: number;
  readonly vatCents: number;
}

/** All that the PDF of a receipt says. */
export interface ReceiptFacts {
  readonly language: Language;
  readonly numberText: string;
  readonly issuedAt: Date;
  readonly issueDate: string;
  readonly paidOn: string;
  /** As SAF-T codes it. */
  readonly mechanism: string;
  readonly currency: string;
  readonly amountCents: number;
  /** Whether it states what of the amount is VAT: where that is owed when it is paid. */
  readonly statesVat: boolean;
  readonly issuer: IssuerSnapshot;
  readonly customer: PartySnapshot;
  readonly fiscalMark: FiscalMark | null;
  readonly lines: readonly ReceiptLineFacts[];
}

/** Reads an issued receipt as it was issued, whether it still holds or not. Throws when there is none. */
export async function loadReceiptFacts(sql: Sql, receiptId: string): Promise<ReceiptFacts> {
  const row = await sql
    .selectFrom('receipt')
    .innerJoin('customer', 'customer.id', 'receipt.customer_id')
    .where('receipt.id', '=', receiptId)
    .selectAll('receipt')
    .select('customer.language')
    .executeTakeFirstOrThrow(() => new Error(`no receipt ${receiptId}`));
  const lines = await sql
    .selectFrom('receipt_line as line')
    .innerJoin('fiscal_document as document', 'document.id', 'line.document_id')
    .where('line.receipt_id', '=', receiptId)
    .select(['document.number_text', 'document.issue_date', 'line.amount_cents', 'line.vat_groups'])
    .orderBy('line.line_no')
    .execute();
  const statesVat = row.type === 'RC';
  return {
    language: languageOf(row.language),
    numberText: row.number_text,
    issuedAt: row.issued_at,
    issueDate: row.issue_date,
    paidOn: row.paid_on,
    mechanism: row.mechanism,
    currency: row.currency,
    amountCents: row.amount_cents,
    statesVat,
    issuer: row.issuer_snapshot,
    customer: row.customer_snapshot,
    fiscalMark: fiscalMarkOf({
      type: row.type,
      numberText: row.number_text,
      issueDate: row.issue_date,
      atcud: row.atcud,
      hash: null,
      softwareCertificate: row.software_certificate,
      cashVat: statesVat,
      vatRegion: row.vat_region,
      taxes: statesVat ? lines.flatMap((line) => line.vat_groups) : [],
      vatCents: statesVat ? row.vat_cents : 0,
      grossCents: row.amount_cents,
      issuer: row.issuer_snapshot,
      customer: row.customer_snapshot,
    }),
    lines: lines.map((line) => ({
      numberText: line.number_text,
      issueDate: line.issue_date,
      amountCents: line.amount_cents,
      vatCents: sum(line.vat_groups, ({ vatCents }) => vatCents),
    })),
  };
}
