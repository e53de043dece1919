import type { Sql } from '../persistence/database.js';
import { localDate } from '../registry/period.js';

/** `CZM2026`: the issuer's id in capitals, letters and digits only, and the year of issue (SAF-T allows no space or slash). */
function seriesCode(issuerId: string, issueDate: string): string {
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

export interface TakenNumber {
  readonly seriesId: string;
  readonly number: number;
  readonly numberText: string;
  /** The document is dated no earlier than the one before it. */
  readonly issuedAt: Date;
}

export interface NumberOrder {
  readonly issuerId: string;
  /** FT, FS, FR, NC, RC */
  readonly type: string;
  readonly now: Date;
  readonly timeZone: string;
}

/**
 * The next number of the issuer's series of a type and year, without gaps: it is taken in the transaction that issues
 * the document, so a rollback gives it back. The series is held until the transaction ends, and made when it is new.
 */
export async function takeNumber(trx: Sql, { issuerId, type, now, timeZone }: NumberOrder): Promise<TakenNumber> {
  const code = seriesCode(issuerId, localDate(now, timeZone));
  await trx
    .insertInto('document_series')
    .values({ issuer_id: issuerId, type, code })
    .onConflict((conflict) => conflict.columns(['issuer_id', 'type', 'code']).doNothing())
    .execute();
  const { id: seriesId, last_number: number } = await trx
    .updateTable('document_series')
    .set(({ eb }) => ({ last_number: eb('last_number', '+', 1) }))
    .where('issuer_id', '=', issuerId)
    .where('type', '=', type)
    .where('code', '=', code)
    .returning(['id', 'last_number'])
    .executeTakeFirstOrThrow();
  const last = await trx
    .selectFrom('fiscal_document')
    .where('series_id', '=', seriesId)
    .where('number', '=', number - 1)
    .select('issued_at')
    .executeTakeFirst();
  const issuedAt = notBefore(last?.issued_at ?? null, now);
  return { seriesId, number, numberText: numberText(type, code, number), issuedAt };
}

/**
 * Numbers and dates of a series rise together (Despacho 8632/2014: documents are signed in their order), so an issue
 * that waited for another one's lock is dated no earlier than that one.
 */
function notBefore(last: Date | null, now: Date): Date {
  return last !== null && last > now ? last : now;
}
