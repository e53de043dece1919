/**
 * Numbers as documents print them: in Portuguese a comma for decimals and a full stop for thousands, in English the
 * other way round. The unit or currency stands behind, after a no-break space.
 */

export type Language = 'pt' | 'en';

const NO_BREAK_SPACE = '\u00a0';
const SEPARATORS = { pt: { decimal: ',', thousands: '.' }, en: { decimal: '.', thousands: ',' } } as const;

function withSeparators(value: number, decimals: number, language: Language): string {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is no safe integer`);
  const { decimal, thousands } = SEPARATORS[language];
  const digits = String(Math.abs(value)).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals).replace(/\B(?=(\d{3})+(?!\d))/g, thousands);
  const fraction = decimals === 0 ? '' : `${decimal}${digits.slice(-decimals)}`;
  return `${value < 0 ? '-' : ''}${whole}${fraction}`;
}

/** Cents without a unit: 123456 → `1.234,56`. */
export function printedAmount(cents: number, language: Language = 'pt'): string {
  return withSeparators(cents, 2, language);
}

const SYMBOLS: Readonly<Record<string, string>> = { EUR: '€', GBP: '£', USD: '$' };

/** Cents with the currency behind, its code where it has no sign of its own: `1.234,56 €`, `1.234,56 NOK`. */
export function printedMoney(cents: number, currency = 'EUR', language: Language = 'pt'): string {
  return `${printedAmount(cents, language)}${NO_BREAK_SPACE}${SYMBOLS[currency] ?? currency}`;
}

/** Wh as kWh with three decimals: 6867 → `6,867 kWh`. */
export function printedKWh(wh: number, language: Language = 'pt'): string {
  return `${withSeparators(wh, 3, language)}${NO_BREAK_SPACE}kWh`;
}

/** Micro-euros per kWh with six decimals: 227756 → `0,227756 €`. */
export function printedPricePerKWh(microsPerKWh: number, currency = 'EUR', language: Language = 'pt'): string {
  return `${withSeparators(microsPerKWh, 6, language)}${NO_BREAK_SPACE}${SYMBOLS[currency] ?? currency}`;
}

/** Micro-euros with as many of six decimals as they have, at least two: 1040000 → `1,04 €`, 1324800 → `1,3248 €`. */
export function printedMicros(micros: number, currency = 'EUR', language: Language = 'pt'): string {
  const text = withSeparators(micros, 6, language).replace(/0{1,4}$/, '');
  return `${text}${NO_BREAK_SPACE}${SYMBOLS[currency] ?? currency}`;
}

/** Permyriad as a rate: 2300 → `23 %`, 650 → `6,5 %`. */
export function printedRate(ratePermyriad: number, language: Language = 'pt'): string {
  const text = withSeparators(ratePermyriad, 2, language).replace(/[.,]?0+$/, '');
  return `${text === '' ? '0' : text}${NO_BREAK_SPACE}%`;
}

/** Parts per million as per mille: 24113 → `24,113 ‰`. */
export function printedPermille(partsPerMillion: number, language: Language = 'pt'): string {
  return `${withSeparators(partsPerMillion, 3, language)}${NO_BREAK_SPACE}‰`;
}

/** yyyy-mm-dd → dd/mm/yyyy. */
export function printedDate(isoDate: string): string {
  const [year, month, day] = isoDate.split('-');
  if (year === undefined || month === undefined || day === undefined) throw new RangeError(`${isoDate} is no date`);
  return `${day}/${month}/${year}`;
}

/** An instant as local date and time, `01/06/2026 00:00`. */
export function printedLocalTime(instant: Date, timeZone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(timeZone);
  return `${printedDate(local.toPlainDate().toString())} ${local.toPlainTime().toString({ smallestUnit: 'minute' })}`;
}

const MONTHS = {
  pt: 'janeiro,fevereiro,março,abril,maio,junho,julho,agosto,setembro,outubro,novembro,dezembro'.split(','),
  en: 'January,February,March,April,May,June,July,August,September,October,November,December'.split(','),
} as const;

/** yyyy-mm as words: `junho de 2026`, `June 2026`. */
export function printedMonth(period: string, language: Language = 'pt'): string {
  const [year, month] = period.split('-');
  const name = MONTHS[language][Number(month) - 1];
  if (name === undefined) throw new RangeError(`${period} is no month`);
  return language === 'pt' ? `${name} de ${year}` : `${name} ${year}`;
}
