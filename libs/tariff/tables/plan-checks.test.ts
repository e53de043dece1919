import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { builtInCalendar } from '../calendar-files.js';
import type { Calendar } from '../calendar.js';
import { latestOn } from '../tariff.js';
import { bandGaps, contractBands, overlaps, type DatedPrice } from './plan-checks.js';

function calendarById(id: string): Calendar {
  const calendar = builtInCalendar(id);
  if (calendar === null) throw new Error(`no calendar ${id}`);
  return calendar;
}

const weekly = calendarById('pt-mainland-weekly');
const open = { validFrom: '2026-01-01', validTo: null, calendarChangeover: null };
const price = (row: number, band: string, from: string, to: string | null): DatedPrice => ({
  row,
  band,
  from,
  to,
  direction: 'import',
  component: 'energy',
});
const told = (findings: ReturnType<typeof bandGaps>) =>
  findings.map(({ row, column, message }) => `${row} ${column}: ${message}`);

test('the bands of a contract', () => {
  expect(contractBands(weekly, 2)).toEqual(['fora-de-vazio', 'vazio']);
  expect(contractBands(weekly, 4)).toEqual(['ponta', 'cheias', 'vazio-normal', 'super-vazio', 'vazio']);
});

describe('bands without a price', () => {
  test('a band that is not there, and one whose price begins late or stops early', () => {
    const prices = [
      price(1, 'ponta', '2026-02-01', null),
      price(2, 'cheias', '2026-01-01', '2026-06-30'),
      price(3, 'cheias', '2026-07-02', '2026-11-30'),
    ];
    expect(told(bandGaps({ ...open, validTo: '2026-12-31' }, weekly, 3, prices))).toEqual([
      '1 from: no price for ponta from 2026-01-01 to 2026-01-31',
      '3 from: no price for cheias from 2026-07-01 to 2026-07-01',
      'null band: no price for vazio from 2026-01-01 to 2026-12-31',
    ]);
  });

  test('a plan without end waits for next year’s list, but no band ends before the others', () => {
    const until = (ponta: string) => [
      price(1, 'ponta', '2026-01-01', ponta),
      price(2, 'cheias', '2026-01-01', '2026-12-31'),
      price(3, 'vazio', '2026-01-01', '2026-12-31'),
    ];
    expect(bandGaps(open, weekly, 3, until('2026-12-31'))).toEqual([]);
    expect(told(bandGaps(open, weekly, 3, until('2026-06-30')))).toEqual([
      '1 to: no price for ponta from 2026-07-01 to 2026-12-31',
    ]);
  });

  test('a newer price supersedes one left open, and may itself end', () => {
    const prices = [price(1, 'simples', '2026-01-01', null), price(2, 'simples', '2026-06-01', '2026-06-30')];
    expect(bandGaps(open, weekly, 1, prices)).toEqual([]);
  });

  test('the hours of 2027 know no super vazio: with four bands each set of hours asks for its own', () => {
    const plan = { ...open, calendarChangeover: '2027-07-15' };
    const until = (band: string, at: number) => price(at, band, '2026-01-01', '2027-07-14');
    const always = [price(1, 'ponta', '2026-01-01', null), price(2, 'cheias', '2026-01-01', null)];
    const before = [until('vazio-normal', 3), until('super-vazio', 4)];
    expect(bandGaps(plan, weekly, 4, [...always, ...before, price(5, 'vazio', '2027-07-15', null)])).toEqual([]);
    expect(told(bandGaps(plan, weekly, 4, [...always, ...before]))).toEqual([
      'null band: no price for vazio from 2027-07-15 on',
    ]);
    expect(bandGaps(open, weekly, 4, [...always, ...before.map((row) => Object.assign(row, { to: null }))])).toEqual(
      [],
    );
  });

  test('agrees with looking at every day', () => {
    const start = Temporal.PlainDate.from('2026-01-01');
    const dayAt = (at: number) => start.add({ days: at }).toString();
    const rows = fc.array(fc.tuple(fc.nat(40), fc.option(fc.nat(20), { nil: null })), { maxLength: 6 });
    fc.assert(
      fc.property(rows, fc.nat(40), (spans, length) => {
        const prices = spans.map(([from, days], at) =>
          price(at, 'simples', dayAt(from), days === null ? null : dayAt(from + days)),
        );
        const plan = { ...open, validTo: dayAt(length) };
        const days = Array.from({ length: length + 1 }, (_, at) => dayAt(at));
        const missing = days.find((day) => latestOn(prices, day, ({ from, to }) => [from, to]) === null);
        const [finding] = bandGaps(plan, weekly, 1, prices);
        if (missing === undefined) expect(finding).toBeUndefined();
        else expect(finding?.message).toContain(`from ${missing}`);
      }),
    );
  });
});

test('two closed spans on one day contradict each other, whichever is in the file', () => {
  const first = { row: null, from: '2026-01-01', to: '2026-06-30' };
  const second = { row: 7, from: '2026-06-30', to: null };
  expect(overlaps([second, first], 'ponta')).toEqual([
    {
      row: 7,
      column: 'from',
      message: 'ponta from 2026-06-30 overlaps the one from 2026-01-01, which holds until 2026-06-30',
    },
  ]);
  expect(overlaps([{ ...first, to: null }, second], 'ponta')).toEqual([]);
  expect(overlaps([first, { ...second, from: '2026-07-01' }], 'ponta')).toEqual([]);
  expect(overlaps([first, { ...second, row: null }], 'ponta')).toEqual([]);
});
