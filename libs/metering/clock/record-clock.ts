import { sql as raw } from 'kysely';

import type { Sql } from '#libs/persistence/database.js';
import { lockUntilEnd } from '#libs/persistence/lock-until-end.js';

import { EARLIEST } from '../decide-instant.js';
import { noteOddity } from '../note-oddity.js';
import { isNews, type ClockVerdict } from './estimate-clock.js';

export interface ObservedClock {
  readonly chargerId: string;
  readonly verdict: ClockVerdict;
}

/**
 * Records what was observed of clocks, where it is news: an entry from the first message on of which it is true, an
 * oddity for a person, and a flag on the sessions since. Idempotent, by any number of gateways at once. Returns the
 * chargers with a new entry.
 */
export async function recordClocks(db: Sql, observed: readonly ObservedClock[], now: Date): Promise<string[]> {
  const recorded: string[] = [];
  for (const one of observed) {
    const known = await lastObserved(db, one.chargerId);
    if (!isNews(one.verdict, known)) continue;
    await db.transaction().execute(async (trx) => {
      await lockUntilEnd(trx, `charger-clock/${one.chargerId}`);
      if (!isNews(one.verdict, await lastObserved(trx, one.chargerId))) return;
      await add(trx, one, now);
      recorded.push(one.chargerId);
    });
  }
  return recorded;
}

async function lastObserved(sql: Sql, chargerId: string): Promise<number | null> {
  const row = await sql
    .selectFrom('charger_clock')
    .select('offset_ms')
    .where('charger_id', '=', chargerId)
    .where('source', '=', 'observed')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.offset_ms ?? null;
}

async function add(trx: Sql, { chargerId, verdict }: ObservedClock, now: Date): Promise<void> {
  const { kind, offsetMs, driftMs, since } = verdict;
  const from = new Date(since.toldMs);
  const until = from < EARLIEST ? EARLIEST : null; // a clock that lost the date says nothing of days to come
  const effectiveFrom = new Date(since.arrivedMs);
  const evidence = verdict.evidence.map(({ toldMs, arrivedMs }) => ({ toldMs, arrivedMs }));
  const { id } = await trx
    .insertInto('charger_clock')
    .values({
      charger_id: chargerId,
      source: 'observed',
      kind,
      offset_ms: offsetMs,
      drift_ms: Math.round(driftMs),
      from_at: from,
      until_at: until,
      after_reading_id: await lastReadingBefore(trx, chargerId, effectiveFrom),
      effective_from: effectiveFrom,
      evidence: raw`${JSON.stringify(evidence)}::jsonb`,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await settleFormer(trx, chargerId, now);
  if (offsetMs === 0) return;
  await noteOddity(trx, {
    chargerId,
    code: 'clock-offset',
    detail: { kind, offsetMs, driftMs: Math.round(driftMs) },
    at: now,
    key: `clock-offset/${chargerId}/${id}`,
  });
  await raw`
    update charging_transaction set flags = array(select distinct flag from unnest(flags || array['clock-corrected']) flag order by flag)
    where charger_id = ${chargerId} and started_at >= ${from} and started_at < ${until ?? 'infinity'}::timestamptz
      and start_message_id >= (select min(id) from ocpp_message where charger_id = ${chargerId} and received_at >= ${effectiveFrom})
    `.execute(trx);
}

/** The last reading that came before a message of that moment; 0 when there is none. */
async function lastReadingBefore(sql: Sql, chargerId: string, at: Date): Promise<number> {
  const { rows } = await raw<{ id: number | null }>`
    select r.id from meter_reading r where r.charger_id = ${chargerId} and r.message_id < coalesce(
      (select m.id from ocpp_message m where m.charger_id = ${chargerId} and m.received_at >= ${at}
        order by m.received_at, m.id limit 1), 9223372036854775807)
    order by r.id desc limit 1`.execute(sql);
  return rows[0]?.id ?? 0;
}

async function settleFormer(trx: Sql, chargerId: string, now: Date): Promise<void> {
  await trx
    .updateTable('oddity')
    .set({ resolved_at: now, resolved_by: 'gateway' })
    .where('charger_id', '=', chargerId)
    .where('code', '=', 'clock-offset')
    .where('resolved_at', 'is', null)
    .execute();
}
