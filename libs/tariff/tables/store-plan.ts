import type { Selectable } from 'kysely';

import type { Schema, Sql } from '#libs/persistence/database.js';
import type { Change } from '#libs/registry/tabular/table.js';

import { asBandCount } from '../bands.js';
import { findCalendar } from '../calendar-store.js';
import type { Calendar } from '../calendar.js';
import type { PlanCells, PricePlanRow } from './price-plan-row.js';

export type StoredPlan = Selectable<Schema['price_plan']>;

export interface PlanStored {
  readonly plan: StoredPlan;
  readonly calendar: Calendar;
  readonly action: Change['action'];
  /** What of the plan itself changed, in words; '' where nothing did. */
  readonly told: string;
}

const COLUMN_OF = {
  plan: 'name',
  planTo: 'valid_to',
  calendar: 'calendar_id',
  bands: 'bands',
  calendarChangeover: 'calendar_changeover',
  holidaysAsSunday: 'holidays_as_sunday',
  retailer: 'retailer',
  vatCode: 'vat_code',
  exemptionCode: 'exemption_code',
  indexSeries: 'index_series_id',
  lossesSeries: 'losses_series_id',
  losses: 'losses_ppm',
  factor: 'factor_ppm',
  margin: 'margin_micros',
  source: 'source',
} as const satisfies Record<keyof PlanCells, keyof StoredPlan>;

type Column = (typeof COLUMN_OF)[keyof PlanCells];
type PlanValues = Partial<Pick<StoredPlan, Column>> & Pick<StoredPlan, 'name' | 'calendar_id' | 'bands'>;

export const PLAN_FIELDS = Object.keys(COLUMN_OF) as readonly (keyof PlanCells)[];

type Refused = { readonly refused: { readonly column: string; readonly message: string } };

/**
 * Creates the plan of a row, or changes what the row says otherwise of it; a plan that is the same is not touched. The
 * installation is held until the transaction ends: two lists of one installation are imported one after the other, so
 * that gaps and overlaps are looked for in what both leave.
 */
export async function storePlan(trx: Sql, row: PricePlanRow): Promise<PlanStored | Refused> {
  const installation = await trx
    .selectFrom('installation')
    .select(['currency', 'country'])
    .where('id', '=', row.installation)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (installation === undefined) {
    return { refused: { column: 'installation', message: `there is no installation "${row.installation}"` } };
  }
  const refused =
    (await problemWithSeries(trx, 'indexSeries', row.plan.indexSeries, 'price', installation.currency)) ??
    (await problemWithSeries(trx, 'lossesSeries', row.plan.lossesSeries, 'factor', null));
  if (refused !== null) return { refused };
  const calendar = await calendarOf(trx, row, installation.country);
  if ('refused' in calendar) return calendar;
  const required = { name: row.plan.plan, calendar_id: row.plan.calendar, bands: row.plan.bands };
  const values: PlanValues = { ...valuesOf(row.plan), ...required };
  const existing = await trx
    .selectFrom('price_plan')
    .selectAll()
    .where('installation_id', '=', row.installation)
    .where('valid_from', '=', row.planFrom)
    .executeTakeFirst();
  if (existing === undefined) {
    const plan = await trx
      .insertInto('price_plan')
      .values({ installation_id: row.installation, valid_from: row.planFrom, ...values })
      .returningAll()
      .executeTakeFirstOrThrow();
    return { plan, calendar: calendar.ok, action: 'create', told: await neighboursTold(trx, plan) };
  }
  const differing = PLAN_FIELDS.filter((field) => {
    const value = values[COLUMN_OF[field]];
    return value !== undefined && value !== existing[COLUMN_OF[field]];
  });
  if (differing.length === 0) return { plan: existing, calendar: calendar.ok, action: 'same', told: '' };
  const plan = await trx
    .updateTable('price_plan')
    .set(values)
    .where('id', '=', existing.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  const changes = differing.map((field) => {
    const column = COLUMN_OF[field];
    return `${field} ${shown(existing[column])} → ${shown(plan[column])}`;
  });
  return { plan, calendar: calendar.ok, action: 'change', told: changes.join(', ') };
}

const shown = (value: unknown): string => (value === null ? 'none' : String(value));

/** Values by database column, of what the row says. */
function valuesOf(cells: PlanCells): Partial<PlanValues> {
  const told = PLAN_FIELDS.filter((field) => cells[field] !== undefined);
  return Object.fromEntries(told.map((field) => [COLUMN_OF[field], cells[field]]));
}

async function calendarOf(
  trx: Sql,
  { plan }: PricePlanRow,
  country: string,
): Promise<{ readonly ok: Calendar } | Refused> {
  const calendar = await findCalendar(trx, plan.calendar);
  if (calendar === null) return { refused: { column: 'calendar', message: 'is no known calendar' } };
  if (calendar.bandRules.merges[asBandCount(plan.bands)] === undefined) {
    const counts = Object.keys(calendar.bandRules.merges).join(' or ');
    return { refused: { column: 'bands', message: `contracts of ${calendar.id} have ${counts} bands` } };
  }
  if (typeof plan.calendarChangeover === 'string' && calendar.sets.length < 2) {
    return { refused: { column: 'calendarChangeover', message: `${calendar.id} has no newer hours to change to` } };
  }
  const { holidays } = calendar;
  if (holidays.rule !== 'as-weekday' && holidays.country !== country) {
    const message = `${calendar.id} counts the holidays of ${holidays.country}, the installation is in ${country}`;
    return { refused: { column: 'calendar', message } };
  }
  return { ok: calendar };
}

async function problemWithSeries(
  trx: Sql,
  column: string,
  id: string | null | undefined,
  kind: string,
  currency: string | null,
): Promise<Refused['refused'] | null> {
  if (id === null || id === undefined) return null;
  const series = await trx
    .selectFrom('price_series')
    .select(['kind', 'currency'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (series === undefined) return { column, message: `there is no series "${id}": chazemo import price-series first` };
  if (series.kind !== kind) return { column, message: `the series "${id}" is no series of ${kind}s` };
  if (series.currency === currency) return null;
  return { column, message: `the series "${id}" is in ${series.currency}, the installation bills in ${currency}` };
}

/** Which other contracts of the installation hold on the plan's days: the one that begins last holds. */
async function neighboursTold(trx: Sql, plan: StoredPlan): Promise<string> {
  const others = await trx
    .selectFrom('price_plan')
    .select(['name', 'valid_from', 'valid_to'])
    .where('installation_id', '=', plan.installation_id)
    .where('id', '<>', plan.id)
    .where((where) => where.or([where('valid_to', 'is', null), where('valid_to', '>=', plan.valid_from)]))
    .$if(plan.valid_to !== null, (query) => query.where('valid_from', '<=', plan.valid_to ?? ''))
    .orderBy('valid_from')
    .execute();
  return others
    .map(({ name, valid_from: from }) =>
      from < plan.valid_from
        ? `from ${plan.valid_from} it holds instead of "${name}"`
        : `from ${from} "${name}" holds instead of it`,
    )
    .join(', ');
}
