import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';

/** What changed since a month was rated. */
export type ChangeReason = 'late-readings' | 'corrected-readings' | 'price-plan' | 'registry';

export interface ChangedMonth {
  readonly cycleId: string;
  readonly period: string;
  /** None: nothing is known to have changed; the month before is looked at all the same. */
  readonly reasons: readonly ChangeReason[];
}

/** Nobody may be asked to pay for electricity after six months (Lei 23/96 art. 10.º), but credits are due for longer. */
const MONTHS_BACK = 24;

interface MonthRow {
  readonly cycleId: string;
  readonly period: string;
  readonly hasLateReadings: boolean;
  readonly hasCorrectedReadings: boolean;
  readonly hasOtherPrices: boolean;
  readonly hasOtherHolders: boolean;
  readonly isLast: boolean;
}

/**
 * Of `former`: a person disregarded or restored a reading of its time since, or one of a transaction that reaches into
 * it: without a reading beyond its end the energy lies elsewhere.
 */
const HAS_CORRECTED_READINGS = raw`exists (
  select from reading_correction correction
  join meter_reading reading on reading.id = correction.reading_id
  left join charging_transaction transaction on transaction.id = reading.transaction_id
  where correction.at >= former.inputs_as_of
    and correction.charger_id in (
      select charger.id from charger where charger.installation_id = former.installation_id
      union select placement.charger_id from charger_placement placement
      join spot on spot.id = placement.spot_id where spot.installation_id = former.installation_id)
    and ((reading.at >= former.starts_at and reading.at < former.ends_at)
      or (transaction.started_at < former.ends_at
        and coalesce(greatest(transaction.stopped_at, transaction.last_reading_at), 'infinity') >= former.starts_at)))`;

/**
 * Billed months of an installation before a month that may differ from what was billed: readings came after the month
 * was rated, readings were corrected, prices, charges, indexed values, placements or occupancies of its time were
 * changed since. Always also the last one, since a reading after its end can move the energy across midnight. In order
 * of time.
 */
export async function changedMonths(sql: Sql, cycleId: string): Promise<ChangedMonth[]> {
  const { rows } = await raw<MonthRow>`
    with this as (select * from billing_cycle where id = ${cycleId}),
    former as (
      select cycle.*, (cycle.starts_at at time zone installation.time_zone)::date as first_day,
        ((cycle.ends_at - interval '1 millisecond') at time zone installation.time_zone)::date as last_day
      from billing_cycle cycle
      join this on this.installation_id = cycle.installation_id
      join installation on installation.id = cycle.installation_id
      where cycle.starts_at < this.starts_at and cycle.starts_at >= this.starts_at - ${MONTHS_BACK} * interval '1 month'
        and cycle.inputs_as_of is not null
        and exists (select from fiscal_document document where document.cycle_id = cycle.id)),
    came as (
      select r.at from this
      join charger on charger.installation_id = this.installation_id
      join meter_reading r on r.charger_id = charger.id and r.at < this.starts_at
        and r.id > (select coalesce(max(rated_up_to_reading_id), 0) from former)),
    plans as (
      select former.id, plan.id as plan_id, plan.changed_at, plan.index_series_id, plan.losses_series_id
      from former
      join price_plan plan on plan.installation_id = former.installation_id
        and plan.valid_from <= former.last_day and coalesce(plan.valid_to, former.last_day) >= former.first_day)
    select former.id as "cycleId", former.period,
      exists (select from came where came.at >= former.starts_at and came.at < former.ends_at) as "hasLateReadings",
      ${HAS_CORRECTED_READINGS} as "hasCorrectedReadings",
      exists (select from plans where plans.id = former.id and (
        plans.changed_at >= former.inputs_as_of
        or exists (select from band_price price where price.plan_id = plans.plan_id
          and price.changed_at >= former.inputs_as_of and price.valid_from <= former.last_day
          and coalesce(price.valid_to, former.last_day) >= former.first_day)
        or exists (select from plan_charge charge where charge.plan_id = plans.plan_id
          and charge.changed_at >= former.inputs_as_of and charge.valid_from <= former.last_day
          and coalesce(charge.valid_to, former.last_day) >= former.first_day)
        or exists (select from series_value value
          where value.series_id in (plans.index_series_id, plans.losses_series_id)
          and value.changed_at >= former.inputs_as_of
          and value.starts_at >= former.starts_at and value.starts_at < former.ends_at))) as "hasOtherPrices",
      exists (select from spot where spot.installation_id = former.installation_id and (
        exists (select from charger_placement placement where placement.spot_id = spot.id
          and placement.changed_at >= former.inputs_as_of and placement."from" < former.ends_at
          and coalesce(placement.until, former.ends_at) > former.starts_at)
        or exists (select from occupancy where occupancy.spot_id = spot.id
          and occupancy.changed_at >= former.inputs_as_of and occupancy."from" < former.ends_at
          and coalesce(occupancy.until, former.ends_at) > former.starts_at))) as "hasOtherHolders",
      former.starts_at = (select max(starts_at) from former) as "isLast"
    from former
    order by former.starts_at`.execute(sql);
  return rows
    .map(({ cycleId: id, period, isLast, ...row }) => ({ cycleId: id, period, isLast, reasons: reasonsOf(row) }))
    .filter(({ reasons, isLast }) => reasons.length > 0 || isLast)
    .map(({ cycleId: id, period, reasons }) => ({ cycleId: id, period, reasons }));
}

type Changes = Pick<MonthRow, 'hasLateReadings' | 'hasCorrectedReadings' | 'hasOtherPrices' | 'hasOtherHolders'>;

function reasonsOf(row: Changes): ChangeReason[] {
  const reasons: ChangeReason[] = [];
  if (row.hasLateReadings) reasons.push('late-readings');
  if (row.hasCorrectedReadings) reasons.push('corrected-readings');
  if (row.hasOtherPrices) reasons.push('price-plan');
  if (row.hasOtherHolders) reasons.push('registry');
  return reasons;
}
