import { describe, expect, test } from '@jest/globals';

import { holidayBook } from '#libs/registry/holidays.js';
import { PORTUGAL } from '#test/data/holidays.js';

import { BAND_COUNTS, bandLabel, PORTUGUESE_BANDS } from './bands.js';
import { builtInCalendar, builtInCalendarIds } from './calendar-files.js';
import { calendarSchema, type Calendar } from './calendar.js';
import type { Contract } from './tariff.js';
import { dayTable, openTimetable } from './timetable.js';

function calendarById(id: string): Calendar {
  const calendar = builtInCalendar(id);
  if (calendar === null) throw new Error(`no calendar ${id}`);
  return calendar;
}

const inZone = (timeZone: string) => ({ timeZone, holidays: PORTUGAL });

function contract(calendarId: string, bands: 1 | 2 | 3 | 4, more: Partial<Contract> = {}): Contract {
  return {
    validFrom: null,
    validTo: null,
    calendar: calendarById(calendarId),
    bands,
    calendarChangeover: null,
    holidaysAsSunday: false,
    prices: [],
    index: null,
    vatCode: 'NOR',
    exemptionCode: null,
    ...more,
  };
}

/** `Verão/Semana: Cheia 1 07.00-09.15, …` of one day. */
function printed(of: Contract, date: string, timeZone = 'Europe/Lisbon'): string {
  const day = openTimetable(of, inZone(timeZone))(Temporal.PlainDate.from(date));
  return `${day.season}/${day.dayType}: ${day.intervals.map((i) => `${i.label} ${i.interval}`).join(', ')}`;
}

describe('calendar files', () => {
  test.each(builtInCalendarIds())('%s tiles every day in quarter hours, has its sources, and is its own id', (id) => {
    const calendar = calendarById(id);
    expect(calendar.id).toBe(id);
    for (const table of calendar.sets.flatMap((set) => set.tables)) {
      for (const bands of BAND_COUNTS.filter((count) => calendar.bandRules.merges[count] !== undefined)) {
        const { intervals } = dayTable(table, bands, calendar.bandRules);
        expect(intervals[0]?.startMinute).toBe(0);
        expect(intervals.at(-1)?.endMinute).toBe(1440);
        for (const [index, interval] of intervals.entries()) {
          const next = intervals[index + 1];
          if (next === undefined) continue;
          expect(next.startMinute).toBe(interval.endMinute);
          expect(next.band).not.toBe(interval.band);
        }
        const labels = intervals.map((interval) => interval.label);
        expect(new Set(labels).size).toBe(labels.length);
      }
    }
  });

  test('hours per day agree with the reference: a summer weekday has 3 h ponta, 14 h cheias, 3 h vazio, 4 h super vazio', () => {
    const day = openTimetable(
      contract('pt-mainland-weekly', 4),
      inZone('Europe/Lisbon'),
    )(Temporal.PlainDate.from('2026-06-01'));
    const hours: Record<string, number> = {};
    for (const { band, startMinute, endMinute } of day.intervals) {
      hours[band] = (hours[band] ?? 0) + (endMinute - startMinute) / 60;
    }
    expect(hours).toEqual({ 'vazio-normal': 3, 'super-vazio': 4, cheias: 14, ponta: 3 });
  });

  test.each([
    [
      'a hole',
      [
        { band: 'ponta', start: '00:00', end: '10:00' },
        { band: 'cheias', start: '10:15', end: '24:00' },
      ],
    ],
    ['an open end', [{ band: 'ponta', start: '00:00', end: '23:45' }]],
    [
      'minutes that are no quarter hour',
      [
        { band: 'ponta', start: '00:00', end: '24:00' },
        { band: 'vazio', start: '09:10', end: '24:00' },
      ],
    ],
    ['an unknown band', [{ band: 'meia-ponta', start: '00:00', end: '24:00' }]],
  ])('a file with %s is refused', (_, intervals) => {
    const calendar = structuredClone(calendarById('pt-azores-daily')) as unknown as {
      sets: { tables: { intervals: unknown }[] }[];
    };
    const table = calendar.sets[0]?.tables[0];
    if (table !== undefined) table.intervals = intervals;
    expect(calendarSchema.safeParse(calendar).success).toBe(false);
  });

  test('a file without a table for a day type is refused', () => {
    const calendar = structuredClone(calendarById('pt-mainland-weekly'));
    calendar.sets[0]?.tables.pop();
    expect(calendarSchema.safeParse(calendar).success).toBe(false);
  });
});

describe('labels and intervals', () => {
  test('mainland weekly, four bands, as the golden report prints them', () => {
    const four = contract('pt-mainland-weekly', 4);
    expect(printed(four, '2026-06-01')).toBe(
      'Verão/Semana: Vazio 1 00.00-02.00, Super Vazio 02.00-06.00, Vazio 2 06.00-07.00, Cheia 1 07.00-09.15, ' +
        'Ponta 09.15-12.15, Cheia 2 12.15-23.59',
    );
    expect(printed(four, '2026-06-06')).toBe(
      'Verão/Sabado: Vazio 1 00.00-02.00, Super Vazio 02.00-06.00, Vazio 2 06.00-09.00, Cheia 1 09.00-14.00, ' +
        'Vazio 3 14.00-20.00, Cheia 2 20.00-22.00, Vazio 4 22.00-23.59',
    );
    expect(printed(four, '2026-06-07')).toBe(
      'Verão/Domingo: Vazio 1 00.00-02.00, Super Vazio 02.00-06.00, Vazio 2 06.00-23.59',
    );
    expect(printed(four, '2026-12-09')).toContain('Ponta 1 09.30-12.00, Cheia 2 12.00-18.30, Ponta 2 18.30-21.00');
  });

  test('merged bands merge their intervals', () => {
    expect(printed(contract('pt-mainland-weekly', 3), '2026-06-01')).toBe(
      'Verão/Semana: Vazio 00.00-07.00, Cheia 1 07.00-09.15, Ponta 09.15-12.15, Cheia 2 12.15-23.59',
    );
    expect(printed(contract('pt-mainland-weekly', 2), '2026-06-01')).toBe(
      'Verão/Semana: Vazio 00.00-07.00, Fora de Vazio 07.00-23.59',
    );
    expect(printed(contract('pt-mainland-weekly', 2), '2026-06-06')).toBe(
      'Verão/Sabado: Vazio 1 00.00-09.00, Fora de Vazio 1 09.00-14.00, Vazio 2 14.00-20.00, ' +
        'Fora de Vazio 2 20.00-22.00, Vazio 3 22.00-23.59',
    );
    expect(printed(contract('pt-mainland-daily', 2), '2026-06-06')).toBe(
      'Verão/Todos: Vazio 1 00.00-08.00, Fora de Vazio 08.00-22.00, Vazio 2 22.00-23.59',
    );
  });

  test('one band knows no day types', () => {
    const simple = contract('pt-mainland-weekly', 1);
    expect(printed(simple, '2026-06-01')).toBe('Verão/Todos: Simples 00.00-23.59');
    expect(printed(simple, '2026-06-07')).toBe('Verão/Todos: Simples 00.00-23.59');
    expect(printed(simple, '2026-12-06')).toBe('Inverno/Todos: Simples 00.00-23.59');
  });

  test('every band has a word', () => {
    expect(bandLabel(PORTUGUESE_BANDS, 'fora-de-vazio')).toBe('Fora de Vazio');
  });
});

describe('which table applies', () => {
  const weekly = contract('pt-mainland-weekly', 3);
  const daily = contract('pt-mainland-daily', 3);

  test('the season is that of local noon: the day of the clock change already has the new one', () => {
    expect(printed(daily, '2026-03-28')).toMatch(/^Inverno\/Todos/);
    expect(printed(daily, '2026-03-29')).toMatch(/^Verão\/Todos/);
    expect(printed(daily, '2026-10-24')).toMatch(/^Verão\/Todos/);
    expect(printed(daily, '2026-10-25')).toMatch(/^Inverno\/Todos/);
  });

  test('the weekly cycles of the islands follow the months, their daily cycles the legal time', () => {
    const azores = (id: string, date: string) => printed(contract(id, 3), date, 'Atlantic/Azores');
    expect(azores('pt-azores-weekly', '2026-05-29')).toMatch(/^Inverno\/Semana/);
    expect(azores('pt-azores-weekly', '2026-06-01')).toMatch(/^Verão\/Semana/);
    expect(azores('pt-azores-weekly', '2026-10-30')).toMatch(/^Verão\/Semana/);
    expect(azores('pt-azores-weekly', '2026-11-02')).toMatch(/^Inverno\/Semana/);
    expect(azores('pt-azores-daily', '2026-05-29')).toMatch(/^Verão\/Todos/);
    expect(azores('pt-azores-daily', '2026-10-30')).toMatch(/^Inverno\/Todos/);
  });

  test('holidays are their own weekday unless the contract treats them as Sunday', () => {
    expect(printed(weekly, '2026-06-10')).toMatch(/^Verão\/Semana/);
    expect(printed({ ...weekly, holidaysAsSunday: true }, '2026-06-10')).toMatch(/^Verão\/Domingo: Vazio 00.00-23.59/);
    expect(printed({ ...weekly, holidaysAsSunday: true }, '2026-06-09')).toMatch(/^Verão\/Semana/);
    expect(printed({ ...daily, holidaysAsSunday: true }, '2026-06-10')).toBe(printed(daily, '2026-06-09'));
  });

  test('a municipal holiday has Sunday’s table only where the calendar says so, a fixed one where only those count', () => {
    const lisbon = { timeZone: 'Europe/Lisbon', holidays: holidayBook({ country: 'PT', municipality: 'Lisboa' }) };
    const table = (holidays: Partial<Calendar['holidays']>, date: string) => {
      const calendar = { ...weekly.calendar, holidays: { ...weekly.calendar.holidays, ...holidays } };
      return openTimetable({ ...weekly, calendar, holidaysAsSunday: true }, lisbon)(Temporal.PlainDate.from(date))
        .dayType;
    };
    // Santo António, a Friday in 2025; Good Friday and Corpus Christi move; 10 June does not.
    expect(table({}, '2025-06-13')).toBe('Semana');
    expect(table({ municipal: true }, '2025-06-13')).toBe('Domingo');
    expect(['2025-04-18', '2025-06-19', '2025-06-10'].map((date) => table({}, date))).toEqual(
      Array.from({ length: 3 }, () => 'Domingo'),
    );
    expect(['2025-04-18', '2025-06-19', '2025-06-10'].map((date) => table({ onlyFixed: true }, date))).toEqual([
      'Semana',
      'Semana',
      'Domingo',
    ]);
    expect(table({ rule: 'as-weekday' }, '2025-06-10')).toBe('Semana');
  });

  test("the 2027 hours hold from the site's own changeover, to the day", () => {
    const moved = { ...weekly, calendarChangeover: '2027-09-15' };
    expect(printed(moved, '2027-09-14')).toBe(printed(weekly, '2027-09-14'));
    expect(printed(moved, '2027-09-15')).toBe(
      'Verão/Semana: Cheia 1 00.00-00.30, Vazio 00.30-07.30, Cheia 2 07.30-19.30, Ponta 19.30-22.30, Cheia 3 22.30-23.59',
    );
    expect(printed(moved, '2027-12-09')).toContain('Ponta 17.00-22.00');
    expect(printed(moved, '2027-09-18')).toBe('Todo o ano/Sabado: Vazio 00.00-17.00, Cheia 17.00-23.59');
    expect(printed({ ...daily, calendarChangeover: '2027-09-15' }, '2027-09-15')).toBe(
      'Todo o ano/Todos: Vazio 1 00.00-08.30, Cheia 1 08.30-17.30, Ponta 17.30-21.30, Cheia 2 21.30-22.30, Vazio 2 22.30-23.59',
    );
    expect(printed({ ...moved, calendarChangeover: null }, '2028-09-15')).toBe(printed(weekly, '2027-09-15'));
  });

  test('hours known only as vazio stay vazio in a four-band contract', () => {
    const moved = contract('pt-mainland-weekly', 4, { calendarChangeover: '2027-09-15' });
    const day = openTimetable(moved, inZone('Europe/Lisbon'))(Temporal.PlainDate.from('2027-09-19'));
    expect(day.intervals.map((interval) => interval.band)).toEqual(['vazio']);
  });
});
