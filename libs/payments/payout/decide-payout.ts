/** What the books say of one invoice and its credit notes, in cents. */
export interface RecoveredDocument {
  readonly documentId: string;
  readonly numberText: string;
  /** What the condominium recovers of it, net of VAT and of the fees, with interest, less what was credited. */
  readonly recoveredCents: number;
  /** What its customer is asked for: gross less what was credited, with interest; whatever was paid or written off. */
  readonly claimedCents: number;
  /** Money received for it and not gone back since. */
  readonly paidCents: number;
  /** What payouts that are not cancelled took of it; below zero when more was given back than taken. */
  readonly takenCents: number;
}

/**
 * What of an invoice is the condominium's by now: its part of what was paid, rounded down; all that it recovers once
 * the invoice is paid in full. What is paid beyond what is asked belongs to the customer.
 */
export function payableCents(document: Omit<RecoveredDocument, 'documentId' | 'numberText' | 'takenCents'>): number {
  const { recoveredCents, claimedCents, paidCents } = document;
  if (paidCents >= claimedCents) return recoveredCents;
  if (paidCents <= 0) return 0;
  return partOf(recoveredCents, paidCents, claimedCents);
}

/** `whole` × `numerator` / `denominator`, rounded towards less; exact however large. */
function partOf(whole: number, numerator: number, denominator: number): number {
  const product = BigInt(whole) * BigInt(numerator);
  const by = BigInt(denominator);
  const quotient = product / by;
  return Number(product % by < 0n ? quotient - 1n : quotient);
}

/** Fees that the contract takes from the payout; none where the residents are charged for the service apart. */
export interface PayoutFees {
  /** Of what is paid out: 250 is 2,5 %. */
  readonly permyriad: number;
  /** The months (yyyy-mm) whose fee no payout has taken yet, this one's among them. */
  readonly months: readonly { readonly month: string; readonly cents: number }[];
}

export const NO_FEES: PayoutFees = { permyriad: 0, months: [] };

export type PayoutLine =
  | (RecoveredDocument & { readonly kind: 'document'; readonly payableCents: number; readonly cents: number })
  | { readonly kind: 'fee-per-month'; readonly month: string; readonly cents: number }
  | { readonly kind: 'fee-percent'; readonly permyriad: number; readonly ofCents: number; readonly cents: number };

export interface DecidedPayout {
  readonly lines: readonly PayoutLine[];
  /** Fees of the contract, positive. */
  readonly feesCents: number;
  /** What is paid: the sum of the lines, above zero. */
  readonly totalCents: number;
}

export type PayoutDecision =
  | DecidedPayout
  /** What is below zero, or nothing, waits for the next payout. */
  | { readonly refused: { readonly code: 'PAYOUT.NOTHING_TO_PAY'; readonly carriedCents: number } };

/**
 * What is owed to the condominium now: of each invoice what is payable less what former payouts took. A dispute or a
 * credit note after a payout makes an invoice's line negative; a payout never is: then nothing is taken, and all of it
 * stands in the next one.
 */
export function decidePayout(documents: readonly RecoveredDocument[], fees: PayoutFees = NO_FEES): PayoutDecision {
  const lines = documents.map(documentLine).filter(({ cents }) => cents !== 0);
  const recoveredCents = lines.reduce((sum, { cents }) => sum + cents, 0);
  const feeLines = recoveredCents > 0 ? feesOf(recoveredCents, fees) : [];
  const feesCents = feeLines.reduce((sum, { cents }) => sum - cents, 0);
  const totalCents = recoveredCents - feesCents;
  if (totalCents <= 0) return { refused: { code: 'PAYOUT.NOTHING_TO_PAY', carriedCents: totalCents } };
  return { lines: [...lines, ...feeLines], feesCents, totalCents };
}

function documentLine(document: RecoveredDocument) {
  const payable = payableCents(document);
  return { ...document, kind: 'document' as const, payableCents: payable, cents: payable - document.takenCents };
}

function feesOf(recoveredCents: number, { permyriad, months }: PayoutFees): PayoutLine[] {
  const percent = partOf(recoveredCents, permyriad, 10_000);
  return [
    ...months.map(({ month, cents }) => ({ kind: 'fee-per-month' as const, month, cents: -cents })),
    ...(percent === 0 ? [] : [{ kind: 'fee-percent' as const, permyriad, ofCents: recoveredCents, cents: -percent }]),
  ];
}
