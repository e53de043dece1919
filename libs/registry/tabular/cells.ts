import { z } from 'zod';

/** A cell that must hold something. */
export const requiredText = z.string().min(1, 'is empty');

/** A cell that may be empty: then it is the given value, else what the schema says. */
export function orElse<Schema extends z.ZodType<unknown, string>, const Value>(schema: Schema, value: Value) {
  return z.string().transform((text, context): z.output<Schema> | Value => {
    if (text === '') return value;
    const parsed = schema.safeParse(text);
    if (parsed.success) return parsed.data;
    for (const { message } of parsed.error.issues) context.issues.push({ code: 'custom', input: text, message });
    return z.NEVER;
  });
}

/** The id that staff give a condominium, an issuer, an installation: it stands in addresses. */
export const slug = requiredText.regex(/^[a-z0-9][a-z0-9-]{0,59}$/, 'expected small letters, digits and hyphens');

/** ISO 3166; empty: Portugal. */
export const countryOrPortugal = orElse(z.string().regex(/^[A-Z]{2}$/, 'expected a code such as PT'), 'PT');

export const languageOrPortuguese = orElse(z.enum(['pt', 'en'], 'expected pt or en'), 'pt');

/** An empty cell is null. */
export const optionalText = z.string().transform((text) => (text === '' ? null : text));

/** A local day, yyyy-mm-dd. */
export const day = z.iso.date('expected a day as yyyy-mm-dd');
export const optionalDay = orElse(day, null);

/** A local day or a local day and time in the installation's zone: 2026-06-12 or 2026-06-12T18:30. */
const LOCAL = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2})?)?$/;
export const localTime = z.string().refine((text) => LOCAL.test(text) && isRealTime(text), {
  error: 'expected a local time as yyyy-mm-dd or yyyy-mm-ddThh:mm',
});
export const optionalLocalTime = orElse(localTime, null);

function isRealTime(text: string): boolean {
  try {
    Temporal.PlainDateTime.from(text.replace(' ', 'T'));
    return true;
  } catch {
    return false;
  }
}

/** The instant of a {@link localTime} cell; a day begins at its first instant in the zone. */
export function instantOf(local: string, timeZone: string): Date {
  const zoned =
    local.length === 10
      ? Temporal.PlainDate.from(local).toZonedDateTime(timeZone)
      : Temporal.PlainDateTime.from(local.replace(' ', 'T')).toZonedDateTime(timeZone);
  return new Date(zoned.epochMilliseconds);
}

/** A decimal with comma or point and up to `places` decimals, as an integer of the smallest unit; no sign. */
export function decimal(places: number, what: string) {
  return matchingDecimal(new RegExp(`^\\d{1,9}([.,]\\d{1,${places}})?$`), places, what);
}

/** The same, and it may be negative. */
export function signedDecimal(places: number, what: string) {
  return matchingDecimal(new RegExp(`^-?\\d{1,9}([.,]\\d{1,${places}})?$`), places, what);
}

function matchingDecimal(pattern: RegExp, places: number, what: string) {
  return z
    .string()
    .refine((text) => pattern.test(text), { error: (issue) => `expected ${what}, got "${String(issue.input)}"` })
    .transform((text) => {
      const [whole = '0', fraction = ''] = text.replace('-', '').split(/[.,]/);
      const magnitude = Number(whole) * 10 ** places + Number(fraction.padEnd(places, '0'));
      return text.startsWith('-') ? 0 - magnitude : magnitude;
    });
}
