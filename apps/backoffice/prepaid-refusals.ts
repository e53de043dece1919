import type { Conversion } from '#libs/payments/prepaid/conversion.js';
import type { Left } from '#libs/payments/prepaid/leave-order.js';
import type { RefundFileRefused } from '#libs/payments/prepaid/refund-file.js';
import type { RefundRefusal } from '#libs/payments/prepaid/refunds.js';
import type { RulesRefusal } from '#libs/payments/prepaid/settings.js';

import { Problem } from './problem.js';

type RefusedCode<T> = T extends { readonly refused: { readonly code: infer Code } } ? Code : never;
type Code =
  | RulesRefusal['code']
  | RefundRefusal['code']
  | RefusedCode<Conversion>
  | RefusedCode<Left>
  | RefusedCode<RefundFileRefused>;

const WORDS: Readonly<Record<Code, string>> = {
  'PREPAID.FLOOR_NEGATIVE': 'The floor is at least zero.',
  'PREPAID.THRESHOLD_NEGATIVE': 'A threshold is at least zero.',
  'TOP_UP.AMOUNT_TOO_SMALL': 'A debit is of at least 50 cents.',
  'TOP_UP.AMOUNT_TOO_LARGE': 'A debit is of at most 10 000 euros.',
  'TOP_UP.MONTH_MAXIMUM_TOO_SMALL': 'The most of a month is less than one top-up.',
  'TOP_UP.CURRENCY': 'Automatic top-up is by SEPA debit, which is in euros.',
  'MANDATE.NOT_FOUND': 'There is no active mandate for direct debit.',
  'CONVERSION.SAME_METHOD': 'The next month is paid so already.',
  'LEAVING.NOT_BILLED': 'Something was consumed that is not billed yet: the rest goes back after the last invoice.',
  'LEAVING.MONEY_ON_ITS_WAY': 'A debit is with the bank: wait for its end.',
  'LEAVING.REFUND_OPEN': 'A refund is under way already.',
  IBAN_INVALID: 'This is no valid IBAN.',
  'REFUND.NOT_FOUND': 'There is no such refund.',
  'REFUND.WRONG_STATE': 'The refund is not in a state for that.',
  'REFUND.NO_ACCOUNT': 'The customer has not given an IBAN yet.',
  'REFUND.NOT_COVERED': 'The balance does not hold this amount any more.',
  'REFUND.NOTHING_APPROVED': 'No approved refund of this issuer waits for a file.',
  'REFUND.FILE_FORGOTTEN': 'The refunds of this file are over: the accounts in it are forgotten.',
  'ISSUER.NO_IBAN': 'The issuer has no IBAN on record.',
  'SEPA.NOTHING_TO_WRITE': 'The file would be empty.',
  'SEPA.ID_INVALID': 'An identifier does not fit into the file.',
  'SEPA.ID_TWICE': 'A refund stands in the file twice.',
  'SEPA.AMOUNT_INVALID': 'An amount does not fit into the file.',
  'SEPA.DATE_INVALID': 'The day of the transfer is none.',
  'SEPA.NAME_MISSING': 'A name is missing.',
  'SEPA.IBAN_INVALID': 'An IBAN is not valid.',
  'SEPA.BIC_INVALID': 'A BIC is not valid.',
  'SEPA.REFERENCE_INVALID': 'A reference is not valid.',
};

/** The problem document of a refusal: its code in lower case with dashes. */
export function refusedAs(code: Code): Problem {
  return Problem.refused(WORDS[code], code.toLowerCase().replaceAll(/[._]/g, '-'));
}
