import { sql as raw } from 'kysely';

import type { Sql } from '../../persistence/database.js';
import { localDate } from '../../registry/period.js';
import { lockSeries, seriesCode } from '../document-series.js';
import { isValidationCode } from './atcud.js';

/** A series of an issuer in Portugal for a year: it exists, or it will be needed. */
export interface SeriesRow {
  readonly issuerId: string;
  readonly issuerName: string;
  readonly type: string;
  readonly code: string;
  /** null: not registered at the tax authority */
  readonly validationCode: string | null;
  readonly lastNumber: number;
  readonly firstNumber: number;
  readonly registeredAt: Date | null;
  readonly registeredBy: string | null;
}

/** The documents that an issuer issues in a year: each type has a series of its own. */
export function seriesTypes(issuer: { readonly cashVat: boolean; readonly simplified: string }): readonly string[] {
  return ['FT', 'FR', ...(issuer.simplified === 'never' ? [] : ['FS']), 'NC', issuer.cashVat ? 'RC' : 'RG'];
}

/**
 * Every series of issuers in Portugal that has documents or a code, and those that the given years need, by issuer, year
 * and type.
 */
export async function listSeries(sql: Sql, years: readonly number[]): Promise<SeriesRow[]> {
  const stored = await sql
    .selectFrom('document_series as series')
    .innerJoin('issuer', 'issuer.id', 'series.issuer_id')
    .where('issuer.country', '=', 'PT')
    .selectAll('series')
    .select('issuer.name as issuer_name')
    .execute();
  const rows: SeriesRow[] = stored.map((row) => ({
    issuerId: row.issuer_id,
    issuerName: row.issuer_name,
    type: row.type,
    code: row.code,
    validationCode: row.validation_code,
    lastNumber: row.last_number,
    firstNumber: row.first_number,
    registeredAt: row.registered_at,
    registeredBy: row.registered_by,
  }));
  const known = new Set(rows.map(keyOf));
  return [...rows, ...(await neededSeries(sql, years)).filter((row) => !known.has(keyOf(row)))].sort((a, b) =>
    orderOf(a) < orderOf(b) ? -1 : 1,
  );
}

const keyOf = ({ issuerId, type, code }: SeriesRow): string => `${issuerId} ${type} ${code}`;
const orderOf = ({ issuerId, code, type }: SeriesRow): string => `${issuerId} ${code} ${type}`;

async function neededSeries(sql: Sql, years: readonly number[]): Promise<SeriesRow[]> {
  const issuers = await sql
    .selectFrom('issuer')
    .selectAll()
    .where('country', '=', 'PT')
    .where(raw<boolean>`exists (select from installation where installation.issuer_id = issuer.id)`)
    .execute();
  const none = { validationCode: null, lastNumber: 0, firstNumber: 1, registeredAt: null, registeredBy: null };
  return issuers.flatMap(({ id, name, cash_vat: cashVat, simplified_invoices: simplified }) =>
    years.flatMap((year) =>
      seriesTypes({ cashVat, simplified }).map((type) =>
        Object.assign({ issuerId: id, issuerName: name, type, code: seriesCode(id, `${year}-01-01`) }, none),
      ),
    ),
  );
}

/** From this month on the next year's series are asked for: registering takes a person, and January 1 is a holiday. */
const ASKED_FROM_MONTH = 12;

/** The years whose series are needed on a day: this one, and from December on the next. */
export function yearsNeeded(now: Date, timeZone = 'Europe/Lisbon'): readonly number[] {
  const [year = 0, month = 0] = localDate(now, timeZone).split('-').map(Number);
  return month >= ASKED_FROM_MONTH ? [year, year + 1] : [year];
}

/** Series without a code that this year, or from December on the next, needs. */
export async function unregisteredSeries(sql: Sql, now: Date): Promise<SeriesRow[]> {
  const years = yearsNeeded(now);
  const suffixes = years.map(String);
  return (await listSeries(sql, years)).filter(
    ({ validationCode, code }) => validationCode === null && suffixes.some((year) => code.endsWith(year)),
  );
}

export interface SeriesRegistration {
  readonly issuerId: string;
  readonly type: string;
  /** CZM2026 */
  readonly code: string;
  readonly validationCode: string;
  readonly by: string;
  readonly now: Date;
}

export type SeriesRefusal =
  | { readonly code: 'SERIES.NO_ISSUER'; readonly issuerId: string }
  /** The issuer has no such series: its code is the issuer and the year. */
  | { readonly code: 'SERIES.UNKNOWN'; readonly series: string }
  | { readonly code: 'SERIES.CODE_INVALID'; readonly validationCode: string }
  /** It has another code, which stands on documents. */
  | { readonly code: 'SERIES.REGISTERED'; readonly validationCode: string };

/**
 * Enters the code that the tax authority answered for a series, also of a year to come. Documents from the next number on
 * bear it: what was issued before stays as it is. The same code again changes nothing; another one is taken only while
 * no document bears the first. Must run inside a transaction.
 */
export async function registerSeries(
  trx: Sql,
  order: SeriesRegistration,
): Promise<{ readonly ok: { readonly firstNumber: number } } | { readonly refused: SeriesRefusal }> {
  const { issuerId, type, code, validationCode } = order;
  const issuer = await trx.selectFrom('issuer').select('country').where('id', '=', issuerId).executeTakeFirst();
  if (issuer?.country !== 'PT') return { refused: { code: 'SERIES.NO_ISSUER', issuerId } };
  const name = seriesCode(issuerId, '0000').slice(0, -4);
  const isKnown = ['FT', 'FS', 'FR', 'NC', 'RG', 'RC'].includes(type) && new RegExp(`^${name}20\\d\\d$`).test(code);
  if (!isKnown) return { refused: { code: 'SERIES.UNKNOWN', series: `${type} ${code}` } };
  if (!isValidationCode(validationCode)) return { refused: { code: 'SERIES.CODE_INVALID', validationCode } };
  const series = await lockSeries(trx, { issuerId, type, code });
  if (series.validationCode === validationCode) return { ok: { firstNumber: series.firstNumber } };
  if (series.validationCode !== null && series.lastNumber >= series.firstNumber) {
    return { refused: { code: 'SERIES.REGISTERED', validationCode: series.validationCode } };
  }
  const firstNumber = series.lastNumber + 1;
  await trx
    .updateTable('document_series')
    .set({
      validation_code: validationCode,
      first_number: firstNumber,
      registered_at: order.now,
      registered_by: order.by,
    })
    .where('id', '=', series.id)
    .execute();
  return { ok: { firstNumber } };
}
