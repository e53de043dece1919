/** How a line was found to be a payout of the provider, the strongest first. */
export type PayoutSign = 'payout-id' | 'payout-text' | 'payout-amount';

/** What the provider paid, and no line has been found for. */
export interface UnseenPayout {
  readonly payoutId: string;
  readonly amountCents: number;
  /** The day that the bank has it, as the provider says. */
  readonly arrivesOn: string;
  /** What it is called on the statement. */
  readonly descriptor: string | null;
  /** The bank's own number of it. */
  readonly traceId: string | null;
}

/** Money that came in and may be a payout. */
export interface PayoutLine {
  readonly lineId: string;
  readonly amountCents: number;
  readonly bookedOn: string;
  /** All the words that the bank has of it. */
  readonly text: string;
  /** A person has said that it is a payout, not which one. */
  readonly isPayout: boolean;
  /** It says whose it is (certain), or something speaks for a customer (likely). */
  readonly customer: 'certain' | 'likely' | null;
}

export interface PayoutPair {
  readonly lineId: string;
  readonly payoutId: string;
  readonly foundBy: PayoutSign;
}

/** The bank books a payout a day early, or after a weekend with holidays. */
const DAYS_EARLY = 1;
export const PAYOUT_DAYS_LATE = 5;
/** What is shorter stands in any text by chance. */
const LEAST_ID = 8;
const LEAST_DESCRIPTOR = 5;
/** Banks write the provider's name where a payout has no descriptor of its own. */
const PROVIDER = /\bSTRIPE\b/i;
/** A number as the provider gives them: of a payout that may not have been told yet. */
const SOME_ID = /\bpo_[a-z0-9]{8,}/i;

/** Of equal amount, and around the day or with the number of the payout in its text. */
export function mayBe(line: Pick<PayoutLine, 'amountCents' | 'bookedOn' | 'text'>, payout: UnseenPayout): boolean {
  if (line.amountCents !== payout.amountCents) return false;
  const days = Temporal.PlainDate.from(payout.arrivesOn).until(line.bookedOn).days;
  return (days >= -DAYS_EARLY && days <= PAYOUT_DAYS_LATE) || namesId(line.text, payout);
}

/**
 * Which lines are which payouts, with certainty: the amount is the same to the cent, the day fits, and on the strongest
 * sign that there is (its number, then its or the provider's name, then nothing but the amount) the line fits one payout
 * and the payout one line. Whatever else is equal is left to people. The amount alone is enough only where nothing
 * speaks for a customer; a name is, where no customer is certain.
 */
export function pairPayouts(lines: readonly PayoutLine[], payouts: readonly UnseenPayout[]): PayoutPair[] {
  for (const sign of SIGNS) {
    const fits = lines.flatMap((line) =>
      payouts
        .filter((payout) => mayBe(line, payout) && isNoOther(line, payout) && sign.holds(line, payout))
        .map((payout) => ({ line, payout })),
    );
    const only = fits.filter(
      (one) =>
        sign.suffices(one.line) &&
        fits.every((other) => other === one || (other.line !== one.line && other.payout !== one.payout)),
    );
    if (only.length === 0) continue;
    const [foundLines, foundPayouts] = [
      new Set(only.map(({ line }) => line)),
      new Set(only.map(({ payout }) => payout)),
    ];
    return [
      ...only.map(({ line, payout }) => ({
        lineId: line.lineId,
        payoutId: payout.payoutId,
        foundBy: sign.foundBy,
      })),
      ...pairPayouts(
        lines.filter((line) => !foundLines.has(line)),
        payouts.filter((payout) => !foundPayouts.has(payout)),
      ),
    ];
  }
  return [];
}

interface Sign {
  readonly foundBy: PayoutSign;
  readonly holds: (line: PayoutLine, payout: UnseenPayout) => boolean;
  readonly suffices: (line: PayoutLine) => boolean;
}

const SIGNS: readonly Sign[] = [
  { foundBy: 'payout-id', holds: ({ text }, payout) => namesId(text, payout), suffices: () => true },
  {
    foundBy: 'payout-text',
    holds: ({ text }, { descriptor }) => names(text, descriptor, LEAST_DESCRIPTOR),
    suffices: ({ customer }) => customer !== 'certain',
  },
  {
    foundBy: 'payout-text',
    holds: ({ text, isPayout }) => isPayout || PROVIDER.test(text),
    suffices: ({ customer }) => customer !== 'certain',
  },
  { foundBy: 'payout-amount', holds: () => true, suffices: ({ customer }) => customer === null },
];

/** It does not name another payout by its number. */
function isNoOther({ text }: PayoutLine, payout: UnseenPayout): boolean {
  return !SOME_ID.test(text) || namesId(text, payout);
}

function namesId(text: string, { payoutId, traceId }: UnseenPayout): boolean {
  return names(text, payoutId, LEAST_ID) || names(text, traceId, LEAST_ID);
}

function names(text: string, word: string | null, least: number): boolean {
  const wanted = squeezed(word ?? '');
  return wanted.length >= least && squeezed(text).includes(wanted);
}

const squeezed = (text: string): string => text.toUpperCase().replace(/[^A-Z0-9]/g, '');
