import { describe, expect, test } from '@jest/globals';

import { easterSunday, isBusinessDay, nationalHolidays } from './holidays.js';

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
    expect(nationalHolidays(2026).map((holiday) => holiday.date.toString())).toEqual([
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
    const of = (year: number) => nationalHolidays(year).map((holiday) => holiday.name);
    expect(of(2014)).toHaveLength(9);
    expect(of(2014)).not.toContain('Restauração da Independência');
    expect(of(2012)).toContain('Corpo de Deus');
    expect(of(2016)).toContain('Implantação da República');
  });

  test('a business day is neither weekend nor holiday', () => {
    const is = (date: string) => isBusinessDay(Temporal.PlainDate.from(date));
    expect(is('2026-06-09')).toBe(true);
    expect(is('2026-06-10')).toBe(false);
    expect(is('2026-06-13')).toBe(false); // Saturday; Lisbon's own holiday is municipal
    expect(is('2026-06-14')).toBe(false);
    expect(is('2026-06-15')).toBe(true);
  });
});
