import { z } from 'zod';

import es from './holidays/es.json' with { type: 'json' };
import no from './holidays/no.json' with { type: 'json' };
import pt from './holidays/pt.json' with { type: 'json' };

/** When a holiday falls: a fixed day of the year, or days counted from Easter Sunday. */
export const holidayRuleSchema = z.union([
  z
    .strictObject({ month: z.int().min(1).max(12), day: z.int().min(1).max(31) })
    .refine(({ month, day }) => isDayOfYear(month, day), { error: 'is no day that every year has' })
    .readonly(),
  z.strictObject({ easterOffsetDays: z.int().min(-100).max(200) }).readonly(),
]);
export type HolidayRule = z.infer<typeof holidayRuleSchema>;

function isDayOfYear(month: number, day: number): boolean {
  return day <= Temporal.PlainYearMonth.from({ year: 2001, month }).daysInMonth;
}

const entry = {
  name: z.string().min(1),
  rule: holidayRuleSchema,
  /** Years in which it was a holiday, both inclusive; an open end is null. */
  years: z.array(z.strictObject({ from: z.int(), to: z.int().nullable() })).min(1),
  source: z.string().min(1),
  confidence: z.enum(['high', 'medium', 'low']),
};

const countrySchema = z.strictObject({
  /** ISO 3166 code. */
  country: z.string().regex(/^[A-Z]{2}$/),
  about: z.string(),
  /** Substitutable: a region may keep another day instead. */
  national: z.array(z.strictObject({ ...entry, substitutable: z.boolean() })),
  municipal: z.array(z.strictObject({ ...entry, municipality: z.string().min(1) })),
});
export type CountryHolidays = z.infer<typeof countrySchema>;

/** The holidays that come with the product, by country, each with its source (folder holidays/). */
export const HOLIDAYS_BY_COUNTRY: ReadonlyMap<string, CountryHolidays> = new Map(
  [pt, es, no].map((file) => countrySchema.parse(file)).map((data) => [data.country, data]),
);
