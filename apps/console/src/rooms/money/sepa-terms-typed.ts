import type { BankIssuer, SepaCreditorOrder, SepaTerms } from '#apps/backoffice/api-types.js';
import { isValidIban, normaliseIban } from '#libs/payments/iban.js';

import { dayAhead } from '../../format/dates.js';

export const VERSIONS: readonly SepaCreditorOrder['version'][] = ['pain.008.001.02', 'pain.008.001.08'];
export const WAYS: readonly SepaCreditorOrder['settleBy'][] = ['statement', 'return-window'];

/** What stands in the form of terms. */
export interface TypedTerms extends Omit<
  SepaCreditorOrder,
  'issuerId' | 'validUntil' | 'iban' | 'bic' | 'leadDays' | 'returnWindowDays'
> {
  readonly validUntil: string;
  /** Of the issuer, or another one. */
  readonly account: 'issuer' | 'other';
  readonly iban: string;
  readonly bic: string;
  readonly leadDays: number | string;
  readonly returnWindowDays: number | string;
}

/** What the form begins with. `corrects`: it is about those very terms, whose first day stays. */
export function typedTerms(issuer: BankIssuer, before: SepaTerms | null, corrects: boolean): TypedTerms {
  const isOther = before === null ? issuer.accountLast4 === null : !before.ofIssuer;
  return {
    validFrom: corrects && before !== null ? before.validFrom : dayAhead(0),
    validUntil: (corrects && before?.validUntil) || '',
    creditorId: before?.creditorId ?? '',
    account: isOther ? 'other' : 'issuer',
    iban: '',
    bic: before?.bic ?? '',
    version: VERSIONS.find((version) => version === before?.version) ?? 'pain.008.001.02',
    leadDays: before?.leadDays ?? 1,
    settleBy: WAYS.find((way) => way === before?.settleBy) ?? 'statement',
    returnWindowDays: before?.returnWindowDays ?? 5,
  };
}

export const isDays = (days: number | string): days is number => Number.isInteger(days) && Number(days) >= 0;
export const isAfter = (until: string, from: string): boolean => until === '' || until > from;

/** Null while something is missing or wrong; identifiers are the server's to check. */
export function termsOrder(issuerId: string, typed: TypedTerms): SepaCreditorOrder | null {
  const { validFrom, validUntil, account, iban, bic, creditorId, leadDays, returnWindowDays, ...rest } = typed;
  if (validFrom === '' || !isAfter(validUntil, validFrom) || creditorId.trim() === '') return null;
  if (!isDays(leadDays) || !isDays(returnWindowDays) || (account === 'other' && !isValidIban(iban))) return null;
  return {
    ...rest,
    issuerId,
    validFrom,
    validUntil: validUntil === '' ? null : validUntil,
    creditorId: creditorId.trim(),
    iban: account === 'other' ? normaliseIban(iban) : null,
    bic: bic.trim() === '' ? null : bic.trim().toUpperCase(),
    leadDays,
    returnWindowDays,
  };
}
