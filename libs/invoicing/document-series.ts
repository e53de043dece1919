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
function numberText(type: string, code: string, number: number): string {
  return `${type} ${code}/${number}`;
}

export interface SeriesKey {
  readonly issuerId: string;
  /** FT, FS, FR, NC; of receipts RC, RG */
  readonly type: string;
  /** `CZM2026` */
  readonly code: string;
}

/** A series that nobody else takes a number from until the transaction ends. */
export interface LockedSeries extends SeriesKey {
  readonly id: string;
  readonly lastNumber: number;
  readonly validationCode: string | null;
  readonly firstNumber: number;
}

/** Waits for and holds the series; makes it when it is new. */
export async function lockSeries(trx: Sql, key: SeriesKey): Promise<LockedSeries> {
  const { issuerId, type, code } = key;
  await trx
    .insertInto('document_series')
    .values({ issuer_id: issuerId, type, code })
    .onConflict((conflict) => conflict.columns(['issuer_id', 'type', 'code']).doNothing())
    .execute();
  const row = await trx
    .selectFrom('document_series')
    .where('issuer_id', '=', issuerId)
    .where('type', '=', type)
    .where('code', '=', code)
    .select(['id', 'last_number', 'validation_code', 'first_number'])
    .forUpdate()
    .executeTakeFirstOrThrow();
  return {
    ...key,
    id: row.id,
    lastNumber: row.last_number,
    validationCode: row.validation_code,
    firstNumber: row.first_number,
  };
}

/**
 * The next number of a held series, without gaps: it is taken in the transaction that issues the document, so a rollback
 * gives it back. Refuse before, not after: a transaction that takes a number and issues nothing leaves a gap.
 */
export async function takeNumber(
  trx: Sql,
  series: LockedSeries,
): Promise<{ readonly number: number; readonly numberText: string }> {
  const { last_number: number } = await trx
    .updateTable('document_series')
    .set(({ eb }) => ({ last_number: eb('last_number', '+', 1) }))
    .where('id', '=', series.id)
    .returning('last_number')
    .executeTakeFirstOrThrow();
  return { number, numberText: numberText(series.type, series.code, number) };
}
