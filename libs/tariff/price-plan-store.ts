import type { Sql } from '#libs/persistence/database.js';

import { BANDS, type Band, type BandCount, type Direction } from './bands.js';
import { isCalendarId } from './calendar.js';
import type { BandPrice, Contract, Tariff } from './tariff.js';

function asBand(text: string): Band {
  const band = BANDS.find((known) => known === text);
  if (band === undefined) throw new Error(`band_price has an unknown band "${text}"`);
  return band;
}

function asDirection(text: string): Direction {
  if (text !== 'import' && text !== 'export') throw new Error(`band_price has an unknown direction "${text}"`);
  return text;
}

function asBandCount(bands: number): BandCount {
  if (bands !== 1 && bands !== 2 && bands !== 3 && bands !== 4) {
    throw new Error(`price_plan has ${bands} bands; there are 1 to 4`);
  }
  return bands;
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
  const plans = await sql
    .selectFrom('price_plan')
    .selectAll()
    .where('installation_id', '=', installationId)
    .where('valid_from', '<=', to)
    .where((where) => where.or([where('valid_to', 'is', null), where('valid_to', '>=', from)]))
    .orderBy('valid_from')
    .execute();
  const prices = await pricesOf(
    sql,
    plans.map((plan) => plan.id),
  );
  const contracts = plans.map((plan): Contract => {
    if (!isCalendarId(plan.calendar_id)) throw new Error(`price_plan has an unknown calendar "${plan.calendar_id}"`);
    return {
      validFrom: plan.valid_from,
      validTo: plan.valid_to,
      calendarId: plan.calendar_id,
      bands: asBandCount(plan.bands),
      calendarChangeover: plan.calendar_changeover,
      holidaysAsSunday: plan.holidays_as_sunday,
      prices: prices.get(plan.id) ?? [],
    };
  });
  return { timeZone, contracts };
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
      band: asBand(row.band),
      direction: asDirection(row.direction),
      from: row.valid_from,
      to: row.valid_to,
      microsPerKWh: row.micros_per_kwh,
    });
  }
  return byPlan;
}
