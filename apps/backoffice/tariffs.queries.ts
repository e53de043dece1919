import { sql as raw, type RawBuilder } from 'kysely';
import { z } from 'zod';

import type { TenantScope } from '#libs/identity/permissions.js';
import type { Sql } from '#libs/persistence/database.js';
import { localDate } from '#libs/registry/period.js';
import { BAND_COUNTS } from '#libs/tariff/bands.js';
import { allCalendars } from '#libs/tariff/calendar-store.js';
import type { Calendar } from '#libs/tariff/calendar.js';

import type { Page, Tariff, TariffDetail, TariffSpan } from './api-types.js';
import { decodeCursor, pageOf } from './paging.js';
import { within } from './scope-sql.js';
import { nextChangeOf, tariffSpans, type DatedCharge, type DatedPlan } from './tariff-spans.js';

interface PlaceRow {
  readonly id: string;
  readonly name: string;
  readonly condominium_name: string;
  readonly time_zone: string;
  readonly currency: string;
}

async function placeRows(sql: Sql, scope: TenantScope, condition: RawBuilder<unknown>, limit: number) {
  const { rows } = await raw<PlaceRow>`
    select place.id, place.name, place.time_zone, place.currency, condominium.name as condominium_name
    from installation place join condominium on condominium.id = place.condominium_id
    where ${within(scope, { condominium: 'place.condominium_id', customer: null })} and ${condition}
    order by place.id limit ${limit}`.execute(sql);
  return rows;
}

interface PriceRow {
  readonly band: string;
  readonly direction: 'import' | 'export';
  readonly component: string;
  readonly from: string;
  readonly to: string | null;
  readonly microsPerKWh: number;
}

interface PlanRow {
  readonly id: string;
  readonly installation_id: string;
  readonly name: string;
  readonly retailer: string | null;
  readonly calendar_id: string;
  readonly bands: number;
  readonly calendar_changeover: string | null;
  readonly holidays_as_sunday: boolean;
  readonly valid_from: string;
  readonly valid_to: string | null;
  readonly vat_code: string;
  readonly exemption_code: string | null;
  readonly source: string | null;
  readonly index_series_id: string | null;
  readonly series_name: string | null;
  readonly losses_series_id: string | null;
  readonly losses_ppm: number;
  readonly factor_ppm: number;
  readonly margin_micros: number;
  readonly prices: PriceRow[];
  readonly charges: DatedCharge[];
}

/** Every plan of the installations with all its prices and charges, by installation, in one statement. */
async function plansOf(sql: Sql, installationIds: readonly string[]): Promise<Map<string, PlanRow[]>> {
  const { rows } = await raw<PlanRow>`
    select plan.id, plan.installation_id, plan.name, plan.retailer, plan.calendar_id, plan.bands,
      plan.calendar_changeover::text, plan.holidays_as_sunday, plan.valid_from::text, plan.valid_to::text, plan.vat_code,
      plan.exemption_code, plan.source, plan.index_series_id, series.name as series_name, plan.losses_series_id,
      plan.losses_ppm, plan.factor_ppm, plan.margin_micros,
      coalesce((select jsonb_agg(jsonb_build_object('band', price.band, 'direction', price.direction,
          'component', price.component, 'from', price.valid_from, 'to', price.valid_to,
          'microsPerKWh', price.micros_per_kwh) order by price.valid_from)
        from band_price price where price.plan_id = plan.id), '[]'::jsonb) as prices,
      coalesce((select jsonb_agg(jsonb_build_object('party', charge.party, 'code', charge.code, 'label', charge.label,
          'unit', charge.unit, 'micros', charge.micros, 'shareBy', charge.share_by, 'vatCode', charge.vat_code,
          'exemptionCode', charge.exemption_code, 'source', charge.source, 'from', charge.valid_from,
          'to', charge.valid_to) order by charge.party desc, charge.code, charge.valid_from)
        from plan_charge charge where charge.plan_id = plan.id), '[]'::jsonb) as charges
    from price_plan plan
    left join price_series series on series.id = plan.index_series_id
    where plan.installation_id = any(${[...installationIds]})
    order by plan.valid_from`.execute(sql);
  return Map.groupBy(rows, (row) => row.installation_id);
}

function datedPlan(row: PlanRow, calendars: ReadonlyMap<string, Calendar>): DatedPlan {
  const calendar = calendars.get(row.calendar_id);
  const count = BAND_COUNTS.find((known) => known === row.bands);
  const merge = count === undefined ? undefined : calendar?.bandRules.merges[count];
  const merged = new Set(Object.values(merge ?? {}));
  return {
    plan: {
      planId: row.id,
      name: row.name,
      retailer: row.retailer,
      calendarId: row.calendar_id,
      calendarName: calendar?.name ?? row.calendar_id,
      bandCount: row.bands,
      calendarChangeover: row.calendar_changeover,
      holidaysAsSunday: row.holidays_as_sunday,
      vatCode: row.vat_code,
      exemptionCode: row.exemption_code,
      source: row.source,
      index: indexOf(row),
    },
    from: row.valid_from,
    to: row.valid_to,
    bands: calendar?.bandRules.bands.filter(({ id }) => merged.has(id)) ?? [],
    prices: row.prices,
    charges: row.charges,
  };
}

function indexOf(row: PlanRow): TariffSpan['plan']['index'] {
  if (row.index_series_id === null) return null;
  return {
    seriesId: row.index_series_id,
    seriesName: row.series_name ?? row.index_series_id,
    lossesSeriesId: row.losses_series_id,
    lossesPpm: row.losses_ppm,
    factorPpm: row.factor_ppm,
    marginMicros: row.margin_micros,
  };
}

function tariffOf(place: PlaceRow, plans: readonly DatedPlan[], now: Date): TariffDetail {
  const today = localDate(now, place.time_zone);
  const spans = tariffSpans(plans, today);
  return {
    installationId: place.id,
    installationName: place.name,
    condominiumName: place.condominium_name,
    timeZone: place.time_zone,
    currency: place.currency,
    today,
    current: currentOf(spans.find(({ isToday }) => isToday)),
    nextChange: nextChangeOf(spans, today),
    spans,
  };
}

function currentOf(span: TariffSpan | undefined): Tariff['current'] {
  if (span === undefined) return null;
  const { plan, prices } = span;
  const totals = prices.filter(({ direction }) => direction === 'import').map(({ totalMicros }) => totalMicros);
  const isIndexed = plan.index !== null;
  const hasPrices = totals.length > 0 && !isIndexed;
  return {
    planName: plan.name,
    retailer: plan.retailer,
    calendarId: plan.calendarId,
    bandCount: plan.bandCount,
    isIndexed,
    lowestMicros: hasPrices ? Math.min(...totals) : null,
    highestMicros: hasPrices ? Math.max(...totals) : null,
  };
}

async function tariffsAt(sql: Sql, places: readonly PlaceRow[], now: Date): Promise<TariffDetail[]> {
  const ids = places.map(({ id }) => id);
  const [plans, calendars] = await Promise.all([plansOf(sql, ids), allCalendars(sql)]);
  const known = new Map(calendars.map((calendar) => [calendar.id, calendar]));
  return places.map((place) => {
    const dated = (plans.get(place.id) ?? []).map((row) => datedPlan(row, known));
    return tariffOf(place, dated, now);
  });
}

/** What holds today in each installation and what changes next, by installation. */
export async function tariffs(
  sql: Sql,
  scope: TenantScope,
  query: { readonly limit: number; readonly cursor?: string | undefined },
  now: Date,
): Promise<Page<Tariff>> {
  const after = decodeCursor(query.cursor, z.tuple([z.string()]));
  const condition = after === null ? raw`true` : raw`place.id > ${after[0]}`;
  const places = await placeRows(sql, scope, condition, query.limit + 1);
  const found = await tariffsAt(sql, places, now);
  return pageOf(
    found,
    query.limit,
    (tariff) => [tariff.installationId],
    ({ spans: _spans, ...tariff }) => tariff,
  );
}

/** An installation's plans over time, or null when there is no such installation within the scope. */
export async function tariffOfInstallation(
  sql: Sql,
  scope: TenantScope,
  installationId: string,
  now: Date,
): Promise<TariffDetail | null> {
  const places = await placeRows(sql, scope, raw`place.id = ${installationId}`, 1);
  const [tariff] = await tariffsAt(sql, places, now);
  return tariff ?? null;
}
