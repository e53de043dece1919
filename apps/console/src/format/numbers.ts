export type Language = 'pt' | 'en';

const MARKS = {
  pt: { group: '.', decimal: ',' },
  en: { group: ',', decimal: '.' },
} as const;

/** Keeps a number and its unit on one line. */
const NARROW = '\u00a0';

/**
 * Writes an integer that counts 10^-scale of a unit as a decimal number, rounded half up to `decimals` places.
 * Written by hand because `Intl` groups Portuguese thousands with spaces and leaves four digits ungrouped, while
 * invoices and the retailer's own bills print 1.234,56.
 */
export function formatScaled(value: number, scale: number, decimals: number, language: Language): string {
  const { group, decimal } = MARKS[language];
  const step = 10 ** Math.max(0, scale - decimals);
  const rounded = Math.floor(Math.abs(value) / step + 0.5) * 10 ** Math.max(0, decimals - scale);
  const digits = String(rounded).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals).replaceAll(/\B(?=(\d{3})+$)/g, group);
  const sign = value < 0 && rounded > 0 ? '-' : '';
  return sign + whole + (decimals > 0 ? decimal + digits.slice(digits.length - decimals) : '');
}

const SYMBOLS: Readonly<Record<string, string>> = { EUR: '€', NOK: 'kr' };

/** What stands beside an amount; of a currency without a sign here its code (ISO 4217). */
export const currencySymbol = (currency: string): string => SYMBOLS[currency] ?? currency;

/** `1,23 €`; in English a sign of one letter goes before: `€1.23`, `1.23 kr`. */
function withCurrency(number: string, currency: string, language: Language): string {
  const symbol = currencySymbol(currency);
  if (language === 'pt' || symbol.length > 1) return `${number}${NARROW}${symbol}`;
  return number.startsWith('-') ? `-${symbol}${number.slice(1)}` : `${symbol}${number}`;
}

/** 123456 → `1.234,56 €`, in English `€1,234.56`. `currency`: ISO 4217. */
export function formatCents(cents: number, language: Language, currency: string): string {
  return withCurrency(formatScaled(cents, 2, 2, language), currency, language);
}

/** 6867 → `6,867 kWh`. */
export function formatKWh(wh: number, language: Language, decimals = 3): string {
  return `${formatScaled(wh, 3, decimals, language)}${NARROW}kWh`;
}

/** 2400 → `2,4 kW`. */
export function formatKW(watts: number, language: Language): string {
  return `${formatScaled(watts, 3, 1, language)}${NARROW}kW`;
}

/** 227756 → `0,227756 €`: a price per kWh, always with its six decimals. */
export function formatPricePerKWh(micros: number, language: Language, currency: string): string {
  return withCurrency(formatScaled(micros, 6, 6, language), currency, language);
}

/** 1324800 → `1,3248 €`: an amount of which cents are not fine enough; at least two decimals, no zeros after them. */
export function formatMicros(micros: number, language: Language, currency: string): string {
  const digits = String(Math.abs(micros)).padStart(6, '0').slice(-6);
  const decimals = Math.max(2, digits.replace(/0+$/, '').length);
  return withCurrency(formatScaled(micros, 6, decimals, language), currency, language);
}

/** 1150000 → `1,15`: a factor in parts per million, with the decimals it has. */
export function formatFactor(ppm: number, language: Language): string {
  const decimals = String(ppm).padStart(7, '0').slice(-6).replace(/0+$/, '').length;
  return formatScaled(ppm, 6, decimals, language);
}

/** 2300 → `23 %`: a rate in parts of ten thousand, with decimals only where it has any. */
export function formatPermyriad(permyriad: number, language: Language): string {
  return `${formatScaled(permyriad, 2, permyriad % 100 === 0 ? 0 : 2, language)}${language === 'pt' ? NARROW : ''}%`;
}

export function formatCount(count: number, language: Language): string {
  return formatScaled(count, 0, 0, language);
}

/** Reads an amount as people type it (`1.234,56`, `1234.56`, `12`); null when it is not one. In cents. */
export function parseAmountCents(text: string): number | null {
  const plain = text.replaceAll(/[\s\u00a0€]/g, '');
  const match = /^(\d{1,3}(?:[.,]\d{3})+|\d+)(?:[.,](\d{1,2}))?$/.exec(plain);
  if (match === null) return null;
  const whole = (match[1] ?? '').replaceAll(/[.,]/g, '');
  const cents = Number(whole) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
  return Number.isSafeInteger(cents) ? cents : null;
}

/**
 * Reads a number as it is written in the language (`1.234,56` in Portuguese), with at most so many decimals and maybe a
 * minus; null when it is not one. As an integer that counts 10^-decimals.
 */
export function parseDecimal(text: string, decimals: number, language: Language): number | null {
  const { group, decimal } = MARKS[language];
  const plain = text.replaceAll(/[\s\u00a0€]|kWh/g, '').replace('−', '-');
  const pattern = new RegExp(`^(-?)(\\d{1,3}(?:\\${group}\\d{3})+|\\d+)(?:\\${decimal}(\\d{1,${decimals}}))?$`);
  const match = pattern.exec(plain);
  if (match === null) return null;
  const whole = (match[2] ?? '').replaceAll(group, '');
  const value = Number(whole + (match[3] ?? '').padEnd(decimals, '0'));
  if (!Number.isSafeInteger(value)) return null;
  return match[1] === '-' ? 0 - value : value;
}
