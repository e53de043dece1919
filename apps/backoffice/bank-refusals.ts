import type { LineRefusal } from '#libs/payments/bank/decide-line.js';
import type { MatchRefusal } from '#libs/payments/bank/match-to-books.js';

import { Problem } from './problem.js';

type Code = MatchRefusal | LineRefusal;

const WORDS: Readonly<Record<Code, string>> = {
  LINE_NOT_FOUND: 'There is no such line.',
  LINE_IS_A_DEBIT: 'Money went out by this line: there is nothing to give to an invoice or back to a payer.',
  LINE_IS_A_CREDIT: 'Money came in by this line: say whose it is.',
  KEY_USED_FOR_ANOTHER_LINE: 'This Idempotency-Key was used for another line.',
  PARTS_INVALID: 'Each invoice stands once, with an amount of more than nothing.',
  PARTS_EXCEED_LINE: 'The parts are more than what is open of the line.',
  PART_EXCEEDS_DUE: 'A part is more than what is due on its invoice: give the rest to what is paid ahead.',
  PART_OF_ANOTHER_ISSUER: 'An invoice is not of this customer, or not of the issuer of this account.',
  CUSTOMER_NOT_FOUND: 'A customer is not one of the issuer of this account.',
  NOTHING_OPEN: 'All of this line has been decided on.',
  DECISION_NOT_FOUND: 'The line has no such decision.',
  DECISION_UNDONE_BEFORE: 'The decision was taken back before.',
  DECISION_OF_A_SEPA_FILE: 'It is the money of a direct debit file: the bank takes it back, with its reason.',
  CREDIT_USED: 'What was paid ahead by it has been used meanwhile.',
  PAYOUT_NOT_FOUND: 'The provider has paid no such payout into this account.',
  PAYOUT_SEEN_BEFORE: 'This payout came on another line.',
  PAYOUT_OF_ANOTHER_AMOUNT: 'The payout is not what is open of this line.',
};

/** Why a decision on a line was refused, as a problem document. */
export function bankProblem(code: Code): Problem {
  if (code === 'LINE_NOT_FOUND') return Problem.notFound('bank line');
  return Problem.refused(WORDS[code], `bank-${code.toLowerCase().replaceAll('_', '-')}`);
}
