/** A document on which something may be due, as the allocation of a payment sees it. */
export interface OpenDocument {
  readonly documentId: string;
  /** What is due on it; nothing is allocated to one that owes nothing or less. */
  readonly dueCents: number;
  /** yyyy-mm-dd */
  readonly dueDate: string;
  /** As printed: decides between two of one due date, so that the same payment is always allocated alike. */
  readonly numberText: string;
  /** A debit of it is on its way: other money goes there only when the payer says so, or it would be paid twice. */
  readonly debitInFlight?: boolean;
}

/** What the payer said: this document, and how much of it where they said that too. */
export interface WantedDocument {
  readonly documentId: string;
  readonly amountCents?: number;
}

export interface PaymentPart {
  readonly documentId: string;
  readonly amountCents: number;
}

export interface Allocation {
  /** Each document at most once, each part more than zero and not more than what is due. */
  readonly parts: readonly PaymentPart[];
  /** What no open document takes: it is paid ahead. Parts and rest are the amount. */
  readonly restCents: number;
}

/**
 * Splits a payment over open documents, all in cents: first what the payer named, in their order and no further than is
 * due (Código Civil art. 783.º: the debtor says which debt is paid); then the others, the oldest due date first
 * (art. 784.º). Throws a RangeError for an amount that is no positive number of cents.
 */
export function allocatePayment(
  openDocuments: readonly OpenDocument[],
  amountCents: number,
  wanted: readonly WantedDocument[] = [],
): Allocation {
  if (!Number.isSafeInteger(amountCents) || amountCents <= 0) {
    throw new RangeError(`${amountCents} is not a positive number of cents`);
  }
  const open = new Map(openDocuments.map((document) => [document.documentId, document]));
  const taken = new Map<string, number>();
  let restCents = amountCents;
  const take = ({ documentId, dueCents }: OpenDocument, mostCents: number): void => {
    const before = taken.get(documentId) ?? 0;
    const cents = Math.min(restCents, mostCents, dueCents - before);
    if (cents <= 0) return;
    taken.set(documentId, before + cents);
    restCents -= cents;
  };
  for (const { documentId, amountCents: mostCents = restCents } of wanted) {
    const document = open.get(documentId);
    if (document !== undefined) take(document, mostCents);
  }
  for (const document of [...open.values()].sort(oldestFirst)) {
    if (document.debitInFlight !== true) take(document, restCents);
  }
  return { parts: [...taken].map(([documentId, cents]) => ({ documentId, amountCents: cents })), restCents };
}

function oldestFirst(a: OpenDocument, b: OpenDocument): number {
  return order(a.dueDate, b.dueDate) || order(a.numberText, b.numberText) || order(a.documentId, b.documentId);
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
