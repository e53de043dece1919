import { isBusinessDay, type HolidayBook } from '../../registry/holidays.js';

/**
 * The local date on which a month's payout is proposed: the day that the contract names, the month's last one where it
 * has no such day; on a weekend or a holiday the next business day, and the one before where that is in another month.
 * `period` is yyyy-mm.
 */
export function payoutDay(period: string, dayOfMonth: number, holidays: HolidayBook): Temporal.PlainDate {
  const named = Temporal.PlainYearMonth.from(period).toPlainDate({ day: dayOfMonth });
  const next = businessDay(named, 1, holidays);
  return next.month === named.month ? next : businessDay(named, -1, holidays);
}

function businessDay(from: Temporal.PlainDate, step: 1 | -1, holidays: HolidayBook): Temporal.PlainDate {
  let date = from;
  while (!isBusinessDay(date, holidays)) date = date.add({ days: step });
  return date;
}
