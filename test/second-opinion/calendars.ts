import { readdirSync, readFileSync } from 'node:fs';

import fc from 'fast-check';

import type { CalendarJson, TableJson } from './world.js';

const FOLDER = new URL('../../libs/tariff/calendars/', import.meta.url);

/** The calendars that come with the product, as their files are written. */
export const CALENDAR_FILES: readonly CalendarJson[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .sort()
  .map((name) => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as CalendarJson);

const CLOCKS = Array.from({ length: 97 }, (_, quarter) => {
  return `${String(Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}`;
});

/** A day cut at random quarter hours, each piece with one of the bands; neighbours may have the same. */
function intervals(bands: readonly string[]): fc.Arbitrary<TableJson['intervals']> {
  const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 95 }), { maxLength: 7 });
  return fc.tuple(cuts, fc.array(fc.constantFrom(...bands), { minLength: 8, maxLength: 8 })).map(([inside, chosen]) => {
    const ends = [...inside.toSorted((a, b) => a - b), 96];
    return ends.map((end, index) => {
      const start = CLOCKS[index === 0 ? 0 : (ends[index - 1] ?? 0)] ?? '';
      return { band: chosen[index] ?? '', start, end: CLOCKS[end] ?? '' };
    });
  });
}

const SOURCE = { confidence: 'made up', sources: ['a test'] };

/** Tables for every season and day type: some hold all year, some on all days or both days of the weekend. */
function tables(bands: readonly string[]): fc.Arbitrary<readonly TableJson[]> {
  const dayTypes = fc.constantFrom(['weekday', 'saturday', 'sunday'], ['weekday', 'weekend'], ['all']);
  const places = fc.oneof(
    dayTypes.chain((types) =>
      fc
        .tuple(...types.map(() => fc.boolean()))
        .map((isAllYear) =>
          types.flatMap((dayType, index) =>
            (isAllYear[index] === true ? ['all'] : ['summer', 'winter']).map((season) => ({ season, dayType })),
          ),
        ),
    ),
    fc.tuple(dayTypes, dayTypes).map(([summer, winter]) => {
      const inSummer = summer.map((dayType) => ({ season: 'summer', dayType }));
      return inSummer.concat(winter.map((dayType) => ({ season: 'winter', dayType })));
    }),
  );
  return places.chain((wanted) =>
    fc
      .tuple(...wanted.map(() => intervals(bands)))
      .map((found) => wanted.map((place, index) => ({ ...place, intervals: found[index] ?? [], ...SOURCE }))),
  );
}

const NAMES = ['alta', 'media', 'baixa', 'noite'];

/** A calendar of bands of its own, with a merge for each number of bands. */
const bandRules = fc
  .array(fc.array(fc.constantFrom(...NAMES), { minLength: 4, maxLength: 4 }), { minLength: 4, maxLength: 4 })
  .map((merges) => ({
    bands: NAMES.map((id) => ({ id, label: `${id.toUpperCase()} hora` })),
    merges: Object.fromEntries(
      merges.map((targets, index) => [
        String(index + 1),
        Object.fromEntries(NAMES.map((band, at) => [band, targets[at] ?? band])),
      ]),
    ),
  }));

const seasons = fc.oneof(
  fc.constant({ rule: 'legal-time' }),
  fc
    .uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 11 })
    .map((summerMonths) => ({ rule: 'months', summerMonths })),
);

const holidays = fc.record({
  rule: fc.constantFrom('as-contract', 'as-sunday', 'as-weekday'),
  country: fc.constant('PT'),
  municipal: fc.boolean(),
  onlyFixed: fc.boolean(),
  alsoDays: fc.constantFrom([], [{ month: 6, day: 11 }]),
});

/** Any calendar that its schema lets through. */
export const randomCalendars: fc.Arbitrary<CalendarJson> = fc.boolean().chain((isPortuguese) => {
  const bands = isPortuguese ? ['ponta', 'cheias', 'vazio-normal', 'super-vazio', 'vazio'] : NAMES;
  const law = { id: 'set', from: '2026-01-01', to: null, law: 'made up' };
  const sets = fc.oneof(
    tables(bands).map((always) => [{ ...law, holds: 'always', tables: always }]),
    fc.tuple(tables(bands), tables(bands)).map(([before, after]) => [
      { ...law, holds: 'until-changeover', tables: before },
      { ...law, holds: 'from-changeover', tables: after },
    ]),
  );
  const base = { region: 'XX', timeZone: 'Etc/UTC', nationalHolidays: 'as the rule says' };
  return fc
    .record({ seasons, holidays, sets, rules: isPortuguese ? fc.constant(undefined) : bandRules })
    .map(({ rules, ...rest }) =>
      Object.assign({ id: 'made-up' }, base, rest, rules === undefined ? {} : { bandRules: rules }),
    );
});
