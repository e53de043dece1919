import type { Account } from './accounts.js';

/** One line of an entry: debit positive, credit negative, in cents. */
export interface EntryPosting {
  readonly account: Account;
  /** What is posted: balances are sums of it. */
  readonly amountCents: number;
  /** What is reserved (a pending entry) or released again (the entry that resolves it). */
  readonly pendingCents: number;
}

export const ENTRY_KINDS = [
  'invoice-issued',
  'credit-note-issued',
  'payment',
  'payment-reversed',
  'top-up',
  'top-up-reversed',
  'refund',
  'credit-moved',
  'write-off',
  'write-off-reversed',
  'interest-charged',
  'unmatched-received',
  'unmatched-applied',
  'unmatched-returned',
  'processor-payout',
  'processor-payout-failed',
  'condominium-payout',
  'open-debt-paid',
  'reversal',
] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** pending reserves; posted moves, also what was pending; void releases what was pending and moves nothing. */
export const ENTRY_PHASES = ['pending', 'posted', 'void'] as const;
export type EntryPhase = (typeof ENTRY_PHASES)[number];

/** A business event as the books will hold it. Always sums to zero in every currency, posted and pending each. */
export interface Entry {
  /** The idempotency key of the event. */
  readonly key: string;
  readonly kind: EntryKind;
  readonly phase: EntryPhase;
  /** Key of the pending entry that this one posts or voids. */
  readonly resolvesKey: string | null;
  readonly description: string;
  readonly documentId: string | null;
  readonly occurredAt: Date;
  readonly postings: readonly EntryPosting[];
}

export interface EntryDraft {
  readonly key: string;
  readonly kind: EntryKind;
  readonly phase?: EntryPhase;
  readonly resolvesKey?: string;
  readonly description: string;
  readonly documentId: string | null;
  readonly occurredAt: Date;
  readonly postings: readonly {
    readonly account: Account;
    readonly amountCents: number;
    readonly pendingCents?: number;
  }[];
}

/**
 * Builds an entry: merges postings of one account, drops those of nothing. Throws RangeError for what is no whole cent
 * and Error for what does not sum to zero per currency, posted or pending.
 */
export function entry(draft: EntryDraft): Entry {
  const { phase = 'posted', resolvesKey = null, ...facts } = draft;
  const byCode = new Map<string, EntryPosting>();
  for (const { account, amountCents, pendingCents = 0 } of draft.postings) {
    for (const cents of [amountCents, pendingCents]) {
      if (!Number.isSafeInteger(cents)) throw new RangeError(`entry ${draft.key}: ${cents} is no whole cent`);
    }
    const before = byCode.get(account.code);
    byCode.set(account.code, {
      account,
      amountCents: (before?.amountCents ?? 0) + amountCents,
      pendingCents: (before?.pendingCents ?? 0) + pendingCents,
    });
  }
  const postings = [...byCode.values()].filter(
    ({ amountCents, pendingCents }) => amountCents !== 0 || pendingCents !== 0,
  );
  assertBalanced(draft.key, 'out of balance', sumByCurrency(postings));
  assertBalanced(draft.key, 'pending out of balance', pendingByCurrency(postings));
  return { ...facts, phase, resolvesKey, postings };
}

function assertBalanced(key: string, what: string, sums: ReadonlyMap<string, number>): void {
  for (const [currency, sum] of sums) {
    if (sum !== 0) throw new Error(`entry ${key} is ${what} by ${sum} cents of ${currency}`);
  }
}

/** Sum of what is posted per currency, in cents; in balanced books every one is zero. */
export function sumByCurrency(postings: readonly EntryPosting[]): Map<string, number> {
  return sums(postings, ({ amountCents }) => amountCents);
}

/** Sum of what is pending per currency, in cents; in balanced books every one is zero. */
export function pendingByCurrency(postings: readonly EntryPosting[]): Map<string, number> {
  return sums(postings, ({ pendingCents }) => pendingCents);
}

function sums(postings: readonly EntryPosting[], centsOf: (posting: EntryPosting) => number): Map<string, number> {
  const byCurrency = new Map<string, number>();
  for (const posting of postings) {
    const { currency } = posting.account;
    byCurrency.set(currency, (byCurrency.get(currency) ?? 0) + centsOf(posting));
  }
  return byCurrency;
}

/** Throws RangeError unless it is a positive number of whole cents. */
export function assertPositive(amountCents: number, key: string): void {
  if (!Number.isSafeInteger(amountCents) || amountCents <= 0) {
    throw new RangeError(`entry ${key}: ${amountCents} is not a positive number of cents`);
  }
}

/** Money goes from the credited account to the debited one. */
export function movement(
  facts: Omit<EntryDraft, 'postings'>,
  money: { readonly debit: Account; readonly credit: Account; readonly amountCents: number },
): Entry {
  assertPositive(money.amountCents, facts.key);
  return entry({
    ...facts,
    postings: [
      { account: money.debit, amountCents: money.amountCents },
      { account: money.credit, amountCents: -money.amountCents },
    ],
  });
}
