import { holidayRuleSchema } from '#libs/registry/holiday-data.js';
import { holidayBook, isBusinessDay } from '#libs/registry/holidays.js';

import data from './target-holidays.json' with { type: 'json' };

const TARGET = { country: 'TARGET', municipality: null };
const BOOK = holidayBook(
  TARGET,
  data.days.map(({ name, rule }) => ({
    country: TARGET.country,
    municipality: '',
    name,
    rule: holidayRuleSchema.parse(rule),
    yearFrom: data.from,
    yearTo: null,
  })),
);

/** Whether banks settle on the day (yyyy-mm-dd): collection dates and return windows are counted in such days. */
export function isTargetDay(day: string): boolean {
  return isBusinessDay(Temporal.PlainDate.from(day), BOOK);
}

/** So many TARGET days after a day, which itself does not count; `0` is the day itself, or the next on which banks settle. */
export function addTargetDays(day: string, count: number): string {
  let date = Temporal.PlainDate.from(day);
  let left = count;
  while (left > 0 || !isBusinessDay(date, BOOK)) {
    date = date.add({ days: 1 });
    if (isBusinessDay(date, BOOK)) left -= 1;
  }
  return date.toString();
}
