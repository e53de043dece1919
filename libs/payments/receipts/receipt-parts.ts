import type { VatGroup } from '../../invoicing/document.entity.js';
import { divideRoundedHalfUp } from '../../tariff/rounding.js';

/** A document as its receipts divide it. */
export interface PaidDocument {
  readonly grossCents: number;
  readonly vatGroups: readonly VatGroup[];
}

/**
 * What of a payment is net and VAT of each rate of its document: the part up to this payment less the part up to the one
 * before, so that the receipts of a document in any number of payments state its VAT to the cent. What is paid beyond
 * the document's total (interest) is in no group.
 */
export function receiptParts(
  document: PaidDocument,
  { paidBeforeCents, amountCents }: { readonly paidBeforeCents: number; readonly amountCents: number },
): VatGroup[] {
  const before = partsUpTo(document, paidBeforeCents);
  return partsUpTo(document, paidBeforeCents + amountCents).map((group, index) => {
    const netCents = group.netCents - (before[index]?.netCents ?? 0);
    const vatCents = group.vatCents - (before[index]?.vatCents ?? 0);
    return Object.assign({}, group, { netCents, vatCents });
  });
}

/**
 * Each part ends where all up to it are rounded together, the net ones first: so parts add up to what was paid, and a
 * payment of a cent has no net and VAT of different sign, which SAF-T could not tell.
 */
function partsUpTo({ grossCents, vatGroups }: PaidDocument, cents: number): VatGroup[] {
  const paid = Math.max(0, Math.min(cents, grossCents));
  const upTo = (amount: number) => divideRoundedHalfUp(BigInt(amount) * BigInt(paid), BigInt(grossCents));
  let amountCents = 0;
  const take = (cents: number): number => {
    const before = upTo(amountCents);
    amountCents += cents;
    return upTo(amountCents) - before;
  };
  const nets = vatGroups.map(({ netCents }) => take(netCents));
  return vatGroups.map((group, index) =>
    Object.assign({}, group, { netCents: nets[index] ?? 0, vatCents: take(group.vatCents) }),
  );
}
