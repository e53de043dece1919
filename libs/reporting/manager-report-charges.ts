import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';
import type { ChargeTerms } from './charge-terms.js';
import { queriedPages, type RowPages } from './row-pages.js';

/** A part of a charge of the month: a customer's, or what the condominium keeps. */
export interface ChargeRow {
  /** retailer, or bpo for the fees of the contract with the condominium. */
  readonly party: string;
  readonly label: string;
  /** Null: the condominium. */
  readonly customerId: string | null;
  readonly customerName: string | null;
  readonly units: readonly string[];
  readonly spots: readonly string[];
  readonly terms: ChargeTerms;
  readonly netCents: number;
}

/** A line of this month's invoices that corrects a former month. */
export interface AdjustmentRow {
  /** yyyy-mm of the month that is corrected. */
  readonly period: string;
  readonly number: string;
  readonly customerId: string;
  readonly customerName: string;
  readonly spot: string | null;
  readonly party: string;
  readonly kind: string;
  readonly season: string | null;
  readonly dayType: string | null;
  readonly label: string;
  readonly interval: string | null;
  readonly wh: number | null;
  readonly netCents: number;
}

type StoredCharge = Omit<ChargeRow, 'terms'> & ChargeTerms;

/** The parts of the month's charges in their order; units and spots are those the customer held in the month. */
export function loadCharges(sql: Sql, cycleId: string): RowPages<ChargeRow> {
  const query = raw<StoredCharge>`
    with cycle as (select * from billing_cycle where id = ${cycleId}),
    held as (
      select occupancy.customer_id, array_agg(distinct spot.name order by spot.name) as spots,
        coalesce(array_agg(distinct unit.name order by unit.name) filter (where unit.name is not null), '{}') as units
      from cycle
      join spot on spot.installation_id = cycle.installation_id
      join occupancy on occupancy.spot_id = spot.id and occupancy."from" < cycle.ends_at
        and (occupancy.until is null or occupancy.until > cycle.starts_at)
      left join unit on unit.id = spot.unit_id
      group by occupancy.customer_id)
    select line.party, line.label, line.customer_id as "customerId", customer.name as "customerName",
      case when spot.id is null then coalesce(held.units, '{}') when unit.id is null then '{}'
        else array[unit.name] end as units,
      case when spot.id is null then coalesce(held.spots, '{}') else array[spot.name] end as spots,
      line.unit, line.micros, line.days, line.share_by as "shareBy", line.total_cents as "totalCents", line.weight,
      line.total_weight as "totalWeight", line.net_cents as "netCents"
    from imputed_line line
    left join customer on customer.id = line.customer_id
    left join spot on spot.id = line.spot_id
    left join unit on unit.id = spot.unit_id
    left join held on held.customer_id = line.customer_id
    where line.cycle_id = ${cycleId}
    order by line.position, line.id`;
  return queriedPages(sql, query, ({ party, label, customerId, customerName, units, spots, netCents, ...terms }) => {
    return { party, label, customerId, customerName, units, spots, netCents, terms };
  });
}

/** What this month's invoices correct of former months, by month, invoice and line. */
export function loadAdjustments(sql: Sql, cycleId: string): RowPages<AdjustmentRow> {
  const query = raw<AdjustmentRow>`
    select line.adjusts_period as period, document.number_text as number, document.customer_id as "customerId",
      document.customer_snapshot ->> 'name' as "customerName", line.spot_name as spot, line.party, line.kind,
      line.season, line.day_type as "dayType", line.label, line."interval", line.wh, line.net_cents as "netCents"
    from document_line line join fiscal_document document on document.id = line.document_id
    where document.cycle_id = ${cycleId} and line.adjusts_period is not null
    order by line.adjusts_period, document.number, document.id, line.line_no`;
  return queriedPages(sql, query, (row) => row);
}
