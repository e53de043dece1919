import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { builtInCalendar, builtInCalendarIds } from './calendar-files.js';
import { addCalendar, allCalendars, findCalendar } from './calendar-store.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const own = (dagUntil: string) => ({
  id: 'no-every-day',
  region: 'NO',
  timeZone: 'Europe/Oslo',
  seasons: { rule: 'legal-time' },
  nationalHolidays: 'as any other day',
  bandRules: {
    bands: [
      { id: 'dag', label: 'Dag' },
      { id: 'natt', label: 'Natt' },
    ],
    merges: { 2: { dag: 'dag', natt: 'natt' } },
  },
  sets: [
    {
      id: 'no-every-day',
      holds: 'always',
      from: '2025-09-01',
      to: null,
      law: 'the company’s price list',
      tables: [
        {
          season: 'all',
          dayType: 'all',
          intervals: [
            { band: 'natt', start: '00:00', end: '06:00' },
            { band: 'dag', start: '06:00', end: dagUntil },
            { band: 'natt', start: dagUntil, end: '24:00' },
          ],
          confidence: 'high',
          sources: ['price list of September 2025'],
        },
      ],
    },
  ],
});

test('a calendar is added once; the same again is no error, other hours under its id are refused', async () => {
  const { sql } = database;
  expect(await findCalendar(sql, 'no-every-day')).toBeNull();
  expect(await addCalendar(sql, own('22:00'), 'eva')).toEqual({ ok: { id: 'no-every-day', added: true } });
  expect(await addCalendar(sql, own('22:00'), 'rui')).toEqual({ ok: { id: 'no-every-day', added: false } });
  expect(await addCalendar(sql, own('23:00'), 'rui')).toMatchObject({ refused: { code: 'CALENDAR.EXISTS' } });
  const added = await findCalendar(sql, 'no-every-day');
  expect(added?.sets[0]?.tables[0]?.intervals[1]).toEqual({ band: 'dag', start: '06:00', end: '22:00' });
  expect((await allCalendars(sql)).map(({ id }) => id)).toEqual([...builtInCalendarIds(), 'no-every-day'].sort());
});

test('a calendar that comes with the product cannot be replaced, not even by itself', async () => {
  const file = builtInCalendar('no-day-night');
  expect(await addCalendar(database.sql, file, 'eva')).toMatchObject({ refused: { code: 'CALENDAR.EXISTS' } });
});

test('what is no calendar is refused with the place of the fault', async () => {
  const holed = own('22:00');
  const [table] = holed.sets[0]?.tables ?? [];
  table?.intervals.pop();
  const refused = await addCalendar(database.sql, { ...holed, id: 'holed' }, 'eva');
  expect(refused).toMatchObject({ refused: { code: 'CALENDAR.INVALID' } });
  expect('refused' in refused && refused.refused.problem).toContain('does not reach 24:00');
  expect(await findCalendar(database.sql, 'holed')).toBeNull();
});
