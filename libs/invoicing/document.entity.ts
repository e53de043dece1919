import { defineEntity, p } from '@mikro-orm/core';

import { BillingCycle } from '../rating/billing-cycle.entity.js';
import { Customer, Installation, Issuer } from '../registry/registry.entity.js';

/** Numbers without gaps: the last one taken, locked in the transaction that issues. */
export const DocumentSeries = defineEntity({
  name: 'DocumentSeries',
  tableName: 'document_series',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    issuer: () => p.manyToOne(Issuer).mapToPk(),
    /** FT, FS, FR, NC; of receipts RC, RG */
    type: p.text(),
    code: p.text(),
    /** What the tax authority answered when the series was registered; part of each ATCUD. */
    validationCode: p.text().nullable(),
    lastNumber: p.integer().default(0),
    /** The first number whose ATCUD has the validation code: earlier ones were issued before it was registered. */
    firstNumber: p.integer().default(1),
    /** When staff entered the validation code. */
    registeredAt: p.datetime(3).nullable(),
    registeredBy: p.text().nullable(),
  },
  uniques: [{ name: 'document_series_unique', properties: ['issuer', 'type', 'code'] }],
});

export interface PartySnapshot {
  readonly id: string;
  readonly name: string;
  readonly nif: string | null;
  readonly address: string | null;
  readonly postalCode: string | null;
  readonly city: string | null;
  /** ISO 3166; absent in documents from before it was kept, which are Portuguese. */
  readonly country?: string;
}

/** The issuer as it was on the day of issue, with what the document prints of it. */
export interface IssuerSnapshot extends PartySnapshot {
  /** Where a customer questions the invoice. */
  readonly email: string;
  readonly iban: string | null;
  /** Number of the tax authority's software certificate, 0 while the program has none; null: not an issuer in Portugal. */
  readonly softwareCertificate: string | null;
}

export interface VatGroup {
  /** 2300 is 23 % */
  readonly ratePermyriad: number;
  readonly code: string;
  readonly netCents: number;
  readonly vatCents: number;
  /** Why no tax is charged, as SAF-T codes it (M##), and in words; only where the rate is zero. */
  readonly exemptionCode?: string;
  readonly exemptionReason?: string;
}

/** A fiscal document. Never changed once issued: a trigger refuses UPDATE and DELETE. */
export const FiscalDocument = defineEntity({
  name: 'FiscalDocument',
  tableName: 'fiscal_document',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    series: () => p.manyToOne(DocumentSeries).mapToPk(),
    number: p.integer(),
    /** as printed: FT CZM2026/1 */
    numberText: p.text().unique('fiscal_document_number_text_unique'),
    type: p.text(),
    installation: () => p.manyToOne(Installation).mapToPk(),
    customer: () => p.manyToOne(Customer).mapToPk(),
    cycle: () => p.manyToOne(BillingCycle).mapToPk().nullable(),
    issuedAt: p.datetime(3),
    issueDate: p.date(),
    dueDate: p.date(),
    /** The instant from which the debit may be made; policy decides. */
    dueAt: p.datetime(3),
    periodFrom: p.date(),
    periodTo: p.date(),
    currency: p.text(),
    netCents: p.bigint('number'),
    vatCents: p.bigint('number'),
    grossCents: p.bigint('number'),
    vatGroups: p.json<VatGroup[]>(),
    issuerSnapshot: p.json<IssuerSnapshot>(),
    customerSnapshot: p.json<PartySnapshot>(),
    paymentMethod: p.text(),
    /** group: VAT once per rate on the sum. line: once per line. */
    vatRounding: p.text().default('group'),
    /** The invoice that a credit note corrects. Amounts of a credit note are negative. */
    referencesDocument: () => p.manyToOne(FiscalDocument).mapToPk().nullable(),
    /** Why a credit note was issued. */
    reason: p.text().nullable(),
    /** Validation code of the series, hyphen, number; 0 where the series is not registered. null: not an issuer in Portugal. */
    atcud: p.text().nullable(),
    /** Signature over dates, number, total and the hash before it in the series (base64); SAF-T's Hash. */
    hash: p.text().nullable(),
    /** Version of the key; SAF-T's HashControl. */
    hashControl: p.text().nullable(),
    /** As signed: local time of issue in the issuer's zone, YYYY-MM-DDTHH:MM:SS; never falls within a series. */
    systemEntry: p.text().nullable(),
    softwareCertificate: p.text().nullable(),
    /** Whose VAT rates apply, as in SAF-T's TaxCountryRegion. */
    vatRegion: p.text().default('PT'),
    /** The issuer owes the VAT when it is paid (regime de IVA de caixa). */
    cashVat: p.boolean().default(false),
    /** Who had it issued: SAF-T's SourceID. */
    issuedBy: p.text().default('chazemo'),
    /** Of a credit note over a whole invoice: the customer's month is to be invoiced again. */
    reopensMonth: p.boolean().default(false),
    /**
     * `credit/<invoice>/<key>`, or `invoice/<cycle>/<customer>`: one invoice per customer and month, whatever runs twice;
     * once the month was opened again `invoice/<cycle>/<customer>/2`
     */
    key: p.text().unique('fiscal_document_key_unique'),
  },
  uniques: [{ name: 'fiscal_document_series_number_unique', properties: ['series', 'number'] }],
  indexes: [
    { name: 'fiscal_document_customer_index', properties: ['customer', 'issuedAt'] },
    { name: 'fiscal_document_cycle_index', properties: ['cycle'] },
    { name: 'fiscal_document_reference_index', properties: ['referencesDocument'] },
  ],
});

export const DocumentLine = defineEntity({
  name: 'DocumentLine',
  tableName: 'document_line',
  properties: {
    document: () => p.manyToOne(FiscalDocument).mapToPk().primary(),
    lineNo: p.integer().primary(),
    /** energy, or a fixed charge */
    kind: p.text(),
    spotName: p.text().nullable(),
    chargerId: p.text().nullable(),
    season: p.text().nullable(),
    dayType: p.text().nullable(),
    band: p.text().nullable(),
    label: p.text(),
    /** The plan's code of the charge (plan_charge.code); null: energy, or from before it was kept. Not printed. */
    chargeCode: p.text().nullable(),
    interval: p.text().nullable(),
    wh: p.bigint('number').nullable(),
    estimatedWh: p.bigint('number').nullable(),
    microsPerKWh: p.bigint('number').fieldName('micros_per_kwh').nullable(),
    netCents: p.bigint('number'),
    vatRatePermyriad: p.integer(),
    vatCode: p.text(),
    /** Only where VAT is rounded per line. */
    vatCents: p.bigint('number').nullable(),
    exemptionCode: p.text().nullable(),
    /** Who is paid: retailer, or bpo for the fees of the contract with the condominium. */
    party: p.text().default('retailer'),
    estimatedErrorWh: p.bigint('number').nullable(),
    isAveragePrice: p.boolean().default(false),
    /** yyyy-mm of the former month that the line corrects; null: the document's own month. */
    adjustsPeriod: p.text().nullable(),
    /** Of a credit note: the line of the invoice that is given back, whole or in part. */
    creditsLineNo: p.integer().nullable(),
  },
});
