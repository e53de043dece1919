import * as dates from '../format/dates.js';
import * as numbers from '../format/numbers.js';
import type { Language } from '../format/numbers.js';
import { translator, type Translate } from './translate.js';

/** Texts and formats of the chosen language, in the time zone at hand. */
export interface Words {
  readonly language: Language;
  readonly t: Translate;
  /** `currency`: ISO 4217, as the thing says to which the amount belongs. */
  readonly money: (cents: number, currency: string) => string;
  readonly kWh: (wh: number, decimals?: number) => string;
  readonly kW: (watts: number) => string;
  readonly price: (micros: number, currency: string) => string;
  readonly micros: (micros: number, currency: string) => string;
  readonly count: (count: number) => string;
  readonly instant: (iso: string, timeZone?: string) => string;
  readonly time: (iso: string, timeZone?: string) => string;
  readonly day: (text: string, timeZone?: string) => string;
  readonly period: (period: string) => string;
}

export function wordsIn(language: Language): Words {
  return {
    language,
    t: translator(language),
    money: (cents, currency) => numbers.formatCents(cents, language, currency),
    kWh: (wh, decimals) => numbers.formatKWh(wh, language, decimals),
    kW: (watts) => numbers.formatKW(watts, language),
    price: (micros, currency) => numbers.formatPricePerKWh(micros, language, currency),
    micros: (micros, currency) => numbers.formatMicros(micros, language, currency),
    count: (count) => numbers.formatCount(count, language),
    instant: (iso, timeZone) => dates.formatInstant(iso, language, timeZone),
    time: (iso, timeZone) => dates.formatTime(iso, language, timeZone),
    day: (text, timeZone) => dates.formatDay(text, language, timeZone),
    period: (period) => dates.formatPeriod(period, language),
  };
}
