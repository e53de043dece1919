import data from './mandate-text.json' with { type: 'json' };

export interface MandateText {
  readonly version: string;
  readonly language: 'pt' | 'en';
  /** What the debtor reads, word for word. */
  readonly text: string;
  /** A debit is announced so many days before it, or earlier. */
  readonly noticeDays: number;
}

/** A mandate with which nothing was collected for so long is void (SEPA Core rulebook). */
export const LAPSES_AFTER_MONTHS = data.lapsesAfterMonths;

/** The mandate text that holds on a day (yyyy-mm-dd): the newest one from that day or before. */
export function mandateText(language: 'pt' | 'en', day: string, creditor: string): MandateText {
  const [first, ...others] = data.texts;
  if (first === undefined) throw new Error('there is no mandate text');
  const held = others.reduce((best, text) => (text.from <= day && text.from > best.from ? text : best), first);
  const text = held[language].replace('{creditor}', creditor).replace('{noticeDays}', String(held.noticeDays));
  return { version: held.version, language, text, noticeDays: held.noticeDays };
}

/** From when on a mandate is void that was signed, or last used, at this instant. */
export function lapsesAt(lastUsedAt: Date): Date {
  const at = new Date(lastUsedAt);
  at.setUTCMonth(at.getUTCMonth() + LAPSES_AFTER_MONTHS);
  return at;
}
