import { monthAfter } from './months.js';

export interface DayBalance {
  /** yyyy-mm-dd */
  readonly date: string;
  /** At the end of the day. */
  readonly balanceCents: number;
}

export interface BalanceLine {
  /** ISO 8601 instant; lines come in their order. */
  readonly at: string;
  readonly balanceCents: number;
}

/**
 * The balance at the end of each day of a month (yyyy-mm), seen from a time zone, until `until` (yyyy-mm-dd, the last
 * day that has been told of).
 */
export function dailyBalances(
  openingCents: number,
  lines: readonly BalanceLine[],
  span: { readonly month: string; readonly until: string; readonly timeZone: string },
): DayBalance[] {
  // Swedes write a date as ISO 8601 does.
  const local = new Intl.DateTimeFormat('sv-SE', { timeZone: span.timeZone, dateStyle: 'short' });
  const byDay = new Map(lines.map(({ at, balanceCents }) => [local.format(new Date(at)), balanceCents]));
  const balances: DayBalance[] = [];
  let balanceCents = openingCents;
  const end = `${monthAfter(span.month, 1)}-01`;
  for (let at = new Date(`${span.month}-01T00:00:00Z`); ; at.setUTCDate(at.getUTCDate() + 1)) {
    const date = at.toISOString().slice(0, 10);
    if (date >= end || date > span.until) return balances;
    balanceCents = byDay.get(date) ?? balanceCents;
    balances.push({ date, balanceCents });
  }
}

/** Whether the balance at the end of a day is ever another: only then there is something to draw. */
export const moves = (days: readonly DayBalance[]): boolean =>
  days.some(({ balanceCents }) => balanceCents !== days[0]?.balanceCents);
