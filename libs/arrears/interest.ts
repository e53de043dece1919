import data from './interest-rates.json' with { type: 'json' };

export type InterestKind = 'civil' | 'commercial';

/** A legal rate, in hundredths of a per cent a year, half-open in local dates; `to` null is open. */
export interface InterestRate {
  readonly kind: string;
  readonly from: string;
  readonly to: string | null;
  readonly permyriad: number;
  readonly source: string;
  readonly confidence: string;
}

export const INTEREST_RATES: readonly InterestRate[] = data.rates;

/** What the principal changed by on a local date: the debt itself is the first. Interest is no principal. */
export interface PrincipalChange {
  readonly date: string;
  readonly cents: number;
}

/** Days with one principal at one rate. */
export interface InterestSpan {
  readonly from: string;
  /** Exclusive. */
  readonly to: string;
  readonly days: number;
  readonly principalCents: number;
  readonly permyriad: number;
}

export type Interest =
  | { readonly cents: number; readonly spans: readonly InterestSpan[] }
  | { readonly refused: { readonly code: 'INTEREST.RATE_MISSING'; readonly date: string } };

const DAYS_A_YEAR = 365n;
const PERMYRIAD = 10_000n;

/**
 * Simple interest over local days [from, to) on what was due at the end of each day, act/365 (a leap day counts as a
 * day of a 365-day year), rounded half up once at the end. A day without a rate is a refusal, never a zero; days on which
 * nothing was due need none.
 */
export function interestOn(order: {
  readonly changes: readonly PrincipalChange[];
  readonly from: string;
  readonly to: string;
  readonly kind: InterestKind;
  readonly rates?: readonly InterestRate[];
}): Interest {
  const { changes, kind, rates = INTEREST_RATES } = order;
  const spans: InterestSpan[] = [];
  for (let date = Temporal.PlainDate.from(order.from); date.toString() < order.to; date = date.add({ days: 1 })) {
    const day = date.toString();
    const principalCents = changes.reduce((sum, change) => (change.date <= day ? sum + change.cents : sum), 0);
    if (principalCents <= 0) continue;
    const rate = rates.find((one) => one.kind === kind && one.from <= day && (one.to === null || day < one.to));
    if (rate === undefined) return { refused: { code: 'INTEREST.RATE_MISSING', date: day } };
    addDay(spans, {
      from: day,
      to: date.add({ days: 1 }).toString(),
      days: 1,
      principalCents,
      permyriad: rate.permyriad,
    });
  }
  return { cents: halfUpCents(spans), spans };
}

function addDay(spans: InterestSpan[], day: InterestSpan): void {
  const last = spans.at(-1);
  const goesOn =
    last?.to === day.from && last.principalCents === day.principalCents && last.permyriad === day.permyriad;
  if (!goesOn) spans.push(day);
  else spans[spans.length - 1] = { ...last, to: day.to, days: last.days + 1 };
}

/** The one rounding. */
function halfUpCents(spans: readonly InterestSpan[]): number {
  const numerator = spans.reduce(
    (sum, { days, principalCents, permyriad }) => sum + BigInt(days) * BigInt(principalCents) * BigInt(permyriad),
    0n,
  );
  const denominator = DAYS_A_YEAR * PERMYRIAD;
  return Number((2n * numerator + denominator) / (2n * denominator));
}
