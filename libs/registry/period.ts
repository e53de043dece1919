/** A span of time, half-open: startsAt belongs to it, endsAt does not. */
export interface Span {
  readonly startsAt: Date;
  readonly endsAt: Date;
}

const PERIOD = /^\d{4}-(0[1-9]|1[0-2])$/;

/** The month as local dates; throws a RangeError when it is not yyyy-mm. */
function month(period: string): Temporal.PlainYearMonth {
  if (!isPeriod(period)) throw new RangeError(`A period is written yyyy-mm, not "${period}"`);
  return Temporal.PlainYearMonth.from(period);
}

/**
 * The instant a local day begins. Where midnight is missing (clock put forward at midnight, as in the Azores) it is the
 * first instant of the day; where midnight comes twice it is the first.
 */
export function dayStart(date: Temporal.PlainDate | string, timeZone: string): Date {
  return new Date(Temporal.PlainDate.from(date).toZonedDateTime(timeZone).epochMilliseconds);
}

/** Local days, both inclusive, as a half-open span of instants. */
export function daySpan(from: string, to: string, timeZone: string): Span {
  return {
    startsAt: dayStart(from, timeZone),
    endsAt: dayStart(Temporal.PlainDate.from(to).add({ days: 1 }), timeZone),
  };
}

/** The first and the last local day of a span between local midnights, yyyy-mm-dd: `daySpan` the other way round. */
export function localDays(
  { startsAt, endsAt }: Span,
  timeZone: string,
): { readonly from: string; readonly to: string } {
  return { from: localDate(startsAt, timeZone), to: localDate(new Date(endsAt.getTime() - 1), timeZone) };
}

/** A calendar month (yyyy-mm) in a zone, as a half-open span from local midnight to local midnight. */
export function monthSpan(period: string, timeZone: string): Span {
  const first = month(period).toPlainDate({ day: 1 });
  return { startsAt: dayStart(first, timeZone), endsAt: dayStart(first.add({ months: 1 }), timeZone) };
}

/** First and last local day of a month, yyyy-mm-dd. */
export function monthDays(period: string): { readonly from: string; readonly to: string } {
  const first = month(period).toPlainDate({ day: 1 });
  return { from: first.toString(), to: first.add({ months: 1 }).subtract({ days: 1 }).toString() };
}

/** The month that lies the given number of months later (or, negative, earlier). */
export function shiftPeriod(period: string, months: number): string {
  return month(period).add({ months }).toString();
}

/** Whether a text is a month, yyyy-mm. */
export function isPeriod(text: string): boolean {
  return PERIOD.test(text);
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Whether a text is a day that there is, yyyy-mm-dd. */
export function isLocalDay(text: string): boolean {
  try {
    return DAY.test(text) && Temporal.PlainDate.from(text).toString() === text;
  } catch {
    return false;
  }
}

/** Whether a text names an IANA zone. */
export function isTimeZone(text: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text);
    return true;
  } catch {
    return false;
  }
}

/** The local date of an instant, yyyy-mm-dd. */
export function localDate(at: Date, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone).toPlainDate().toString();
}
