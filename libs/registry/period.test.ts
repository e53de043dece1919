import { describe, expect, test } from '@jest/globals';

import { daySpan, dayStart, localDate, localDays, monthDays, monthSpan, shiftPeriod } from './period.js';

const text = (span: { startsAt: Date; endsAt: Date }) => [span.startsAt.toISOString(), span.endsAt.toISOString()];

describe('periods in local time', () => {
  test('June in Lisbon begins at 23:00 UTC of the day before', () => {
    expect(text(monthSpan('2026-06', 'Europe/Lisbon'))).toEqual([
      '2026-05-31T23:00:00.000Z',
      '2026-06-30T23:00:00.000Z',
    ]);
  });

  test('the months of the clock changes are an hour short and an hour long', () => {
    const hours = (period: string) => {
      const { startsAt, endsAt } = monthSpan(period, 'Europe/Lisbon');
      return (endsAt.getTime() - startsAt.getTime()) / 3_600_000;
    };
    expect(hours('2026-03')).toBe(31 * 24 - 1);
    expect(hours('2026-10')).toBe(31 * 24 + 1);
    expect(text(monthSpan('2026-12', 'Europe/Lisbon'))).toEqual([
      '2026-12-01T00:00:00.000Z',
      '2027-01-01T00:00:00.000Z',
    ]);
  });

  test('in the Azores midnight is missing in March and comes twice in October', () => {
    expect(text(daySpan('2026-03-29', '2026-03-29', 'Atlantic/Azores'))).toEqual([
      '2026-03-29T01:00:00.000Z', // the clock jumps from 24:00 to 01:00
      '2026-03-30T00:00:00.000Z',
    ]);
    expect(text(daySpan('2026-10-25', '2026-10-25', 'Atlantic/Azores'))).toEqual([
      '2026-10-25T00:00:00.000Z', // the first of two midnights
      '2026-10-26T01:00:00.000Z',
    ]);
  });

  test('consecutive days leave no gap', () => {
    for (const zone of ['Europe/Lisbon', 'Atlantic/Azores', 'Atlantic/Madeira']) {
      for (const date of ['2026-03-28', '2026-03-29', '2026-10-24', '2026-10-25']) {
        const next = Temporal.PlainDate.from(date).add({ days: 1 });
        expect(daySpan(date, date, zone).endsAt).toEqual(dayStart(next, zone));
        expect(localDays(daySpan(date, next.toString(), zone), zone)).toEqual({ from: date, to: next.toString() });
      }
    }
  });

  test('month arithmetic and local dates', () => {
    expect(monthDays('2028-02')).toEqual({ from: '2028-02-01', to: '2028-02-29' });
    expect(shiftPeriod('2026-01', -1)).toBe('2025-12');
    expect(localDate(new Date('2026-06-30T23:30:00Z'), 'Europe/Lisbon')).toBe('2026-07-01');
  });

  test('anything but yyyy-mm is refused', () => {
    for (const wrong of ['2026-13', '2026-6', '2026-06-01', 'June']) {
      expect(() => monthSpan(wrong, 'Europe/Lisbon')).toThrow(RangeError);
    }
  });
});
