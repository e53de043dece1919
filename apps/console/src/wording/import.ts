import type { ImportAnswer, ImportEffect } from '#apps/backoffice/api-types.js';

import { formatScaled } from '../format/numbers.js';
import { nameOf, type TextKey, type Translate } from '../texts/translate.js';
import type { Words } from '../texts/words.js';

type ImportProblem = ImportAnswer['problems'][number];

/** What the checks of lists say (libs/registry/tabular, libs/tariff/tables, …), and how a person is told. */
const PROBLEMS: readonly (readonly [message: RegExp, key: TextKey])[] = [
  [/^is empty/, 'import-problem.empty'],
  [/^the column is missing in the header$/, 'import-problem.column'],
  [/^has more cells than the header/, 'import-problem.surplus'],
  [/^expected a day as yyyy-mm-dd/, 'import-problem.day'],
  [/^expected a month as yyyy-mm/, 'import-problem.month'],
  [/^expected one of (?<value>.+)$/, 'import-problem.one-of'],
  [/^expected (?<value>yes or no|1, 2, 3 or 4)/, 'import-problem.one-of'],
  [/^expected .*, got "(?<value>.*)"$/, 'import-problem.number'],
  [/^there is no installation "(?<value>.*)"$/, 'import-problem.installation'],
  [/^is no known calendar$/, 'import-problem.calendar'],
  [/^contracts of .+ have (?<value>.+) bands$/, 'import-problem.bands'],
  [/has no newer hours to change to$/, 'import-problem.changeover'],
  [/^there is no series "(?<value>.*?)"/, 'import-problem.series'],
  [/^no price for (?<value>\S+) (?:from|on) (?<from>\S+)/, 'import-problem.gap'],
  [/overlaps/, 'import-problem.overlap'],
  [/^row (?<row>\d+) of the same plan says otherwise/, 'import-problem.contradiction'],
  [/^is the same (?:price|charge) as row (?<row>\d+)$/, 'import-problem.twice'],
  [/^only a discount is negative$/, 'import-problem.negative'],
  [/^a discount is negative/, 'import-problem.discount'],
  [/^is before "(?<value>.+)"$/, 'import-problem.before'],
  [/^the lines come to /, 'import-problem.lines-not-net'],
  [/^net and VAT come to /, 'import-problem.not-total'],
  [/^the file has no values$/, 'import-problem.no-values'],
];

/** The number a spreadsheet shows beside a row that is counted from 1 after the header. */
export const sheetRow = (row: number): number => row + 1;

/** A problem of a row in the language of the page; as the check said it where nobody has worded it yet. */
export function importProblemText(t: Translate, { message }: Pick<ImportProblem, 'message'>): string {
  for (const [pattern, key] of PROBLEMS) {
    const match = pattern.exec(message);
    if (match === null) continue;
    const { value = '', row = '', from = '' } = match.groups ?? {};
    return t(key, { value: row === '' ? value : sheetRow(Number(row)), from });
  }
  return message;
}

/** The words of a change that are not names or figures of the file. */
const CHANGE_WORDS: readonly (readonly [word: RegExp, key: TextKey])[] = [
  [/ per kWh(?= )/g, 'import-what.per-kwh'],
  [/ from (?=\d{4}-)/g, 'import-what.from'],
  [/ to (?=\d{4}-)/g, 'import-what.to'],
  [/, was /g, 'import-what.was'],
  [/the plan itself/g, 'import-what.plan'],
];

/** What a row does, as the import says it, with its few words in the language of the page. */
export function importWhatText({ t, day, language }: Pick<Words, 't' | 'day' | 'language'>, what: string): string {
  const worded = CHANGE_WORDS.reduce((text, [word, key]) => text.replaceAll(word, t(key)), what);
  const dated = worded.replaceAll(/\b\d{4}-\d{2}-\d{2}\b/g, (date) => day(date));
  return dated.replaceAll(/\b(\d+)\.(\d{6})\b/g, (_, whole: string, decimals: string) =>
    formatScaled(Number(whole + decimals), 6, 6, language),
  );
}

/** What an import does to a month. */
export function effectText(words: Pick<Words, 't' | 'money' | 'period' | 'day'>, effect: ImportEffect): string {
  const { t, period, day } = words;
  const money = (cents: number): string => words.money(cents, effect.currency);
  const month = { period: period(effect.period), installation: effect.installationId };
  if (effect.kind === 'billed') return t('import.effect.billed', month);
  const { beforeCents, afterCents, refusedAfter, customers } = effect;
  if (afterCents === null) {
    const what = refusedAfter === null ? '' : nameOf(t, 'cause', refusedAfter.code);
    return t('import.effect.refused', { ...month, what, date: refusedAfter === null ? '' : day(refusedAfter.date) });
  }
  if (beforeCents === null) return t('import.effect.now', { ...month, after: money(afterCents) });
  if (beforeCents === afterCents && customers === 0) return t('import.effect.same', month);
  return t('import.effect.open', { ...month, before: money(beforeCents), after: money(afterCents), customers });
}
