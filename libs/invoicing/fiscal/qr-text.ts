import { fiscalAmount } from './sign-document.js';
import { FINAL_CONSUMER_NIF } from './tax-number.js';

/** What of one rate the QR code states. */
export interface QrTax {
  /** NOR, INT, RED, ISE, as in SAF-T */
  readonly code: string;
  readonly netCents: number;
  readonly vatCents: number;
}

export interface QrFacts {
  readonly issuerNif: string;
  /** As stated on the document; null: final consumer */
  readonly customerNif: string | null;
  /** ISO 3166 */
  readonly customerCountry: string;
  /** FT, FS, FR, NC, RC, RG, ... */
  readonly type: string;
  /** N normal, A cancelled */
  readonly status: 'N' | 'A';
  /** yyyy-mm-dd */
  readonly issueDate: string;
  readonly numberText: string;
  readonly atcud: string;
  /** PT, PT-AC, PT-MA, or another country's code; the rates are those of this region. */
  readonly region: string;
  /** Empty: the document states no tax. */
  readonly taxes: readonly QrTax[];
  readonly vatCents: number;
  readonly grossCents: number;
  /** The four characters that the document prints; null: it is not signed. */
  readonly hashCharacters: string | null;
  readonly certificate: string;
  /** Means of payment: `TB;IBAN;amount`. */
  readonly other?: string;
}

/** Base and tax of each code, in the fields that follow the region's letter. */
const FIELDS = [
  ['ISE', 2, null],
  ['RED', 3, 4],
  ['INT', 5, 6],
  ['NOR', 7, 8],
] as const;

/**
 * The text of a document's QR code, in the order of the tax authority's specification (Portaria 195/2020; version 1.1 of
 * October 2020): `code:value` joined by `*`, amounts with two decimals and without sign, optional fields without a
 * value left out. Throws on a value that would break the text, and on a tax code it has no field for.
 */
export function qrText(facts: QrFacts): string {
  const fields: [string, string][] = [
    ['A', facts.issuerNif],
    ['B', facts.customerNif ?? FINAL_CONSUMER_NIF],
    ['C', facts.customerCountry],
    ['D', facts.type],
    ['E', facts.status],
    ['F', facts.issueDate.replaceAll('-', '')],
    ['G', facts.numberText],
    ['H', facts.atcud],
    ...taxFields(facts),
    ['N', fiscalAmount(facts.vatCents)],
    ['O', fiscalAmount(facts.grossCents)],
    ...(facts.hashCharacters === null ? [] : ([['Q', facts.hashCharacters]] satisfies [string, string][])),
    ['R', facts.certificate],
    ...(facts.other === undefined ? [] : ([['S', facts.other]] satisfies [string, string][])),
  ];
  return fields.map(([code, value]) => `${code}:${checked(code, value)}`).join('*');
}

function taxFields({ region, taxes }: QrFacts): [string, string][] {
  if (taxes.length === 0) return [['I1', '0']];
  const letter = region === 'PT-AC' ? 'J' : region === 'PT-MA' ? 'K' : 'I';
  const unknown = taxes.find(({ code }) => !FIELDS.some(([known]) => known === code));
  if (unknown !== undefined) throw new RangeError(`the QR code has no field for tax code "${unknown.code}"`);
  const fields: [string, string][] = [[`${letter}1`, region]];
  for (const [code, base, tax] of FIELDS) {
    const own = taxes.filter((group) => group.code === code);
    if (own.length === 0) continue;
    const sum = (cents: (group: QrTax) => number) => own.reduce((total, group) => total + cents(group), 0);
    fields.push([`${letter}${base}`, fiscalAmount(sum(({ netCents }) => netCents))]);
    if (tax !== null) fields.push([`${letter}${tax}`, fiscalAmount(sum(({ vatCents }) => vatCents))]);
  }
  return fields;
}

function checked(code: string, value: string): string {
  if (value === '' || value.includes('*')) throw new RangeError(`"${value}" is no value of QR field ${code}`);
  return value;
}
