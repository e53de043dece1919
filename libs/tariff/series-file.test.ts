import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { readSheet } from '#libs/registry/tabular/sheet.js';

import { readSeries, type SeriesShape } from './series-file.js';
import { gapsBetween } from './series-gaps.js';

const OMIE: SeriesShape = {
  kind: 'price',
  clockZone: 'Europe/Madrid',
  resolutionMinutes: 15,
  currency: 'EUR',
  unit: 'EUR/MWh',
};

async function read(csv: string, shape: Partial<SeriesShape> = {}) {
  const { values, ...rest } = readSeries(await readSheet('x.csv', Buffer.from(csv)), { ...OMIE, ...shape });
  return {
    ...rest,
    values: values.map(({ startsMs, micros }) => [new Date(startsMs).toISOString().slice(0, 16), micros]),
  };
}

const day = (date: string, periods: number) =>
  `date,period,value\n${Array.from({ length: periods }, (_, at) => `${date},${at + 1},${at}`).join('\n')}`;

describe('the market’s periods', () => {
  test.each([
    ['winter', '2026-01-15', 'Portugal’s day begins with period 5'],
    ['summer', '2026-07-15', 'Portugal’s day begins with period 5'],
  ])('in %s, seen from Portugal an hour behind', async (_, date) => {
    const { values } = await read(day(date, 96));
    const midnight = Temporal.PlainDate.from(date).toZonedDateTime('Europe/Lisbon').toInstant();
    const first = midnight.toString().slice(0, 16);
    expect(values.find(([at]) => at === first)).toEqual([first, 4_000]);
    // The last hour of Portugal's day is the next market day's first: this file ends before it.
    expect(values.at(-1)?.[0]).toBe(midnight.add({ hours: 22, minutes: 45 }).toString().slice(0, 16));
  });

  test.each([
    ['a usual day', '2026-06-01', 96],
    ['the day the clock goes forward', '2026-03-29', 92],
    ['the day it goes back', '2026-10-25', 100],
  ])('%s, %s, has %i quarter-hours and no more', async (_, date, periods) => {
    const whole = await read(day(date, periods));
    expect(whole.problems).toEqual([]);
    const starts = whole.values.map(([at]) => Date.parse(`${at}Z`));
    expect(gapsBetween(starts, starts[0] ?? 0, (starts.at(-1) ?? 0) + 900_000, 900_000)).toEqual([]);
    const { problems } = await read(day(date, periods + 1));
    expect(problems).toEqual([
      {
        row: periods + 1,
        column: 'period',
        message: `${date} has periods 1 to ${periods} in Europe/Madrid, not "${periods + 1}"`,
      },
    ]);
  });

  test('hours are counted 1 to 24', async () => {
    const { values } = await read('date;period;value\n2026-06-01;24;50,5\n', { resolutionMinutes: 60 });
    expect(values).toEqual([['2026-06-01T21:00', 50_500]]);
  });
});

describe('values', () => {
  test.each([
    ['45.12', 'EUR/MWh', 45_120, 0],
    ['"45,12"', 'EUR/MWh', 45_120, 0],
    ['-3.5', 'EUR/MWh', -3_500, 0],
    ['45.12345', 'EUR/MWh', 45_123, 1],
    ['45.1235', 'EUR/MWh', 45_124, 1],
    ['-45.1235', 'EUR/MWh', -45_124, 1],
    ['45.12300', 'EUR/MWh', 45_123, 0],
    ['0.245102', 'EUR/kWh', 245_102, 0],
    ['-0', 'EUR/kWh', 0, 0],
  ])('%s %s is %i micro-euros per kWh', async (value, unit, micros, rounded) => {
    const result = await read(`startsAt,value,unit\n2026-06-01T00:00:00Z,${value},${unit}\n`, { unit: null });
    expect(result).toEqual({ problems: [], rounded, values: [['2026-06-01T00:00', micros]] });
  });

  test('a factor is kept in parts per million', async () => {
    const csv = 'startsAt,value\n2026-06-01T00:00:00+01:00,1.0832\n';
    const { values } = await read(csv, { kind: 'factor', currency: null, unit: '1' });
    expect(values).toEqual([['2026-05-31T23:00', 1_083_200]]);
  });

  test('any price of three decimals per MWh is exact, with comma or point', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: -999_999_999, max: 999_999_999 }), fc.boolean(), async (micros, comma) => {
        const text = `${micros < 0 ? '-' : ''}${Math.floor(Math.abs(micros) / 1000)}.${String(Math.abs(micros) % 1000).padStart(3, '0')}`;
        const cell = comma ? `"${text.replace('.', ',')}"` : text;
        const { values } = await read(`startsAt,value\n2026-06-01T00:00Z,${cell}\n`);
        expect(values).toEqual([['2026-06-01T00:00', micros]]);
      }),
    );
  });
});

describe('what is wrong is named by row and column', () => {
  test.each([
    ['a time without zone', 'startsAt,value\n2026-06-01T00:00,1\n', {}, 1, 'startsAt', 'with its zone'],
    ['a time off the steps', 'startsAt,value\n2026-06-01T00:05Z,1\n', {}, 1, 'startsAt', 'step of 15'],
    ['a day that is none', 'date,period,value\n2026-02-30,1,1\n', {}, 1, 'date', '2026-02-30'],
    ['a period that is none', 'date,period,value\n2026-06-01,0,1\n', {}, 1, 'period', '1 to 96'],
    ['a text for a value', 'date,period,value\n2026-06-01,1,n/d\n', {}, 1, 'value', 'n/d'],
    ['another currency', 'startsAt,value\n2026-06-01T00:00Z,1\n', { unit: 'NOK/MWh' }, 1, 'unit', 'EUR/MWh'],
    ['no unit', 'startsAt,value\n2026-06-01T00:00Z,1\n', { unit: null }, 0, 'unit', 'say the unit'],
    ['neither shape', 'when,value\n1,1\n', {}, 0, 'startsAt', 'either'],
    ['the same time twice', 'date,period,value\n2026-06-01,1,1\n2026-06-01,1,2\n', {}, 2, null, 'row 1'],
    ['a decimal comma without quotes', 'date,period,value\n2026-06-01,1,45,12\n', {}, 1, null, 'in quotes'],
  ])('%s', async (_, csv, shape, row, column, words) => {
    const { problems } = await read(csv, shape);
    expect(problems).toEqual([{ row, column, message: expect.stringContaining(words) }]);
  });
});

test('gaps and values tile the span', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(60)), fc.nat(30), fc.nat(30), (steps, from, length) => {
      const starts = steps.sort((a, b) => a - b).map((step) => step * 10);
      const until = from + length;
      const missing = gapsBetween(starts, from * 10, until * 10, 10).flatMap((gap) =>
        Array.from({ length: gap.missing }, (_, at) => gap.from.getTime() / 10 + at),
      );
      const expected = Array.from({ length }, (_, at) => from + at).filter((step) => !steps.includes(step));
      expect(missing).toEqual(expected);
    }),
  );
});
