/**
 * A debit is made so many days before it is due, and told the day on which the bank is asked. Stripe takes days from 3 to
 * 15 ahead (API 2026-10-28.endive, `payment_method_options.sepa_debit.target_date`): one day more keeps clear of midnight.
 */
export const DEBIT_LEAD_DAYS = 4;
const LEAST_DAYS = 3;
const MOST_DAYS = 15;
const DAY_MS = 86_400_000;

/** The day as the provider takes it, yyyy-mm-dd; null when it is too near or too far: then the bank is asked at once. */
export function targetDate(dueDate: string, now: Date): string | null {
  const days = (Date.parse(`${dueDate}T00:00:00Z`) - Math.floor(now.getTime() / DAY_MS) * DAY_MS) / DAY_MS;
  return days >= LEAST_DAYS && days <= MOST_DAYS ? dueDate : null;
}

/** When a debit that is due at an instant is made: so many local days before it. */
export function debitAt(dueAt: Date, timeZone: string): Date {
  const due = Temporal.Instant.fromEpochMilliseconds(dueAt.getTime()).toZonedDateTimeISO(timeZone);
  return new Date(due.subtract({ days: DEBIT_LEAD_DAYS }).epochMilliseconds);
}
