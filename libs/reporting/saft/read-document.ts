import { elementsAt, textAt, type ReadElement } from './read-saft.js';

/** What a document of the file says of itself. Amounts in cents, never negative; NaN where the text is no amount. */
export interface ReadDocument {
  readonly line: number;
  readonly numberText: string;
  /** The text before the last slash: type and series. */
  readonly series: string;
  readonly number: number;
  readonly type: string;
  readonly status: string;
  readonly atcud: string;
  /** Of receipts, as this and the next: empty, they have none. */
  readonly hash: string;
  readonly hashControl: string;
  readonly issueDate: string;
  readonly systemEntry: string;
  readonly debitCents: number;
  readonly creditCents: number;
  readonly taxCents: number;
  readonly netCents: number;
  readonly grossCents: number;
  /** Lines whose quantity by price is not their amount. */
  readonly wrongLines: readonly string[];
}

const AMOUNT = /^(\d+)(?:\.(\d+))?$/;

/** Cents of `12.34`; NaN for what is no amount in whole cents. */
export function centsOf(text: string): number {
  const scaled = scaledDecimal(text, 2);
  return scaled === null ? Number.NaN : Number(scaled);
}

/** A decimal as an integer with so many decimals; null where it is none, or has more. */
function scaledDecimal(text: string, decimals: number): bigint | null {
  const [, whole, fraction = ''] = AMOUNT.exec(text.trim()) ?? [];
  const kept = fraction.replace(/0+$/, '');
  if (whole === undefined || kept.length > decimals) return null;
  return BigInt(whole + kept.padEnd(decimals, '0'));
}

export function readInvoice(element: ReadElement): ReadDocument {
  return {
    ...identityOf(element, 'InvoiceNo'),
    type: textAt(element, 'InvoiceType'),
    status: textAt(element, 'DocumentStatus', 'InvoiceStatus'),
    issueDate: textAt(element, 'InvoiceDate'),
    wrongLines: elementsAt(element, 'Line')
      .filter(isWrong)
      .map((line) => textAt(line, 'LineNumber')),
  };
}

export function readPayment(element: ReadElement): ReadDocument {
  return {
    ...identityOf(element, 'PaymentRefNo'),
    type: textAt(element, 'PaymentType'),
    status: textAt(element, 'DocumentStatus', 'PaymentStatus'),
    issueDate: textAt(element, 'TransactionDate'),
    wrongLines: [],
  };
}

function identityOf(element: ReadElement, numberName: string) {
  const numberText = textAt(element, numberName);
  const slash = numberText.lastIndexOf('/');
  const sideCents = (side: string) =>
    elementsAt(element, 'Line', side).reduce((cents, { text }) => cents + centsOf(text), 0);
  return {
    line: element.line,
    numberText,
    series: numberText.slice(0, slash),
    number: Number(numberText.slice(slash + 1)),
    atcud: textAt(element, 'ATCUD'),
    hash: textAt(element, 'Hash'),
    hashControl: textAt(element, 'HashControl'),
    systemEntry: textAt(element, 'SystemEntryDate'),
    debitCents: sideCents('DebitAmount'),
    creditCents: sideCents('CreditAmount'),
    taxCents: centsOf(textAt(element, 'DocumentTotals', 'TaxPayable')),
    netCents: centsOf(textAt(element, 'DocumentTotals', 'NetTotal')),
    grossCents: centsOf(textAt(element, 'DocumentTotals', 'GrossTotal')),
  };
}

const DECIMALS = 12;

/** Quantity by price, rounded to the cent, half up, is the line's amount. */
function isWrong(line: ReadElement): boolean {
  const [quantity, price] = ['Quantity', 'UnitPrice'].map((name) => scaledDecimal(textAt(line, name), DECIMALS));
  const amount = centsOf(textAt(line, 'DebitAmount') || textAt(line, 'CreditAmount'));
  if (quantity === null || quantity === undefined || price === null || price === undefined) return true;
  const unit = 10n ** BigInt(2 * DECIMALS - 2);
  return Number((2n * quantity * price + unit) / (2n * unit)) !== amount;
}
