import { holidayBook, type HolidayBook } from '#libs/registry/holidays.js';

/** Portugal's national holidays, of no municipality. */
export const PORTUGAL: HolidayBook = holidayBook({ country: 'PT', municipality: null });
