import type { Sql } from '../../persistence/database.js';
import { localDate } from '../../registry/period.js';
import { lockSeries, seriesCode, takeNumber, type LockedSeries } from '../document-series.js';
import { atcudOf } from './atcud.js';
import { fiscalMoment, type FiscalMoment } from './fiscal-moment.js';
import type { FiscalRefusal } from './fiscal-refusal.js';
import { documentHash, type FiscalSigner } from './sign-document.js';
import { keepSigningKey } from './signing-key.js';

/** What an issuer must be known by to date, number and sign its documents. */
export interface DocumentIssuer {
  readonly id: string;
  /** ISO 3166: only documents of issuers in Portugal have hash, ATCUD and QR code. */
  readonly country: string;
  /** IANA zone of all of its documents */
  readonly timeZone: string;
}

export interface IdentityOrder {
  readonly issuer: DocumentIssuer;
  readonly type: string;
  readonly grossCents: number;
  readonly now: Date;
  /** null: none is configured; then issuers in Portugal issue nothing */
  readonly signer: FiscalSigner | null;
}

/** What makes a document the one that it is. */
export interface FiscalIdentity extends FiscalMoment {
  readonly seriesId: string;
  readonly number: number;
  readonly numberText: string;
  /** This and the following: null for issuers outside Portugal */
  readonly atcud: string | null;
  readonly hash: string | null;
  readonly hashControl: string | null;
  readonly softwareCertificate: string | null;
}

export const isPortuguese = ({ country }: Pick<DocumentIssuer, 'country'>): boolean => country === 'PT';

/**
 * Number, date, hash and ATCUD of a document, in the transaction that issues it: the series is held until that ends, a
 * rollback gives the number back, and what is refused takes none. Signed once, over the hash of the document before it
 * in the series.
 */
export async function takeIdentity(
  trx: Sql,
  order: IdentityOrder,
): Promise<FiscalIdentity | { readonly refused: FiscalRefusal }> {
  const { issuer, signer, now } = order;
  const code = seriesCode(issuer.id, localDate(now, issuer.timeZone));
  const series = await lockSeries(trx, { issuerId: issuer.id, type: order.type, code });
  if (!isPortuguese(issuer)) return plainIdentity(trx, order, series);
  if (signer === null) return { refused: { code: 'FISCAL.NO_KEY' } };
  if (!(await keepSigningKey(trx, signer, now))) {
    return { refused: { code: 'FISCAL.KEY_CHANGED', keyVersion: signer.keyVersion } };
  }
  if (lacksRegistration(series, signer)) {
    return { refused: { code: 'SERIES.NOT_REGISTERED', series: `${series.type} ${code}` } };
  }
  const last = await lastDocument(trx, series);
  const moment = fiscalMoment(now, issuer.timeZone, last);
  const taken = await takeNumber(trx, series);
  const facts = { ...moment, numberText: taken.numberText, grossCents: order.grossCents };
  return {
    ...moment,
    ...taken,
    seriesId: series.id,
    atcud: atcudOf(series, taken.number),
    hash: documentHash({ ...facts, previousHash: last?.hash ?? '' }, signer.privateKey),
    hashControl: signer.keyVersion,
    softwareCertificate: signer.certificate,
  };
}

/** A certified program issues in registered series alone; before that documents bear the ATCUD 0. */
export function lacksRegistration(
  { validationCode }: Pick<LockedSeries, 'validationCode'>,
  signer: Pick<FiscalSigner, 'certificate'>,
): boolean {
  return signer.certificate !== '0' && validationCode === null;
}

async function plainIdentity(trx: Sql, { issuer, now }: IdentityOrder, series: LockedSeries): Promise<FiscalIdentity> {
  const moment = fiscalMoment(now, issuer.timeZone, await lastDocument(trx, series));
  const none = { atcud: null, hash: null, hashControl: null, softwareCertificate: null };
  return { ...moment, ...(await takeNumber(trx, series)), ...none, seriesId: series.id };
}

async function lastDocument(trx: Sql, series: LockedSeries) {
  const row = await trx
    .selectFrom('fiscal_document')
    .where('series_id', '=', series.id)
    .where('number', '=', series.lastNumber)
    .select(['issued_at', 'system_entry', 'hash'])
    .executeTakeFirst();
  return row === undefined ? null : { issuedAt: row.issued_at, systemEntry: row.system_entry, hash: row.hash };
}
