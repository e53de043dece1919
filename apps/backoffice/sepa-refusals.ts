import type { BatchRefusal } from '#libs/payments/sepa/create-batch.js';
import type { CreditorRefusal } from '#libs/payments/sepa/creditors.js';
import type { SepaMandateRefusal } from '#libs/payments/sepa/mandates.js';

import { Problem } from './problem.js';

/** The code of the problem document, and what it says in English. */
type Told = readonly [code: string, words: string];

const NO_IBAN: Told = ['iban-invalid', 'This is no valid IBAN.'];
const NO_BIC: Told = ['bic-invalid', 'This is no valid BIC.'];

export const BATCH_REFUSALS: Readonly<Record<BatchRefusal, Told>> = {
  NOT_BY_OWN_BANK: ['sepa-not-by-own-bank', 'The issuer does not collect through its own bank on that day.'],
  DATE_INVALID: ['sepa-date-invalid', 'That is no day.'],
  DATE_NOT_A_BANK_DAY: ['sepa-date-not-a-bank-day', 'Banks do not settle on that day (weekend or TARGET holiday).'],
  DATE_TOO_SOON: ['sepa-date-too-soon', 'The bank wants its file earlier: choose a later day.'],
  DATE_TOO_FAR: ['sepa-date-too-far', 'That day is more than 60 days away.'],
  NOTHING_TO_COLLECT: ['sepa-nothing-to-collect', 'Nothing is due by that day that could be debited.'],
  KEY_USED_FOR_ANOTHER_BATCH: ['sepa-key-used-for-another-batch', 'This Idempotency-Key was used for another batch.'],
};

export const TERMS_REFUSALS: Readonly<Record<CreditorRefusal, Told>> = {
  ISSUER_NOT_FOUND: ['not-found', 'There is no issuer here that you may see.'],
  CREDITOR_ID_INVALID: ['sepa-creditor-id-invalid', 'This is no valid SEPA creditor identifier.'],
  IBAN_INVALID: NO_IBAN,
  BIC_INVALID: NO_BIC,
  DATE_INVALID: ['sepa-terms-dates', 'The terms end on a later day than they begin.'],
  VERSION_UNKNOWN: ['sepa-terms-version', 'Files of this version cannot be written.'],
  DAYS_INVALID: ['sepa-terms-days', 'Days are whole numbers from 0 to 30.'],
};

export const MANDATE_REFUSALS: Readonly<Record<SepaMandateRefusal, Told>> = {
  CUSTOMER_NOT_FOUND: ['sepa-mandate-customer', 'The customer is not one of this issuer.'],
  IBAN_INVALID: NO_IBAN,
  BIC_INVALID: NO_BIC,
  DATE_INVALID: ['sepa-mandate-date', 'A mandate is registered on the day of its signature or later.'],
  REFERENCE_INVALID: [
    'sepa-mandate-reference',
    "A reference has at most 35 characters without spaces: letters, digits and / - ? : ( ) . , ' +",
  ],
  REFERENCE_USED: ['sepa-mandate-reference-used', 'Another mandate of the issuer bears this reference.'],
  ACCOUNT_HOLDER_INVALID: ['sepa-mandate-holder', 'The name of the account holder is missing.'],
};

export function sepaProblem([code, words]: Told): Problem {
  return code === 'not-found' ? Problem.notFound('issuer') : Problem.refused(words, code);
}
