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

function partsUpTo({ grossCents, vatGroups }: PaidDocument, cents: number): VatGroup[] {
  const paid = Math.max(0, Math.min(cents, grossCents));
  const share = (amount: number) => divideRoundedHalfUp(BigInt(amount) * BigInt(paid), BigInt(grossCents));
  const groups = vatGroups.map((group) => {
    return Object.assign({}, group, { netCents: share(group.netCents), vatCents: share(group.vatCents) });
  });
  const rest = groups.reduce((left, { netCents, vatCents }) => left - netCents - vatCents, paid);
  const [first, ...others] = groups;
  return first === undefined ? [] : [{ ...first, netCents: first.netCents + rest }, ...others];
}
