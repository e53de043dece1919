import { formatDay } from '../format/dates.js';
import { nameOf } from '../texts/translate.js';
import type { Words } from '../texts/words.js';

/** `2026-06-17T11:15:00+01:00`, on the clock of the installation. */
const LOCAL_TIME = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})/;

type SomeWords = Pick<Words, 't' | 'language' | 'money'>;

/**
 * Why something stopped, as the workflows tell it (`<code>` or `<code>:<detail>`), in words and with the figure that
 * helps: `TARIFF.NOT_FOUND:ponta:2026-06-01` → `falta um preço no tarifário (Ponta, 01/06/2026)`. Its amounts are in the
 * currency of the month or invoice that stopped.
 */
export function causeText(words: SomeWords, cause: string, currency: string): string {
  const [code = '', ...details] = cause.split(':');
  // A provider's failure codes come with underscores, ours with hyphens; the codes of refusals have a dot.
  const text = nameOf(words.t, 'cause', code.includes('.') ? code : code.replaceAll('_', '-'));
  const shown = detailOf(words, code, details, currency);
  return shown === null ? text : `${text} (${shown})`;
}

function detailOf(
  { t, language, money }: SomeWords,
  code: string,
  details: readonly string[],
  currency: string,
): string | null {
  const [first = '', second = ''] = details;
  switch (code) {
    case 'TARIFF.NOT_FOUND':
      // `*`: there is no price list at all on that day.
      if (second === '') return null;
      return first === '*'
        ? formatDay(second, language)
        : `${nameOf(t, 'band', first)}, ${formatDay(second, language)}`;
    case 'TARIFF.SERIES_MISSING': {
      const [, day = '', time = ''] = LOCAL_TIME.exec(details.slice(1).join(':')) ?? [];
      return day === '' ? first || null : `${first}, ${formatDay(day, language)} ${time}`;
    }
    case 'PERMILLAGE.NOT_FOUND':
      return second || first || null; // the spot that has none
    case 'CHARGE.UNKNOWN_TERM':
      return details.join(', ') || null;
    case 'DEBIT.AMOUNT_TOO_SMALL':
    case 'DEBIT.AMOUNT_TOO_LARGE':
      return /^\d+$/.test(first) ? money(Number(first), currency) : null;
    default:
      return null;
  }
}
