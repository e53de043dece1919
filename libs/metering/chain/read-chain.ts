import { sql as fragment, type RawBuilder } from 'kysely';

import { cursorPages } from '#libs/persistence/cursor-pages.js';
import type { Sql } from '#libs/persistence/database.js';

import type { Seal } from './check-chain.js';
import { messageLine, messageSha256 } from './message-line.js';
import type { ChainedReading } from './reading-chain.js';

/** Readings of one charger by id: after the one, up to and with the other. */
export interface ChainSpan {
  readonly chargerId: string;
  readonly afterId: number;
  readonly upToId: number;
}

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

/**
 * The readings of the spans, charger by charger in plain order of their ids and each in order of its readings' ids: the
 * order of the chain. In pages; `trx` must be a transaction.
 */
export async function* chainedReadings(trx: Sql, spans: readonly ChainSpan[]): AsyncGenerator<ChainedReading[]> {
  for (const some of byCursor(spans)) {
    const query = fragment<ReadingRow>`
      select r.id, r.charger_id, r.connector_id, r.transaction_id, r.at, r.import_wh, r.export_wh, r.context, r.message_id
      from ${inSpans(some)} order by r.charger_id collate "C", r.id`;
    for await (const rows of cursorPages(trx, query)) yield await withMessages(trx, rows);
  }
}

/** The spans in plain order of their chargers, as many at a time as a cursor goes through. */
function* byCursor(spans: readonly ChainSpan[]): Generator<readonly ChainSpan[]> {
  const ordered = [...spans].sort((a, b) => (a.chargerId < b.chargerId ? -1 : 1));
  for (let from = 0; from < ordered.length; from += CHARGERS_PER_CURSOR) {
    yield ordered.slice(from, from + CHARGERS_PER_CURSOR);
  }
}

/** The readings `r` of the spans, as a table expression. */
function inSpans(spans: readonly ChainSpan[]): RawBuilder<unknown> {
  return fragment`unnest(${spans.map((span) => span.chargerId)}::text[], ${spans.map((span) => span.afterId)}::bigint[],
      ${spans.map((span) => span.upToId)}::bigint[]) as s(charger_id, after_id, up_to_id)
    join meter_reading r on r.charger_id = s.charger_id and r.id > s.after_id and r.id <= s.up_to_id`;
}

/** The lines of the messages that brought the readings of the spans: charger by charger, each in order of id, in pages. */
export async function* chainedMessages(trx: Sql, spans: readonly ChainSpan[]): AsyncGenerator<string[]> {
  for (const some of byCursor(spans)) {
    const query = fragment<{ line: string }>`
      select ${messageLine()} as line
      from (select distinct r.charger_id, r.message_id from ${inSpans(some)}) d
        join ocpp_message m on m.id = d.message_id
      order by d.charger_id collate "C", m.id`;
    for await (const rows of cursorPages(trx, query)) yield rows.map((row) => row.line);
  }
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

/** Every seal of the chargers, by charger and ascending by id. */
export async function sealsOf(trx: Sql, chargerIds: readonly string[]): Promise<Seal[]> {
  const rows = await trx
    .selectFrom('reading_seal')
    .selectAll()
    .where('charger_id', 'in', ['', ...chargerIds])
    .orderBy('charger_id')
    .orderBy('up_to_reading_id')
    .execute();
  return rows.map((row) => ({
    chargerId: row.charger_id,
    readings: row.readings,
    upToReadingId: row.up_to_reading_id,
    head: row.head,
    sealedAt: row.sealed_at,
  }));
}
