import { sql as raw, type RawBuilder } from 'kysely';

import { EARLIEST } from '#libs/metering/decide-instant.js';
import type { Sql } from '#libs/persistence/database.js';

import { ReadingTable } from './reading-table.js';

const PAGE = 5_000;

/** A reading as it is rated. */
export interface ReadingRow {
  readonly id: number;
  readonly connector_id: number;
  readonly transaction_id: number | null;
  readonly at: Date;
  readonly import_wh: number;
  readonly export_wh: number | null;
}

/** Connector 0 is the charger's own meter: outside transactions its register repeats what the connectors show. */
const MAIN_METER = 0;

/** No charger stays silent for so long in a transaction. */
const FAR_AHEAD_DAYS = 366;

/**
 * Readings that say where a register stood and when: not those of a clock that was wrong by years, over which the
 * energy would be spread thin, nor negative ones, from which a register would rise by all it ever counted. Both are
 * flagged; what moved there shows between the readings around them, or as energy that no transaction explains.
 */
function isSound(endsAt: Date, upToReadingId: number): RawBuilder<boolean> {
  return raw<boolean>`(import_wh >= 0 and at >= ${EARLIEST} and at < ${endsAt}::timestamptz + ${FAR_AHEAD_DAYS} * interval '1 day'
    and id <= ${upToReadingId})`;
}

/** Adds a reading to a table; false for one that is not rated. */
export function takeReading(table: ReadingTable, row: ReadingRow): boolean {
  if (row.connector_id === MAIN_METER && row.transaction_id === null) return false;
  const transaction = row.transaction_id === null ? null : String(row.transaction_id);
  const exportWh = row.export_wh === null || row.export_wh < 0 ? NaN : row.export_wh;
  const series = table.seriesNumber('', row.connector_id, transaction);
  table.add(series, row.at.getTime(), row.import_wh, exportWh, 0);
  return true;
}

/** Those of one charger that say what its registers moved in [startsAt, endsAt). */
export interface ReadingsWanted {
  readonly chargerId: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** Readings that came later are left out: those with a higher id. */
  readonly upToReadingId: number;
}

const ALL = Number.MAX_SAFE_INTEGER;

/**
 * The readings of one charger that say what its registers moved in [startsAt, endsAt): those inside, in pages, and
 * around them the nearest before and after, of each transaction and of each connector. All in the order in which they
 * arrived, so that of two at one instant the first stands.
 */
export async function chargerReadings(
  sql: Sql,
  chargerId: string,
  startsAt: Date,
  endsAt: Date,
  upToReadingId: number = ALL,
): Promise<ReadingTable> {
  const table = new ReadingTable();
  for await (const page of readingPages(sql, { chargerId, startsAt, endsAt, upToReadingId })) {
    for (const row of page) takeReading(table, row);
  }
  return table;
}

/** The same as rows, in pages. */
export async function* readingPages(sql: Sql, wanted: ReadingsWanted): AsyncGenerator<readonly ReadingRow[]> {
  const { chargerId, startsAt, endsAt, upToReadingId } = wanted;
  yield await neighbours(sql, wanted);
  let last: { at: Date; id: number } | null = null;
  for (;;) {
    let query = sql
      .selectFrom('meter_reading')
      .select(['id', 'connector_id', 'transaction_id', 'at', 'import_wh', 'export_wh'])
      .where('charger_id', '=', chargerId)
      .where('at', '>=', startsAt)
      .where('at', '<', endsAt)
      .where(isSound(endsAt, upToReadingId))
      .orderBy('at')
      .orderBy('id')
      .limit(PAGE);
    if (last !== null) query = query.where(raw<boolean>`(at, id) > (${last.at}, ${last.id})`);
    const page: ReadingRow[] = await query.execute();
    yield page;
    const end = page.at(-1);
    if (end === undefined || page.length < PAGE) return;
    last = { at: end.at, id: end.id };
  }
}

/** The last readings before and the first after a span: of each transaction that reaches over an end, of each connector. */
async function neighbours(sql: Sql, wanted: ReadingsWanted): Promise<readonly ReadingRow[]> {
  const { chargerId, startsAt, endsAt, upToReadingId } = wanted;
  const sound = isSound(endsAt, upToReadingId);
  const { rows } = await raw<ReadingRow>`
    with connectors as (
      select connector_id from charging_transaction where charger_id = ${chargerId}
      union
      select connector_id from meter_reading
      where charger_id = ${chargerId} and at >= ${startsAt} and at < ${endsAt}
    )
    select r.id, r.connector_id, r.transaction_id, r.at, r.import_wh, r.export_wh
    from charging_transaction t
      cross join lateral (
        (select * from meter_reading where transaction_id = t.id and at < ${startsAt} and ${sound}
         order by at desc, id limit 1)
        union all
        (select * from meter_reading where transaction_id = t.id and at >= ${endsAt} and ${sound}
         order by at, id limit 1)
      ) r
    where t.charger_id = ${chargerId}
      and exists (select from meter_reading where transaction_id = t.id and at < ${endsAt})
      and exists (select from meter_reading where transaction_id = t.id and at >= ${startsAt})
    union
    select r.id, r.connector_id, r.transaction_id, r.at, r.import_wh, r.export_wh
    from connectors c
      cross join lateral (
        (select * from meter_reading
         where charger_id = ${chargerId} and connector_id = c.connector_id and at < ${startsAt} and ${sound}
         order by at desc, id limit 1)
        union all
        (select * from meter_reading
         where charger_id = ${chargerId} and connector_id = c.connector_id and at >= ${endsAt} and ${sound}
         order by at, id limit 1)
      ) r
    order by at, id`.execute(sql);
  return rows;
}
