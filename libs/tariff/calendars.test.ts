import { describe, expect, test } from '@jest/globals';

import { holidayBook } from '#libs/registry/holidays.js';

import type { BandCount } from './bands.js';
import { builtInCalendar, builtInCalendarIds } from './calendar-files.js';
import type { Calendar } from './calendar.js';
import { openTimetable } from './timetable.js';

function calendarById(id: string): Calendar {
  const calendar = builtInCalendar(id);
  if (calendar === null) throw new Error(`no calendar ${id}`);
  return calendar;
}

const CHANGED = '2027-07-01';

/** The hours of each band of a local day, as `cheias 14, ponta 3`. */
function hoursOn(id: string, bands: BandCount, date: string, changeover: string | null = null): string {
  const calendar = calendarById(id);
  const contract = {
    validFrom: null,
    validTo: null,
    calendar,
    bands,
    calendarChangeover: changeover,
    holidaysAsSunday: false,
    prices: [],
    index: null,
    vatCode: 'NOR',
    exemptionCode: null,
  };
  const holidays = holidayBook({ country: calendar.holidays.country, municipality: null });
  const day = openTimetable(contract, { timeZone: calendar.timeZone, holidays })(Temporal.PlainDate.from(date));
  const hours = new Map<string, number>();
  for (const { band, startMinute, endMinute } of day.intervals) {
    hours.set(band, (hours.get(band) ?? 0) + (endMinute - startMinute) / 60);
  }
  return [...hours]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([band, sum]) => `${band} ${sum}`)
    .join(', ');
}

// 2026-07-01 and 2026-12-02 are Wednesdays, 07-04 and 12-05 Saturdays, 07-05 and 12-13 Sundays; 2027-07-07 a Wednesday.
const WEEKDAY = { summer: '2026-07-01', winter: '2026-12-02' };
const SATURDAY = { summer: '2026-07-04', winter: '2026-12-05' };
const SUNDAY = { summer: '2026-07-05', winter: '2026-12-13' };

describe('hours per band and day', () => {
  test.each<[string, BandCount, string, string]>([
    ['pt-mainland-weekly', 4, WEEKDAY.summer, 'cheias 14, ponta 3, super-vazio 4, vazio-normal 3'],
    ['pt-mainland-weekly', 4, SATURDAY.summer, 'cheias 7, super-vazio 4, vazio-normal 13'],
    ['pt-mainland-weekly', 4, SUNDAY.summer, 'super-vazio 4, vazio-normal 20'],
    ['pt-mainland-weekly', 4, WEEKDAY.winter, 'cheias 12, ponta 5, super-vazio 4, vazio-normal 3'],
    ['pt-mainland-weekly', 4, SATURDAY.winter, 'cheias 7, super-vazio 4, vazio-normal 13'],
    ['pt-mainland-weekly', 4, SUNDAY.winter, 'super-vazio 4, vazio-normal 20'],
    ['pt-mainland-weekly', 3, WEEKDAY.winter, 'cheias 12, ponta 5, vazio 7'],
    ['pt-mainland-weekly', 2, WEEKDAY.winter, 'fora-de-vazio 17, vazio 7'],
    ['pt-mainland-weekly', 1, WEEKDAY.winter, 'simples 24'],
    ['pt-mainland-daily', 4, SUNDAY.summer, 'cheias 10, ponta 4, super-vazio 4, vazio-normal 6'],
    ['pt-mainland-daily', 4, SUNDAY.winter, 'cheias 10, ponta 4, super-vazio 4, vazio-normal 6'],
    ['pt-mainland-daily', 2, WEEKDAY.summer, 'fora-de-vazio 14, vazio 10'],
    ['pt-azores-daily', 3, WEEKDAY.summer, 'cheias 10, ponta 4, vazio 10'],
    ['pt-azores-daily', 3, WEEKDAY.winter, 'cheias 10, ponta 4, vazio 10'],
    ['pt-azores-daily-optional', 3, WEEKDAY.winter, 'cheias 10, ponta 4, vazio 10'],
    ['pt-azores-weekly', 3, SUNDAY.winter, 'vazio 24'],
    ['pt-madeira-daily', 3, WEEKDAY.winter, 'cheias 10, ponta 4, vazio 10'],
    ['pt-madeira-daily-optional', 3, WEEKDAY.summer, 'cheias 10, ponta 4, vazio 10'],
    ['pt-madeira-weekly', 3, SUNDAY.summer, 'vazio 24'],
    ['es-20td', 3, WEEKDAY.summer, 'llano 8, punta 8, valle 8'],
    ['es-20td', 3, SATURDAY.winter, 'valle 24'],
    ['es-20td', 1, WEEKDAY.summer, 'unico 24'],
    ['es-20td-ceuta-melilla', 3, WEEKDAY.winter, 'llano 8, punta 8, valle 8'],
    ['es-20td-ceuta-melilla', 3, SUNDAY.winter, 'valle 24'],
    ['no-day-night', 2, WEEKDAY.winter, 'dag 16, natt 8'],
    ['no-day-night', 2, SATURDAY.summer, 'natt 24'],
    ['no-day-night', 1, WEEKDAY.winter, 'dogn 24'],
  ])('%s with %i bands on %s: %s', (id, bands, date, hours) => expect(hoursOn(id, bands, date)).toBe(hours));

  test.each<[string, BandCount, string, string]>([
    ['pt-mainland-weekly', 3, '2027-07-07', 'cheias 14, ponta 3, vazio 7'],
    ['pt-mainland-weekly', 3, '2027-12-01', 'cheias 12, ponta 5, vazio 7'],
    ['pt-mainland-weekly', 3, '2027-07-10', 'cheias 7, vazio 17'],
    ['pt-mainland-weekly', 3, '2027-07-11', 'vazio 24'],
    ['pt-mainland-daily', 4, '2027-07-07', 'cheias 10, ponta 4, super-vazio 4, vazio-normal 6'],
  ])('%s with %i bands on %s, under the hours of 2027: %s', (id, bands, date, hours) =>
    expect(hoursOn(id, bands, date, CHANGED)).toBe(hours),
  );

  test.each([
    ['6 January, though a region may keep another day', '2026-01-06', 'valle 24'],
    ['Labour Day', '2026-05-01', 'valle 24'],
    ['Good Friday, which has no fixed date', '2026-04-03', 'llano 8, punta 8, valle 8'],
    ['8 December', '2026-12-08', 'valle 24'],
  ])('2.0TD: %s', (_, date, hours) => expect(hoursOn('es-20td', 3, date)).toBe(hours));

  test.each([
    ['17 May', '2027-05-17', 'natt 24'],
    ['Maundy Thursday', '2026-04-02', 'natt 24'],
    ['24 December, which is none', '2026-12-24', 'dag 16, natt 8'],
  ])('Norway: %s', (_, date, hours) => expect(hoursOn('no-day-night', 2, date)).toBe(hours));
});

test('where punta begins in each zone of 2.0TD', () => {
  const starts = ['es-20td', 'es-20td-ceuta-melilla'].map((id) =>
    calendarById(id)
      .sets.flatMap(({ tables }) => tables.flatMap(({ intervals }) => intervals))
      .filter(({ band }) => band === 'punta')
      .map(({ start, end }) => `${start}-${end}`),
  );
  expect(starts).toEqual([
    ['10:00-14:00', '18:00-22:00'],
    ['11:00-15:00', '19:00-23:00'],
  ]);
});

test.each(builtInCalendarIds())('%s says its law, and each table its sources and how sure they are', (id) => {
  for (const { law, tables } of calendarById(id).sets) {
    expect(law).not.toBe('');
    for (const { sources, confidence } of tables) {
      expect(sources.length).toBeGreaterThan(0);
      expect(confidence).toMatch(/high|medium|low/);
    }
  }
});
