import { z } from 'zod';

import type { Sql } from '#libs/persistence/database.js';
import { findInstallation } from '#libs/registry/tables/references.js';
import { day, decimal, optionalDay, optionalText, requiredText } from '#libs/registry/tabular/cells.js';
import { changeOf, problemAt, type RowResult, type Table } from '#libs/registry/tabular/table.js';

import { BAND_PATTERN } from '../bands.js';
import { findCalendar } from '../calendar-store.js';

const yesNo = z.union([
  z.literal('').transform(() => false),
  z
    .enum(['yes', 'no', 'sim', 'não', 'true', 'false'], 'expected yes or no')
    .transform((text) => ['yes', 'sim', 'true'].includes(text)),
]);

const schema = z.object({
  installation: requiredText,
  plan: requiredText,
  planFrom: day,
  planTo: optionalDay,
  calendar: requiredText,
  bands: z.enum(['1', '2', '3', '4'], 'expected 1, 2, 3 or 4').transform(Number),
  calendarChangeover: optionalDay,
  holidaysAsSunday: yesNo,
  band: z.string().regex(BAND_PATTERN, 'expected a band such as super-vazio'),
  direction: z.union([
    z.literal('').transform(() => 'import'),
    z.enum(['import', 'export'], 'expected import or export'),
  ]),
  perKWh: decimal(6, 'a price per kWh such as 0,245102'),
  from: day,
  to: optionalDay,
  source: optionalText,
});
type Row = z.infer<typeof schema>;

async function planId(trx: Sql, row: Row): Promise<string> {
  const values = {
    name: row.plan,
    calendar_id: row.calendar,
    bands: row.bands,
    calendar_changeover: row.calendarChangeover,
    holidays_as_sunday: row.holidaysAsSunday,
    valid_to: row.planTo,
    source: row.source,
  };
  const plan = await trx
    .insertInto('price_plan')
    .values({ installation_id: row.installation, valid_from: row.planFrom, ...values })
    .onConflict((conflict) => conflict.columns(['installation_id', 'valid_from']).doUpdateSet(values))
    .returning('id')
    .executeTakeFirstOrThrow();
  return plan.id;
}

async function apply(trx: Sql, row: Row, number: number): Promise<RowResult> {
  if ((await findInstallation(trx, row.installation)) === null) {
    return problemAt(number, 'installation', `there is no installation "${row.installation}"`);
  }
  const calendar = await findCalendar(trx, row.calendar);
  if (calendar === null) return problemAt(number, 'calendar', 'is no known calendar');
  const bands = calendar.bandRules.bands.map(({ id }) => id);
  if (!bands.includes(row.band)) return problemAt(number, 'band', `expected one of ${bands.join(', ')}`);
  if (row.to !== null && row.to < row.from) return problemAt(number, 'to', 'is before "from"');
  const plan = await planId(trx, row);
  const existing = await trx
    .selectFrom('band_price')
    .select(['id', 'micros_per_kwh', 'valid_to'])
    .where('plan_id', '=', plan)
    .where('band', '=', row.band)
    .where('direction', '=', row.direction)
    .where('component', '=', 'energy')
    .where('valid_from', '=', row.from)
    .executeTakeFirst();
  const what = `${row.plan}: ${row.band} ${(row.perKWh / 1_000_000).toFixed(6)} per kWh from ${row.from}`;
  if (existing?.micros_per_kwh === row.perKWh && existing.valid_to === row.to) return changeOf(number, 'same', what);
  const price = { micros_per_kwh: row.perKWh, valid_to: row.to };
  await trx
    .insertInto('band_price')
    .values({
      plan_id: plan,
      band: row.band,
      direction: row.direction,
      component: 'energy',
      valid_from: row.from,
      ...price,
    })
    .onConflict((conflict) =>
      conflict.columns(['plan_id', 'band', 'direction', 'component', 'valid_from']).doUpdateSet(price),
    )
    .execute();
  return changeOf(number, existing === undefined ? 'create' : 'change', what);
}

/** A retailer's price list: one row per band and span; the plan's own columns repeat in each row. */
export const pricePlanTable: Table<Row> = {
  name: 'price-plan',
  columns: [
    { name: 'installation', required: true, example: 'aurora' },
    { name: 'plan', required: true, example: 'Tetra-horário semanal 2026' },
    { name: 'planFrom', required: true, example: '2026-01-01' },
    { name: 'planTo', required: false, example: '' },
    { name: 'calendar', required: true, example: 'pt-mainland-weekly' },
    { name: 'bands', required: true, example: '4' },
    { name: 'calendarChangeover', required: false, example: '' },
    { name: 'holidaysAsSunday', required: false, example: 'no' },
    { name: 'band', required: true, example: 'ponta' },
    { name: 'direction', required: false, example: 'import' },
    { name: 'perKWh', required: true, example: '0,245102' },
    { name: 'from', required: true, example: '2026-01-01' },
    { name: 'to', required: false, example: '' },
    { name: 'source', required: false, example: 'tabela do comercializador de 2026' },
  ],
  schema,
  apply,
};
