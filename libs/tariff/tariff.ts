import type { HolidayBook } from '#libs/registry/holidays.js';

import type { Band, BandCount, Direction } from './bands.js';
import type { Calendar } from './calendar.js';
import { divideRoundedHalfUp } from './rounding.js';

/** The component that makes a price one: network access, levies and discounts come beside it. */
export const ENERGY = 'energy';

/** What a price per kWh is made of, as Portuguese invoices tell it apart. */
export const COMPONENTS = [ENERGY, 'network-access', 'levy', 'discount'] as const;

/** One component of a band's price per kWh on local days [from, to], both inclusive; an open end is null. */
export interface BandPrice {
  readonly band: Band;
  readonly direction: Direction;
  readonly component: string;
  readonly from: string;
  readonly to: string | null;
  /** Micro-units of the currency; only a discount is negative. */
  readonly microsPerKWh: number;
}

export interface PricePart {
  readonly component: string;
  readonly micros: number;
}

/** The values of a series by instant: micro-units per kWh, or for a factor parts per million. */
export interface SeriesView {
  readonly id: string;
  readonly resolutionMs: number;
  /** The value that holds at an instant (milliseconds), or null where the series has none. */
  valueAt(atMs: number): number | null;
}

/** An indexed plan: price = series × losses × factor + margin, per step of the series. */
export interface IndexFormula {
  readonly series: SeriesView;
  readonly losses: SeriesView | null;
  /** Constant losses where there is no series; 1 000 000 is none. */
  readonly lossesPpm: number;
  readonly factorPpm: number;
  readonly marginMicros: number;
}

/** What the site agreed with its retailer, on local days [validFrom, validTo], both inclusive; an open end is null. */
export interface Contract {
  readonly validFrom: string | null;
  readonly validTo: string | null;
  readonly calendar: Calendar;
  readonly bands: BandCount;
  /** The local day from which the site's meter follows the newer hours of the calendar. */
  readonly calendarChangeover: string | null;
  readonly holidaysAsSunday: boolean;
  readonly prices: readonly BandPrice[];
  readonly index: IndexFormula | null;
  readonly vatCode: string;
  readonly exemptionCode: string | null;
}

/** What a site's energy costs, over time. */
export interface Tariff {
  readonly timeZone: string;
  readonly holidays: Pick<HolidayBook, 'on'>;
  readonly contracts: readonly Contract[];
}

/** Of rows that hold on a day, the one that began last: a newer row supersedes an older one left open. */
export function latestOn<Row>(
  rows: readonly Row[],
  date: string,
  span: (row: Row) => readonly [string | null, string | null],
): Row | null {
  let best: Row | null = null;
  let bestFrom = '';
  for (const row of rows) {
    const [from, to] = span(row);
    if ((from !== null && from > date) || (to !== null && to < date)) continue;
    if (best !== null && (from ?? '') <= bestFrom) continue;
    best = row;
    bestFrom = from ?? '';
  }
  return best;
}

/** The contract in force on a local day (yyyy-mm-dd), or null. */
export function contractOn(tariff: Tariff, date: string): Contract | null {
  return latestOn(tariff.contracts, date, (contract) => [contract.validFrom, contract.validTo]);
}

/**
 * The components of a band's price on a local day, energy first, then as they are named. Null where the contract has no
 * energy price for the band: never zero. An indexed contract has its energy from the series: what stands here comes on
 * top of it. Energy fed back has its own prices and no index.
 */
export function pricePartsOn(
  contract: Pick<Contract, 'prices'> & { readonly index: object | null },
  band: Band,
  direction: Direction,
  date: string,
): readonly PricePart[] | null {
  const rows = contract.prices.filter((price) => price.band === band && price.direction === direction);
  const components = [...new Set(rows.map((row) => row.component))];
  components.sort((a, b) => Number(b === ENERGY) - Number(a === ENERGY) || (a < b ? -1 : 1));
  const parts = components.flatMap((component): PricePart[] => {
    const ofComponent = rows.filter((row) => row.component === component);
    const row = latestOn(ofComponent, date, ({ from, to }) => [from, to]);
    return row === null ? [] : [{ component, micros: row.microsPerKWh }];
  });
  const isIndexed = contract.index !== null && direction === 'import';
  return isIndexed || parts[0]?.component === ENERGY ? parts : null;
}

/** What the parts are together in micro-units per kWh, without any index. */
export function sumOf(parts: readonly PricePart[]): number {
  return parts.reduce((sum, part) => sum + part.micros, 0);
}

const MILLION = 1_000_000n;

/** The indexed part of a price at an instant in micro-units per kWh, rounded half up once; or the series that lacks it. */
export function indexedMicros(index: IndexFormula, atMs: number): { micros: number } | { missing: string } {
  const price = index.series.valueAt(atMs);
  if (price === null) return { missing: index.series.id };
  const losses = index.losses === null ? index.lossesPpm : index.losses.valueAt(atMs);
  if (losses === null) return { missing: index.losses?.id ?? '' };
  const scaled = BigInt(price) * BigInt(losses) * BigInt(index.factorPpm);
  return { micros: divideRoundedHalfUp(scaled, MILLION * MILLION) + index.marginMicros };
}
