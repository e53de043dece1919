import { sql as raw } from 'kysely';

import { trueAt, trueLastReading, trueStart, trueStop } from '../metering/clock/true-instants.js';
import type { Sql } from '../persistence/database.js';

/** What changed since a month was rated. */
export type ChangeReason = 'late-readings' | 'corrected-readings' | 'price-plan' | 'registry';

export interface ChangedMonth {
  readonly cycleId: string;
  readonly period: string;
  /** None: nothing is known to have changed; the month before is looked at all the same. */
  readonly reasons: readonly ChangeReason[];
}

/** The months of an installation that begin before an instant. */
export interface FormerMonths {
  readonly installationId: string;
  readonly before: Date;
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
  readonly hasProposals: boolean;
  readonly isLast: boolean;
}

const TRUE_READING = trueAt({ charger: raw`reading.charger_id`, told: raw`reading.at`, reading: raw`reading.id` });

/**
 * Of `former` and `charger`: a person disregarded or restored a reading of its time since, or one of a transaction that
 * reaches into it: without a reading beyond its end the energy lies elsewhere.
 */
const HAS_CORRECTED_READINGS = raw`exists (
  select from reading_correction correction
  join meter_reading reading on reading.id = correction.reading_id
  left join charging_transaction transaction on transaction.id = reading.transaction_id
  where correction.at >= former.inputs_as_of
    and correction.charger_id in (select id from charger)
    and ((${TRUE_READING} >= former.starts_at and ${TRUE_READING} < former.ends_at)
      or (${trueStart('transaction')} < former.ends_at
        and coalesce(greatest(${trueStop('transaction')}, ${trueLastReading('transaction')}), 'infinity') >= former.starts_at)))`;

/**
 * Of `former` and `charger`: how far the clock of one was off in its time is known, or told by staff, since. Its readings lie
 * where they were thought to be until then and where they are thought to be now: told times less the entry's own offset, less
 * those that held before it, and as they were told. An entry says nothing of readings that came before its own.
 */
const HAS_CORRECTED_CLOCKS = raw`exists (
  select from charger_clock clock cross join lateral (
    select coalesce(clock.offset_ms, 0) as offset_ms, clock.from_at, coalesce(clock.until_at, 'infinity') as until_at
    union all
    select 0, clock.from_at, coalesce(clock.until_at, 'infinity')
    union all
    select other.offset_ms, greatest(other.from_at, clock.from_at),
      least(coalesce(other.until_at, 'infinity'), coalesce(clock.until_at, 'infinity'))
    from charger_clock other
    where other.charger_id = clock.charger_id and other.id < clock.id and other.offset_ms <> 0) moved
  where clock.at >= former.inputs_as_of and clock.charger_id in (select id from charger)
    and exists (select from meter_reading reading where reading.charger_id = clock.charger_id
      and reading.id > clock.after_reading_id and reading.id <= former.rated_up_to_reading_id)
    and moved.from_at < moved.until_at
    and moved.from_at - moved.offset_ms * interval '1 millisecond' < former.ends_at
    and moved.until_at - moved.offset_ms * interval '1 millisecond' >= former.starts_at)`;

const TRUE_CAME = trueAt({ charger: raw`r.charger_id`, told: raw`r.at`, reading: raw`r.id` });

/** Of `came`: the instant of the reading next to those that came, or of their own end where there is none. */
function readingBeside(side: 'before' | 'after') {
  const own = side === 'before' ? raw`came.first_at` : raw`came.last_at`;
  const next = side === 'before' ? raw`r.at < ${own} order by r.at desc` : raw`r.at > ${own} order by r.at`;
  // A corrected reading is passed over: disregarded, it bounds nothing.
  const of = raw`r.charger_id = came.charger_id and r.connector_id = came.connector_id and r.transaction_id = came.transaction_id
      and r.import_wh >= 0 and not exists (select from reading_correction c where c.reading_id = r.id)`;
  return raw`coalesce(case when came.has_clock
    then (select r.at from (select ${TRUE_CAME} as at from meter_reading r where ${of} offset 0) r where ${next} limit 1)
    else (select r.at from meter_reading r where ${of} and ${next} limit 1) end, ${own})`;
}

/**
 * Of `cycle`: its own invoicing came to something, be it that nothing was due. Until then the month itself bills what
 * it finds; a month that a person cancelled never does.
 */
export const IS_INVOICED = raw<boolean>`(
  exists (select from fiscal_document document where document.cycle_id = cycle.id)
  or exists (select from adjustment where adjustment.cycle_id = cycle.id)
  or coalesce(cycle.outcome, 'cancelled') <> 'cancelled')`;

/**
 * Billed months of an installation before an instant that may differ from what was billed: readings came after the month
 * was rated, readings were corrected, prices, charges, indexed values, placements or occupancies of its time were
 * changed since. What ended before the month counts as well: its end may have been what changed. Always also the last
 * one, and those with proposals that nobody decided, which are brought up to date. In order of time.
 *
 * A reading is late for a month when it came after the month was rated and after every later month was that was rated,
 * and so checked, when this one was invoiced already: months may be billed out of order. It moves energy as far as the
 * readings beside it in its session, whatever month it is of: a charger may be silent for long.
 */
export async function changedMonths(sql: Sql, { installationId, before }: FormerMonths): Promise<ChangedMonth[]> {
  const { rows } = await raw<MonthRow>`
    with this as (select ${installationId}::text as installation_id, ${before}::timestamptz as starts_at),
    billed as (
      select cycle.*, coalesce((select max(issued_at) from fiscal_document where cycle_id = cycle.id),
          cycle.finished_at, 'infinity') as invoiced_at, ((cycle.ends_at - interval '1 millisecond') at time zone installation.time_zone)::date as last_day
      from billing_cycle cycle
      join this on this.installation_id = cycle.installation_id
      join installation on installation.id = cycle.installation_id
      where cycle.starts_at < this.starts_at and cycle.starts_at >= this.starts_at - ${MONTHS_BACK} * interval '1 month'
        and cycle.inputs_as_of is not null and ${IS_INVOICED}),
    former as (
      select billed.*, greatest(billed.rated_up_to_reading_id, (select max(later.rated_up_to_reading_id) from billed later
        where later.starts_at > billed.starts_at and later.rated_at > billed.invoiced_at)) as checked_up_to_reading_id
      from billed),
    charger as (
      select id, exists (select from charger_clock clock where clock.charger_id = any_of.id) as has_clock from (
        select charger.id from this join charger on charger.installation_id = this.installation_id
        union select placement.charger_id from this join spot on spot.installation_id = this.installation_id
          join charger_placement placement on placement.spot_id = spot.id) any_of),
    came as (
      select r.charger_id, r.connector_id, r.transaction_id, charger.has_clock, max(r.id) as last_id,
        min(case when charger.has_clock then ${TRUE_CAME} else r.at end) as first_at,
        max(case when charger.has_clock then ${TRUE_CAME} else r.at end) as last_at
      from charger
      join meter_reading r on r.charger_id = charger.id and r.transaction_id is not null
        and r.id > (select min(checked_up_to_reading_id) from former)
      group by r.charger_id, r.connector_id, r.transaction_id, charger.has_clock),
    late as (
      select came.last_id, ${readingBeside('before')} as reaches_from, ${readingBeside('after')} as reaches_to from came),
    plans as (
      select former.id, plan.id as plan_id, plan.changed_at, plan.index_series_id, plan.losses_series_id
      from former
      join price_plan plan on plan.installation_id = former.installation_id
        and plan.valid_from <= former.last_day)
    select former.id as "cycleId", former.period,
      exists (select from late where late.last_id > former.checked_up_to_reading_id
        and late.reaches_from < former.ends_at and late.reaches_to >= former.starts_at) as "hasLateReadings",
      (${HAS_CORRECTED_READINGS} or ${HAS_CORRECTED_CLOCKS}) as "hasCorrectedReadings",
      exists (select from plans where plans.id = former.id and (
        plans.changed_at >= former.inputs_as_of
        or exists (select from band_price price where price.plan_id = plans.plan_id
          and price.changed_at >= former.inputs_as_of and price.valid_from <= former.last_day)
        or exists (select from plan_charge charge where charge.plan_id = plans.plan_id
          and charge.changed_at >= former.inputs_as_of and charge.valid_from <= former.last_day)
        or exists (select from series_value value join price_series series on series.id = value.series_id
          where value.series_id in (plans.index_series_id, plans.losses_series_id)
          and value.changed_at >= former.inputs_as_of and value.starts_at < former.ends_at
          and value.starts_at > former.starts_at - series.resolution_minutes * interval '1 minute'
        ))) as "hasOtherPrices",
      exists (select from spot where spot.installation_id = former.installation_id and (
        exists (select from charger_placement placement where placement.spot_id = spot.id
          and placement.changed_at >= former.inputs_as_of and placement."from" < former.ends_at)
        or exists (select from occupancy where occupancy.spot_id = spot.id
          and occupancy.changed_at >= former.inputs_as_of and occupancy."from" < former.ends_at))) as "hasOtherHolders",
      exists (select from adjustment where adjustment.cycle_id = former.id
        and adjustment.state = 'proposed') as "hasProposals",
      former.starts_at = (select max(starts_at) from former) as "isLast"
    from former
    order by former.starts_at`.execute(sql);
  return rows.flatMap((row): ChangedMonth[] => {
    const { cycleId: id, period, isLast, hasProposals } = row;
    const reasons = reasonsOf(row);
    const isLookedAt = reasons.length > 0 || isLast || hasProposals;
    return isLookedAt ? [{ cycleId: id, period, reasons }] : [];
  });
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
