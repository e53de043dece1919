import {
  bank,
  fees,
  interest,
  prepaid,
  processor,
  receivable,
  recovered,
  unmatched,
  vat,
  writeOff,
  type Account,
} from './accounts.js';
import { assertPositive, entry, movement, type Entry, type EntryKind } from './entry.js';

/** Where money comes from, or goes back to. */
export type PaymentSource = 'stripe' | 'bank' | 'prepaid';

/** What the ledger must know of a fiscal document. */
export interface LedgerDocument {
  readonly documentId: string;
  readonly numberText: string;
  readonly customerId: string;
  readonly condominiumId: string;
  readonly issuerId: string;
  readonly currency: string;
  readonly issuedAt: Date;
  /** Of a credit note all amounts are negative. */
  readonly netCents: number;
  /** What of the net are the BPO's fees. */
  readonly feesCents: number;
  readonly vatCents: number;
  readonly grossCents: number;
  readonly vatGroups: readonly { readonly ratePermyriad: number; readonly vatCents: number }[];
}

/** Money that moves for a document. */
export interface MovementFacts {
  readonly key: string;
  readonly amountCents: number;
  readonly occurredAt: Date;
}

export interface PaymentFacts extends MovementFacts {
  readonly source: PaymentSource;
}

export const issueKey = (documentId: string): string => `issue/${documentId}`;

/**
 * An invoice: the customer owes the gross, the condominium recovers the net but for the BPO's fees, the state is owed
 * the VAT.
 */
export function invoiceIssuedEntry(document: LedgerDocument): Entry {
  return entry({ ...issueFacts(document), kind: 'invoice-issued', documentId: document.documentId });
}

/** A credit note: the reverse of what it gives back, on the invoice that it corrects, which owes less from now on. */
export function creditNoteIssuedEntry(note: LedgerDocument, invoiceId: string): Entry {
  if (note.grossCents >= 0) throw new RangeError(`credit note ${note.numberText} of ${note.grossCents} cents`);
  return entry({ ...issueFacts(note), kind: 'credit-note-issued', documentId: invoiceId });
}

function issueFacts(document: LedgerDocument) {
  const { customerId, condominiumId, issuerId, currency } = document;
  return {
    key: issueKey(document.documentId),
    description: document.numberText,
    occurredAt: document.issuedAt,
    postings: [
      { account: receivable(customerId, currency), amountCents: document.grossCents },
      { account: recovered(condominiumId, currency), amountCents: -(document.netCents - document.feesCents) },
      { account: fees(issuerId, currency), amountCents: -document.feesCents },
      ...document.vatGroups.map((group) => ({
        account: vat(group.ratePermyriad, currency),
        amountCents: -group.vatCents,
      })),
    ],
  };
}

/** Money for an invoice, whole or in part: the customer owes less. */
export function paymentEntry(document: LedgerDocument, payment: PaymentFacts): Entry {
  return movement(paymentLine(document, payment, 'payment'), {
    debit: sourceAccount(document, payment.source),
    credit: owed(document),
    amountCents: payment.amountCents,
  });
}

/** Money that went back (a SEPA dispute, a returned transfer): the customer owes it again. */
export function paymentReversedEntry(document: LedgerDocument, payment: PaymentFacts): Entry {
  return movement(paymentLine(document, payment, 'payment-reversed'), {
    debit: owed(document),
    credit: sourceAccount(document, payment.source),
    amountCents: payment.amountCents,
  });
}

/** Money that is on its way and may yet fail: reserved, not paid. */
export function paymentPendingEntry(document: LedgerDocument, payment: PaymentFacts): Entry {
  assertPositive(payment.amountCents, payment.key);
  return entry({
    ...paymentLine(document, payment, 'payment'),
    phase: 'pending',
    postings: [
      { account: sourceAccount(document, payment.source), amountCents: 0, pendingCents: payment.amountCents },
      { account: owed(document), amountCents: 0, pendingCents: -payment.amountCents },
    ],
  });
}

/** Money in an issuer's bank that was found to be for this invoice. */
export function matchedToDocumentEntry(document: LedgerDocument, facts: MovementFacts): Entry {
  return movement(line(document, facts, 'unmatched-applied'), {
    debit: unmatched(document.issuerId, document.currency),
    credit: owed(document),
    amountCents: facts.amountCents,
  });
}

/** What is paid on an invoice beyond what it asks for, after a credit note, goes to what the customer has paid ahead. */
export function creditMovedEntry(document: LedgerDocument, facts: MovementFacts): Entry {
  return movement(line(document, facts, 'credit-moved'), {
    debit: owed(document),
    credit: prepaid(document.customerId, document.currency),
    amountCents: facts.amountCents,
  });
}

/** What nobody expects to be paid any more. The debt of the customer ends, the condominium bears it. */
export function writeOffEntry(document: LedgerDocument, facts: MovementFacts): Entry {
  return movement(line(document, facts, 'write-off'), {
    debit: writeOff(document.condominiumId, document.currency),
    credit: owed(document),
    amountCents: facts.amountCents,
  });
}

/** A debt that was written off is owed again (money came after all). */
export function writeOffReversedEntry(document: LedgerDocument, facts: MovementFacts): Entry {
  return movement(line(document, facts, 'write-off-reversed'), {
    debit: owed(document),
    credit: writeOff(document.condominiumId, document.currency),
    amountCents: facts.amountCents,
  });
}

/** Interest for late payment, owed on top of the invoice. */
export function interestChargedEntry(document: LedgerDocument, facts: MovementFacts): Entry {
  return movement(line(document, facts, 'interest-charged'), {
    debit: owed(document),
    credit: interest(document.condominiumId, document.currency),
    amountCents: facts.amountCents,
  });
}

const owed = ({ customerId, currency }: LedgerDocument): Account => receivable(customerId, currency);

function line(document: LedgerDocument, { key, occurredAt }: MovementFacts, kind: EntryKind) {
  return { key, kind, description: document.numberText, documentId: document.documentId, occurredAt };
}

function paymentLine(document: LedgerDocument, payment: PaymentFacts, kind: EntryKind) {
  return { ...line(document, payment, kind), description: `${document.numberText} by ${payment.source}` };
}

function sourceAccount({ currency, customerId, issuerId }: LedgerDocument, source: PaymentSource): Account {
  switch (source) {
    case 'stripe':
      return processor('stripe', currency);
    case 'bank':
      return bank(issuerId, currency);
    case 'prepaid':
      return prepaid(customerId, currency);
    default:
      return source satisfies never;
  }
}
