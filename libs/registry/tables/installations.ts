import { z } from 'zod';

import type { Sql } from '#libs/persistence/database.js';

import { optionalText, requiredText } from '../tabular/cells.js';
import { changeOf, problemAt, type RowResult, type Table } from '../tabular/table.js';
import { differs } from './references.js';

const orElse = (value: string) => z.literal('').transform(() => value);

function isTimeZone(text: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text);
    return true;
  } catch {
    return false;
  }
}

const schema = z.object({
  installation: requiredText.regex(/^[a-z0-9][a-z0-9-]{0,59}$/, 'expected small letters, digits and hyphens'),
  name: requiredText,
  condominium: requiredText,
  issuer: requiredText,
  cpe: optionalText,
  timeZone: z.union([
    orElse('Europe/Lisbon'),
    z.string().refine(isTimeZone, 'expected an IANA zone such as Europe/Lisbon'),
  ]),
  currency: z.union([orElse('EUR'), z.string().regex(/^[A-Z]{3}$/, 'expected a code such as EUR')]),
  language: z.union([orElse('pt'), z.enum(['pt', 'en'], 'expected pt or en')]),
  country: z.union([orElse('PT'), z.string().regex(/^[A-Z]{2}$/, 'expected a code such as PT')]),
  municipality: optionalText,
  vatRegion: z.union([
    orElse('PT'),
    z.string().regex(/^[A-Z]{2}(-[A-Z]{2})?$/, 'expected a region such as PT or PT-AC'),
  ]),
});
type Row = z.infer<typeof schema>;

async function apply(trx: Sql, row: Row, number: number): Promise<RowResult> {
  const condominium = await trx
    .selectFrom('condominium')
    .select('id')
    .where('id', '=', row.condominium)
    .executeTakeFirst();
  if (condominium === undefined)
    return problemAt(number, 'condominium', `there is no condominium "${row.condominium}"`);
  const issuer = await trx.selectFrom('issuer').select('id').where('id', '=', row.issuer).executeTakeFirst();
  if (issuer === undefined) return problemAt(number, 'issuer', `there is no issuer "${row.issuer}"`);
  const existing = await trx
    .selectFrom('installation')
    .selectAll()
    .where('id', '=', row.installation)
    .executeTakeFirst();
  const problem = existing === undefined ? null : await fixedProblem(trx, existing, row);
  if (problem !== null) return problemAt(number, problem.column, problem.message);
  const values = {
    name: row.name,
    condominium_id: row.condominium,
    issuer_id: row.issuer,
    cpe: row.cpe,
    time_zone: row.timeZone,
    currency: row.currency,
    language: row.language,
    country: row.country,
    municipality: row.municipality,
    region: row.vatRegion,
  };
  await trx
    .insertInto('installation')
    .values({ id: row.installation, ...values })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
    .execute();
  const action = existing === undefined ? 'create' : differs(existing, values) ? 'change' : 'same';
  return changeOf(number, action, `installation ${row.installation}`);
}

/** Months begin and end in the zone, and money is booked in the currency: neither changes once a month was opened. */
async function fixedProblem(
  trx: Sql,
  existing: { readonly time_zone: string; readonly currency: string; readonly condominium_id: string },
  row: Row,
): Promise<{ column: string; message: string } | null> {
  const fixed = [
    ['timeZone', existing.time_zone, row.timeZone],
    ['currency', existing.currency, row.currency],
    ['condominium', existing.condominium_id, row.condominium],
  ] as const;
  const changed = fixed.find(([, before, after]) => before !== after);
  if (changed === undefined) return null;
  const cycle = await trx
    .selectFrom('billing_cycle')
    .select('period')
    .where('installation_id', '=', row.installation)
    .orderBy('period')
    .limit(1)
    .executeTakeFirst();
  if (cycle === undefined) return null;
  const [column, before] = changed;
  return { column, message: `stays ${before}: ${cycle.period} was opened with it` };
}

/** Car parks with what their country, zone and currency decide; the condominium and the issuer exist already. */
export const installationsTable: Table<Row> = {
  name: 'installations',
  columns: [
    { name: 'installation', required: true, example: 'aurora' },
    { name: 'name', required: true, example: 'Edifício Aurora' },
    { name: 'condominium', required: true, example: 'aurora' },
    { name: 'issuer', required: true, example: 'chazemo' },
    { name: 'cpe', required: false, example: 'PT0002000012345678AB' },
    { name: 'timeZone', required: false, example: 'Europe/Lisbon' },
    { name: 'currency', required: false, example: 'EUR' },
    { name: 'language', required: false, example: 'pt' },
    { name: 'country', required: false, example: 'PT' },
    { name: 'municipality', required: false, example: 'Lisboa' },
    { name: 'vatRegion', required: false, example: 'PT' },
  ],
  schema,
  apply,
};
