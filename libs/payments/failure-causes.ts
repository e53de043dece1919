import data from './failure-causes.json' with { type: 'json' };

/** Why an invoice is not paid, in our words: the `cause` of an arrears case. */
export type FailureCause =
  | 'insufficient-funds'
  | 'account-closed'
  | 'account-invalid'
  | 'account-blocked'
  | 'mandate-inactive'
  | 'refused-by-debtor'
  | 'debtor-deceased'
  | 'limit-exceeded'
  | 'disputed'
  | 'bank-unreachable'
  | 'cancelled'
  | 'processing-too-long'
  | 'no-mandate'
  | 'prepaid-too-low'
  | 'not-paid'
  | 'debit-failed';

interface CauseRow {
  readonly cause: FailureCause;
  readonly curable: boolean;
  readonly sepa: readonly string[];
  readonly provider: readonly string[];
}

export const FAILURE_CAUSES = data.causes as readonly CauseRow[];

const byWord = new Map(
  FAILURE_CAUSES.flatMap((row) => [row.cause, ...row.sepa, ...row.provider].map((word) => [word, row] as const)),
);

/** Whether the word is one of ours, of SEPA's reason codes, or of the provider's codes that we know. */
export function isKnownFailure(word: string | null | undefined): boolean {
  return word !== null && word !== undefined && byWord.has(word);
}

/** Our cause for any of those words; what nobody knows is `debit-failed`. */
export function causeOf(word: string | null | undefined): FailureCause {
  return byWord.get(word ?? '')?.cause ?? 'debit-failed';
}

/** Whether a second debit of the same account can cure it. */
export function isCurable(word: string | null | undefined): boolean {
  return byWord.get(word ?? '')?.curable ?? false;
}
