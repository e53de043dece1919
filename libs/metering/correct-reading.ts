import { sql as raw, type RawBuilder } from 'kysely';

import type { Sql } from '../persistence/database.js';
import { lockUntilEnd } from '../persistence/lock-until-end.js';

/** What a person said about a reading. Readings are facts and stay as they came; the last word on one decides. */
export type CorrectionKind = 'disregard' | 'restore';

export interface CorrectReading {
  readonly readingId: number;
  /** Why, in the person's words. */
  readonly reason: string;
  /** Who says so. */
  readonly by: string;
}

/** The last word on a reading. */
export interface ReadingCorrection {
  readonly kind: CorrectionKind;
  readonly reason: string;
  readonly by: string;
  readonly at: Date;
}

/** Before and after; null: nobody ever said anything about it. The same when it already was as asked for. */
export interface CorrectedReading {
  readonly before: ReadingCorrection | null;
  readonly after: ReadingCorrection | null;
}

export type CorrectionRefusal = { readonly code: 'READING.NOT_FOUND' } | { readonly code: 'READING.NO_REASON' };

type Corrected = { readonly ok: CorrectedReading } | { readonly refused: CorrectionRefusal };

/**
 * From now on rating leaves the reading out, as if it had never come. The reading itself, its message and the chain over
 * all readings stay. Idempotent. A month that is rated already changes only when it is rated again; one that is billed
 * has a difference from then on. Must run inside a transaction.
 */
export async function disregardReading(trx: Sql, order: CorrectReading): Promise<Corrected> {
  return await correct(trx, 'disregard', order);
}

/** Takes a disregard back: the reading counts again. Idempotent; a reading that counts is left as it is. */
export async function restoreReading(trx: Sql, order: CorrectReading): Promise<Corrected> {
  return await correct(trx, 'restore', order);
}

async function correct(trx: Sql, kind: CorrectionKind, order: CorrectReading): Promise<Corrected> {
  if (!trx.isTransaction) throw new Error('a correction must run inside a transaction: sql.transaction().execute(...)');
  const { readingId, by } = order;
  const reason = order.reason.trim();
  if (reason === '') return { refused: { code: 'READING.NO_REASON' } };
  await lockUntilEnd(trx, `reading-correction/${readingId}`);
  const reading = await trx
    .selectFrom('meter_reading')
    .select('charger_id')
    .where('id', '=', readingId)
    .executeTakeFirst();
  if (reading === undefined) return { refused: { code: 'READING.NOT_FOUND' } };
  const before = await lastCorrection(trx, readingId);
  if ((before?.kind ?? 'restore') === kind) return { ok: { before, after: before } };
  await trx
    .insertInto('reading_correction')
    .values({ charger_id: reading.charger_id, reading_id: readingId, kind, reason, by })
    .execute();
  return { ok: { before, after: await lastCorrection(trx, readingId) } };
}

/** The last word on a reading, or null when there was none. */
export async function lastCorrection(sql: Sql, readingId: number): Promise<ReadingCorrection | null> {
  const row = await sql
    .selectFrom('reading_correction')
    .select(['kind', 'reason', 'by', 'at'])
    .where('reading_id', '=', readingId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : { ...row, kind: row.kind === 'disregard' ? 'disregard' : 'restore' };
}

/**
 * SQL: the ids of a charger's disregarded readings, as an array; `before`: as it was at that instant (may be SQL). Few as they are,
 * `id <> all (...)` leaves them out without a look at more than the index of the readings. `chargerId` is SQL, too.
 */
export function disregardedReadings(
  chargerId: RawBuilder<unknown>,
  before: Date | RawBuilder<unknown> | null = null,
): RawBuilder<number[]> {
  const known = before === null ? raw`true` : raw`correction.at < ${before}`;
  return raw<number[]>`array(
    select last.reading_id from (
      select distinct on (correction.reading_id) correction.reading_id, correction.kind
      from reading_correction correction where correction.charger_id = ${chargerId} and ${known}
      order by correction.reading_id, correction.id desc) last
    where last.kind = 'disregard')`;
}
