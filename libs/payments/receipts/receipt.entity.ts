import { defineEntity, p } from '@mikro-orm/core';

import {
  DocumentSeries,
  FiscalDocument,
  type IssuerSnapshot,
  type PartySnapshot,
  type VatGroup,
} from '../../invoicing/document.entity.js';
import { JournalEntry } from '../../ledger/ledger.entity.js';
import { Customer } from '../../registry/registry.entity.js';

/** Says that money for documents was received. Never changed: one that no longer holds has a {@link ReceiptCancellation}. */
export const Receipt = defineEntity({
  name: 'Receipt',
  tableName: 'receipt',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    series: () => p.manyToOne(DocumentSeries).mapToPk(),
    number: p.integer(),
    /** as printed: RG CZM2026/1 */
    numberText: p.text().unique('receipt_number_text_unique'),
    /** RC where the issuer owes VAT on what is paid (regime de IVA de caixa), else RG */
    type: p.text(),
    customer: () => p.manyToOne(Customer).mapToPk(),
    issuedAt: p.datetime(3),
    /** Local day of issue in the issuer's zone: SAF-T's TransactionDate. */
    issueDate: p.date(),
    /** Local time of issue in the issuer's zone, YYYY-MM-DDTHH:MM:SS; never falls within a series. */
    systemEntry: p.text(),
    /** null: the issuer is not in Portugal */
    atcud: p.text().nullable(),
    softwareCertificate: p.text().nullable(),
    vatRegion: p.text(),
    currency: p.text(),
    amountCents: p.bigint('number'),
    /** What of the amount is VAT. */
    vatCents: p.bigint('number'),
    /** How it was paid, as SAF-T codes it (PaymentMechanism): TB, CC, MB, OU */
    mechanism: p.text(),
    /** Local day on which the money came. */
    paidOn: p.date(),
    issuerSnapshot: p.json<IssuerSnapshot>(),
    customerSnapshot: p.json<PartySnapshot>(),
    /** SAF-T's SourceID. */
    issuedBy: p.text().default('chazemo'),
    /** `receipt/<key of the payment>`: one receipt a payment, whatever runs twice */
    key: p.text().unique('receipt_key_unique'),
  },
  uniques: [{ name: 'receipt_series_number_unique', properties: ['series', 'number'] }],
  indexes: [{ name: 'receipt_customer_index', properties: ['customer', 'issuedAt'] }],
});

/** What of a receipt is for one document. */
export const ReceiptLine = defineEntity({
  name: 'ReceiptLine',
  tableName: 'receipt_line',
  properties: {
    receipt: () => p.manyToOne(Receipt).mapToPk().primary(),
    lineNo: p.integer().primary(),
    document: () => p.manyToOne(FiscalDocument).mapToPk(),
    /** The payment in the books; each has one receipt that holds. */
    entry: () => p.manyToOne(JournalEntry).mapToPk(),
    /** From 1; the next one once the receipt before was cancelled and part of the payment still stands. */
    issueNo: p.integer().default(1),
    amountCents: p.bigint('number'),
    /** What of the amount is net and VAT of each rate of the document. */
    vatGroups: p.json<VatGroup[]>(),
  },
  uniques: [{ name: 'receipt_line_entry_unique', properties: ['entry', 'issueNo'] }],
  indexes: [{ name: 'receipt_line_document_index', properties: ['document'] }],
});

/** The money of a receipt went back: it no longer holds. The receipt itself stays as it was issued. */
export const ReceiptCancellation = defineEntity({
  name: 'ReceiptCancellation',
  tableName: 'receipt_cancellation',
  properties: {
    receipt: () => p.manyToOne(Receipt).mapToPk().primary(),
    cancelledAt: p.datetime(3),
    /** Local time in the issuer's zone, YYYY-MM-DDTHH:MM:SS: SAF-T's PaymentStatusDate. */
    systemEntry: p.text(),
    reason: p.text(),
    /** The reversal in the books. */
    entry: () => p.manyToOne(JournalEntry).mapToPk().nullable(),
    cancelledBy: p.text().default('chazemo'),
  },
});
