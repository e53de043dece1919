import { sql as raw } from 'kysely';

import { toldRanges, trueAt } from '../metering/clock/true-instants.js';
import { disregardedReadings } from '../metering/correct-reading.js';
import type { Sql } from '../persistence/database.js';

/** The meter at both ends of the time a customer answered for a charger. */
export interface MeterFacts {
  readonly chargerLabel: string;
  readonly spotName: string;
  readonly connectorId: number;
  readonly firstAt: Date;
  readonly firstWh: number;
  readonly lastAt: Date;
  readonly lastWh: number;
}

/**
 * First and last reading of each charger in the spans when the customer held its spot: month × occupancy ×
 * placement, from the readings that the month was rated from, at their true times as they were known then. A reading at a
 * boundary belongs to both sides; one that was disregarded when the month was rated, or shows a negative register, to none.
 */
export async function loadMeters(sql: Sql, documentId: string): Promise<MeterFacts[]> {
  const asOf = raw`spans.as_of`;
  const told = { charger: raw`reading.charger_id`, told: raw`reading.at`, reading: raw`reading.id` };
  const given = toldRanges(
    raw`spans.charger_id`,
    raw`spans.starts_at`,
    raw`spans.ends_at + interval '1 millisecond'`,
    asOf,
  );
  const { rows } = await raw<MeterFacts>`
    with spans as (
      select distinct line.charger_id, spot.name as spot_name, coalesce(cycle.inputs_as_of, 'infinity') as as_of,
        cycle.rated_up_to_reading_id as up_to_reading_id,
        greatest(cycle.starts_at, occupancy."from", placement."from") as starts_at,
        least(cycle.ends_at, coalesce(occupancy.until, 'infinity'), coalesce(placement.until, 'infinity')) as ends_at
      from fiscal_document document
      join billing_cycle cycle on cycle.id = document.cycle_id
      join document_line line on line.document_id = document.id and line.adjusts_period is null
      join spot on spot.installation_id = document.installation_id and spot.name = line.spot_name
      join charger_placement placement on placement.charger_id = line.charger_id and placement.spot_id = spot.id
      join occupancy on occupancy.spot_id = spot.id and occupancy.customer_id = document.customer_id
      where document.id = ${documentId})
    select charger.label as "chargerLabel", spans.spot_name as "spotName", reading.connector_id as "connectorId",
      min(truly.at) as "firstAt", (array_agg(reading.import_wh order by truly.at, reading.id))[1] as "firstWh",
      max(truly.at) as "lastAt", (array_agg(reading.import_wh order by truly.at desc, reading.id desc))[1] as "lastWh"
    from spans
    join charger on charger.id = spans.charger_id
    cross join lateral unnest(${given}) given
    join meter_reading reading on reading.charger_id = spans.charger_id
      and reading.at >= lower(given) and reading.at < upper(given) and reading.import_wh >= 0
      and (spans.up_to_reading_id is null or reading.id <= spans.up_to_reading_id)
      and reading.id <> all (${disregardedReadings(raw`spans.charger_id`, asOf)})
    join lateral (select ${trueAt(told, asOf)} as at offset 0) truly on truly.at between spans.starts_at and spans.ends_at
    where spans.starts_at < spans.ends_at
    group by charger.label, spans.spot_name, spans.starts_at, reading.connector_id
    order by spans.spot_name, charger.label, reading.connector_id, spans.starts_at`.execute(sql);
  return rows;
}
