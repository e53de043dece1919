import { Problem } from './problem.js';

const WORDS: Readonly<Record<string, string>> = {
  'PAYOUT.NOT_FOUND': 'There is no such payout.',
  'PAYOUT.NOTHING_TO_PAY': 'Nothing is owed to the condominium now.',
  'PAYOUT.OWN_BANK': 'The condominium issues its own invoices: the money is in its own bank account.',
  'PAYOUT.IN_THE_FUTURE': 'The bank cannot have paid on a day that has not come.',
  'PAYOUT.POLICY_OF_THE_PAST': 'Months that are over keep their rules: begin in this month or later.',
  'PAYOUT.NOT_IN_EUROS': 'SEPA files are in euros: mark it as paid by hand.',
  'SEPA.IBAN_INVALID': 'The IBAN of the condominium or of the issuer is missing or wrong.',
};

/** Why something cannot be done with a payout, as a problem document. */
export function payoutProblem(refused: {
  readonly code: string;
  readonly state?: string;
  readonly numbers?: readonly string[];
}): Problem {
  const type = refused.code.toLowerCase().replace(/[._]/g, '-');
  if (refused.code === 'PAYOUT.NOT_FOUND') return Problem.notFound('payout');
  if (refused.code === 'PAYOUT.STATE') return Problem.refused(`The payout is ${refused.state ?? ''} already.`, type);
  if (refused.code === 'PAYOUT.CHANGED') {
    const numbers = (refused.numbers ?? []).slice(0, 10).join(', ');
    return Problem.refused(`Money went back since it was proposed (${numbers}): cancel it and propose again.`, type);
  }
  return Problem.refused(WORDS[refused.code] ?? refused.code, type);
}
