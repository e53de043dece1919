import { sql as raw, type RawBuilder } from 'kysely';

import { toldRanges, trueAt } from '#libs/metering/clock/true-instants.js';
import { disregardedReadings } from '#libs/metering/correct-reading.js';
import { EARLIEST } from '#libs/metering/decide-instant.js';
import { COARSE_MS, MOST_W, SESSION_LIMIT_WH } from '#libs/metering/meant-register.js';
import type { Sql } from '#libs/persistence/database.js';

/** Transactions named of one charger; more are counted and left to the list of oddities. */
const TRANSACTIONS_NAMED = 10;

export type OddRegisterCode = 'register-fell' | 'register-leapt';

/** A charger's month in which a register fell inside a transaction, or rose by more than any can. */
export interface OddRegister {
  readonly code: OddRegisterCode;
  readonly chargerId: string;
  /** The first ones, in order of the fall or leap. */
  readonly transactions: readonly number[];
  /** All of them. */
  readonly count: number;
  /** What the registers rose after they fell, or what they leapt, as far as it touches the month: what may have been rated wrongly. */
  readonly wh: number;
  /** The first fall or leap: when, and from what to what. */
  readonly at: string;
  readonly fromWh: number;
  readonly toWh: number;
}

export interface OddRegistersQuery {
  readonly chargerIds: readonly string[];
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** What the month was rated from: readings up to this id, corrections before this instant. Null: all there are. */
  readonly upToReadingId: number | null;
  readonly correctedBefore: Date | null;
}

interface OddRow {
  readonly code: OddRegisterCode;
  readonly chargerId: string;
  readonly transactionId: number;
  readonly wh: number;
  readonly at: Date;
  readonly fromWh: number;
  readonly toWh: number;
}

/**
 * Chargers with a transaction in which the register fell in the month, or fell before it and rose on into it, or leapt in
 * it: rose by more than any meter can in that time (metering's meant-register.ts), as from a meterStart of 0 that was no
 * register. What leaps after a fall is the fall's. Metering flags such transactions and the flag stays; whether the
 * register still falls or leaps is told from the readings as the month was rated from them, so that a transaction whose
 * wrong reading is disregarded no longer counts. Where a charger's clock was off, the order is that of the true times, and
 * all its transactions of the month are looked at: what it told in another order was flagged by that. In order of
 * chargers, falls first.
 */
export async function oddRegisters(sql: Sql, query: OddRegistersQuery): Promise<OddRegister[]> {
  const grouped = Map.groupBy(await oddRows(sql, query), (row) => `${row.chargerId} ${row.code}`);
  return [...grouped.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const all = [first, ...others];
    return {
      code: first.code,
      chargerId: first.chargerId,
      transactions: all.slice(0, TRANSACTIONS_NAMED).map((row) => row.transactionId),
      count: all.length,
      wh: all.reduce((sum, row) => sum + row.wh, 0),
      at: first.at.toISOString(),
      fromWh: first.fromWh,
      toWh: first.toWh,
    };
  });
}

/**
 * Of each transaction its first fall, and what rose after it; its first leap before any fall, and what all of those come
 * to. Of several readings at one instant the first stands.
 */
async function oddRows(sql: Sql, query: OddRegistersQuery): Promise<OddRow[]> {
  const { chargerIds, startsAt, endsAt, upToReadingId, correctedBefore } = query;
  const told = { charger: raw`flagged.charger_id`, told: raw`r.at`, reading: raw`r.id` };
  const isInMonth = raw`step.at > ${startsAt} and step.former_at < ${endsAt}`;
  const { rows } = await raw<OddRow>`
    with charger as (
      select id, exists (select from charger_clock clock where clock.charger_id = charger.id) as has_clock
      from unnest(${[...chargerIds]}::text[]) charger (id)),
    flagged as (
      select t.id, t.charger_id, charger.has_clock
      from charger join charging_transaction t on t.charger_id = charger.id
      where t.flags && array['register-fell'] and not charger.has_clock
        and (t.last_reading_at is null or t.last_reading_at >= ${startsAt} or 'implausible-time' = any (t.flags))
      union
      select t.id, t.charger_id, charger.has_clock
      from charger join charging_transaction t on t.charger_id = charger.id
      where t.flags && array['register-leapt'] and not charger.has_clock
        and (t.last_reading_at is null or t.last_reading_at >= ${startsAt} or 'implausible-time' = any (t.flags))
      union
      select r.transaction_id, charger.id, true
      from charger
        cross join lateral unnest(${toldRanges(raw`charger.id`, startsAt, endsAt, correctedBefore)}) told
        join meter_reading r on r.charger_id = charger.id and r.at >= lower(told) and r.at < upper(told)
      where charger.has_clock and r.transaction_id is not null),
    told as (
      select flagged.id as transaction_id, flagged.charger_id, r.id, r.import_wh,
        case when flagged.has_clock then ${trueAt(told, correctedBefore)} else r.at end as at
      from flagged join meter_reading r on r.transaction_id = flagged.id
      where r.import_wh >= 0 and (${upToReadingId}::bigint is null or r.id <= ${upToReadingId})
        and r.id <> all (${disregardedReadings(raw`flagged.charger_id`, correctedBefore)})
      offset 0),
    reading as (
      select distinct on (transaction_id, at) * from told where at >= ${EARLIEST} order by transaction_id, at, id),
    moved as (
      select *, lag(import_wh) over of_transaction as former_wh, lag(at) over of_transaction as former_at
      from reading window of_transaction as (partition by transaction_id order by at)),
    step as (
      select *, import_wh - former_wh as wh, bool_or(import_wh < former_wh) over sofar as has_fallen,
        import_wh - former_wh > ${mostRise(raw`at - former_at`)} as is_leap
      from moved window sofar as (partition by transaction_id order by at)),
    fall as (
      select distinct on (transaction_id) * from step where import_wh < former_wh order by transaction_id, at),
    odd as (
      select 'register-fell' as code, fall.charger_id, fall.transaction_id, fall.at, fall.former_at, fall.former_wh,
        fall.import_wh, coalesce((select sum(step.wh) from step
          where step.transaction_id = fall.transaction_id and step.at > fall.at and step.wh > 0 and ${isInMonth}), 0)::bigint as wh
      from fall
      union all
      select code, charger_id, transaction_id, at, former_at, former_wh, import_wh, all_wh from (
        select distinct on (transaction_id) 'register-leapt' as code, step.*,
          (sum(wh) over (partition by transaction_id))::bigint as all_wh
        from step where is_leap and not coalesce(has_fallen, false) and ${isInMonth}
        order by transaction_id, at) leap)
    select code, charger_id as "chargerId", transaction_id as "transactionId", wh, at, former_wh as "fromWh",
      import_wh as "toWh"
    from odd where wh > 0 or (at >= ${startsAt} and former_at < ${endsAt})
    order by charger_id, code, at, transaction_id`.execute(sql);
  return rows;
}

/** The most Wh that a register can have risen in an interval of time: isPossibleRise of metering. */
function mostRise(interval: RawBuilder<unknown>): RawBuilder<unknown> {
  const ms = raw`(extract(epoch from ${interval}) * 1000 + ${COARSE_MS})`;
  return raw`least(${SESSION_LIMIT_WH}, ${ms} * ${MOST_W} / 3600000)`;
}
