import { sql as raw } from 'kysely';
import { z } from 'zod';

import type { Sql } from '#libs/persistence/database.js';

import { HOLIDAYS_BY_COUNTRY, holidayRuleSchema, type HolidayRule } from '../holiday-data.js';
import { requiredText } from '../tabular/cells.js';
import { changeOf, problemAt, type RowResult, type Table } from '../tabular/table.js';

const WHOLE = /^-?\d{1,4}$/;
const optionalWhole = z
  .string()
  .refine((text) => text === '' || WHOLE.test(text), 'expected a whole number')
  .transform((text) => (text === '' ? null : Number(text)));

const schema = z.object({
  country: z.string().regex(/^[A-Z]{2}$/, 'expected a country as PT'),
  municipality: z.string(),
  name: requiredText,
  month: optionalWhole,
  day: optionalWhole,
  easterOffsetDays: optionalWhole,
  yearFrom: optionalWhole,
  yearTo: optionalWhole,
  source: requiredText,
});
type Row = z.infer<typeof schema>;

/** The rule that the cells tell: month and day, or days from Easter, never both. */
function ruleOf(row: Row): { rule: HolidayRule } | { column: string; message: string } {
  const { month, day, easterOffsetDays } = row;
  const isFixed = month !== null || day !== null;
  if (isFixed === (easterOffsetDays !== null)) {
    return { column: 'month', message: 'say month and day, or easterOffsetDays, and not both' };
  }
  const parsed = holidayRuleSchema.safeParse(isFixed ? { month, day } : { easterOffsetDays });
  if (parsed.success) return { rule: parsed.data };
  return isFixed
    ? { column: 'day', message: `${month ?? ''}-${day ?? ''} is no day that every year has` }
    : { column: 'easterOffsetDays', message: `${easterOffsetDays} is not within a year of Easter` };
}

async function apply(trx: Sql, row: Row, number: number): Promise<RowResult> {
  const told = ruleOf(row);
  if ('message' in told) return problemAt(number, told.column, told.message);
  const { country, municipality, name, yearFrom, yearTo } = row;
  if (yearFrom !== null && yearTo !== null && yearTo < yearFrom) {
    return problemAt(number, 'yearTo', 'is before "yearFrom"');
  }
  const what = `${name}, ${municipality === '' ? country : `${municipality} (${country})`}`;
  if (comesWithTheProduct(row, told.rule)) return changeOf(number, 'same', `${what}, as the product has it`);
  const existing = await trx
    .selectFrom('holiday')
    .selectAll()
    .where('country', '=', country)
    .where('municipality', '=', municipality)
    .where('name', '=', name)
    .executeTakeFirst();
  if (existing !== undefined && isSame(existing, row, told.rule)) return changeOf(number, 'same', what);
  const values = {
    rule: raw<HolidayRule>`${JSON.stringify(told.rule)}::jsonb`,
    year_from: yearFrom,
    year_to: yearTo,
    source: row.source,
  };
  await trx
    .insertInto('holiday')
    .values({ country, municipality, name, ...values })
    .onConflict((conflict) => conflict.columns(['country', 'municipality', 'name']).doUpdateSet(values))
    .execute();
  return changeOf(number, existing === undefined ? 'create' : 'change', what);
}

/** A day that is already there would only stand twice in lists. */
function comesWithTheProduct(row: Row, rule: HolidayRule): boolean {
  const data = HOLIDAYS_BY_COUNTRY.get(row.country);
  const known = row.municipality === '' ? data?.national : data?.municipal.filter(isOf(row.municipality));
  return (known ?? []).some((entry) => entry.name === row.name && sameRule(entry.rule, rule));
}

const isOf = (municipality: string) => (entry: { readonly municipality: string }) =>
  entry.municipality === municipality;

function isSame(
  existing: { rule: unknown; year_from: number | null; year_to: number | null; source: string },
  row: Row,
  rule: HolidayRule,
): boolean {
  return (
    sameRule(holidayRuleSchema.parse(existing.rule), rule) &&
    existing.year_from === row.yearFrom &&
    existing.year_to === row.yearTo &&
    existing.source === row.source
  );
}

function sameRule(a: HolidayRule, b: HolidayRule): boolean {
  if ('month' in a) return 'month' in b && a.month === b.month && a.day === b.day;
  return 'easterOffsetDays' in b && a.easterOffsetDays === b.easterOffsetDays;
}

/** Holidays that the product does not bring: municipal and regional ones, mostly. Months and days as numbers. */
export const holidaysTable: Table<Row> = {
  name: 'holidays',
  columns: [
    { name: 'country', required: true, example: 'PT' },
    { name: 'municipality', required: false, example: 'Leiria' },
    { name: 'name', required: true, example: 'Dia do Município' },
    { name: 'month', required: false, example: '5' },
    { name: 'day', required: false, example: '22' },
    { name: 'easterOffsetDays', required: false, example: '' },
    { name: 'yearFrom', required: false, example: '' },
    { name: 'yearTo', required: false, example: '' },
    { name: 'source', required: true, example: 'edital da Câmara Municipal' },
  ],
  schema,
  apply,
};
