import { sql } from 'kysely';

import type { Sql } from '#libs/persistence/database.js';

import { toldRanges, trueAt, trueLastReading, trueStart } from './clock/true-instants.js';

export interface ChargerOwing {
  readonly chargerId: string;
  readonly label: string;
  /** The last that is known of it. */
  readonly since: Date;
}

/**
 * Chargers whose readings up to `endsAt` (exclusive end of the period) may still come:
 * - a transaction that began before and neither stopped nor has a reading at or after the end (one that the same
 *   connector has left behind with a newer start owes nothing: its energy has ended), or
 * - a charger at a spot that was last seen before the end and was in use in the 60 days before it.
 * Readings far in the future (a wrong clock) pay no debt; where it is known how far a clock is off, true times count. Ordered
 * by label.
 */
export async function chargersOwingReadings(
  db: Sql,
  { installationId, endsAt }: { readonly installationId: string; readonly endsAt: Date },
): Promise<ChargerOwing[]> {
  const told = { charger: sql`m.charger_id`, told: sql`m.at`, reading: sql`m.id` };
  const since = sql`${endsAt}::timestamptz - interval '60 days'`;
  const soon = sql`greatest(now(), ${endsAt}) + interval '1 day'`;
  const { rows } = await sql<{ charger_id: string; label: string; since: Date }>`
    with owing as (
      select c.id, coalesce(${trueLastReading('t')}, ${trueStart('t')}) as since
      from charger c join charging_transaction t on t.charger_id = c.id
      where c.installation_id = ${installationId} and t.stopped_at is null and ${trueStart('t')} < ${endsAt}
        and not 'superseded' = any(t.flags)
        and not exists (select from unnest(${toldRanges(sql`c.id`, endsAt, sql`${soon} + interval '1 ms'`)}) given
          join meter_reading m on m.transaction_id = t.id and m.at >= lower(given) and m.at < upper(given)
          where ${trueAt(told)} >= ${endsAt} and ${trueAt(told)} <= ${soon})
      union all
      select c.id, coalesce(c.last_seen_at, c.created_at)
      from charger c
      where c.installation_id = ${installationId} and (c.last_seen_at is null or c.last_seen_at < ${endsAt})
        and exists (select from charger_placement p where p.charger_id = c.id
          and p."from" < ${endsAt} and (p.until is null or p.until >= ${endsAt}))
        and exists (select from unnest(${toldRanges(sql`c.id`, since, endsAt)}) given
          join charging_transaction t on t.charger_id = c.id and t.started_at >= lower(given) and t.started_at < upper(given)
          where ${trueStart('t')} < ${endsAt} and ${trueStart('t')} >= ${since})
    )
    select c.id as charger_id, c.label, min(owing.since) as since
    from owing join charger c using (id) group by c.id, c.label order by c.label`.execute(db);
  return rows.map((row) => ({ chargerId: row.charger_id, label: row.label, since: row.since }));
}
