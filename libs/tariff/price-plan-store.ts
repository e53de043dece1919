import type { Selectable } from 'kysely';

import type { Schema, Sql } from '#libs/persistence/database.js';
import { holidaysFor } from '#libs/registry/holiday-store.js';
import { daySpan } from '#libs/registry/period.js';

import { asBandCount, DIRECTIONS, type Direction } from './bands.js';
import { findCalendar } from './calendar-store.js';
import { loadSeries } from './price-series-store.js';
import type { BandPrice, Contract, IndexFormula, Tariff } from './tariff.js';

type PlanRow = Selectable<Schema['price_plan']>;

function asDirection(text: string): Direction {
  const direction = DIRECTIONS.find((known) => known === text);
  if (direction === undefined) throw new Error(`band_price has an unknown direction "${text}"`);
  return direction;
}

/**
 * The retailer's contracts of an installation that hold on some day of [from, to] (local, inclusive), with all their
 * prices, in the structure a tariff.json gives. No contract is no error here: rating refuses the energy it cannot price.
 */
export async function planFor(sql: Sql, installationId: string, from: string, to: string): Promise<Tariff> {
  const { time_zone: timeZone } = await sql
    .selectFrom('installation')
    .select('time_zone')
    .where('id', '=', installationId)
    .executeTakeFirstOrThrow(() => new Error(`There is no installation ${installationId}`));
  const plans = await plansHolding(sql, installationId, from, to);
  const prices = await pricesOf(
    sql,
    plans.map((plan) => plan.id),
  );
  const { startsAt, endsAt } = daySpan(from, to, timeZone);
  const contracts: Contract[] = [];
  for (const plan of plans) {
    const index = await indexOf(sql, plan, startsAt, endsAt);
    contracts.push(await contractOf(sql, plan, prices.get(plan.id) ?? [], index));
  }
  return { timeZone, holidays: await holidaysFor(sql, installationId), contracts };
}

/** The plans of an installation that hold on some day of [from, to] (local, inclusive), the earliest first. */
export function plansHolding(sql: Sql, installationId: string, from: string, to: string): Promise<PlanRow[]> {
  return sql
    .selectFrom('price_plan')
    .selectAll()
    .where('installation_id', '=', installationId)
    .where('valid_from', '<=', to)
    .where((where) => where.or([where('valid_to', 'is', null), where('valid_to', '>=', from)]))
    .orderBy('valid_from')
    .execute();
}

/** The charges of plans that are no price per kWh of a band. */
export async function chargesOfPlans(
  sql: Sql,
  planIds: readonly string[],
): Promise<Selectable<Schema['plan_charge']>[]> {
  if (planIds.length === 0) return [];
  return await sql
    .selectFrom('plan_charge')
    .selectAll()
    .where('plan_id', 'in', planIds)
    .orderBy('party')
    .orderBy('code')
    .orderBy('valid_from')
    .execute();
}

async function contractOf(
  sql: Sql,
  plan: PlanRow,
  prices: readonly BandPrice[],
  index: IndexFormula | null,
): Promise<Contract> {
  const calendar = await findCalendar(sql, plan.calendar_id);
  if (calendar === null) throw new Error(`price_plan has an unknown calendar "${plan.calendar_id}"`);
  return {
    validFrom: plan.valid_from,
    validTo: plan.valid_to,
    calendar,
    bands: asBandCount(plan.bands),
    calendarChangeover: plan.calendar_changeover,
    holidaysAsSunday: plan.holidays_as_sunday,
    prices,
    index,
    vatCode: plan.vat_code,
    exemptionCode: plan.exemption_code,
  };
}

async function indexOf(sql: Sql, plan: PlanRow, startsAt: Date, endsAt: Date): Promise<IndexFormula | null> {
  if (plan.index_series_id === null) return null;
  const span = [startsAt.getTime(), endsAt.getTime()] as const;
  return {
    series: await loadSeries(sql, plan.index_series_id, ...span),
    losses: plan.losses_series_id === null ? null : await loadSeries(sql, plan.losses_series_id, ...span),
    lossesPpm: plan.losses_ppm,
    factorPpm: plan.factor_ppm,
    marginMicros: plan.margin_micros,
  };
}

async function pricesOf(sql: Sql, planIds: readonly string[]): Promise<Map<string, BandPrice[]>> {
  const byPlan = new Map<string, BandPrice[]>();
  if (planIds.length === 0) return byPlan;
  const rows = await sql
    .selectFrom('band_price')
    .selectAll()
    .where('plan_id', 'in', planIds)
    .orderBy('valid_from')
    .execute();
  for (const row of rows) {
    const prices = byPlan.get(row.plan_id) ?? [];
    byPlan.set(row.plan_id, prices);
    prices.push({
      band: row.band,
      direction: asDirection(row.direction),
      component: row.component,
      from: row.valid_from,
      to: row.valid_to,
      microsPerKWh: row.micros_per_kwh,
    });
  }
  return byPlan;
}
