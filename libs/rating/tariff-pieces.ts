import { dayStart, localDate } from '#libs/registry/period.js';
import type { Direction } from '#libs/tariff/bands.js';
import {
  contractOn,
  indexedMicros,
  pricePartsOn,
  sumOf,
  type Contract,
  type PricePart,
  type Tariff,
} from '#libs/tariff/tariff.js';
import { openTimetable, type BandInterval, type DayTable } from '#libs/tariff/timetable.js';

/** What a printed line says of the tariff: pieces of time that print on the same line share one. */
export interface Rate {
  readonly season: string;
  readonly dayType: string;
  /** `*` where no contract holds. */
  readonly band: string;
  readonly label: string;
  readonly interval: string;
  readonly direction: Direction;
  /** Null: no price (in use, that is an error), or an indexed one, which differs from piece to piece. */
  readonly microsPerKWh: number | null;
  /** What the price is made of; of an indexed one what comes on top of the index. */
  readonly priceParts: readonly PricePart[];
  /** The series an indexed price comes from; null: one price for the whole line. */
  readonly indexedBy: string | null;
  readonly calendarId: string;
  readonly vatCode: string;
  readonly exemptionCode: string | null;
  /** The first local day it is used on. */
  readonly date: string;
}

/** The tariff's pieces of a span of local days, before owners are looked at; shared by all chargers of a site. */
export interface TariffPieces {
  /** In which the days are local. */
  readonly timeZone: string;
  readonly endMs: number;
  /** Ascending; piece i is [starts[i], starts[i + 1]), the last one ends at endMs. */
  readonly starts: readonly number[];
  readonly rates: readonly Rate[];
  /** Into `rates`, by piece. */
  readonly importRate: readonly number[];
  readonly exportRate: readonly number[];
  /** By piece, micro-units per kWh where the price is indexed; NaN where a series lacks it. Null: nothing is indexed. */
  readonly importMicros: Float64Array | null;
  /** Which series of an indexed price lacks its value at an instant, the prices' or the losses'; null: none does. */
  missingSeriesAt(atMs: number): string | null;
}

const DAY_MINUTES = 1440;

interface Piece {
  readonly startMs: number;
  readonly date: string;
  readonly contract: Contract | null;
  readonly table: DayTable | null;
  readonly interval: BandInterval | null;
}

/**
 * Cuts the local days [from, to], both inclusive, at every local midnight and band boundary, and where a price is
 * indexed at every step of its series. Within a day the wall clock decides: an hour that is missing has no piece, an
 * hour that comes twice has its bands twice.
 */
export function cutByTariff(tariff: Tariff, from: string, to: string): TariffPieces {
  const { pieces, endMs } = piecesOf(tariff, from, to);
  const rates = new RateList();
  const importRate = pieces.map((piece) => rates.numberOf(piece, 'import'));
  const exportRate = pieces.map((piece) => rates.numberOf(piece, 'export'));
  const isIndexed = rates.list.some((rate) => rate.indexedBy !== null);
  const importMicros = isIndexed
    ? Float64Array.from(pieces, (piece, index) => indexedPrice(piece, rates.list[importRate[index] ?? -1]))
    : null;
  return {
    timeZone: tariff.timeZone,
    endMs,
    starts: pieces.map(({ startMs }) => startMs),
    rates: rates.list,
    importRate,
    exportRate,
    importMicros,
    missingSeriesAt: (atMs) => missingSeries(tariff, atMs),
  };
}

function missingSeries(tariff: Tariff, atMs: number): string | null {
  const index = contractOn(tariff, localDate(new Date(atMs), tariff.timeZone))?.index ?? null;
  const indexed = index === null ? null : indexedMicros(index, atMs);
  return indexed !== null && 'missing' in indexed ? indexed.missing : null;
}

function piecesOf(tariff: Tariff, from: string, to: string): { pieces: Piece[]; endMs: number } {
  const timetables = new Map(tariff.contracts.map((contract) => [contract, openTimetable(contract, tariff)]));
  const last = Temporal.PlainDate.from(to);
  const pieces: Piece[] = [];
  let day = Temporal.PlainDate.from(from);
  for (; Temporal.PlainDate.compare(day, last) <= 0; day = day.add({ days: 1 })) {
    const date = day.toString();
    const contract = contractOn(tariff, date);
    const table = contract === null ? null : (timetables.get(contract)?.(day) ?? null);
    const endMs = dayStart(day.add({ days: 1 }), tariff.timeZone).getTime();
    const ofDay = dayPieces(day, tariff.timeZone, table, endMs);
    for (const [index, { startMs, interval }] of ofDay.entries()) {
      const untilMs = ofDay[index + 1]?.startMs ?? endMs;
      for (const at of stepsOf(contract, startMs, untilMs))
        pieces.push({ startMs: at, date, contract, table, interval });
    }
  }
  return { pieces, endMs: dayStart(day, tariff.timeZone).getTime() };
}

/** Where the steps of an indexed price begin in [startMs, untilMs); a fixed price has one. */
function stepsOf(contract: Contract | null, startMs: number, untilMs: number): number[] {
  const index = contract?.index ?? null;
  if (index === null) return [startMs];
  const stepMs = Math.min(index.series.resolutionMs, index.losses?.resolutionMs ?? Infinity);
  const steps = [startMs];
  for (let at = (Math.floor(startMs / stepMs) + 1) * stepMs; at < untilMs; at += stepMs) steps.push(at);
  return steps;
}

/** One local day's changes of interval, as instants. */
function dayPieces(
  day: Temporal.PlainDate,
  timeZone: string,
  table: DayTable | null,
  endMs: number,
): { startMs: number; interval: BandInterval | null }[] {
  let zoned = day.toZonedDateTime(timeZone);
  if (table === null) return [{ startMs: zoned.epochMilliseconds, interval: null }];
  const pieces: { startMs: number; interval: BandInterval | null }[] = [];
  while (zoned.epochMilliseconds < endMs) {
    const change = zoned.getTimeZoneTransition('next');
    const until = change === null ? endMs : Math.min(change.epochMilliseconds, endMs);
    for (const piece of steadyPieces(zoned, until, table)) {
      if (pieces.at(-1)?.interval !== piece.interval) pieces.push(piece);
    }
    if (change === null || change.epochMilliseconds >= endMs) break;
    zoned = change;
  }
  return pieces;
}

/** Changes of interval from an instant on, while the clock is not changed. */
function steadyPieces(zoned: Temporal.ZonedDateTime, until: number, table: DayTable) {
  const startMs = zoned.epochMilliseconds;
  const sinceMidnight = zoned.toPlainTime().since('00:00').total('milliseconds');
  const pieces: { startMs: number; interval: BandInterval }[] = [];
  // A zone whose clock goes back over midnight shows the evening again: at most two rounds of the table.
  for (const round of [0, DAY_MINUTES]) {
    for (const interval of table.intervals) {
      const from = startMs + (interval.startMinute + round) * 60_000 - sinceMidnight;
      const to = startMs + (interval.endMinute + round) * 60_000 - sinceMidnight;
      if (to > startMs && from < until) pieces.push({ startMs: Math.max(from, startMs), interval });
    }
  }
  return pieces;
}

/** Rates in order of first mention; pieces that print on the same line share one. */
class RateList {
  readonly list: Rate[] = [];
  readonly #byKey = new Map<string, number>();
  readonly #ofDay = new Map<string, number>();

  numberOf(piece: Piece, direction: Direction): number {
    // The steps of an indexed day share all but their price: looked up once.
    const step = `${piece.date} ${direction} ${piece.interval?.startMinute}`;
    const known = this.#ofDay.get(step);
    if (known !== undefined) return known;
    const number = this.#numberOf(rateOf(piece, direction));
    this.#ofDay.set(step, number);
    return number;
  }

  #numberOf(rate: Rate): number {
    const { date, ...printed } = rate;
    // Without a price each day is apart, so that the error can name the first day the band is in use.
    const hasNone = rate.microsPerKWh === null && rate.indexedBy === null;
    const key = JSON.stringify([printed, hasNone ? date : null]);
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    this.#byKey.set(key, this.list.length);
    this.list.push(rate);
    return this.list.length - 1;
  }
}

function rateOf({ contract, table, interval, date }: Piece, direction: Direction): Rate {
  const parts = contract === null || interval === null ? null : pricePartsOn(contract, interval.band, direction, date);
  const indexedBy = parts !== null && direction === 'import' ? (contract?.index?.series.id ?? null) : null;
  return {
    season: table?.season ?? '',
    dayType: table?.dayType ?? '',
    band: interval?.band ?? '*',
    label: interval?.label ?? '',
    interval: interval?.interval ?? '',
    direction,
    microsPerKWh: parts === null || indexedBy !== null ? null : sumOf(parts),
    priceParts: parts ?? [],
    indexedBy,
    calendarId: contract?.calendar.id ?? '',
    vatCode: contract?.vatCode ?? '',
    exemptionCode: contract?.exemptionCode ?? null,
    date,
  };
}

function indexedPrice({ contract, startMs }: Piece, rate: Rate | undefined): number {
  const index = contract?.index ?? null;
  if (index === null || rate === undefined) return NaN;
  const indexed = indexedMicros(index, startMs);
  return 'missing' in indexed ? NaN : indexed.micros + sumOf(rate.priceParts);
}
