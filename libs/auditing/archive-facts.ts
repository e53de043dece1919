import { sql as fragment, type RawBuilder } from 'kysely';

import type { ChainSpan } from '#libs/metering/chain/read-chain.js';
import { toldRanges, trueAt } from '#libs/metering/clock/true-instants.js';
import type { Sql } from '#libs/persistence/database.js';
import { ownedChargers } from '#libs/rating/owned-chargers.js';
import { localDays } from '#libs/registry/period.js';

/** The month an archive is about, and how far its readings reach. */
export interface ArchivedMonth {
  readonly cycleId: string;
  readonly installationId: string;
  readonly installationName: string;
  readonly timeZone: string;
  readonly period: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** First and last local day. */
  readonly from: string;
  readonly to: string;
  readonly closedAt: Date | null;
  readonly ratedAt: Date | null;
  readonly totalWh: number;
  readonly totalCents: number;
  readonly unattributedWh: number;
  readonly billCents: number | null;
  readonly billSource: string | null;
  /** The last reading there was when the month was rated. */
  readonly upToReadingId: number;
  /** What the month was rated from is what was there before this instant; null: not recorded. */
  readonly inputsAsOf: Date | null;
  readonly readingsSeal: string;
}

/** The month was rated before readings were sealed, or not at all: there is nothing to stand on. */
export interface NotSealed {
  readonly code: 'AUDIT.NOT_SEALED';
  readonly cycleId: string;
}

export async function archivedMonth(
  trx: Sql,
  cycleId: string,
): Promise<{ ok: ArchivedMonth } | { refused: NotSealed }> {
  const row = await trx
    .selectFrom('billing_cycle as c')
    .innerJoin('installation as i', 'i.id', 'c.installation_id')
    .selectAll('c')
    .select(['i.name as installation_name', 'i.time_zone as time_zone'])
    .where('c.id', '=', cycleId)
    .executeTakeFirstOrThrow(() => new Error(`There is no billing cycle ${cycleId}`));
  const { rated_up_to_reading_id: upToReadingId, readings_seal: readingsSeal } = row;
  if (upToReadingId === null || readingsSeal === null) return { refused: { code: 'AUDIT.NOT_SEALED', cycleId } };
  return {
    ok: {
      cycleId,
      installationId: row.installation_id,
      installationName: row.installation_name,
      timeZone: row.time_zone,
      period: row.period,
      startsAt: row.starts_at,
      endsAt: row.ends_at,
      ...localDays({ startsAt: row.starts_at, endsAt: row.ends_at }, row.time_zone),
      closedAt: row.closed_at,
      ratedAt: row.rated_at,
      totalWh: row.total_wh,
      totalCents: row.total_cents,
      unattributedWh: row.unattributed_wh,
      billCents: row.bill_cents,
      billSource: row.bill_source,
      upToReadingId,
      inputsAsOf: row.inputs_as_of,
      readingsSeal,
    },
  };
}

/** The chargers whose energy may be the month's, and any that has a line: in plain order of their ids. */
export async function archivedChargers(trx: Sql, month: ArchivedMonth): Promise<string[]> {
  const owned = await ownedChargers(trx, month.installationId, month.startsAt, month.endsAt);
  const billed = await trx
    .selectFrom('rated_line')
    .select('charger_id')
    .distinct()
    .where('cycle_id', '=', month.cycleId)
    .execute();
  const ids = new Set([...owned.keys(), ...billed.map((row) => row.charger_id)]);
  return [...ids].sort((a, b) => (a < b ? -1 : 1));
}

/**
 * From which reading on the month of each charger is told: the first by id of those inside the month and of the last
 * before it, of each connector and of each transaction that reaches over its beginning. Up to all that was rated. A
 * charger without any reading in the month has its last ones before it, or else all it has: the month was sealed with
 * every charger's head. Where a charger's clock was known to be off, the instants are the true ones.
 */
export async function archivedSpans(
  trx: Sql,
  month: ArchivedMonth,
  chargerIds: readonly string[],
): Promise<ChainSpan[]> {
  const { startsAt, endsAt, upToReadingId, inputsAsOf } = month;
  const told = { charger: fragment`r.charger_id`, told: fragment`r.at`, reading: fragment`r.id` };
  const isCorrected = fragment`exists (select from charger_clock clock where clock.charger_id = c.id)`;
  // An index gives the last of times as they were told; corrected ones are put in order.
  const lastBefore = (which: RawBuilder<unknown>) => fragment`
    (select r.id from meter_reading r
      where not ${isCorrected} and ${which} and r.at < ${startsAt} and r.id <= ${upToReadingId}
      order by r.at desc, r.id limit 1)
    union all
    (select r.id from (select r.id, ${trueAt(told, inputsAsOf)} as at from meter_reading r
        where ${isCorrected} and ${which} and r.id <= ${upToReadingId} offset 0) r
      where r.at < ${startsAt} order by r.at desc, r.id limit 1)`;
  const { rows } = await fragment<{ charger_id: string; first: number }>`
    select c.id as charger_id,
      coalesce(least(inside.first, connectors.first, transactions.first), whole.first) as first
    from unnest(${[...chargerIds]}::text[]) as c(id)
      cross join lateral (
        select min(id) as first from meter_reading where charger_id = c.id and id <= ${upToReadingId}) whole
      cross join lateral (
        select min(r.id) as first
        from unnest(${toldRanges(fragment`c.id`, startsAt, endsAt, inputsAsOf)}) given
          join meter_reading r on r.charger_id = c.id and r.at >= lower(given) and r.at < upper(given)
        where r.id <= ${upToReadingId} and ${trueAt(told, inputsAsOf)} >= ${startsAt}
          and ${trueAt(told, inputsAsOf)} < ${endsAt}) inside
      cross join lateral (
        select min(before.id) as first
        from (select distinct connector_id from meter_reading where charger_id = c.id and id <= ${upToReadingId}) n
          cross join lateral (${lastBefore(fragment`r.charger_id = c.id and r.connector_id = n.connector_id`)}) before
        ) connectors
      cross join lateral (
        select min(before.id) as first
        from charging_transaction t
          cross join lateral (${lastBefore(fragment`r.transaction_id = t.id`)}) before
        where t.charger_id = c.id and case when ${isCorrected}
          then exists (select from meter_reading r where r.transaction_id = t.id and ${trueAt(told, inputsAsOf)} >= ${startsAt})
          else exists (select from meter_reading where transaction_id = t.id and at >= ${startsAt}) end) transactions
    where whole.first is not null`.execute(trx);
  return rows.map((row) => ({ chargerId: row.charger_id, afterId: row.first - 1, upToId: upToReadingId }));
}
