import { sum } from '../imputation/sum.js';
import type { VatGroup } from './document.entity.js';
import type { PlannedLine, VatRounding } from './plan-invoice.js';
import { vatCentsRoundedHalfUp } from './rounding.js';

/** An issued invoice with what earlier credit notes gave back of it. */
export interface CreditableDocument {
  readonly lines: readonly PlannedLine[];
  readonly vatGroups: readonly VatGroup[];
  readonly vatRounding: VatRounding;
  /** Net amounts of earlier credit notes, of the opposite sign of their line. */
  readonly credited: readonly { readonly lineNo: number; readonly netCents: number }[];
}

/** What is to be given back: all that is left, or lines of the invoice in whole or in part. */
export type CreditChoice =
  | 'whole'
  | readonly {
      readonly lineNo: number;
      /** With the sign of the invoice's line; left out: all that is left of it. */
      readonly netCents?: number | undefined;
    }[];

export interface CreditNoteLine extends PlannedLine {
  readonly creditsLineNo: number;
}

/** A credit note: all amounts have the opposite sign of the invoice's. */
export interface CreditNotePlan {
  readonly lines: readonly CreditNoteLine[];
  readonly vatGroups: readonly VatGroup[];
  readonly netCents: number;
  readonly vatCents: number;
  /** Negative. */
  readonly grossCents: number;
  readonly reason: string;
}

export type CreditRefusal =
  | { readonly code: 'CREDIT.LINE_NOT_FOUND'; readonly lineNo: number }
  /** More than is left of the line, of the other sign, or nothing. */
  | { readonly code: 'CREDIT.BEYOND_LINE'; readonly lineNo: number; readonly leftCents: number }
  /** More than is left of the invoice: a line that reduces it would stay while what it reduced is given back. */
  | { readonly code: 'CREDIT.BEYOND_INVOICE'; readonly missingCents: number }
  /** Together the lines give nothing back. */
  | { readonly code: 'CREDIT.NOTHING_TO_CREDIT'; readonly grossCents: number };

/**
 * What a credit note over a choice of an invoice's lines says. Rates and reasons are those of the invoice. VAT is what
 * the invoice's VAT on the amount that was left exceeds that on the amount that is left now, so that notes in any number
 * of parts give back to the cent the VAT that was charged (VAT off by a cent: lago-api PR 829).
 */
export function planCreditNote(
  document: CreditableDocument,
  choice: CreditChoice,
  reason: string,
): { readonly plan: CreditNotePlan } | { readonly refused: CreditRefusal } {
  const before = leftOf(document);
  const left = new Map(before);
  const lines: CreditNoteLine[] = [];
  for (const { lineNo, netCents } of wanted(choice, left)) {
    const original = document.lines.find((line) => line.lineNo === lineNo);
    const leftCents = left.get(lineNo) ?? 0;
    if (original === undefined) return { refused: { code: 'CREDIT.LINE_NOT_FOUND', lineNo } };
    const givenCents = netCents ?? leftCents;
    if (!isPartOf(givenCents, leftCents)) return { refused: { code: 'CREDIT.BEYOND_LINE', lineNo, leftCents } };
    lines.push(creditLine(original, { lineNo: lines.length + 1, leftCents, givenCents }, document.vatRounding));
    left.set(lineNo, leftCents - givenCents);
  }
  const vatGroups = document.vatGroups.flatMap((group) => creditedGroup(document, group, { lines, before, left }));
  const netCents = sum(lines, (line) => line.netCents);
  const vatCents = sum(vatGroups, (group) => group.vatCents);
  const grossCents = netCents + vatCents;
  if (grossCents >= 0) return { refused: { code: 'CREDIT.NOTHING_TO_CREDIT', grossCents } };
  const missingCents = 0 - grossLeft(document, left);
  if (missingCents > 0) return { refused: { code: 'CREDIT.BEYOND_INVOICE', missingCents } };
  return { plan: { lines, vatGroups, netCents, vatCents, grossCents, reason } };
}

type Left = ReadonlyMap<number, number>;

function leftOf({ lines, credited }: CreditableDocument): Map<number, number> {
  const left = new Map(lines.map(({ lineNo, netCents }) => [lineNo, netCents]));
  for (const { lineNo, netCents } of credited) left.set(lineNo, (left.get(lineNo) ?? 0) + netCents);
  return left;
}

function wanted(choice: CreditChoice, left: Left): Exclude<CreditChoice, 'whole'> {
  if (choice !== 'whole') return choice;
  return [...left].filter(([, cents]) => cents !== 0).map(([lineNo]) => ({ lineNo }));
}

function isPartOf(cents: number, leftCents: number): boolean {
  if (!Number.isSafeInteger(cents)) return false;
  return leftCents > 0 ? cents > 0 && cents <= leftCents : cents < 0 && cents >= leftCents;
}

function creditLine(
  original: PlannedLine,
  given: { readonly lineNo: number; readonly leftCents: number; readonly givenCents: number },
  rounding: VatRounding,
): CreditNoteLine {
  const { leftCents, givenCents } = given;
  const isWhole = givenCents === original.netCents;
  const rate = original.vatRatePermyriad;
  return {
    ...original,
    lineNo: given.lineNo,
    creditsLineNo: original.lineNo,
    netCents: -givenCents,
    vatCents: rounding === 'line' ? vatGiven(leftCents, leftCents - givenCents, rate) : null,
    wh: isWhole ? negative(original.wh) : null,
    estimatedWh: isWhole ? negative(original.estimatedWh) : null,
    estimatedErrorWh: isWhole ? original.estimatedErrorWh : null,
  };
}

/** VAT on what is left afterwards, less VAT on what was left before. */
function vatGiven(beforeCents: number, afterCents: number, ratePermyriad: number): number {
  return vatCentsRoundedHalfUp(afterCents, ratePermyriad) - vatCentsRoundedHalfUp(beforeCents, ratePermyriad);
}

const negative = (wh: number | null): number | null => (wh === null || wh === 0 ? wh : -wh);

function isOfGroup(group: VatGroup): (line: PlannedLine) => boolean {
  return (line) =>
    line.vatCode === group.code &&
    line.vatRatePermyriad === group.ratePermyriad &&
    line.exemptionCode === (group.exemptionCode ?? null);
}

/** What the customer still owes by the invoice when this is left of its lines. */
function grossLeft({ lines, vatGroups, vatRounding }: CreditableDocument, left: Left): number {
  const leftCents = ({ lineNo }: PlannedLine): number => left.get(lineNo) ?? 0;
  return sum(vatGroups, (group) => {
    const own = lines.filter(isOfGroup(group));
    const netCents = sum(own, leftCents);
    const vatOf = (cents: number): number => vatCentsRoundedHalfUp(cents, group.ratePermyriad);
    return netCents + (vatRounding === 'line' ? sum(own, (line) => vatOf(leftCents(line))) : vatOf(netCents));
  });
}

/** The group of the note; none where the note has no line of it. */
function creditedGroup(
  document: CreditableDocument,
  group: VatGroup,
  note: { readonly lines: readonly CreditNoteLine[]; readonly before: Left; readonly left: Left },
): VatGroup[] {
  const own = note.lines.filter(isOfGroup(group));
  if (own.length === 0) return [];
  const originals = document.lines.filter(isOfGroup(group));
  const sumLeft = (left: Left): number => sum(originals, ({ lineNo }) => left.get(lineNo) ?? 0);
  const vatCents =
    document.vatRounding === 'line'
      ? sum(own, (line) => line.vatCents ?? 0)
      : vatGiven(sumLeft(note.before), sumLeft(note.left), group.ratePermyriad);
  return [{ ...group, netCents: sum(own, (line) => line.netCents), vatCents }];
}
