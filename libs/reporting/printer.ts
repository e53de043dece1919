import {
  printedAmount,
  printedDate,
  printedKWh,
  printedMicros,
  printedMoney,
  printedMonth,
  printedPermille,
  printedPricePerKWh,
  printedRate,
  type Language,
} from '../invoicing/printed-numbers.js';

export type { Language } from '../invoicing/printed-numbers.js';

/** Portuguese unless it is English: papers are in these two. */
export const languageOf = (code: string): Language => (code === 'en' ? 'en' : 'pt');

/** Prints the figures of one installation: in its language and currency. */
export interface Printer {
  readonly language: Language;
  money(cents: number): string;
  /** Cents without the currency. */
  amount(cents: number): string;
  kWh(wh: number): string;
  pricePerKWh(micros: number): string;
  /** Micro-units with as many decimals as they have. */
  price(micros: number): string;
  rate(permyriad: number): string;
  permille(partsPerMillion: number): string;
  date(isoDate: string): string;
  /** yyyy-mm as words. */
  month(period: string): string;
}

export function printerOf(language: Language, currency: string): Printer {
  return {
    language,
    money: (cents) => printedMoney(cents, currency, language),
    amount: (cents) => printedAmount(cents, language),
    kWh: (wh) => printedKWh(wh, language),
    pricePerKWh: (micros) => printedPricePerKWh(micros, currency, language),
    price: (micros) => printedMicros(micros, currency, language),
    rate: (permyriad) => printedRate(permyriad, language),
    permille: (partsPerMillion) => printedPermille(partsPerMillion, language),
    date: printedDate,
    month: (period) => printedMonth(period, language),
  };
}
