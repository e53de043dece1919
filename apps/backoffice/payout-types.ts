import { z } from 'zod';

import { cents, currency, day, instant, pageOf, period } from './api-values.js';

export const PAYOUT_STATE_NAMES = ['proposed', 'approved', 'sent', 'paid', 'cancelled'] as const;

export const payoutSchema = z.object({
  payoutId: z.string(),
  condominiumId: z.string(),
  condominiumName: z.string(),
  issuerName: z.string(),
  /** Counts within the condominium. */
  number: z.int(),
  period,
  currency,
  totalCents: cents,
  feesCents: cents,
  state: z.enum(PAYOUT_STATE_NAMES),
  asOf: instant,
  proposedBy: z.string(),
  approvedBy: z.string().nullable(),
  approvedAt: instant.nullable(),
  sentAt: instant.nullable(),
  /** The condominium's account; null: none is known, and no file can be made. */
  iban: z.string().nullable(),
  paidOn: day.nullable(),
  bankReference: z.string().nullable(),
  cancelledReason: z.string().nullable(),
});
export const payoutPageSchema = pageOf(payoutSchema);

/** Where cents of a payout come from: an invoice, or a fee that the contract takes. */
export const payoutLineSchema = z.object({
  lineNo: z.int(),
  kind: z.enum(['document', 'fee-per-month', 'fee-percent']),
  number: z.string().nullable(),
  customerName: z.string().nullable(),
  month: period.nullable(),
  permyriad: z.int().nullable(),
  recoveredCents: cents.nullable(),
  claimedCents: cents.nullable(),
  paidCents: cents.nullable(),
  payableCents: cents.nullable(),
  takenCents: cents.nullable(),
  cents,
});
export const payoutLinePageSchema = pageOf(payoutLineSchema);

/** What would be paid out now, for each condominium; below zero it waits for the next payout. */
export const owedSchema = z.object({
  condominiumId: z.string(),
  condominiumName: z.string(),
  issuerId: z.string(),
  issuerName: z.string(),
  currency,
  owedCents: cents,
  feesCents: cents,
  invoices: z.int(),
  /** Why nothing is paid out: nothing is owed, or it is in the condominium's own bank; null: it can be proposed. */
  refused: z.enum(['PAYOUT.NOTHING_TO_PAY', 'PAYOUT.OWN_BANK']).nullable(),
});
export const owedListSchema = z.object({ items: z.array(owedSchema) });

export const proposePayoutSchema = z.strictObject({
  condominiumId: z.string().max(200),
  issuerId: z.string().max(200),
  currency: z.string().length(3).default('EUR'),
});
export const payoutFileOrderSchema = z.strictObject({ executionDate: day.optional() });
export const payoutPaidSchema = z.strictObject({ paidOn: day, bankReference: z.string().max(140).optional() });
export const payoutCancelSchema = z.strictObject({ reason: z.string().min(1).max(500) });
export const payoutFileSchema = z.object({ fileId: z.string(), fileName: z.string() });

/** An invoice past its due date, or chased: who owes, how much, since when. */
export const debtSchema = z.object({
  documentId: z.string(),
  numberText: z.string(),
  customerId: z.string(),
  customerName: z.string(),
  period,
  dueDate: day,
  daysLate: z.int(),
  currency,
  dueCents: cents,
  /** The arrears stage; null while nobody chases it. */
  stage: z.string().nullable(),
});
export const debtPageSchema = pageOf(debtSchema);

/** What a contract says of its payouts from a local day on. */
export const payoutPolicySchema = z.object({
  condominiumId: z.string(),
  validFrom: day,
  /** Taken from what is paid out: 250 is 2,5 %. */
  feePermyriad: z.int(),
  feePerMonthCents: cents,
  /** Day of the month on which a payout is proposed, moved to a business day; 31 is the last one. Null: by hand. */
  proposeOnDay: z.int().nullable(),
});
export const payoutPolicyPageSchema = pageOf(payoutPolicySchema);
export const setPayoutPolicySchema = z.strictObject({
  condominiumId: z.string().max(200),
  validFrom: day,
  feePermyriad: z.int().min(0).max(10_000),
  feePerMonthCents: z.int().min(0).max(100_000_000),
  proposeOnDay: z.int().min(1).max(31).nullable(),
});

export type DebtRow = z.infer<typeof debtSchema>;
export type PayoutPolicyRule = z.infer<typeof payoutPolicySchema>;
export type SetPayoutPolicy = z.infer<typeof setPayoutPolicySchema>;
export type Payout = z.infer<typeof payoutSchema>;
export type PayoutLine = z.infer<typeof payoutLineSchema>;
export type Owed = z.infer<typeof owedSchema>;
export type OwedList = z.infer<typeof owedListSchema>;
export type PayoutFile = z.infer<typeof payoutFileSchema>;
export type PayoutState = (typeof PAYOUT_STATE_NAMES)[number];
