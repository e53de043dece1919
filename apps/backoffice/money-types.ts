import { z } from 'zod';

import { cents, currency, day, instant } from './api-values.js';

/* A customer's money: what is due, paid ahead, under way, and how it can be paid */

export const PAY_METHODS = ['card', 'mb_way', 'multibanco'] as const;

/** Where a bank transfer goes, and the reference by which it is recognised (ISO 11649). */
export const transferSchema = z.object({ holder: z.string(), iban: z.string(), reference: z.string() });
export const dueInvoiceSchema = z.object({
  documentId: z.string(),
  number: z.string(),
  dueDate: day,
  dueCents: cents,
  currency,
  /** A debit of it is with the bank: it is not paid in another way meanwhile. */
  debitInFlight: z.boolean(),
  /** null: its issuer has no account. */
  transfer: transferSchema.nullable(),
});
export const paymentUnderWaySchema = z.object({
  /** debit, checkout or refund */
  kind: z.enum(['debit', 'checkout', 'refund']),
  id: z.string(),
  state: z.string(),
  method: z.string().nullable(),
  amountCents: cents,
  currency,
  since: instant,
  /** Of a debit: the day on which the bank is asked. Of a page: until when it is open. */
  until: z.string().nullable(),
  numbers: z.array(z.string()),
  /** Multibanco, while it waits for its payment. */
  voucher: z.object({ entity: z.string(), reference: z.string(), expiresAt: instant.nullable() }).nullable(),
  /** The provider's page, or the voucher. */
  url: z.string().nullable(),
});
export const mandateSchema = z.object({
  mandateId: z.string(),
  status: z.string(),
  ibanLast4: z.string().nullable(),
  origin: z.string(),
  signedAt: instant,
  endedAt: instant.nullable(),
  /** withdrawn, bank, superseded or lapsed */
  endedBecause: z.string().nullable(),
  textVersion: z.string().nullable(),
  text: z.string().nullable(),
  confirmedAt: instant.nullable(),
});
export const moneySchema = z.object({
  customerId: z.string(),
  currency,
  prepaidCents: cents,
  /** Of it what is not reserved. */
  availableCents: cents,
  /** Owed for no invoice: a top-up that was taken back after it was used. */
  openDebtCents: cents,
  due: z.array(dueInvoiceSchema),
  /** To pay ahead, or all that is due, by one transfer; null: several issuers, or none with an account. */
  transfer: transferSchema.nullable(),
  underWay: z.array(paymentUnderWaySchema),
  mandates: z.array(mandateSchema),
  /** What is agreed to by signing today. */
  mandateText: z.object({ version: z.string(), text: z.string() }),
  methods: z.array(z.object({ method: z.enum(PAY_METHODS), leastCents: cents, mostCents: cents })),
  /** Whether anything can be paid through the provider. */
  canPay: z.boolean(),
});

export const startCheckoutSchema = z.strictObject({
  pays: z.discriminatedUnion('purpose', [
    z.strictObject({
      purpose: z.literal('invoices'),
      documentIds: z.array(z.uuid()).min(1).max(200).optional(),
      amountCents: z.int().min(1).optional(),
    }),
    z.strictObject({ purpose: z.literal('top-up'), amountCents: z.int().min(1) }),
  ]),
  method: z.enum(PAY_METHODS).nullable().default(null),
});
export const startedCheckoutSchema = z.object({
  checkoutId: z.string(),
  state: z.string(),
  amountCents: cents,
  url: z.string().nullable(),
});
/** How a payment on the provider's page stands. */
export const checkoutSchema = z.object({
  checkoutId: z.string(),
  purpose: z.enum(['invoices', 'top-up']),
  /** created, open, pending, succeeded, failed, expired or disputed */
  state: z.string(),
  method: z.string().nullable(),
  amountCents: cents,
  currency,
  /** The provider's page while it is open, or the voucher's. */
  url: z.string().nullable(),
});
export const signMandateSchema = z.strictObject({
  iban: z.string().trim().min(15).max(42),
  accountHolder: z.string().trim().min(1).max(140).optional(),
  /** The version of the text that was shown. */
  textVersion: z.string().max(20),
});
export const signedMandateSchema = z.object({
  mandateId: z.string(),
  status: z.string(),
  ibanLast4: z.string().nullable(),
});
export const mandateLinkSchema = z.object({ linkId: z.string(), state: z.string(), url: z.string().nullable() });
export const withdrawnMandateSchema = z.object({ mandateId: z.string(), debitsUnderWay: z.int() });
export const makeRefundSchema = z.strictObject({
  amountCents: z.int().min(1),
  to: z.discriminatedUnion('way', [
    z.strictObject({ way: z.literal('stripe') }),
    z.strictObject({
      way: z.literal('bank'),
      iban: z.string().trim().min(15).max(42),
    }),
  ]),
  reason: z.string().trim().min(1).max(500),
});
export const madeRefundSchema = z.object({
  refunds: z.array(z.object({ refundId: z.string(), amountCents: cents, state: z.string() })),
});

export const statementLineSchema = z.object({
  at: instant,
  /** As the books call it. */
  kind: z.string(),
  /** As whoever reads the statement calls it. */
  movement: z.string(),
  /** Of the document that it is for; of a credit note its own. */
  number: z.string().nullable(),
  documentId: z.string().nullable(),
  /** In favour of whose statement it is: paid or recovered positive, owed or paid out negative. */
  amountCents: cents,
  balanceCents: cents,
});
export const statementSchema = z.object({
  from: day,
  to: day,
  currency,
  openingCents: cents,
  closingCents: cents,
  items: z.array(statementLineSchema),
  nextCursor: z.string().nullable(),
});
export const debitWeekSchema = z.object({
  limitCents: cents.nullable(),
  usedCents: cents,
  /** Collections that wait for room. */
  waiting: z.int(),
});

export type Money = z.infer<typeof moneySchema>;
export type PayMethod = (typeof PAY_METHODS)[number];
export type DueInvoice = z.infer<typeof dueInvoiceSchema>;
export type PaymentUnderWay = z.infer<typeof paymentUnderWaySchema>;
export type MandateFacts = z.infer<typeof mandateSchema>;
export type StartCheckout = z.infer<typeof startCheckoutSchema>;
export type StartedCheckoutAnswer = z.infer<typeof startedCheckoutSchema>;
export type Checkout = z.infer<typeof checkoutSchema>;
export type Transfer = z.infer<typeof transferSchema>;
export type SignMandate = z.infer<typeof signMandateSchema>;
export type SignedMandate = z.infer<typeof signedMandateSchema>;
export type MandateLinkAnswer = z.infer<typeof mandateLinkSchema>;
export type WithdrawnMandateAnswer = z.infer<typeof withdrawnMandateSchema>;
export type MakeRefund = z.infer<typeof makeRefundSchema>;
export type MadeRefund = z.infer<typeof madeRefundSchema>;
export type StatementPage = z.infer<typeof statementSchema>;
export type DebitWeek = z.infer<typeof debitWeekSchema>;
