/** What a line of a statement is to its reader: a word for each, in every language. */
export const MOVEMENTS = [
  'invoice',
  'credit-note',
  'direct-debit',
  'online-payment',
  'transfer',
  'from-balance',
  'payment',
  'payment-returned',
  'paid-ahead',
  'paid-ahead-returned',
  'refund',
  'refund-returned',
  'credit-moved',
  'debt-paid',
  'write-off',
  'write-off-reversed',
  'interest',
  'payout',
  'correction',
] as const;
export type Movement = (typeof MOVEMENTS)[number];

/** What the books know of how an entry's money came or went. */
export interface MovementEntry {
  /** An entry kind of the ledger. */
  readonly kind: string;
  /** The idempotency key: what comes before the first slash says whose deed it was. */
  readonly key: string;
  /** Which account of ours is on the other side. */
  readonly through: 'provider' | 'bank' | null;
}

const BY_KIND: Readonly<Record<string, Movement>> = {
  'invoice-issued': 'invoice',
  'credit-note-issued': 'credit-note',
  'payment-reversed': 'payment-returned',
  'top-up-reversed': 'paid-ahead-returned',
  refund: 'refund',
  'credit-moved': 'credit-moved',
  'open-debt-paid': 'debt-paid',
  'write-off': 'write-off',
  'write-off-reversed': 'write-off-reversed',
  'interest-charged': 'interest',
  'condominium-payout': 'payout',
};

/** Deeds of the payments that say by what means: a debit settled or credited, a page paid, a refund that came back. */
const BY_DEED: Readonly<Record<string, Movement>> = {
  settle: 'direct-debit',
  credit: 'direct-debit',
  checkout: 'online-payment',
  'refund-back': 'refund-returned',
};

/** Whatever has no word of its own (an entry that was taken back) is a correction. */
export function movementOf({ kind, key, through }: MovementEntry): Movement {
  const known = BY_KIND[kind];
  if (known !== undefined) return known;
  if (kind !== 'payment' && kind !== 'top-up' && kind !== 'unmatched-applied') return 'correction';
  const byDeed = BY_DEED[key.slice(0, key.indexOf('/'))];
  if (byDeed !== undefined) return byDeed;
  if (through === 'bank') return 'transfer';
  if (kind === 'top-up') return 'paid-ahead';
  return through === null ? 'from-balance' : 'payment';
}
