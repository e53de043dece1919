import { describe, expect, test } from '@jest/globals';

import { PORTUGAL } from '#test/data/holidays.js';

import { afterDelay } from './delay.js';
import { holidayBook, type HolidayBook } from './holidays.js';
import type { Delay } from './policy.js';

const LISBON = 'Europe/Lisbon';
const after = (from: string, delay: Delay, timeZone = LISBON, holidays: HolidayBook = PORTUGAL) =>
  afterDelay(new Date(from), delay, timeZone, holidays).toISOString();

describe('afterDelay', () => {
  test('seconds are elapsed time, also across a clock change', () => {
    expect(after('2026-03-29T00:30:00Z', { seconds: 3600 })).toBe('2026-03-29T01:30:00.000Z');
  });

  test('days keep the wall clock when it is put forward and when it is put back', () => {
    expect(after('2026-03-28T12:00:00Z', { days: 1 })).toBe('2026-03-29T11:00:00.000Z'); // a day of 23 h
    expect(after('2026-10-24T11:00:00Z', { days: 1 })).toBe('2026-10-25T12:00:00.000Z'); // a day of 25 h
  });

  test('a wall-clock time the day does not have, and one it has twice', () => {
    expect(after('2026-03-28T01:30:00Z', { days: 1 })).toBe('2026-03-29T01:30:00.000Z'); // 01:30 is missing: 02:30
    expect(after('2026-10-24T00:30:00Z', { days: 1 })).toBe('2026-10-25T00:30:00.000Z'); // 01:30 twice: the first
  });

  test('midnight in the Azores is missing in March and doubled in October', () => {
    expect(after('2026-03-28T01:00:00Z', { days: 1 }, 'Atlantic/Azores')).toBe('2026-03-29T01:00:00.000Z');
    expect(after('2026-10-24T00:00:00Z', { days: 1 }, 'Atlantic/Azores')).toBe('2026-10-25T00:00:00.000Z');
    expect(after('2026-10-24T00:00:00Z', { days: 2 }, 'Atlantic/Azores')).toBe('2026-10-26T01:00:00.000Z');
  });

  test('business days skip weekends and national holidays', () => {
    // Tuesday 9 June 2026; Wednesday the 10th is Dia de Portugal, 13 and 14 are a weekend
    expect(after('2026-06-09T09:00:00Z', { businessDays: 1 })).toBe('2026-06-11T09:00:00.000Z');
    expect(after('2026-06-09T09:00:00Z', { businessDays: 3 })).toBe('2026-06-15T09:00:00.000Z');
    expect(after('2026-06-13T09:00:00Z', { businessDays: 1 })).toBe('2026-06-15T09:00:00.000Z');
    expect(after('2026-06-13T09:00:00Z', { businessDays: 0 })).toBe('2026-06-13T09:00:00.000Z');
  });

  test('business days skip the municipality’s own holiday, and only there', () => {
    const porto = holidayBook({ country: 'PT', municipality: 'Porto' });
    expect(after('2026-06-23T09:00:00Z', { businessDays: 1 }, LISBON, porto)).toBe('2026-06-25T09:00:00.000Z');
    expect(after('2026-06-23T09:00:00Z', { businessDays: 1 })).toBe('2026-06-24T09:00:00.000Z');
  });

  test('business days are those of the installation’s country', () => {
    const norway = holidayBook({ country: 'NO', municipality: null });
    // 17 May 2027 is a Monday and Whit Monday too
    expect(after('2027-05-14T09:00:00Z', { businessDays: 1 }, 'Europe/Oslo', norway)).toBe('2027-05-18T09:00:00.000Z');
  });

  test('the local date decides, not that of UTC', () => {
    // 23:30 UTC on Friday 12 June is already Saturday in Lisbon
    expect(after('2026-06-11T23:30:00Z', { businessDays: 1 })).toBe('2026-06-14T23:30:00.000Z');
  });
});
