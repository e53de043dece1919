import type { BandCount } from '../bands.js';
import type { Calendar, CalendarSet } from '../calendar.js';
import { ENERGY } from '../tariff.js';

/** A price or charge on local days [from, to], both inclusive; null is open. `row`: its row in the file, if any. */
export interface Dated {
  readonly row: number | null;
  readonly from: string;
  readonly to: string | null;
}

export interface DatedPrice extends Dated {
  readonly band: string;
  readonly direction: string;
  readonly component: string;
}

export interface PlanSpan {
  readonly validFrom: string;
  readonly validTo: string | null;
  readonly calendarChangeover: string | null;
}

export interface Finding {
  readonly row: number | null;
  readonly column: string;
  readonly message: string;
}

const shifted = (day: string, days: number): string => Temporal.PlainDate.from(day).add({ days }).toString();

/** The contract's bands: what its calendar's bands merge to. */
export function contractBands({ bandRules }: Calendar, bands: BandCount): readonly string[] {
  return [...new Set(Object.values(bandRules.merges[bands] ?? {}))];
}

/** Two closed spans of one price, or one charge, on the same day contradict each other; an open one is superseded. */
export function overlaps(rows: readonly Dated[], what: string): Finding[] {
  const sorted = rows.toSorted((a, b) => (a.from < b.from ? -1 : 1));
  return sorted.flatMap((row, index) => {
    const earlier = sorted[index - 1];
    if (earlier === undefined || earlier.to === null || earlier.to < row.from) return [];
    if (row.row === null && earlier.row === null) return [];
    const other = earlier.row === null ? `the one from ${earlier.from}` : `row ${earlier.row}`;
    const message = `${what} from ${row.from} overlaps ${other}, which holds until ${earlier.to}`;
    return [{ row: row.row ?? earlier.row, column: row.row === null ? 'to' : 'from', message }];
  });
}

/**
 * Bands of the contract without an energy price on some day of the plan. A plan without end is looked at until the last
 * day for which there is a price at all: the list of the next year is yet to come.
 */
export function bandGaps(
  plan: PlanSpan,
  calendar: Calendar,
  bands: BandCount,
  prices: readonly DatedPrice[],
): Finding[] {
  const energy = prices.filter((price) => price.direction === 'import' && price.component === ENERGY);
  const until = plan.validTo ?? lastDay(energy);
  return contractBands(calendar, bands).flatMap((band) => {
    const span = spanOf(plan, calendar, bands, band);
    if (span === null) return [];
    const end = span.to === null || (until !== null && until < span.to) ? until : span.to;
    if (end !== null && end < span.from) return [];
    return gapOf(
      energy.filter((price) => price.band === band),
      span.from,
      end,
      band,
    );
  });
}

/** The last day on which any price holds; null: one is open, or there is none. */
function lastDay(rows: readonly Dated[]): string | null {
  let last: string | null = null;
  for (const { to } of rows) {
    if (to === null) return null;
    if (last === null || to > last) last = to;
  }
  return last;
}

/** The days of the plan on which the calendar's hours in force have the band; null: never. */
function spanOf(
  plan: PlanSpan,
  calendar: Calendar,
  bands: BandCount,
  band: string,
): { from: string; to: string | null } | null {
  const spans = calendar.sets
    .filter((set) => hasBand(set, calendar, bands, band))
    .flatMap(({ holds }) => {
      const { validFrom, validTo, calendarChangeover: changeover } = plan;
      if (holds === 'always') return [{ from: validFrom, to: validTo }];
      if (changeover === null) return holds === 'until-changeover' ? [{ from: validFrom, to: validTo }] : [];
      if (holds === 'from-changeover') return [{ from: changeover > validFrom ? changeover : validFrom, to: validTo }];
      const before = shifted(changeover, -1);
      return [{ from: validFrom, to: validTo === null || validTo > before ? before : validTo }];
    })
    .filter(({ from, to }) => to === null || from <= to);
  const [first] = spans;
  const last = spans.at(-1);
  return first === undefined || last === undefined
    ? null
    : { from: spans.some(({ from }) => from === plan.validFrom) ? plan.validFrom : first.from, to: endOf(spans) };
}

function endOf(spans: readonly { readonly to: string | null }[]): string | null {
  return lastDay(spans.map(({ to }) => ({ row: null, from: '', to })));
}

function hasBand(set: CalendarSet, { bandRules }: Calendar, bands: BandCount, band: string): boolean {
  const merge = bandRules.merges[bands] ?? {};
  return set.tables.some(({ intervals }) => intervals.some((interval) => merge[interval.band] === band));
}

function gapOf(rows: readonly Dated[], from: string, to: string | null, band: string): Finding[] {
  let at: string | null = from;
  const sorted = rows.toSorted((a, b) => (a.from < b.from ? -1 : 1));
  let former: Dated | null = null;
  for (const row of sorted) {
    if (at === null || (to !== null && row.from > to)) break;
    if (row.from > at) {
      return [{ row: row.row, column: 'from', message: `no price for ${band} from ${at} to ${shifted(row.from, -1)}` }];
    }
    if (row.to === null) at = null;
    else if (row.to >= at) at = shifted(row.to, 1);
    former = row;
  }
  if (at === null || (to !== null && at > to)) return [];
  const span = to === null ? `from ${at} on` : `from ${at} to ${to}`;
  return [
    { row: former?.row ?? null, column: former === null ? 'band' : 'to', message: `no price for ${band} ${span}` },
  ];
}
