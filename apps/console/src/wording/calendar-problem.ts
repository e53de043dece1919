import type { TextKey, Translate } from '../texts/translate.js';

/** What the check of a calendar's file says (libs/tariff/calendar.ts and zod's own), and how a person is told. */
const PROBLEMS: readonly (readonly [message: RegExp, key: TextKey])[] = [
  [/^a quarter hour from 00:00 to 24:00$/, 'calendar-problem.clock'],
  [/^a band such as /, 'calendar-problem.band'],
  [/^small letters, digits and hyphens/, 'calendar-problem.id'],
  [/^does not continue at (?<value>.+)$/, 'calendar-problem.continue'],
  [/^does not reach 24:00$/, 'calendar-problem.reach'],
  [/^(?<value>\d+) tables for (?<season>\w+) (?<day>\w+), there must be one$/, 'calendar-problem.tables'],
  [/^band "(?<value>.+)" of a table is not among the calendar's bands$/, 'calendar-problem.unknown-band'],
  [/^a merge does not say what "(?<value>.+)" belongs to$/, 'calendar-problem.unmerged'],
  [
    /^a merge names a band "(?<value>.+)" that is not among the calendar's bands$/,
    'calendar-problem.unknown-merged-band',
  ],
  [/^no contract can have this calendar$/, 'calendar-problem.no-contract'],
  [/^one set that always holds, or one until and one from the changeover$/, 'calendar-problem.sets'],
  [/received undefined$/, 'calendar-problem.missing'],
  [/^Unrecognized key/, 'calendar-problem.unknown-key'],
  [/^Invalid option: expected one of (?<value>.+)$/, 'calendar-problem.option'],
  [/^Too small/, 'calendar-problem.empty'],
  [/^Invalid/, 'calendar-problem.invalid'],
];

/** A fault of a calendar's file in the language of the page; null for one that nobody has worded yet. */
export function calendarProblemText(t: Translate, message: string): string | null {
  for (const [pattern, key] of PROBLEMS) {
    const match = pattern.exec(message);
    if (match === null) continue;
    const { value = '', season, day } = match.groups ?? {};
    const names =
      season === undefined || day === undefined ? {} : { season: seasonName(t, season), day: dayName(t, day) };
    return t(key, { value, ...names });
  }
  return null;
}

function seasonName(t: Translate, season: string): string {
  return season === 'summer' || season === 'winter' ? t(`calendar.season.${season}`) : season;
}

function dayName(t: Translate, day: string): string {
  return day === 'weekday' || day === 'saturday' || day === 'sunday' ? t(`calendar.day.${day}`) : day;
}
