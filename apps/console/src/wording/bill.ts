import type { BillComparison, BillLine, BillMeaning, MonthBill } from '#apps/backoffice/api-types.js';

import type { Language } from '../format/numbers.js';
import { parseDecimal } from '../format/numbers.js';
import type { Words } from '../texts/words.js';

/** A line of the retailer's invoice as it is typed. */
export interface TypedLine {
  readonly key: string;
  readonly kind: BillLine['kind'];
  readonly band: string | null;
  readonly code: string | null;
  readonly label: string;
  readonly kWh: string;
  readonly amount: string;
}

export interface TypedBill {
  readonly lines: readonly TypedLine[];
  readonly vat: string;
  readonly total: string;
}

/** Sums while one types: null where something typed is no number yet. */
export interface BillSums {
  readonly wh: number | null;
  readonly netCents: number | null;
  readonly vatCents: number | null;
  readonly totalCents: number | null;
  /** The invoice's total less net and VAT: zero is right. */
  readonly offCents: number | null;
}

const sumOf = (values: readonly (number | null)[]): number | null =>
  values.reduce<number | null>((sum, value) => (sum === null || value === null ? null : sum + value), 0);

/** A line that nobody has filled in is none. */
const isFilled = (line: TypedLine): boolean => line.kWh.trim() !== '' || line.amount.trim() !== '';

export function billSums({ lines, vat, total }: TypedBill, language: Language): BillSums {
  const filled = lines.filter(isFilled);
  const netCents = sumOf(filled.map(({ amount }) => parseDecimal(amount, 2, language)));
  const wh = sumOf(filled.map(({ kWh }) => (kWh.trim() === '' ? 0 : parseDecimal(kWh, 3, language))));
  const vatCents = parseDecimal(vat, 2, language);
  const totalCents = parseDecimal(total, 2, language);
  const isWhole = netCents !== null && vatCents !== null && totalCents !== null;
  return { wh, netCents, vatCents, totalCents, offCents: isWhole ? totalCents - netCents - vatCents : null };
}

/** The typed lines as the back office takes them; null while one of them is no line yet. */
export function typedLines(lines: readonly TypedLine[], language: Language): BillLine[] | null {
  const read: BillLine[] = [];
  for (const line of lines.filter(isFilled)) {
    const netCents = parseDecimal(line.amount, 2, language);
    const wh = line.kWh.trim() === '' ? null : parseDecimal(line.kWh, 3, language);
    const isWrong =
      netCents === null || line.label.trim() === '' || (line.kWh.trim() !== '' && (wh === null || wh < 0));
    if (isWrong) return null;
    const { kind, band, code, label } = line;
    read.push({ kind, band, code, label: label.trim(), wh: kind === 'energy' ? wh : null, netCents });
  }
  return read.length === 0 ? null : read;
}

export const RECONCILED = [
  ['recovered', 'energy'],
  ['recovered', 'charges'],
  ['residual', 'spots-without-holder'],
  ['residual', 'unattributed-energy'],
  ['residual', 'common-areas-and-losses'],
  ['residual', 'charges-kept'],
  ['residual', 'price-differences'],
] as const;

export interface BillParts {
  readonly parts: MonthBill['lines'];
  readonly recoveredCents: number;
  readonly residualCents: number;
}

/** Where the bill went, as it is drawn: what is nothing is left out. */
export function billParts({ lines }: Pick<MonthBill, 'lines'>): BillParts {
  const sum = (side: string): number =>
    lines.filter((line) => line.side === side).reduce((cents, line) => cents + line.netCents, 0);
  return {
    parts: lines.filter(({ netCents }) => netCents !== 0),
    recoveredCents: sum('recovered'),
    residualCents: sum('residual'),
  };
}

/** What differences may come from, in words, each once. */
export function meaningTexts(t: Words['t'], meanings: readonly BillMeaning[]): string[] {
  return meanings.map((meaning) => t(`bill.meaning.${meaning}`));
}

/** Whether anything of the invoice is off by more than the tolerance. */
export function isDifferent({ meanings, bands, charges }: BillComparison): boolean {
  return [...bands, ...charges].some((each) => each.meanings.length > 0) || meanings.length > 0;
}
