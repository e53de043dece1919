import { sql } from 'kysely';

import type { Sql } from '#libs/persistence/database.js';

/**
 * Ends the open sessions of chargers that were taken from their spot: with the last register that is known, flagged, and
 * shown to a person. What the charger still tells of one is taken as of any ended session: readings count, and its own
 * Stop, if it comes, is the end that holds. A session that only goes on under other terms of the same spot runs on.
 * Idempotent. `now` must be the transaction's own moment: nothing is known after it. Returns the sessions ended.
 */
export async function endReplacedSessions(trx: Sql, now: Date): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    with left_behind as (
      select t.id, t.charger_id, greatest(t.started_at, last.at) as ended_at, coalesce(last.import_wh, t.meter_start_wh) as wh
      from charging_transaction t
      left join lateral (
        select r.at, r.import_wh from meter_reading r
        where r.transaction_id = t.id and r.at >= t.started_at and r.at <= ${now} and r.import_wh >= 0
        order by r.at desc, r.id desc limit 1) last on true
      where t.stopped_at is null and t.started_at <= ${now} and exists (
        select from charger_placement former
        where former.charger_id = t.charger_id and former."from" <= t.started_at
          and former.until > t.started_at and former.until <= ${now}
          and not exists (select from charger_placement next where next.charger_id = former.charger_id
            and next.spot_id = former.spot_id and next."from" = former.until))),
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
