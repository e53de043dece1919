/** What happens to a debit of an account, as the testing page of Stripe's SEPA documentation lists it for Portugal. */
export interface DebitBehaviour {
  readonly outcome: 'succeeded' | 'failed';
  /** At least this long in `processing`. */
  readonly slowMs?: number;
  /** The reason of a dispute that follows the success at once. */
  readonly disputeReason?: string;
  readonly failureCode?: string;
  /** The scheme's reason code, where one is known. */
  readonly networkCode?: string;
}

const THREE_MINUTES_MS = 180_000;

const BEHAVIOURS: Readonly<Record<string, DebitBehaviour>> = {
  PT50000201231234567890154: { outcome: 'succeeded' },
  PT66000201231234567890157: { outcome: 'succeeded', slowMs: THREE_MINUTES_MS },
  PT23000201231234567890155: { outcome: 'failed', failureCode: 'generic_could_not_process', networkCode: 'MS03' },
  PT39000201231234567890158: {
    outcome: 'failed',
    failureCode: 'generic_could_not_process',
    networkCode: 'MS03',
    slowMs: THREE_MINUTES_MS,
  },
  PT93000201231234567890156: { outcome: 'succeeded', disputeReason: 'customer_initiated' },
  PT05000201230000000343434: { outcome: 'failed', failureCode: 'charge_exceeds_source_limit' },
  PT64000201230000000121212: { outcome: 'failed', failureCode: 'charge_exceeds_weekly_limit' },
  PT05000201230000002222227: { outcome: 'failed', failureCode: 'insufficient_funds', networkCode: 'AM04' },
};

/** Any other valid IBAN behaves as a good account. */
export function behaviourOf(iban: string): DebitBehaviour {
  return BEHAVIOURS[iban] ?? { outcome: 'succeeded' };
}

export const TEST_IBANS = {
  succeeds: 'PT50000201231234567890154',
  succeedsSlowly: 'PT66000201231234567890157',
  fails: 'PT23000201231234567890155',
  failsSlowly: 'PT39000201231234567890158',
  disputed: 'PT93000201231234567890156',
  exceedsSourceLimit: 'PT05000201230000000343434',
  exceedsWeeklyLimit: 'PT64000201230000000121212',
  insufficientFunds: 'PT05000201230000002222227',
} as const;

/** ISO 13616 check: letters to numbers, rotated by four, modulo 97 is 1. */
export function hasValidCheckDigits(iban: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban)) return false;
  const digits = (iban.slice(4) + iban.slice(0, 4)).replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  return BigInt(digits) % 97n === 1n;
}
