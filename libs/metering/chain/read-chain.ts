import { sql as fragment } from 'kysely';

import type { Sql } from '#libs/persistence/database.js';

import { messageSha256 } from './message-line.js';
import type { ChainedReading } from './reading-chain.js';

/** Readings of one charger by id: after the one, up to and with the other. */
export interface ChainSpan {
  readonly chargerId: string;
  readonly afterId: number;
  readonly upToId: number;
}

/** Rows in memory at once. */
const PAGE = 5_000;
/** Chargers a cursor goes through: the server sorts the readings of so many by id. */
const CHARGERS_PER_CURSOR = 100;

interface ReadingRow {
  readonly id: number;
  readonly charger_id: string;
  readonly connector_id: number;
  readonly transaction_id: number | null;
  readonly at: Date;
  readonly import_wh: number;
  readonly export_wh: number | null;
  readonly context: string;
  readonly message_id: number;
}

let cursors = 0;

/**
 * The readings of the spans, charger by charger in plain order of their ids and each in order of its readings' ids: the
 * order of the chain. In pages through a cursor, so that memory stays flat; `trx` must be a transaction.
 */
export async function* chainedReadings(trx: Sql, spans: readonly ChainSpan[]): AsyncGenerator<ChainedReading[]> {
  const ordered = [...spans].sort((a, b) => (a.chargerId < b.chargerId ? -1 : 1));
  for (let from = 0; from < ordered.length; from += CHARGERS_PER_CURSOR) {
    yield* throughCursor(trx, ordered.slice(from, from + CHARGERS_PER_CURSOR));
  }
}

async function* throughCursor(trx: Sql, spans: readonly ChainSpan[]): AsyncGenerator<ChainedReading[]> {
  const cursor = fragment.id(`reading_chain_${(cursors += 1)}`);
  await fragment`
    declare ${cursor} no scroll cursor for
    select r.id, r.charger_id, r.connector_id, r.transaction_id, r.at, r.import_wh, r.export_wh, r.context, r.message_id
    from unnest(${spans.map((span) => span.chargerId)}::text[], ${spans.map((span) => span.afterId)}::bigint[],
        ${spans.map((span) => span.upToId)}::bigint[]) as s(charger_id, after_id, up_to_id)
      join meter_reading r on r.charger_id = s.charger_id and r.id > s.after_id and r.id <= s.up_to_id
    order by r.charger_id collate "C", r.id`.execute(trx);
  for (;;) {
    const { rows } = await fragment<ReadingRow>`fetch ${fragment.lit(PAGE)} from ${cursor}`.execute(trx);
    if (rows.length > 0) yield await withMessages(trx, rows);
    if (rows.length < PAGE) break;
  }
  await fragment`close ${cursor}`.execute(trx);
}

/** A message with a thousand readings is hashed once a page, not once a reading. */
async function withMessages(trx: Sql, rows: readonly ReadingRow[]): Promise<ChainedReading[]> {
  const ids = [...new Set(rows.map((row) => row.message_id))];
  const hashed = await fragment<{ id: number; sha256: string }>`
    select m.id, ${messageSha256()} as sha256 from ocpp_message m where m.id = any(${ids}::bigint[])`.execute(trx);
  const hashes = new Map(hashed.rows.map((row) => [row.id, row.sha256]));
  return rows.map((row) => ({
    id: row.id,
    chargerId: row.charger_id,
    connectorId: row.connector_id,
    transactionId: row.transaction_id,
    at: row.at,
    importWh: row.import_wh,
    exportWh: row.export_wh,
    context: row.context,
    messageId: row.message_id,
    // A message that is gone changes the line, so the chain breaks there: this must not stop the verification.
    messageSha256: hashes.get(row.message_id) ?? 'missing',
  }));
}
