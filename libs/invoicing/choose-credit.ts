import { sum } from '../imputation/sum.js';
import { partyAndTaxOf, subjectOf } from './line-identity.js';
import type { CreditChoice } from './plan-credit-note.js';
import type { ChargeLine, PlannedLine } from './plan-invoice.js';

/** A line of the invoice with what earlier notes left of it. */
export interface LeftLine extends PlannedLine {
  readonly leftCents: number;
}

export type CreditChosen =
  | { readonly ok: Exclude<CreditChoice, 'whole'> }
  /** Part of the adjustment is still to be charged, which no credit note can do. */
  | { readonly refused: { readonly code: 'CREDIT.MIXED'; readonly chargedCents: number } }
  /** The invoice has not enough left of that party and tax to give back. */
  | { readonly refused: { readonly code: 'CREDIT.BEYOND_INVOICE'; readonly missingCents: number } };

/**
 * Which lines of an invoice give back an adjustment, and how much of each: the sum of each party and tax exactly, from
 * the very lines that the adjustment corrects first, then from others of that party and tax in their order.
 */
export function chooseCredit(adjustment: readonly ChargeLine[], invoice: readonly LeftLine[]): CreditChosen {
  const chosen: { lineNo: number; netCents: number }[] = [];
  for (const lines of Map.groupBy(adjustment, partyAndTaxOf).values()) {
    const sumCents = sum(lines, ({ netCents }) => netCents);
    if (sumCents > 0) return { refused: { code: 'CREDIT.MIXED', chargedCents: sumCents } };
    const [first] = lines;
    if (first === undefined || sumCents === 0) continue;
    const corrected = new Set(lines.map(subjectOf));
    const candidates = invoice
      .filter((line) => partyAndTaxOf(line) === partyAndTaxOf(first) && line.leftCents > 0)
      .sort((a, b) => Number(corrected.has(subjectOf(b))) - Number(corrected.has(subjectOf(a))) || a.lineNo - b.lineNo);
    let missingCents = 0 - sumCents;
    for (const { lineNo, leftCents } of candidates) {
      const netCents = Math.min(leftCents, missingCents);
      if (netCents === 0) break;
      chosen.push({ lineNo, netCents });
      missingCents -= netCents;
    }
    if (missingCents > 0) return { refused: { code: 'CREDIT.BEYOND_INVOICE', missingCents } };
  }
  return { ok: chosen.sort((a, b) => a.lineNo - b.lineNo) };
}
