import type { IssuerSnapshot, PartySnapshot, VatGroup } from '../invoicing/document.entity.js';
import type { ChargeLine } from '../invoicing/plan-invoice.js';
import { chargeLineOf } from '../invoicing/stored-line.js';
import { vatRoundingOf } from '../invoicing/stored-words.js';
import { formatReference, paymentReference } from '../payments/payment-reference.js';
import type { Sql } from '../persistence/database.js';
import { withTerms } from './charge-terms-store.js';
import { daysOf, minutesOf, type ChargeTerms, type MonthLength } from './charge-terms.js';
import { fiscalMarkOf, type FiscalMark } from './fiscal-mark.js';
import { loadMeters, type MeterFacts } from './invoice-meters.js';
import { mandateLast4, type PayFacts } from './pay-facts.js';
import { languageOf, type Language } from './printer.js';

export interface InvoiceLineFacts extends Omit<
  ChargeLine,
  'code' | 'chargerId' | 'vatCode' | 'exemptionCode' | 'taxedOn'
> {
  /** As printed on the charger. */
  readonly chargerLabel: string | null;
  readonly vatRatePermyriad: number;
  /** Of a charge: how this part came about; null where that is not on record. */
  readonly terms: ChargeTerms | null;
}

/** All that the PDF of an invoice or credit note says. */
export interface InvoiceFacts {
  /** FT, FS, FR, or NC for a credit note, whose amounts are negative. */
  readonly type: string;
  readonly language: Language;
  readonly numberText: string;
  readonly issuedAt: Date;
  /** Local dates, yyyy-mm-dd. */
  readonly issueDate: string;
  readonly dueDate: string;
  readonly periodFrom: string;
  readonly periodTo: string;
  readonly currency: string;
  readonly netCents: number;
  readonly vatCents: number;
  readonly grossCents: number;
  readonly vatGroups: readonly VatGroup[];
  readonly vatRounding: 'group' | 'line';
  readonly issuer: IssuerSnapshot;
  readonly customer: PartySnapshot;
  readonly paymentMethod: string;
  readonly pay: PayFacts;
  /** null: the issuer is not in Portugal */
  readonly fiscalMark: FiscalMark | null;
  readonly installationName: string;
  readonly condominiumName: string;
  readonly timeZone: string;
  /** The month that the charges are of. */
  readonly month: MonthLength;
  /** Of a credit note: the invoice it corrects, and why. */
  readonly corrects: { readonly numberText: string; readonly issueDate: string } | null;
  readonly reason: string | null;
  readonly lines: readonly InvoiceLineFacts[];
  readonly meters: readonly MeterFacts[];
}

/**
 * Reads an issued invoice or credit note with its lines and meter readings, in the language given, else the customer's
 * or, where that is Portuguese, the installation's. Throws when there is none.
 */
export async function loadInvoiceFacts(sql: Sql, documentId: string, language?: Language): Promise<InvoiceFacts> {
  const row = await sql
    .selectFrom('fiscal_document as document')
    .innerJoin('installation', 'installation.id', 'document.installation_id')
    .innerJoin('customer', 'customer.id', 'document.customer_id')
    .innerJoin('condominium', 'condominium.id', 'installation.condominium_id')
    .leftJoin('fiscal_document as corrected', 'corrected.id', 'document.references_document_id')
    .leftJoin('billing_cycle as cycle', 'cycle.id', 'document.cycle_id')
    .where('document.id', '=', documentId)
    .selectAll('document')
    .select([
      'installation.name as installation_name',
      'installation.time_zone',
      'installation.language',
      'customer.language as customer_language',
      'condominium.name as condominium_name',
      'corrected.number_text as corrected_number',
      'corrected.issue_date as corrected_date',
      'cycle.starts_at',
      'cycle.ends_at',
    ])
    .executeTakeFirstOrThrow(() => new Error(`no fiscal document ${documentId}`));
  return {
    type: row.type,
    language: language ?? languageOf(row.customer_language === 'en' ? 'en' : row.language),
    numberText: row.number_text,
    issuedAt: row.issued_at,
    issueDate: row.issue_date,
    dueDate: row.due_date,
    periodFrom: row.period_from,
    periodTo: row.period_to,
    currency: row.currency,
    netCents: row.net_cents,
    vatCents: row.vat_cents,
    grossCents: row.gross_cents,
    vatGroups: row.vat_groups,
    vatRounding: vatRoundingOf(row.vat_rounding),
    issuer: row.issuer_snapshot,
    customer: row.customer_snapshot,
    paymentMethod: row.payment_method,
    pay: {
      iban: row.issuer_snapshot.iban,
      mandateLast4: row.payment_method === 'direct-debit' ? await mandateLast4(sql, row.customer_id) : null,
      paymentReference: asksForPayment(row.type)
        ? formatReference(paymentReference({ numberText: row.number_text }))
        : null,
    },
    fiscalMark: fiscalMarkOf({
      type: row.type,
      numberText: row.number_text,
      issueDate: row.issue_date,
      atcud: row.atcud,
      hash: row.hash,
      softwareCertificate: row.software_certificate,
      cashVat: row.cash_vat,
      vatRegion: row.vat_region,
      taxes: row.vat_groups,
      vatCents: row.vat_cents,
      grossCents: row.gross_cents,
      issuer: row.issuer_snapshot,
      customer: row.customer_snapshot,
    }),
    installationName: row.installation_name,
    condominiumName: row.condominium_name,
    timeZone: row.time_zone,
    month: {
      days: daysOf(row.period_from, row.period_to),
      minutes: row.starts_at === null || row.ends_at === null ? 0 : minutesOf(row.starts_at, row.ends_at),
    },
    corrects:
      row.corrected_number === null || row.corrected_date === null
        ? null
        : { numberText: row.corrected_number, issueDate: row.corrected_date },
    reason: row.reason,
    lines: await withTerms(sql, row, await loadLines(sql, documentId)),
    meters: await loadMeters(sql, documentId),
  };
}

/** A credit note gives money back, and an invoice-receipt is paid. */
const asksForPayment = (type: string): boolean => type !== 'NC' && type !== 'FR';

async function loadLines(sql: Sql, documentId: string): Promise<Omit<InvoiceLineFacts, 'terms'>[]> {
  const rows = await sql
    .selectFrom('document_line as line')
    .leftJoin('charger', 'charger.id', 'line.charger_id')
    .where('line.document_id', '=', documentId)
    .selectAll('line')
    .select('charger.label as charger_label')
    .orderBy('line.line_no')
    .execute();
  return rows.map((row) =>
    Object.assign(chargeLineOf(row), {
      chargerLabel: row.charger_label ?? row.charger_id,
      vatRatePermyriad: row.vat_rate_permyriad,
      adjustsPeriod: row.adjusts_period,
    }),
  );
}
