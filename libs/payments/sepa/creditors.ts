import type { Selectable } from 'kysely';

import type { Schema, Sql } from '../../persistence/database.js';
import { isValidIban, normaliseIban } from '../iban.js';
import { isDay } from './credit-transfer-file.js';
import { isValidCreditorId, normaliseCreditorId } from './creditor-id.js';
import { DIRECT_DEBIT_VERSIONS, type DirectDebitVersion } from './direct-debit-file.js';
import { isValidBic } from './sepa-text.js';

export type Creditor = Selectable<Schema['sepa_creditor']>;

export const SETTLE_BY = ['statement', 'return-window'] as const;
export type SettleBy = (typeof SETTLE_BY)[number];

export interface CreditorOrder {
  readonly issuerId: string;
  /** yyyy-mm-dd: from then on the issuer's debits go through its own bank. */
  readonly validFrom: string;
  /** Exclusive; from then on through the payment provider again. */
  readonly validUntil: string | null;
  readonly creditorId: string;
  /** The issuer's account where none is given. */
  readonly iban: string | null;
  readonly bic: string | null;
  readonly version: DirectDebitVersion;
  readonly leadDays: number;
  readonly settleBy: SettleBy;
  readonly returnWindowDays: number;
}

export type CreditorRefusal =
  | 'ISSUER_NOT_FOUND'
  | 'CREDITOR_ID_INVALID'
  | 'IBAN_INVALID'
  | 'BIC_INVALID'
  | 'DATE_INVALID'
  | 'VERSION_UNKNOWN'
  | 'DAYS_INVALID';

/** Says that an issuer collects through its own bank from a day on; the same day again corrects that row. */
export async function setSepaCreditor(
  sql: Sql,
  order: CreditorOrder,
): Promise<{ readonly creditorRowId: string } | { readonly refused: { readonly code: CreditorRefusal } }> {
  const issuer = await sql.selectFrom('issuer').select('iban').where('id', '=', order.issuerId).executeTakeFirst();
  if (issuer === undefined) return { refused: { code: 'ISSUER_NOT_FOUND' } };
  const iban = order.iban ?? issuer.iban ?? '';
  const code = problemOf(order, iban);
  if (code !== null) return { refused: { code } };
  const terms = {
    valid_until: order.validUntil,
    creditor_id: normaliseCreditorId(order.creditorId),
    iban: normaliseIban(iban),
    bic: order.bic,
    version: order.version,
    lead_days: order.leadDays,
    settle_by: order.settleBy,
    return_window_days: order.returnWindowDays,
  };
  const { id } = await sql
    .insertInto('sepa_creditor')
    .values({ issuer_id: order.issuerId, valid_from: order.validFrom, ...terms })
    .onConflict((conflict) => conflict.columns(['issuer_id', 'valid_from']).doUpdateSet(terms))
    .returning('id')
    .executeTakeFirstOrThrow();
  return { creditorRowId: id };
}

function problemOf(order: CreditorOrder, iban: string): CreditorRefusal | null {
  const { validFrom, validUntil, creditorId, bic, version, leadDays, returnWindowDays } = order;
  if (!isDay(validFrom) || (validUntil !== null && (!isDay(validUntil) || validUntil <= validFrom))) {
    return 'DATE_INVALID';
  }
  if (!isValidCreditorId(creditorId)) return 'CREDITOR_ID_INVALID';
  if (!isValidIban(iban)) return 'IBAN_INVALID';
  if (bic !== null && !isValidBic(bic)) return 'BIC_INVALID';
  if (!DIRECT_DEBIT_VERSIONS.includes(version)) return 'VERSION_UNKNOWN';
  const sound = [leadDays, returnWindowDays].every((days) => Number.isInteger(days) && days >= 0 && days <= 30);
  return sound ? null : 'DAYS_INVALID';
}

/** The terms on which the issuer collects through its own bank on a local day; null: through the payment provider. */
export async function creditorOn(sql: Sql, issuerId: string, day: string): Promise<Creditor | null> {
  const row = await sql
    .selectFrom('sepa_creditor')
    .selectAll()
    .where('issuer_id', '=', issuerId)
    .where('valid_from', '<=', day)
    .orderBy('valid_from', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined || (row.valid_until !== null && row.valid_until <= day) ? null : row;
}

export function versionOf(creditor: Creditor): DirectDebitVersion {
  const version = DIRECT_DEBIT_VERSIONS.find((one) => one === creditor.version);
  if (version === undefined)
    throw new Error(`creditor ${creditor.creditor_id} has the unknown version ${creditor.version}`);
  return version;
}
