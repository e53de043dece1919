import { sql as raw } from 'kysely';

import { isOfSpan, trueStart, trueStop } from '../metering/clock/true-instants.js';
import type { Sql } from '../persistence/database.js';
import { queriedPages, type RowPages } from './row-pages.js';

export interface TariffRow {
  readonly season: string;
  readonly dayType: string;
  readonly band: string;
  readonly label: string;
  readonly interval: string;
  /** import or export */
  readonly direction: string;
  /** Of indexed plans the average of the month: each quarter-hour has its own price. */
  readonly microsPerKWh: number;
  readonly isAveragePrice: boolean;
  readonly wh: number;
  readonly estimatedWh: number;
  readonly cents: number;
}

export interface SpotRow {
  readonly circuit: string | null;
  readonly spot: string | null;
  readonly unit: string | null;
  readonly charger: string;
  readonly sessions: number;
  /** Sessions that a person should look at. */
  readonly flagged: number;
  readonly wh: number;
  readonly estimatedWh: number;
  /** How far the estimates can be off at worst, over all lines. */
  readonly estimatedErrorWh: number;
}

/** A session without personal data: no card, no customer. */
export interface SessionRow {
  readonly spot: string | null;
  readonly charger: string;
  readonly startedAt: Date;
  readonly stoppedAt: Date | null;
  readonly wh: number | null;
  readonly flags: readonly string[];
}

/** Of `cycle` and `session`: at true times as they were known when the month was rated. */
const AS_RATED = raw`cycle.inputs_as_of`;
const STARTED_AT = trueStart('session', AS_RATED);
const IS_OF_MONTH = isOfSpan('session', raw`cycle.starts_at`, raw`cycle.ends_at`, AS_RATED);

/** The month's rated energy by band interval and price; what indexed plans price by the quarter-hour is one row each. */
export async function loadTariff(sql: Sql, cycleId: string): Promise<TariffRow[]> {
  const { rows } = await raw<TariffRow>`
    select season, day_type as "dayType", band, label, "interval", direction, is_average_price as "isAveragePrice",
      case when not is_average_price then min(micros_per_kwh) when sum(wh) = 0 then 0
        else round(sum(cents) * 10000000.0 / sum(wh)) end::bigint * case when is_average_price and direction = 'export'
        then -1 else 1 end as "microsPerKWh",
      sum(wh)::bigint as wh, sum(estimated_wh)::bigint as "estimatedWh", sum(cents)::bigint as cents
    from rated_line where cycle_id = ${cycleId}
    group by season, day_type, band, label, "interval", direction, is_average_price,
      case when is_average_price then null else micros_per_kwh end
    order by season desc, array_position(array['Semana', 'Sabado', 'Domingo', 'Todos'], day_type),
      direction desc, label, "interval", "microsPerKWh"`.execute(sql);
  return rows;
}

export async function loadSpots(sql: Sql, cycleId: string): Promise<SpotRow[]> {
  const { rows } = await raw<SpotRow>`
    with cycle as (select * from billing_cycle where id = ${cycleId}),
    energy as (
      select spot_id, charger_id, sum(wh) filter (where direction = 'import') as wh,
        sum(estimated_wh) filter (where direction = 'import') as estimated_wh,
        sum(estimated_error_wh) filter (where direction = 'import') as estimated_error_wh
      from rated_line where cycle_id = ${cycleId} group by spot_id, charger_id),
    sessions as (
      select placement.spot_id, session.charger_id, count(*) as sessions,
        count(*) filter (where cardinality(session.flags) > 0) as flagged
      from cycle
      join charger on charger.installation_id = cycle.installation_id
      join charging_transaction session on session.charger_id = charger.id
        and ${IS_OF_MONTH}
      left join charger_placement placement on placement.charger_id = session.charger_id
        and placement."from" <= ${STARTED_AT} and (placement.until is null or placement.until > ${STARTED_AT})
      group by placement.spot_id, session.charger_id),
    placed as (
      select placement.spot_id, placement.charger_id
      from cycle
      join charger on charger.installation_id = cycle.installation_id
      join charger_placement placement on placement.charger_id = charger.id
        and placement."from" < cycle.ends_at and (placement.until is null or placement.until > cycle.starts_at)),
    places as (
      select spot_id, charger_id from energy union select spot_id, charger_id from sessions
      union select spot_id, charger_id from placed)
    select circuit.name as circuit, spot.name as spot, unit.name as unit, charger.label as charger,
      coalesce(sessions.sessions, 0)::bigint as sessions, coalesce(sessions.flagged, 0)::bigint as flagged,
      coalesce(energy.wh, 0)::bigint as wh, coalesce(energy.estimated_wh, 0)::bigint as "estimatedWh",
      coalesce(energy.estimated_error_wh, 0)::bigint as "estimatedErrorWh"
    from places
    join charger on charger.id = places.charger_id
    left join spot on spot.id = places.spot_id
    left join circuit on circuit.id = spot.circuit_id
    left join unit on unit.id = spot.unit_id
    left join energy on energy.charger_id = places.charger_id and energy.spot_id is not distinct from places.spot_id
    left join sessions on sessions.charger_id = places.charger_id and sessions.spot_id is not distinct from places.spot_id
    order by circuit.position nulls last, circuit.name, spot.name nulls last, charger.label`.execute(sql);
  return rows;
}

export function loadSessions(sql: Sql, cycleId: string): RowPages<SessionRow> {
  const query = raw<SessionRow>`
    select spot.name as spot, charger.label as charger, ${STARTED_AT} as "startedAt",
      ${trueStop('session', AS_RATED)} as "stoppedAt", (session.meter_stop_wh - session.meter_start_wh)::bigint as wh, session.flags
    from billing_cycle cycle
    join charger on charger.installation_id = cycle.installation_id
    join charging_transaction session on session.charger_id = charger.id
      and ${IS_OF_MONTH}
    left join charger_placement placement on placement.charger_id = session.charger_id
      and placement."from" <= ${STARTED_AT} and (placement.until is null or placement.until > ${STARTED_AT})
    left join spot on spot.id = placement.spot_id
    where cycle.id = ${cycleId}
    order by charger.label, "startedAt", session.id`;
  return queriedPages(sql, query, (row) => row);
}
