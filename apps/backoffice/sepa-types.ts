import { z } from 'zod';

import { cents, count, day, instant, pageOf } from './api-values.js';

/* SEPA direct debits by an issuer's own bank */

export const sepaBatchSchema = z.object({
  batchId: z.string(),
  issuerId: z.string(),
  collectionDate: day,
  messageId: z.string(),
  state: z.enum(['gathering', 'written', 'sent', 'withdrawn']),
  debits: count,
  sumCents: cents,
  fileId: z.string().nullable(),
  createdAt: instant,
  createdBy: z.string(),
  sentAt: instant.nullable(),
  settled: count,
  rejected: count,
  returned: count,
});
export const sepaBatchPageSchema = pageOf(sepaBatchSchema);
export const createBatchSchema = z.strictObject({ issuerId: z.string().min(1).max(60), collectionDate: day });
export const statusReportSchema = z.strictObject({
  issuerId: z.string().min(1).max(60),
  fileName: z.string().min(1).max(200),
  contentBase64: z.base64(),
});
export const statusAnswerSchema = z.object({
  messageId: z.string(),
  accepted: count,
  rejected: count,
  unknown: z.array(z.string()),
});
export const sepaCreditorSchema = z.strictObject({
  issuerId: z.string().min(1).max(60),
  validFrom: day,
  validUntil: day.nullable().default(null),
  creditorId: z.string().min(1).max(40),
  /** The issuer's account where none is given. */
  iban: z.string().max(40).nullable().default(null),
  bic: z.string().max(11).nullable().default(null),
  version: z.enum(['pain.008.001.02', 'pain.008.001.08']).default('pain.008.001.02'),
  leadDays: z.int().min(0).max(30).default(1),
  settleBy: z.enum(['statement', 'return-window']).default('statement'),
  returnWindowDays: z.int().min(0).max(30).default(5),
});
export const sepaCreditorAnswerSchema = z.object({ creditorRowId: z.string() });

/** The creditor's terms of an issuer from a day on; a later row takes their place. */
export const sepaTermsSchema = z.object({
  creditorRowId: z.string(),
  issuerId: z.string(),
  validFrom: day,
  validUntil: day.nullable(),
  creditorId: z.string(),
  ibanLast4: z.string(),
  /** Whether the account is the one that the issuer has on record. */
  ofIssuer: z.boolean(),
  bic: z.string().nullable(),
  version: z.string(),
  leadDays: count,
  settleBy: z.string(),
  returnWindowDays: count,
});
export const sepaTermsPageSchema = pageOf(sepaTermsSchema);

export const sepaMandateOrderSchema = z.strictObject({
  issuerId: z.string().min(1).max(60),
  customerId: z.string().min(1).max(60),
  reference: z.string().min(1).max(35).nullable().default(null),
  kind: z.enum(['recurring', 'one-off']).default('recurring'),
  signedOn: day,
  accountHolder: z.string().max(140).nullable().default(null),
  iban: z.string().min(1).max(50),
  bic: z.string().max(11).nullable().default(null),
  /** Where the signed paper lies, or how it was signed. */
  evidence: z.string().trim().min(1).max(500),
});
export const sepaMandateSchema = z.object({
  mandateId: z.string(),
  reference: z.string(),
  ibanLast4: z.string(),
});
export const SEPA_MANDATE_STATES = ['active', 'inactive', 'all'] as const;
/** A mandate on record; of the account the last four alone. */
export const storedMandateSchema = z.object({
  mandateId: z.string(),
  issuerId: z.string(),
  customerId: z.string(),
  customerName: z.string(),
  reference: z.string(),
  kind: z.string(),
  status: z.string(),
  signedOn: day,
  accountHolder: z.string(),
  ibanLast4: z.string(),
  bic: z.string().nullable(),
  /** Where the signed paper lies; null where it was registered without. */
  evidence: z.string().nullable(),
  createdAt: instant,
  createdBy: z.string(),
  inactiveAt: instant.nullable(),
  inactiveReason: z.string().nullable(),
  /** Collection date of its latest debit that the bank did not reject; null: none yet. */
  lastCollectedOn: day.nullable(),
  /** From that day on nothing may be collected under it. */
  lapsesOn: day,
});
export const storedMandatePageSchema = pageOf(storedMandateSchema);

export const endedSchema = z.object({ ended: z.boolean() });

export type SepaBatch = z.infer<typeof sepaBatchSchema>;
export type CreateBatch = z.infer<typeof createBatchSchema>;
export type StatusReportUpload = z.infer<typeof statusReportSchema>;
export type StatusAnswer = z.infer<typeof statusAnswerSchema>;
export type SepaCreditorOrder = z.infer<typeof sepaCreditorSchema>;
export type SepaMandateOrder = z.infer<typeof sepaMandateOrderSchema>;
export type SepaTerms = z.infer<typeof sepaTermsSchema>;
export type SepaMandateState = (typeof SEPA_MANDATE_STATES)[number];
export type StoredMandate = z.infer<typeof storedMandateSchema>;
