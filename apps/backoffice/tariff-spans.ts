import type { NamedBand } from '#libs/tariff/bands.js';
import { latestOn, pricePartsOn, sumOf, type BandPrice } from '#libs/tariff/tariff.js';

import type { BandPrices, PlanCharge, TariffChange, TariffSpan } from './api-types.js';

/** A charge of a plan on local days [from, to], both inclusive; an open end is null. */
export interface DatedCharge extends PlanCharge {
  readonly from: string;
  readonly to: string | null;
}

/** A plan with everything that was ever agreed in it. */
export interface DatedPlan {
  readonly plan: TariffSpan['plan'];
  readonly from: string;
  readonly to: string | null;
  /** The bands a contract of so many bands has, as they are listed. */
  readonly bands: readonly NamedBand[];
  readonly prices: readonly BandPrice[];
  readonly charges: readonly DatedCharge[];
}

type Terms = Pick<TariffSpan, 'plan' | 'prices' | 'charges'>;

const dayAfter = (date: string): string => Temporal.PlainDate.from(date).add({ days: 1 }).toString();
const dayBefore = (date: string): string => Temporal.PlainDate.from(date).subtract({ days: 1 }).toString();

/** Every day on which something may begin or have ended, ascending. */
function cutsOf(plans: readonly DatedPlan[]): string[] {
  const cuts = new Set<string>();
  for (const { plan, prices, charges, from, to } of plans) {
    for (const span of [{ from, to }, ...prices, ...charges]) {
      cuts.add(span.from);
      if (span.to !== null) cuts.add(dayAfter(span.to));
    }
    if (plan.calendarChangeover !== null) cuts.add(plan.calendarChangeover);
  }
  return [...cuts].sort();
}

function pricesOn({ bands, prices, plan }: DatedPlan, date: string): BandPrices[] {
  return (['import', 'export'] as const).flatMap((direction) =>
    bands.flatMap(({ id: band, label }): BandPrices[] => {
      const parts = pricePartsOn({ prices, index: plan.index }, band, direction, date);
      if (parts === null || (parts.length === 0 && direction === 'export')) return [];
      return [{ band, label, direction, parts: [...parts], totalMicros: sumOf(parts) }];
    }),
  );
}

function chargesOn({ charges }: DatedPlan, date: string): PlanCharge[] {
  const byCode = Map.groupBy(charges, ({ party, code }) => `${party}/${code}`);
  return [...byCode.values()].flatMap((rows) => {
    const row = latestOn(rows, date, ({ from, to }) => [from, to]);
    if (row === null) return [];
    const { from: _from, to: _to, ...charge } = row;
    return [charge];
  });
}

function termsOn(plans: readonly DatedPlan[], date: string): Terms | null {
  const dated = latestOn(plans, date, ({ from, to }) => [from, to]);
  if (dated === null) return null;
  return { plan: dated.plan, prices: pricesOn(dated, date), charges: chargesOn(dated, date) };
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function changesBetween(before: Terms | null, after: Terms, date: string): TariffChange[] {
  if (before === null || before.plan.planId !== after.plan.planId) return ['plan'];
  const changes: TariffChange[] = [];
  if (!isSame(before.prices, after.prices)) changes.push('prices');
  if (!isSame(before.charges, after.charges)) changes.push('charges');
  if (after.plan.calendarChangeover === date) changes.push('calendar');
  return changes;
}

/**
 * An installation's plans as spans of days on which nothing changes, in order; days without a plan have none.
 * `today` is the local day there.
 */
export function tariffSpans(plans: readonly DatedPlan[], today: string): TariffSpan[] {
  const spans: TariffSpan[] = [];
  let before: Terms | null = null;
  const cuts = cutsOf(plans);
  for (const [index, from] of cuts.entries()) {
    const terms = termsOn(plans, from);
    const next = cuts[index + 1];
    const to = next === undefined ? null : dayBefore(next);
    const changes = terms === null ? [] : changesBetween(before, terms, from);
    before = terms;
    if (terms === null) continue;
    const last = spans.at(-1);
    if (changes.length === 0 && last !== undefined) spans[spans.length - 1] = { ...last, to };
    else spans.push({ from, to, isToday: false, changes, ...terms });
  }
  const isOn = ({ from, to }: TariffSpan): boolean => from <= today && (to === null || today <= to);
  return spans.map((span) => Object.assign(span, { isToday: isOn(span) }));
}

/** The next day on which something is other than today, and what; `none`: no plan holds from then on. */
export function nextChangeOf(
  spans: readonly TariffSpan[],
  today: string,
): { date: string; changes: TariffChange[] } | null {
  const current = spans.find(({ isToday }) => isToday);
  const coming = spans.find(({ from }) => from > today);
  if (current?.to !== null && current !== undefined) {
    const date = dayAfter(current.to);
    if (coming?.from !== date) return { date, changes: ['none'] };
  }
  return coming === undefined ? null : { date: coming.from, changes: coming.changes };
}
