import { z } from 'zod';

import { cents, count, currency, day, instant, pageOf } from './api-values.js';

/* Bank statements: what came, what went, and whose it is */

export const BANK_LINE_STATES = ['open', 'done', 'all'] as const;
export const bankIssuerSchema = z.object({
  issuerId: z.string(),
  name: z.string(),
  accountLast4: z.string().nullable(),
  /** Whether its direct debits go through its own bank today. */
  ownBank: z.boolean(),
});
export const bankIssuersSchema = z.object({ items: z.array(bankIssuerSchema) });

export const statementUploadSchema = z.strictObject({
  issuerId: z.string().min(1).max(60),
  fileName: z.string().min(1).max(200),
  contentBase64: z.base64(),
  /** Header names of a bank whose CSV is not known: our column, their header. */
  columns: z
    .partialRecord(
      z.enum(['date', 'valueDate', 'description', 'amount', 'debit', 'credit', 'balance', 'reference', 'name', 'iban']),
      z.string().min(1).max(100),
    )
    .optional(),
});
export const bankStatementSchema = z.object({
  /** null on a dry run. */
  statementId: z.string().nullable(),
  format: z.string(),
  openedOn: day,
  closedOn: day,
  currency,
  openingCents: cents.nullable(),
  closingCents: cents.nullable(),
  lines: count,
  newLines: count,
  creditCents: cents,
  debitCents: cents,
  /** What the statement before it ended with, where that is another balance: one may be missing. */
  gapCents: cents.nullable(),
});
export const statementAnswerSchema = z.object({
  imported: z.boolean(),
  dryRun: z.boolean(),
  /** Row under the header or line of the XML; 0 is the file as a whole. Nothing is imported while there is one. */
  problems: z.array(z.object({ row: z.int(), column: z.string().nullable(), message: z.string() })),
  statements: z.array(bankStatementSchema),
  /** Lines matched at once, and credits that wait for a person. */
  matched: count,
  left: count,
});

const partSchema = z.object({
  customerId: z.string(),
  customerName: z.string(),
  /** null: paid ahead. */
  documentId: z.string().nullable(),
  number: z.string().nullable(),
  amountCents: cents,
});
export const bankLineSchema = z.object({
  lineId: z.string(),
  issuerId: z.string(),
  bookedOn: day,
  valueOn: day,
  amountCents: cents,
  /** What nobody has decided on; with the line's sign. */
  openCents: cents,
  currency,
  text: z.string(),
  reference: z.string().nullable(),
  counterpartyName: z.string().nullable(),
  counterpartyLast4: z.string().nullable(),
  returnCode: z.string().nullable(),
  /** The latest first; one that was undone has `undone`. */
  decisions: z.array(
    z.object({
      decisionId: z.string(),
      kind: z.string(),
      amountCents: cents,
      foundBy: z.string(),
      reason: z.string().nullable(),
      decidedAt: instant,
      decidedBy: z.string(),
      undone: z.boolean(),
      parts: z.array(partSchema),
    }),
  ),
  /** For a person, the likeliest first. */
  proposals: z.array(z.object({ foundBy: z.string(), parts: z.array(partSchema) })),
  /** Payouts of the payment provider that it may be: of this amount, of these days, on no other line. */
  payouts: z.array(z.object({ payoutId: z.string(), arrivesOn: day })),
});
export const bankLinePageSchema = pageOf(bankLineSchema);

export const matchLineSchema = z.strictObject({
  parts: z
    .array(
      z.strictObject({
        customerId: z.string().min(1).max(60),
        documentId: z.uuid().nullable(),
        amountCents: z.int().min(1),
      }),
    )
    .min(1)
    .max(200),
  reason: z.string().trim().max(500).optional(),
});
export const decideLineSchema = z.strictObject({
  kind: z.enum(['returned', 'processor-payout', 'set-aside']),
  /** Of a processor-payout: which one, where that is known. */
  payoutId: z.string().min(1).max(255).optional(),
  reason: z.string().trim().min(1).max(500),
});
export const undoDecisionSchema = z.strictObject({
  decisionId: z.uuid(),
  reason: z.string().trim().min(1).max(500),
});

/** An invoice that is still owed, for whoever splits a line. */
export const openInvoiceSchema = z.object({
  documentId: z.string(),
  number: z.string(),
  customerId: z.string(),
  customerName: z.string(),
  dueDate: day,
  dueCents: cents,
  currency,
  debitInFlight: z.boolean(),
});
export const openInvoicesSchema = z.object({ items: z.array(openInvoiceSchema) });

export type BankIssuer = z.infer<typeof bankIssuerSchema>;
export type StatementUpload = z.infer<typeof statementUploadSchema>;
export type StatementAnswer = z.infer<typeof statementAnswerSchema>;
export type BankLineState = (typeof BANK_LINE_STATES)[number];
export type BankLine = z.infer<typeof bankLineSchema>;
export type BankPart = z.infer<typeof partSchema>;
export type MatchLine = z.infer<typeof matchLineSchema>;
export type DecideLine = z.infer<typeof decideLineSchema>;
export type UndoDecision = z.infer<typeof undoDecisionSchema>;
export type OpenInvoice = z.infer<typeof openInvoiceSchema>;
