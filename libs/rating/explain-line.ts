import { sql as raw } from 'kysely';

import { trueAt } from '#libs/metering/clock/true-instants.js';
import { disregardedReadings } from '#libs/metering/correct-reading.js';
import type { Sql } from '#libs/persistence/database.js';

import { chargerReadings } from './charger-readings.js';
import { linePieces, type LinePiece } from './line-pieces.js';
import { lineTimelines, storedLine, type LineTimeline, type StoredLine } from './line-timeline.js';
import type { ReadingTable } from './reading-table.js';
import { withoutConflicts } from './walk-series.js';

/** A reading as it is stored, with the message that brought it. */
export interface ExplainedReading {
  readonly id: number;
  readonly at: Date;
  /** As the charger gave it; another where its clock was off. */
  readonly toldAt: Date;
  readonly registerWh: number;
  readonly context: string;
  /** An entry of `messages`. */
  readonly messageId: number;
  /** A person said so since the month was rated: rated again, the line will be without it. */
  readonly isDisregarded: boolean;
}

/** Energy between two readings that the line is made of. */
export interface ExplainedPiece {
  readonly transactionId: number;
  readonly connectorId: number;
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** The register at both ends; interpolated where it is at no reading. */
  readonly startWh: number;
  readonly endWh: number;
  readonly isStartInterpolated: boolean;
  readonly isEndInterpolated: boolean;
  readonly wh: number;
  readonly isEstimated: boolean;
  readonly before: ExplainedReading;
  readonly after: ExplainedReading;
}

/** What one transaction gave to the line. */
export interface ExplainedConsumption {
  readonly transactionId: number;
  readonly connectorId: number;
  readonly pieces: number;
  readonly wh: number;
  readonly estimatedWh: number;
}

/** A raw OCPP message as it came, with the answer it got. */
export interface RawMessage {
  readonly id: number;
  readonly receivedAt: Date;
  readonly messageId: string;
  readonly action: string;
  readonly payload: Record<string, unknown>;
  readonly answer: Record<string, unknown>;
}

export interface Explanation {
  readonly line: StoredLine;
  readonly consumptions: readonly ExplainedConsumption[];
  /** All pieces together: exactly the line's Wh, unless tariff or registry were changed since it was rated. */
  readonly wh: number;
  /** The line's Wh less that sum. */
  readonly differenceWh: number;
  /** One page of the pieces, transaction by transaction in order of time. */
  readonly pieces: readonly ExplainedPiece[];
  /** The messages that brought the readings of this page, by id. */
  readonly messages: readonly RawMessage[];
  /** Where the next page begins; null: this was the last. */
  readonly nextCursor: number | null;
}

export interface ExplainOptions {
  readonly lineId: string;
  /** 0, or the `nextCursor` of the page before. */
  readonly cursor: number;
  /** Pieces in a page; at most 500. */
  readonly limit: number;
}

const MOST_PIECES = 500;

interface SeriesPiece extends LinePiece {
  readonly transactionId: number;
  readonly connectorId: number;
}

/**
 * Why a rated line has the energy it has: line → transactions → pairs of readings → raw messages. The pieces are cut as
 * rating cuts them, from the readings there were when the month was rated, as corrected until then. Null when there is no such line.
 */
export async function explainLine(sql: Sql, options: ExplainOptions): Promise<Explanation | null> {
  const line = await storedLine(sql, options.lineId);
  if (line === null) return null;
  const readings = await chargerReadings(sql, line.chargerId, line.startsAt, line.endsAt, {
    installationId: line.installationId,
    ...(line.ratedUpToReadingId === null ? {} : { upToReadingId: line.ratedUpToReadingId }),
    ...(line.inputsAsOf === null ? {} : { correctedBefore: line.inputsAsOf }),
  });
  const pieces = [...piecesOf(readings, await lineTimelines(sql, line), line.direction)];
  const limit = Math.min(Math.max(1, options.limit), MOST_PIECES);
  const page = pieces.slice(options.cursor, options.cursor + limit);
  const wh = pieces.reduce((sum, piece) => sum + piece.wh, 0);
  const stored = await storedReadings(sql, line, readings, page);
  return {
    line,
    consumptions: consumptionsOf(pieces),
    wh,
    differenceWh: line.wh - wh,
    pieces: page.map((piece) => explained(piece, readings, stored, line.direction)),
    messages: await messagesOf(sql, [...new Set([...stored.values()].map((reading) => reading.message_id))]),
    nextCursor: options.cursor + limit < pieces.length ? options.cursor + limit : null,
  };
}

/** Series by series in the order in which they begin. */
function* piecesOf(
  table: ReadingTable,
  timelineFor: (payer: string | null) => LineTimeline,
  direction: string,
): Generator<SeriesPiece> {
  const { order, starts } = table.bySeries();
  const walk = { readings: table, rejected: [], room: new Uint32Array(table.count) };
  const registerWh = direction === 'export' ? table.exportWh : table.importWh;
  const found: { readonly startMs: number; readonly pieces: readonly SeriesPiece[] }[] = [];
  for (const [series, meter] of table.meterOf.entries()) {
    const transaction = table.transactionOf[series] ?? null;
    if (transaction === null) continue;
    const kept = withoutConflicts(walk, order.subarray(starts[series], starts[series + 1])).slice();
    const of = { transactionId: Number(transaction), connectorId: table.meters[meter]?.connectorId ?? 0 };
    const { cuts, belongs } = timelineFor(table.payerOf[series] ?? null);
    const pieces = [...linePieces({ atMs: table.atMs, registerWh, order: kept }, cuts, belongs)];
    const [first] = pieces;
    if (first !== undefined)
      found.push({ startMs: first.startMs, pieces: pieces.map((one) => Object.assign(one, of)) });
  }
  for (const { pieces } of found.sort((a, b) => a.startMs - b.startMs)) yield* pieces;
}

function consumptionsOf(pieces: readonly SeriesPiece[]): ExplainedConsumption[] {
  return [...Map.groupBy(pieces, (piece) => `${piece.connectorId} ${piece.transactionId}`).values()].map((of) => ({
    transactionId: of[0]?.transactionId ?? 0,
    connectorId: of[0]?.connectorId ?? 0,
    pieces: of.length,
    wh: of.reduce((sum, piece) => sum + piece.wh, 0),
    estimatedWh: of.reduce((sum, piece) => sum + (piece.isEstimated ? piece.wh : 0), 0),
  }));
}

interface StoredReading {
  readonly id: number;
  readonly transaction_id: number | null;
  readonly at: Date;
  readonly told_at: Date;
  readonly import_wh: number;
  readonly context: string;
  readonly message_id: number;
  readonly is_disregarded: boolean;
}

const placeOf = (transactionId: number, atMs: number, importWh: number): string =>
  `${transactionId} ${atMs} ${importWh}`;

/** The readings that the pieces lie between, by their place: of copies the first that came. */
async function storedReadings(
  sql: Sql,
  line: StoredLine,
  table: ReadingTable,
  pieces: readonly SeriesPiece[],
): Promise<ReadonlyMap<string, StoredReading>> {
  const instants = pieces.flatMap(({ before, after }) => [table.atMs[before] ?? 0, table.atMs[after] ?? 0]);
  if (instants.length === 0) return new Map();
  const told = { charger: raw`charger_id`, told: raw`at`, reading: raw`id` };
  const at = trueAt(told, line.inputsAsOf);
  const rows: StoredReading[] = await sql
    .selectFrom('meter_reading')
    .select(['id', 'transaction_id', 'import_wh', 'context', 'message_id', 'at as told_at'])
    .select(at.as('at'))
    .select(raw<boolean>`id = any (${disregardedReadings(raw`${line.chargerId}`)})`.as('is_disregarded'))
    .where('transaction_id', 'in', [...new Set(pieces.map((piece) => piece.transactionId))])
    .where(
      at,
      'in',
      [...new Set(instants)].map((atMs) => new Date(atMs)),
    )
    .where('charger_id', '=', line.chargerId)
    .where('id', '<=', line.ratedUpToReadingId ?? Number.MAX_SAFE_INTEGER)
    .where(raw<boolean>`id <> all (${disregardedReadings(raw`${line.chargerId}`, line.inputsAsOf)})`)
    .orderBy('id', 'desc')
    .execute();
  return new Map(rows.map((row) => [placeOf(row.transaction_id ?? 0, row.at.getTime(), row.import_wh), row]));
}

function explained(
  piece: SeriesPiece,
  table: ReadingTable,
  stored: ReadonlyMap<string, StoredReading>,
  direction: string,
): ExplainedPiece {
  const { transactionId, connectorId, startMs, endMs, startWh, endWh, wh, isEstimated } = piece;
  const readingAt = (index: number): ExplainedReading => {
    const row = stored.get(placeOf(transactionId, table.atMs[index] ?? 0, table.importWh[index] ?? 0));
    if (row === undefined) throw new Error(`A reading of transaction ${transactionId} is gone: none is ever removed`);
    const registerWh = direction === 'export' ? table.exportWh[index] : table.importWh[index];
    return {
      id: row.id,
      at: row.at,
      toldAt: row.told_at,
      registerWh: registerWh ?? NaN,
      context: row.context,
      messageId: row.message_id,
      isDisregarded: row.is_disregarded,
    };
  };
  const [before, after] = [readingAt(piece.before), readingAt(piece.after)];
  return {
    transactionId,
    connectorId,
    startsAt: new Date(startMs),
    endsAt: new Date(endMs),
    startWh,
    endWh,
    isStartInterpolated: startMs !== before.at.getTime(),
    isEndInterpolated: endMs !== after.at.getTime(),
    wh,
    isEstimated,
    before,
    after,
  };
}

async function messagesOf(sql: Sql, ids: readonly number[]): Promise<RawMessage[]> {
  const rows = await sql
    .selectFrom('ocpp_message')
    .select(['id', 'received_at', 'message_id', 'action', 'payload', 'answer'])
    .where('id', 'in', [0, ...ids])
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    receivedAt: row.received_at,
    messageId: row.message_id,
    action: row.action,
    payload: row.payload,
    answer: row.answer,
  }));
}
