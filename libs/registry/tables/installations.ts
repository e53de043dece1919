import { z } from 'zod';

import type { Sql } from '#libs/persistence/database.js';

import { isTimeZone } from '../period.js';
import { countryOrPortugal, languageOrPortuguese, optionalText, orElse, requiredText, slug } from '../tabular/cells.js';
import { changeOf, problemAt, type RowResult, type Table } from '../tabular/table.js';
import { actionOf, hasCondominium } from './references.js';

const schema = z.object({
  installation: slug,
  name: requiredText,
  condominium: requiredText,
  issuer: requiredText,
  cpe: optionalText,
  timeZone: orElse(z.string().refine(isTimeZone, 'expected an IANA zone such as Europe/Lisbon'), 'Europe/Lisbon'),
  currency: orElse(z.string().regex(/^[A-Z]{3}$/, 'expected a code such as EUR'), 'EUR'),
  language: languageOrPortuguese,
  country: countryOrPortugal,
  municipality: optionalText,
  vatRegion: orElse(z.string().regex(/^[A-Z]{2}(-[A-Z]{2})?$/, 'expected a region such as PT or PT-AC'), 'PT'),
});
type Row = z.infer<typeof schema>;

async function apply(trx: Sql, row: Row, number: number): Promise<RowResult> {
  if (!(await hasCondominium(trx, row.condominium)))
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
  const action = actionOf(existing, values);
  if (action !== 'same') {
    await trx
      .insertInto('installation')
      .values({ id: row.installation, ...values })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
      .execute();
  }
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
