/** Days from 1970-01-01 to a Gregorian date (Howard Hinnant's days_from_civil). */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** The number two digits write, NaN when they are none. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NaN;
}

/** Milliseconds east of UTC written from a place to the end as Z or ±hh:mm; NaN when it is neither. */
function zoneMs(text: string, at: number): number {
  const sign = text[at];
  if (sign === 'Z' && text.length === at + 1) return 0;
  if ((sign !== '+' && sign !== '-') || text.length !== at + 6 || text[at + 3] !== ':') return NaN;
  const hours = twoDigits(text, at + 1);
  const minutes = twoDigits(text, at + 4);
  if (!(hours <= 23 && minutes <= 59)) return NaN;
  return (hours * 60 + minutes) * (sign === '-' ? -60_000 : 60_000);
}

/** Where a fraction of a second that begins at a place ends: there when there is none, -1 when it has no digits. */
function fractionEnd(text: string, at: number): number {
  if (text[at] !== '.') return at;
  let end = at + 1;
  while (end < text.length && end - at <= 9 && text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57) end += 1;
  return end === at + 1 ? -1 : end;
}

/** yyyy-mm-ddThh:mm:ss[.s] with Z or ±hh:mm: what chargers and exports write, a million times. NaN for anything else. */
function parseCommon(text: string): number {
  if (text.length < 20 || text[4] !== '-' || text[7] !== '-' || text[10] !== 'T') return NaN;
  if (text[13] !== ':' || text[16] !== ':') return NaN;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month))) return NaN;
  if (!(hour <= 23 && minute <= 59 && second <= 59)) return NaN;
  const zoneAt = fractionEnd(text, 19);
  const fractionMs = zoneAt <= 19 ? 0 : Number(text.slice(20, Math.min(zoneAt, 23)).padEnd(3, '0'));
  const timeMs = ((hour * 60 + minute) * 60 + second) * 1000 + fractionMs;
  return daysFromCivil(year, month, day) * 86_400_000 + timeMs - zoneMs(text, zoneAt);
}

/**
 * An ISO 8601 instant with its zone (Z or an offset) as milliseconds since 1970, UTC; fractions below a millisecond are
 * dropped. NaN for a text without a zone, a day that does not exist, or anything else.
 */
export function parseInstantMs(text: string): number {
  const common = parseCommon(text);
  if (!isNaN(common)) return common;
  try {
    return Temporal.Instant.from(text).epochMilliseconds;
  } catch {
    return NaN;
  }
}
