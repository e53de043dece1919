import { formatList } from '../format/lists.js';
import { nameOf, textOf } from '../texts/translate.js';
import type { Words } from '../texts/words.js';
import { causeText } from './cause.js';

/** More names than this are counted instead. */
const NAMES_SHOWN = 3;

/**
 * What a process waits for, told in plain words: `readings:zcs031974` → `Leituras de ZCS031974`. Null: for nobody.
 * `currency`: of the month or invoice that waits.
 */
export function waitsForText(
  words: Pick<Words, 't' | 'language' | 'money'>,
  waitsFor: string | null,
  currency: string,
): string | null {
  if (waitsFor === null || waitsFor === '') return null;
  const { t } = words;
  const colon = waitsFor.indexOf(':');
  const kind = colon < 0 ? waitsFor : waitsFor.slice(0, colon);
  const about = colon < 0 ? '' : waitsFor.slice(colon + 1);
  const parts = about.split(',').filter((part) => part !== '');
  switch (kind) {
    case 'readings':
      return t('waits.readings', {
        chargers: listOf(
          words,
          parts.map((id) => id.toUpperCase()),
        ),
      });
    case 'approval':
      if (parts.length === 0) return t('waits.approval.plain');
      return t('waits.approval', {
        what: listOf(
          words,
          parts.map((code) => nameOf(t, 'anomaly', code).toLowerCase()),
        ),
      });
    case 'person':
      if (about === 'held') return t('waits.held');
      if (parts.length === 0) return t('waits.person.plain');
      return t('waits.person', { what: causeText(words, about, currency) });
    default:
      return textOf(t, 'waits', kind) ?? nameOf(t, 'waits', waitsFor);
  }
}

/** `a, b e c`; a part such as `+3` stands for as many more that are not named. */
function listOf({ t, language }: Pick<Words, 't' | 'language'>, parts: readonly string[]): string {
  const unnamed = parts.filter((part) => /^\+\d+$/.test(part)).reduce((sum, part) => sum + Number(part), 0);
  const names = parts.filter((part) => !/^\+\d+$/.test(part));
  if (names.length + unnamed > NAMES_SHOWN) {
    const named = names.slice(0, NAMES_SHOWN - 1);
    return t('waits.readings.more', { chargers: named.join(', '), count: names.length + unnamed - named.length });
  }
  return formatList(names, language);
}
