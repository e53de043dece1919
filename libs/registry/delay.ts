import { isBusinessDay, type HolidayBook } from './holidays.js';
import type { Delay } from './policy.js';

/**
 * The instant a delay ends.
 * `seconds` are elapsed time. `days` end at the same local wall-clock time that many local days later; `businessDays`
 * count only days that are neither weekend nor a holiday of the book, which is the installation's own. A wall-clock time that the day does not have (clock
 * put forward) becomes the same time by the old clock; one it has twice is the first.
 */
export function afterDelay(from: Date, delay: Delay, timeZone: string, holidays: HolidayBook): Date {
  if ('seconds' in delay) return new Date(from.getTime() + delay.seconds * 1000);
  const start = Temporal.Instant.fromEpochMilliseconds(from.getTime()).toZonedDateTimeISO(timeZone);
  const days = 'days' in delay ? delay.days : calendarDaysFor(start.toPlainDate(), delay.businessDays, holidays);
  return new Date(start.add({ days }).epochMilliseconds);
}

/** How many calendar days pass until the given number of business days after the date has been counted. */
function calendarDaysFor(date: Temporal.PlainDate, businessDays: number, holidays: HolidayBook): number {
  let days = 0;
  for (let left = businessDays; left > 0;) {
    days += 1;
    if (isBusinessDay(date.add({ days }), holidays)) left -= 1;
  }
  return days;
}
