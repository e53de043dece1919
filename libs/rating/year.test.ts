import { describe, expect, test } from '@jest/globals';

import { holidayBook } from '#libs/registry/holidays.js';
import { monthDays, shiftPeriod } from '#libs/registry/period.js';
import type { BandCount } from '#libs/tariff/bands.js';
import { builtInCalendar } from '#libs/tariff/calendar-files.js';
import type { Tariff } from '#libs/tariff/tariff.js';

import { rate } from './rate.js';
import type { Rated } from './rated.js';
import { ReadingTable } from './reading-table.js';
import { cutByTariff } from './tariff-pieces.js';

/** A charger that takes 1 kWh in every quarter hour of 2026, read at each: how much falls where is a matter of counting. */
const QUARTER_MS = 15 * 60_000;
const QUARTER_WH = 1_000;

/** Quarter hours of a day, by band. */
type DayCount = Readonly<Record<string, number>>;

interface Place {
  readonly name: string;
  readonly timeZone: string;
  readonly calendar: string;
  readonly country: string;
  readonly bands: BandCount;
  /** First and last instant of the local year, UTC. */
  readonly year: readonly [from: string, to: string];
  /** Local days of 23 and of 25 hours. */
  readonly short: string;
  readonly long: string;
  /** Days of 2026 by season and day type, counted on a paper calendar; the two odd days are among them. */
  readonly days: Readonly<Record<string, number>>;
  /** Quarter hours by season, day type and band of a day of 24 hours, from the printed tables. */
  readonly tables: Readonly<Record<string, DayCount>>;
  /** What the hour that is missing takes away and the hour that comes twice adds, in quarter hours. */
  readonly odd: Readonly<Record<string, number>>;
}

/*
 * 2026 begins on a Thursday: 52 weeks and a Thursday. Clocks change on Sundays 29 March (day 88) and 25 October (day 298).
 * Legal summer is 29 March to 24 October: 210 days, Sunday to Saturday, 30 weeks: 150 weekdays, 30 Saturdays, 30 Sundays.
 * The rest: 261 − 150 = 111 weekdays, 52 − 30 = 22 Saturdays, 52 − 30 = 22 Sundays: 155 days.
 */
const LEGAL_DAYS = {
  'Verão/Semana': 150,
  'Verão/Sabado': 30,
  'Verão/Domingo': 30,
  'Inverno/Semana': 111,
  'Inverno/Sabado': 22,
  'Inverno/Domingo': 22,
};

const PLACES: readonly Place[] = [
  {
    name: 'Lisbon',
    timeZone: 'Europe/Lisbon',
    calendar: 'pt-mainland-weekly',
    country: 'PT',
    bands: 4,
    year: ['2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    short: '2026-03-29',
    long: '2026-10-25',
    days: LEGAL_DAYS,
    // reference: ponta 3 h in summer and 5 h in winter, cheias 14 h and 12 h, vazio normal 3 h, super vazio 4 h;
    // Saturday 7 h of cheias, Sunday none
    tables: {
      'Verão/Semana': { ponta: 12, cheias: 56, 'vazio-normal': 12, 'super-vazio': 16 },
      'Verão/Sabado': { cheias: 28, 'vazio-normal': 52, 'super-vazio': 16 },
      'Verão/Domingo': { 'vazio-normal': 80, 'super-vazio': 16 },
      'Inverno/Semana': { ponta: 20, cheias: 48, 'vazio-normal': 12, 'super-vazio': 16 },
      'Inverno/Sabado': { cheias: 28, 'vazio-normal': 52, 'super-vazio': 16 },
      'Inverno/Domingo': { 'vazio-normal': 80, 'super-vazio': 16 },
    },
    // 01:00 to 02:00, vazio normal; the day of the change has the season of its own noon
    odd: { 'Verão/Domingo/vazio-normal': -4, 'Inverno/Domingo/vazio-normal': 4 },
  },
  {
    name: 'Ponta Delgada',
    timeZone: 'Atlantic/Azores',
    calendar: 'pt-azores-weekly',
    country: 'PT',
    bands: 3,
    year: ['2026-01-01T01:00:00Z', '2027-01-01T01:00:00Z'],
    short: '2026-03-29',
    long: '2026-10-25',
    // summer is June to October: 153 days from a Monday to a Saturday: 110 weekdays, 22 Saturdays, 21 Sundays
    days: {
      'Verão/Semana': 110,
      'Verão/Sabado': 22,
      'Verão/Domingo': 21,
      'Inverno/Semana': 151,
      'Inverno/Sabado': 30,
      'Inverno/Domingo': 31,
    },
    tables: {
      'Verão/Semana': { vazio: 28, ponta: 20, cheias: 48 },
      'Verão/Sabado': { vazio: 68, cheias: 28 },
      'Verão/Domingo': { vazio: 96 },
      'Inverno/Semana': { vazio: 28, ponta: 12, cheias: 56 },
      'Inverno/Sabado': { vazio: 68, cheias: 28 },
      'Inverno/Domingo': { vazio: 96 },
    },
    // midnight to 01:00, vazio on Sundays; October is still summer here
    odd: { 'Inverno/Domingo/vazio': -4, 'Verão/Domingo/vazio': 4 },
  },
  {
    name: 'Madrid',
    timeZone: 'Europe/Madrid',
    calendar: 'es-20td',
    country: 'ES',
    bands: 3,
    year: ['2025-12-31T23:00:00Z', '2026-12-31T23:00:00Z'],
    short: '2026-03-29',
    long: '2026-10-25',
    // 261 weekdays but for six holidays of a fixed date: 1 and 6 January, 1 May, 12 October, 8 and 25 December; the other
    // three fall on a weekend, Good Friday is not of a fixed date
    days: { 'Todo o ano/Semana': 255, 'Todo o ano/Fim de semana': 110 },
    tables: {
      'Todo o ano/Semana': { valle: 32, llano: 32, punta: 32 },
      'Todo o ano/Fim de semana': { valle: 96 },
    },
    odd: { 'Todo o ano/Fim de semana/valle': 0 }, // 02:00 to 03:00 is missing once and comes twice once
  },
  {
    name: 'Oslo',
    timeZone: 'Europe/Oslo',
    calendar: 'no-day-night',
    country: 'NO',
    bands: 2,
    year: ['2025-12-31T23:00:00Z', '2026-12-31T23:00:00Z'],
    short: '2026-03-29',
    long: '2026-10-25',
    // eight holidays on weekdays: 1 January, 2, 3 and 6 April, 1, 14 and 25 May, 25 December
    days: { 'Todo o ano/Semana': 253, 'Todo o ano/Fim de semana': 112 },
    tables: { 'Todo o ano/Semana': { natt: 32, dag: 64 }, 'Todo o ano/Fim de semana': { natt: 96 } },
    odd: { 'Todo o ano/Fim de semana/natt': 0 },
  },
];

function tariffOf({ timeZone, calendar: id, country, bands }: Place): Tariff {
  const calendar = builtInCalendar(id);
  if (calendar === null) throw new Error(`There is no calendar ${id}`);
  const prices = calendar.bandRules.bands.map(({ id: band }, index) => {
    const of = { band, direction: 'import' as const, component: 'energy', from: '2020-01-01', to: null };
    return { ...of, microsPerKWh: 100_000 + index };
  });
  const contract = { validFrom: null, validTo: null, index: null, vatCode: 'NOR', exemptionCode: null };
  return {
    timeZone,
    holidays: holidayBook({ country, municipality: null }),
    contracts: [{ ...contract, calendar, bands, calendarChangeover: null, holidaysAsSunday: false, prices }],
  };
}

/** Read at every quarter hour of the local year. */
function readingsOf({ year: [from, to] }: Place): ReadingTable {
  const table = new ReadingTable();
  const series = table.seriesNumber('z', 1, '1');
  const startMs = Date.parse(from);
  const count = (Date.parse(to) - startMs) / QUARTER_MS;
  for (let index = 0; index <= count; index += 1) {
    table.add(series, startMs + index * QUARTER_MS, index * QUARTER_WH, NaN, index + 1);
  }
  return table;
}

describe.each(PLACES.map((place) => [place.name, place] as const))('a year in %s', (_, place) => {
  const tariff = tariffOf(place);
  const readings = readingsOf(place);
  const rated = (from: string, to: string): Rated => {
    const result = rate(readings, tariff, from, to);
    if ('refused' in result) throw new Error(JSON.stringify(result.refused));
    return result.ok;
  };

  test('every instant has its band, and pieces follow each other without a hole', () => {
    const { starts, endMs, rates, importRate } = cutByTariff(tariff, '2026-01-01', '2026-12-31');
    expect([starts[0], endMs]).toEqual(place.year.map((at) => Date.parse(at)));
    expect(starts.every((at, index) => index === 0 || at > (starts[index - 1] ?? Infinity))).toBe(true);
    expect(importRate.every((rateNumber) => (rates[rateNumber]?.microsPerKWh ?? 0) > 0)).toBe(true);
  });

  test('each band of each season and day type has its hours of the tables times the days', () => {
    const expected = new Map<string, number>();
    for (const [kind, days] of Object.entries(place.days)) {
      for (const [band, quarters] of Object.entries(place.tables[kind] ?? {})) {
        const odd = place.odd[`${kind}/${band}`] ?? 0;
        expected.set(`${kind}/${band}`, (quarters * days + odd) * QUARTER_WH);
      }
    }
    const found = new Map<string, number>();
    for (const { season, dayType, band, wh } of rated('2026-01-01', '2026-12-31').lines) {
      const key = `${season}/${dayType}/${band}`;
      found.set(key, (found.get(key) ?? 0) + wh);
    }
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
    expect([...expected.values()].reduce((sum, wh) => sum + wh, 0)).toBe(365 * 96 * QUARTER_WH);
  });

  test("month by month it adds up to the register, each month to its days' quarter hours", () => {
    const months = Array.from({ length: 12 }, (_month, index) => shiftPeriod('2026-01', index));
    const totals = months.map((period) => {
      const { from, to } = monthDays(period);
      const month = rated(from, to);
      expect(month.lines.every(({ estimatedWh }) => estimatedWh === 0)).toBe(true);
      return month.totalWh / QUARTER_WH;
    });
    const days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    const odd: Record<number, number> = { 2: -4, 9: 4 };
    expect(totals).toEqual(days.map((count, index) => count * 96 + (odd[index] ?? 0)));
    expect(totals.reduce((sum, quarters) => sum + quarters, 0) * QUARTER_WH).toBe(35_040_000);
  });

  test('a day of 23 hours has 92 kWh and one of 25 has 100, the days beside them 96', () => {
    const around = (date: string) => [-1, 0, 1].map((days) => Temporal.PlainDate.from(date).add({ days }).toString());
    const ofDays = (date: string) => around(date).map((day) => rated(day, day).totalWh / QUARTER_WH);
    expect(ofDays(place.short)).toEqual([96, 92, 96]);
    expect(ofDays(place.long)).toEqual([96, 100, 96]);
  });
});
