import type { Delay } from '#libs/registry/policy.js';

/** Amounts, dates and delays as a letter writes them. */
export function moneyWords(cents: number, currency: string, language: 'pt' | 'en'): string {
  return new Intl.NumberFormat(language === 'en' ? 'en-IE' : 'pt-PT', { style: 'currency', currency }).format(
    cents / 100,
  );
}

export function localDate(at: Date, timeZone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone).toPlainDate();
}

export function longDate(date: Temporal.PlainDate, language: 'pt' | 'en'): string {
  return date.toLocaleString(language === 'en' ? 'en-IE' : 'pt-PT', { day: 'numeric', month: 'long', year: 'numeric' });
}

export function delayWords(delay: Delay, language: 'pt' | 'en'): string {
  if ('days' in delay) return language === 'en' ? `${delay.days} days` : `${delay.days} dias`;
  if ('businessDays' in delay) {
    return language === 'en' ? `${delay.businessDays} working days` : `${delay.businessDays} dias úteis`;
  }
  return language === 'en' ? `${delay.seconds} seconds` : `${delay.seconds} segundos`;
}
