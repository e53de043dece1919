import { z } from 'zod';

import { cents, count, currency, day, instant, pageOf } from './api-values.js';

/* Series of fiscal documents */

export const documentSeriesSchema = z.object({
  issuerId: z.string(),
  issuerName: z.string(),
  /** FT, FS, FR, NC; of receipts RG, RC */
  type: z.string(),
  /** CZM2026 */
  code: z.string(),
  /** null: not registered at the tax authority */
  validationCode: z.string().nullable(),
  lastNumber: count,
  registeredAt: instant.nullable(),
  registeredBy: z.string().nullable(),
});
export const seriesOverviewSchema = z.object({
  series: z.array(documentSeriesSchema),
  /** Series that this year, or from December on the next, needs and that have no code. */
  unregistered: count,
  /** Certificate of the program; 0: none, then no code is needed. null: no signing key is configured. */
  certificate: z.string().nullable(),
});
export const registerSeriesSchema = z.strictObject({
  issuerId: z.string().min(1).max(60),
  type: z.enum(['FT', 'FS', 'FR', 'NC', 'RG', 'RC']),
  code: z.string().min(5).max(60),
  validationCode: z.string().trim().toUpperCase().min(1).max(60),
});

/* Fiscal documents */

export const fiscalDocumentSchema = z.object({
  documentId: z.string(),
  number: z.string(),
  type: z.string(),
  customerId: z.string(),
  customerName: z.string(),
  issueDate: day,
  grossCents: cents,
  currency,
  atcud: z.string().nullable(),
  /** Of a credit note: the invoice it corrects, and why. */
  corrects: z.string().nullable(),
  reason: z.string().nullable(),
  pdfFileId: z.string().nullable(),
  /** It was given back for its month to be invoiced again, and that has not been done yet. */
  waitsForReissue: z.boolean(),
});
export const fiscalDocumentPageSchema = pageOf(fiscalDocumentSchema);
export const documentReceiptSchema = z.object({
  number: z.string(),
  amountCents: cents,
  paidOn: day,
  /** Its money went back: it no longer holds. */
  cancelled: z.boolean(),
  pdfFileId: z.string().nullable(),
});
/** Of a customer: for all documents that were paid with it. */
export const receiptSchema = documentReceiptSchema.extend({ documents: z.array(z.string()), currency });
export const receiptPageSchema = pageOf(receiptSchema);
export const fiscalDocumentDetailSchema = fiscalDocumentSchema.extend({
  /** What credit notes left of each line, without VAT. */
  lines: z.array(z.object({ lineNo: count, label: z.string(), netCents: cents, leftCents: cents })),
  receipts: z.array(documentReceiptSchema),
});

export const creditDocumentSchema = z.strictObject({
  /** All that is left, or lines in whole or in part (with the sign of the line). */
  choice: z.union([
    z.literal('whole'),
    z
      .array(z.strictObject({ lineNo: z.int().min(1), netCents: z.int().optional() }))
      .min(1)
      .max(1_000),
  ]),
  /** Printed on the note. */
  reason: z.string().trim().min(1).max(500),
  /** The customer's month is to be invoiced again; only with `whole`. */
  reissue: z.boolean().default(false),
  /** True: says what would come of it, and nothing is kept. */
  dryRun: z.boolean().default(false),
});
export const creditedDocumentSchema = z.object({
  /** null in a dry run */
  documentId: z.string().nullable(),
  number: z.string().nullable(),
  /** Negative. */
  grossCents: cents,
  dueCents: cents,
  /** What is the customer's prepaid balance now. */
  movedCents: cents,
  reopenedAdjustments: count,
});

export const reissuedDocumentSchema = z.object({
  documentId: z.string(),
  number: z.string(),
  type: z.string(),
  grossCents: cents,
});

export type DocumentSeries = z.infer<typeof documentSeriesSchema>;
export type SeriesOverview = z.infer<typeof seriesOverviewSchema>;
export type RegisterSeries = z.infer<typeof registerSeriesSchema>;
export type DocumentReceipt = z.infer<typeof documentReceiptSchema>;
export type Receipt = z.infer<typeof receiptSchema>;
export type FiscalDocument = z.infer<typeof fiscalDocumentSchema>;
export type FiscalDocumentDetail = z.infer<typeof fiscalDocumentDetailSchema>;
export type CreditDocument = z.infer<typeof creditDocumentSchema>;
export type ReissuedDocument = z.infer<typeof reissuedDocumentSchema>;
export type CreditedDocument = z.infer<typeof creditedDocumentSchema>;
