import { bank, fees, prepaid, processor, receivable, recovered, vat, type Account } from './accounts.js';

/** One line of an entry: debit positive, credit negative, in cents, never zero. */
export interface EntryPosting {
  readonly account: Account;
  readonly amountCents: number;
}

/** A business event as the books will hold it. Always sums to zero in every currency. */
export interface Entry {
  /** The idempotency key of the event. */
  readonly key: string;
  readonly kind: EntryKind;
  readonly description: string;
  readonly documentId: string | null;
  readonly occurredAt: Date;
  readonly postings: readonly EntryPosting[];
}
export type EntryKind = 'invoice-issued' | 'credit-note-issued' | 'payment' | 'payment-reversed' | 'top-up';

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

export interface PaymentFacts {
  readonly key: string;
  readonly source: PaymentSource;
  readonly amountCents: number;
  readonly occurredAt: Date;
}

export interface TopUpFacts {
  readonly key: string;
  readonly customerId: string;
  /** Whose bank account received it; only for source bank. */
  readonly issuerId: string;
  readonly source: 'stripe' | 'bank';
  readonly amountCents: number;
  readonly currency: string;
  readonly occurredAt: Date;
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
  assertPositive(payment.amountCents, payment.key);
  return entry({
    ...settlementFacts(document, payment, 'payment'),
    postings: settlementPostings(document, payment, payment.amountCents),
  });
}

/** Money that went back (a SEPA dispute, a returned transfer): the customer owes it again. */
export function paymentReversedEntry(document: LedgerDocument, payment: PaymentFacts): Entry {
  assertPositive(payment.amountCents, payment.key);
  return entry({
    ...settlementFacts(document, payment, 'payment-reversed'),
    postings: settlementPostings(document, payment, -payment.amountCents),
  });
}

/** Money paid ahead. */
export function topUpEntry(topUp: TopUpFacts): Entry {
  assertPositive(topUp.amountCents, topUp.key);
  return entry({
    key: topUp.key,
    kind: 'top-up',
    description: `top-up by ${topUp.source}`,
    documentId: null,
    occurredAt: topUp.occurredAt,
    postings: [
      { account: sourceAccount(topUp), amountCents: topUp.amountCents },
      { account: prepaid(topUp.customerId, topUp.currency), amountCents: -topUp.amountCents },
    ],
  });
}

function settlementFacts(document: LedgerDocument, payment: PaymentFacts, kind: EntryKind) {
  return {
    key: payment.key,
    kind,
    description: `${document.numberText} by ${payment.source}`,
    documentId: document.documentId,
    occurredAt: payment.occurredAt,
  };
}

function settlementPostings(document: LedgerDocument, payment: PaymentFacts, amountCents: number): EntryPosting[] {
  const { currency, customerId, issuerId } = document;
  return [
    { account: sourceAccount({ source: payment.source, currency, customerId, issuerId }), amountCents },
    { account: receivable(customerId, currency), amountCents: -amountCents },
  ];
}

function sourceAccount(from: {
  readonly source: PaymentSource;
  readonly currency: string;
  readonly customerId: string;
  readonly issuerId: string;
}): Account {
  switch (from.source) {
    case 'stripe':
      return processor('stripe', from.currency);
    case 'bank':
      return bank(from.issuerId, from.currency);
    case 'prepaid':
      return prepaid(from.customerId, from.currency);
    default:
      return from.source satisfies never;
  }
}

/** Merges postings of one account, drops zeros, and refuses an entry that does not sum to zero per currency. */
function entry(draft: Entry): Entry {
  const byCode = new Map<string, EntryPosting>();
  for (const { account, amountCents } of draft.postings) {
    if (!Number.isSafeInteger(amountCents)) throw new RangeError(`entry ${draft.key}: ${amountCents} is no whole cent`);
    const sum = (byCode.get(account.code)?.amountCents ?? 0) + amountCents;
    byCode.set(account.code, { account, amountCents: sum });
  }
  const postings = [...byCode.values()].filter(({ amountCents }) => amountCents !== 0);
  for (const [currency, sum] of sumByCurrency(postings)) {
    if (sum !== 0) throw new Error(`entry ${draft.key} is out of balance by ${sum} cents of ${currency}`);
  }
  return { ...draft, postings };
}

/** Sum of postings per currency, in cents; in balanced books every one is zero. */
export function sumByCurrency(postings: readonly EntryPosting[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { account, amountCents } of postings) {
    sums.set(account.currency, (sums.get(account.currency) ?? 0) + amountCents);
  }
  return sums;
}

function assertPositive(amountCents: number, key: string): void {
  if (!Number.isSafeInteger(amountCents) || amountCents <= 0) {
    throw new RangeError(`entry ${key}: ${amountCents} is not a positive number of cents`);
  }
}
