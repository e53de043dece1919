import { describe, expect, test } from '@jest/globals';

import { PORTUGAL } from '#test/data/holidays.js';

import { HOLIDAYS_BY_COUNTRY, holidayRuleSchema } from './holiday-data.js';
import { easterSunday, holidayBook, isBusinessDay } from './holidays.js';

describe('national holidays', () => {
  test.each([
    [2000, '2000-04-23'],
    [2024, '2024-03-31'],
    [2026, '2026-04-05'],
    [2027, '2027-03-28'],
    [2038, '2038-04-25'],
  ])('Easter of %i is %s', (year, date) => {
    expect(easterSunday(year).toString()).toBe(date);
  });

  test('2026 has thirteen, the movable ones with Easter', () => {
    expect(PORTUGAL.ofYear(2026).map((holiday) => holiday.date.toString())).toEqual([
      '2026-01-01',
      '2026-04-03',
      '2026-04-05',
      '2026-04-25',
      '2026-05-01',
      '2026-06-04',
      '2026-06-10',
      '2026-08-15',
      '2026-10-05',
      '2026-11-01',
      '2026-12-01',
      '2026-12-08',
      '2026-12-25',
    ]);
  });

  test('four were suspended from 2013 to 2015 (Lei 23/2012)', () => {
    const of = (year: number) => PORTUGAL.ofYear(year).map((holiday) => holiday.name);
    expect(of(2014)).toHaveLength(9);
    expect(of(2014)).not.toContain('Restauração da Independência');
    expect(of(2012)).toContain('Corpo de Deus');
    expect(of(2016)).toContain('Implantação da República');
  });

  test('a business day is neither weekend nor holiday', () => {
    const is = (date: string) => isBusinessDay(Temporal.PlainDate.from(date), PORTUGAL);
    expect(is('2026-06-09')).toBe(true);
    expect(is('2026-06-10')).toBe(false);
    expect(is('2026-06-13')).toBe(false); // Saturday; Lisbon's own holiday is municipal
    expect(is('2026-06-14')).toBe(false);
    expect(is('2026-06-15')).toBe(true);
  });
});

describe('holidays of a place', () => {
  const of = (country: string, municipality: string | null = null) => holidayBook({ country, municipality });
  const dates = (country: string, year: number) =>
    of(country)
      .ofYear(year)
      .map(({ date }) => date.toString().slice(5));

  test('Spain has its national ones; the 2.0TD tariff counts those of fixed date, and 6 January', () => {
    const days = of('ES').ofYear(2026);
    expect(days).toHaveLength(10);
    const counted = days.filter(({ fixedDate, substitutable }) => fixedDate && !substitutable);
    expect(counted.map(({ date }) => date.toString().slice(5))).toEqual([
      '01-01',
      '05-01',
      '08-15',
      '10-12',
      '11-01',
      '12-06',
      '12-08',
      '12-25',
    ]);
    expect(of('ES').on(Temporal.PlainDate.from('2026-01-06'))).toMatchObject({ fixedDate: true, substitutable: true });
    expect(of('ES').on(Temporal.PlainDate.from('2026-04-03'))).toMatchObject({
      fixedDate: false,
      substitutable: false,
    });
  });

  test('Norway has twelve, those of Easter and Whitsun included', () => {
    expect(dates('NO', 2026)).toEqual([
      '01-01',
      '04-02',
      '04-03',
      '04-05',
      '04-06',
      '05-01',
      '05-14',
      '05-17',
      '05-24',
      '05-25',
      '12-25',
      '12-26',
    ]);
  });

  test.each([
    ['Lisboa', '2026-06-13'],
    ['porto', '2026-06-24'],
    ['Evora', '2026-06-29'],
    ['Ponta Delgada', '2026-05-11'],
  ])('%s has its own day on %s, whatever capitals and accents', (municipality, date) => {
    const day = Temporal.PlainDate.from(date);
    expect(of('PT', municipality).on(day)).toMatchObject({ scope: 'municipal' });
    expect(of('PT').on(day)).toBeNull();
    expect(of('ES', municipality).on(day)).toBeNull();
  });

  test('of two on one day the national one is told, and both are listed', () => {
    const added = { country: 'PT', municipality: 'Vila', name: 'Festa', rule: { month: 12, day: 25 } };
    const book = holidayBook({ country: 'PT', municipality: 'Vila' }, [{ ...added, yearFrom: null, yearTo: null }]);
    expect(book.on(Temporal.PlainDate.from('2026-12-25'))?.name).toBe('Natal');
    expect(
      book
        .ofYear(2026)
        .slice(-2)
        .map(({ name }) => name),
    ).toEqual(['Natal', 'Festa']);
  });

  test('every municipality stands once, and a rule names a day of every year', () => {
    for (const { municipal } of HOLIDAYS_BY_COUNTRY.values()) {
      expect(new Set(municipal.map(({ municipality }) => municipality)).size).toBe(municipal.length);
    }
    expect(holidayRuleSchema.safeParse({ month: 2, day: 29 }).success).toBe(false);
    expect(holidayRuleSchema.safeParse({ month: 4, day: 31 }).success).toBe(false);
  });
});
