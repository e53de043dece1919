import { divideRoundedHalfUp } from '../tariff/rounding.js';
import type { Language, Printer } from './printer.js';

/** How a part of a charge came about, as its imputed line says it. */
export interface ChargeTerms {
  readonly unit: string;
  /** Micro-units of the currency; parts per million for percent-of-energy. */
  readonly micros: number;
  /** Local days of the month on which the charge holds. */
  readonly days: number;
  readonly shareBy: string;
  readonly totalCents: number;
  readonly weight: number;
  readonly totalWeight: number;
}

/** The month that a charge is of: its local days and its minutes. */
export interface MonthLength {
  readonly days: number;
  readonly minutes: number;
}

/** Days of a span of local dates, both inclusive. */
export function daysOf(from: string, to: string): number {
  return Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to)).days + 1;
}

/** Whole minutes of a span: what shares of time are weighed in. */
export function minutesOf(startsAt: Date, endsAt: Date): number {
  return Math.floor((endsAt.getTime() - startsAt.getTime()) / 60_000);
}

interface TermWords {
  readonly perDay: (price: string, days: number) => string;
  readonly per: Readonly<Record<string, string>>;
  readonly onDays: (days: number, of: number) => string;
  readonly ofEnergy: (rate: string, energy: string) => string;
  readonly share: Readonly<Record<string, string>>;
  readonly of: (part: string, whole: string, noun: string) => string;
  readonly nouns: Readonly<Record<'spot' | 'equal', readonly [one: string, many: string]>>;
  readonly kept: string;
}

const WORDS: Readonly<Record<Language, TermWords>> = {
  pt: {
    perDay: (price, days) => `${price} por dia × ${days} ${days === 1 ? 'dia' : 'dias'}`,
    per: {
      'per-month': 'por mês',
      'per-spot-month': 'por lugar e mês',
      'per-kwh': 'por kWh',
      'per-invoice': 'por fatura',
    },
    onDays: (days, of) => ` × ${days}/${of} dias`,
    ofEnergy: (rate, energy) => `${rate} de ${energy} de energia`,
    share: {
      equal: 'em partes iguais',
      permillage: 'por permilagem',
      spot: 'por lugar',
      consumption: 'por consumo',
      own: 'próprio',
      none: 'não dividido',
    },
    of: (part, whole, noun) => `${part} de ${whole}${noun === '' ? '' : ` ${noun}`}`,
    nouns: { spot: ['lugar', 'lugares'], equal: ['cliente', 'clientes'] },
    kept: 'fica com o condomínio',
  },
  en: {
    perDay: (price, days) => `${price} per day × ${days} ${days === 1 ? 'day' : 'days'}`,
    per: {
      'per-month': 'per month',
      'per-spot-month': 'per spot and month',
      'per-kwh': 'per kWh',
      'per-invoice': 'per invoice',
    },
    onDays: (days, of) => ` × ${days}/${of} days`,
    ofEnergy: (rate, energy) => `${rate} of ${energy} of energy`,
    share: {
      equal: 'in equal parts',
      permillage: 'by permillage',
      spot: 'by spot',
      consumption: 'by consumption',
      own: 'own',
      none: 'not divided',
    },
    of: (part, whole, noun) => `${part} of ${whole}${noun === '' ? '' : ` ${noun}`}`,
    nouns: { spot: ['spot', 'spots'], equal: ['customer', 'customers'] },
    kept: 'stays with the condominium',
  },
};

/** How a charge is divided, in a few words; an unknown way is printed as it is. */
export function shareWord(shareBy: string, language: Language): string {
  return WORDS[language].share[shareBy] ?? shareBy;
}

/** The charge's price with its unit: `1,04 € por dia × 30 dias`, `2,85 € por mês × 17/30 dias`. */
export function priceText(terms: ChargeTerms, month: MonthLength, print: Printer): string {
  const words = WORDS[print.language];
  if (terms.unit === 'per-day') return words.perDay(print.price(terms.micros), terms.days);
  const someDays = terms.days < month.days && terms.unit !== 'per-spot-month' && terms.unit !== 'per-invoice';
  const onDays = someDays ? words.onDays(terms.days, month.days) : '';
  if (terms.unit === 'percent-of-energy') return `${print.rate(Math.round(terms.micros / 100))}${onDays}`;
  return `${print.price(terms.micros)} ${words.per[terms.unit] ?? terms.unit}${onDays}`;
}

/** One's share of a divided charge: `1 de 42 lugares`, `360,018 kWh de 9.876,543 kWh`, else in per mille. */
export function shareText(terms: ChargeTerms, month: MonthLength, print: Printer): string {
  const { shareBy, weight, totalWeight } = terms;
  const words = WORDS[print.language];
  if (shareBy === 'none' || totalWeight === 0) return words.kept;
  if (shareBy === 'own') return ownText(terms, month, print);
  if (shareBy === 'consumption') return words.of(print.kWh(weight), print.kWh(totalWeight), '');
  const inMinutes = shareBy === 'spot' || shareBy === 'equal';
  const isWhole = terms.days === month.days && weight % month.minutes === 0 && totalWeight % month.minutes === 0;
  if (inMinutes && isWhole) {
    const whole = totalWeight / month.minutes;
    return words.of(String(weight / month.minutes), String(whole), words.nouns[shareBy][whole === 1 ? 0 : 1]);
  }
  return print.permille(divideRoundedHalfUp(1_000_000n * BigInt(weight), BigInt(totalWeight)));
}

function ownText({ unit, weight, totalWeight }: ChargeTerms, month: MonthLength, print: Printer): string {
  const words = WORDS[print.language];
  switch (unit) {
    case 'per-spot-month':
      return weight === month.minutes ? '' : words.of(spanText(weight), spanText(totalWeight), '');
    case 'per-kwh':
      return print.kWh(weight);
    case 'percent-of-energy':
      return print.money(weight);
    default:
      return weight === 1 ? '' : String(weight);
  }
}

/** Minutes as `11 d 18 h 30 min`, without what is zero. */
function spanText(minutes: number): string {
  const parts: [number, string][] = [
    [Math.floor(minutes / 1_440), 'd'],
    [Math.floor((minutes % 1_440) / 60), 'h'],
    [minutes % 60, 'min'],
  ];
  const said = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`);
  return said.length === 0 ? '0 min' : said.join(' ');
}

/**
 * How a part of a charge came about, in one line:
 * `1,04 € por dia × 30 dias = 31,20 €; por permilagem: 24,113 ‰`.
 */
export function termsText(terms: ChargeTerms, month: MonthLength, print: Printer): string {
  const words = WORDS[print.language];
  const price = priceText(terms, month, print);
  if (terms.shareBy === 'own') {
    if (terms.unit === 'percent-of-energy') return words.ofEnergy(price, print.money(terms.weight));
    const own = ownText(terms, month, print);
    if (own === '') return price;
    return terms.unit === 'per-spot-month' ? `${price}, ${own}` : `${price} × ${own}`;
  }
  const whole = `${price} = ${print.money(terms.totalCents)}`;
  if (terms.shareBy === 'none') return `${whole}; ${words.kept}`;
  return `${whole}; ${shareWord(terms.shareBy, print.language)}: ${shareText(terms, month, print)}`;
}
