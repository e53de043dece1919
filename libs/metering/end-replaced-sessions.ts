import { sql } from 'kysely';

import type { Sql } from '#libs/persistence/database.js';

import { trueAt, trueStart } from './clock/true-instants.js';

/**
 * Ends the open sessions of chargers that were taken from their spot: with the last register that is known, flagged, and
 * shown to a person. What the charger still tells of one is taken as of any ended session: readings count, and its own
 * Stop, if it comes, is the end that holds. A session runs on as long as the charger is at the spot it was at when the
 * session truly began, under whatever terms. What is stored are the times that the charger gave.
 * Idempotent. `now` must be the transaction's own moment: nothing is known after it. Returns the sessions ended.
 */
export async function endReplacedSessions(trx: Sql, now: Date): Promise<number[]> {
  const told = { charger: sql`r.charger_id`, told: sql`r.at`, reading: sql`r.id` };
  const { rows } = await sql<{ id: number }>`
    with left_behind as (
      select t.id, t.charger_id, coalesce(last.at, t.started_at) as ended_at, coalesce(last.import_wh, t.meter_start_wh) as wh
      from charging_transaction t
      cross join lateral (select ${trueStart('t')} as at offset 0) start
      left join lateral (
        select r.at, r.import_wh from meter_reading r cross join lateral (select ${trueAt(told)} as at offset 0) truly
        where r.transaction_id = t.id and truly.at >= start.at and truly.at <= ${now} and r.import_wh >= 0
        order by truly.at desc, r.id desc limit 1) last on true
      where t.stopped_at is null and start.at <= ${now} and exists (
        select from charger_placement former
        where former.charger_id = t.charger_id and former."from" <= start.at
          and (former.until is null or former.until > start.at)
          and not exists (select from charger_placement still where still.charger_id = former.charger_id
            and still.spot_id = former.spot_id and still."from" <= ${now} and (still.until is null or still.until > ${now})))),
    ended as (
      update charging_transaction t set stopped_at = l.ended_at, meter_stop_wh = l.wh, stop_reason = 'Replaced',
        flags = array(select distinct flag from unnest(t.flags || array['charger-replaced']) flag order by flag)
      from left_behind l where t.id = l.id
      returning t.id, t.charger_id),
    told as (
      insert into oddity (installation_id, charger_id, transaction_id, code, detail, at, key)
      select c.installation_id, c.id, e.id, 'charger-replaced', '{}', ${now}, 'charger-replaced/transaction/' || e.id
      from ended e join charger c on c.id = e.charger_id
      on conflict (key) do nothing)
    select id from ended order by id`.execute(trx);
  return rows.map(({ id }) => id);
}
