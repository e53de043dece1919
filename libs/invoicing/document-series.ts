import type { Sql } from '../persistence/database.js';

/** `CZM2026`: the issuer's id in capitals, letters and digits only, and the year of issue (SAF-T allows no space or slash). */
export function seriesCode(issuerId: string, issueDate: string): string {
  const name = issuerId
    .normalize('NFD')
    .replace(/[^a-z0-9]/gi, '')
    .toUpperCase();
  if (name === '') throw new RangeError(`issuer id ${issuerId} has no letter or digit to name a series`);
  return `${name}${issueDate.slice(0, 4)}`;
}

/** As printed and as in SAF-T's InvoiceNo: `FT CZM2026/1`. */
export function numberText(type: string, code: string, number: number): string {
  return `${type} ${code}/${number}`;
}

export interface TakenNumber {
  readonly seriesId: string;
  readonly number: number;
  readonly numberText: string;
}

interface SeriesKey {
  readonly issuerId: string;
  readonly type: string;
  readonly code: string;
}

/** Waits for and holds the series until the transaction ends; makes it when it is new. */
export async function lockSeries(
  trx: Sql,
  key: SeriesKey,
): Promise<{ readonly id: string; readonly lastNumber: number; readonly lastIssuedAt: Date | null }> {
  const values = { issuer_id: key.issuerId, type: key.type, code: key.code };
  await trx
    .insertInto('document_series')
    .values(values)
    .onConflict((conflict) => conflict.columns(['issuer_id', 'type', 'code']).doNothing())
    .execute();
  const series = await trx
    .selectFrom('document_series')
    .where('issuer_id', '=', key.issuerId)
    .where('type', '=', key.type)
    .where('code', '=', key.code)
    .select(['id', 'last_number'])
    .forUpdate()
    .executeTakeFirstOrThrow();
  const last = await trx
    .selectFrom('fiscal_document')
    .where('series_id', '=', series.id)
    .where('number', '=', series.last_number)
    .select('issued_at')
    .executeTakeFirst();
  return { id: series.id, lastNumber: series.last_number, lastIssuedAt: last?.issued_at ?? null };
}

/**
 * The next number of a locked series, without gaps: the number is taken in the transaction that issues the document,
 * so a rollback gives it back.
 */
export async function takeNumber(trx: Sql, seriesId: string, key: SeriesKey): Promise<TakenNumber> {
  const { last_number: number } = await trx
    .updateTable('document_series')
    .set(({ eb }) => ({ last_number: eb('last_number', '+', 1) }))
    .where('id', '=', seriesId)
    .returning('last_number')
    .executeTakeFirstOrThrow();
  return { seriesId, number, numberText: numberText(key.type, key.code, number) };
}

/**
 * Numbers and dates of a series rise together (Despacho 8632/2014: documents are signed in their order), so an issue
 * that waited for another one's lock is dated no earlier than that one.
 */
export function notBefore(last: Date | null, now: Date): Date {
  return last !== null && last > now ? last : now;
}
