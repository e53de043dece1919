import { localDate } from '#libs/registry/period.js';
import { formatMicros } from '#libs/tariff/micros.js';
import type { Tariff } from '#libs/tariff/tariff.js';

import { EnergyBook, type BookedEnergy } from './energy-book.js';
import type { CountedTwice, Line, Rated, RateRefusal, RateResult } from './rated.js';
import type { ReadingTable } from './reading-table.js';
import { averageMicros, nanosToCents, roundToCents } from './register.js';
import { cutByTariff } from './tariff-pieces.js';
import { unownedTimelines, type ChargerTimelines } from './timeline.js';
import { Stretches, spokenFor } from './unattributed.js';
import { walkSeries, type Walk } from './walk-series.js';

/**
 * Prices readings by a tariff on the local days [from, to], both inclusive: the whole of `chazemo rate` but its files.
 * Energy in Wh, prices in micro-euros per kWh, amounts in cents; the rules are those of design/interfaces.md.
 */
export function rate(readings: ReadingTable, tariff: Tariff, from: string, to: string): RateResult {
  const timelines = unownedTimelines(cutByTariff(tariff, from, to));
  return rateOn(readings, () => timelines);
}

/** The same on timelines of one's own, one set per charger, with further boundaries such as a change of tenant. */
export function rateOn(readings: ReadingTable, timelinesFor: (chargerId: string) => ChargerTimelines): RateResult {
  const { order, starts } = readings.bySeries();
  const books = new Map<string, EnergyBook>();
  const meters = readings.meters.map(({ chargerId }) => {
    const book = books.get(chargerId) ?? new EnergyBook(timelinesFor(chargerId));
    books.set(chargerId, book);
    return { book, stretches: new Stretches() };
  });
  const walk: Walk = { readings, rejected: [], room: new Uint32Array(readings.count) };
  for (const [series, meterNumber] of readings.meterOf.entries()) {
    const meter = meters[meterNumber];
    if (meter === undefined) throw new Error(`Series ${series} has no meter`);
    const rows = order.subarray(starts[series], starts[series + 1]);
    const isOutside = (readings.transactionOf[series] ?? null) === null;
    const book = isOutside ? null : meter.book.open(readings.payerOf[series] ?? null);
    walkSeries(walk, rows, book, meter.stretches);
  }
  let unattributedWh = 0;
  const countedTwice: CountedTwice[] = [];
  for (const [meterNumber, { book, stretches }] of meters.entries()) {
    const spoken = spokenFor(stretches, book.timelines.forPayer(null));
    unattributedWh += spoken.unattributedWh;
    if (spoken.twiceWh === 0) continue;
    const transactions = spoken.twiceIn.flatMap((series) => readings.transactionOf[series] ?? []);
    countedTwice.push({ chargerId: readings.meters[meterNumber]?.chargerId ?? '', wh: spoken.twiceWh, transactions });
  }
  const rejected = walk.rejected.sort((a, b) => a.row - b.row);
  return totalled([...books], { unattributedWh, countedTwice, rejected });
}

type Besides = Pick<Rated, 'unattributedWh' | 'countedTwice' | 'rejected'>;

function totalled(books: readonly [string, EnergyBook][], besides: Besides): RateResult {
  const lines: Line[] = [];
  let refused: RateRefusal | null = null;
  for (const [chargerId, book] of books) {
    for (const booked of book.used()) {
      const problem = problemOf(booked, book.timelines);
      if (problem === null) lines.push(printedLine(chargerId, booked));
      else refused = earlierRefusal(refused, problem);
    }
  }
  if (refused !== null) return { refused };
  lines.sort(byPrint);
  const totalWh = lines.reduce((sum, line) => sum + line.wh, 0);
  const totalCents = lines.reduce((sum, line) => sum + line.cents, 0);
  return { ok: { lines, totalWh, totalCents, ...besides } };
}

function problemOf({ slot, missingPriceMs }: BookedEnergy, timelines: ChargerTimelines): RateRefusal | null {
  const { band, direction, date, indexedBy } = slot;
  if (indexedBy !== null) {
    if (isNaN(missingPriceMs)) return null;
    const at = new Date(missingPriceMs);
    const day = localDate(at, timelines.timeZone);
    const seriesId = timelines.missingSeriesAt(missingPriceMs) ?? indexedBy;
    return { code: 'TARIFF.SERIES_MISSING', seriesId, at: at.toISOString(), date: day };
  }
  return slot.microsPerKWh === null ? { code: 'TARIFF.NOT_FOUND', band, direction, date } : null;
}

function printedLine(chargerId: string, { slot, wh, estimatedWh, estimatedErrorWh, nanos }: BookedEnergy): Line {
  const { season, dayType, band, label, interval, direction, calendarId, vatCode, exemptionCode, owner } = slot;
  const isAveragePrice = slot.microsPerKWh === null;
  const microsPerKWh = slot.microsPerKWh ?? averageMicros(nanos, wh);
  return {
    chargerId,
    season,
    dayType,
    band,
    label,
    interval,
    direction,
    wh,
    estimatedWh,
    estimatedErrorWh,
    microsPerKWh,
    isAveragePrice,
    priceParts: isAveragePrice ? null : slot.priceParts,
    cents: isAveragePrice ? nanosToCents(nanos) : roundToCents(wh, microsPerKWh, direction),
    calendarId,
    vatCode,
    exemptionCode,
    owner,
  };
}

/** Of two refusals the one that a person meets first: by day, then by what it is about. */
export function earlierRefusal(known: RateRefusal | null, found: RateRefusal): RateRefusal {
  if (known === null) return found;
  if (known.date !== found.date) return known.date < found.date ? known : found;
  return compareText(subjectOf(known), subjectOf(found)) <= 0 ? known : found;
}

function subjectOf(refusal: RateRefusal): string {
  return refusal.code === 'TARIFF.SERIES_MISSING' ? refusal.at : `${refusal.band} ${refusal.direction}`;
}

/** Plain code-unit order: the same on every machine. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Charger, season, day type, label, interval, price; then what else tells lines apart, import before export. */
function byPrint(a: Line, b: Line): number {
  return (
    compareText(a.chargerId, b.chargerId) ||
    compareText(a.season, b.season) ||
    compareText(a.dayType, b.dayType) ||
    compareText(a.label, b.label) ||
    compareText(a.interval, b.interval) ||
    a.microsPerKWh - b.microsPerKWh ||
    compareText(b.direction, a.direction) ||
    compareText(a.band, b.band) ||
    compareText(a.calendarId, b.calendarId) ||
    compareText(a.vatCode, b.vatCode) ||
    compareText(a.owner.spotId ?? '', b.owner.spotId ?? '') ||
    compareText(a.owner.customerId ?? '', b.owner.customerId ?? '')
  );
}

/** The result as `chazemo rate --json` and `npm run demo -- --json` print it, fields in the promised order. */
export function printable(rated: Rated) {
  return {
    lines: rated.lines.map((line) => ({
      chargerId: line.chargerId,
      season: line.season,
      dayType: line.dayType,
      band: line.band,
      label: line.label,
      interval: line.interval,
      direction: line.direction,
      wh: line.wh,
      estimatedWh: line.estimatedWh,
      perKWh: formatMicros(line.microsPerKWh),
      cents: line.cents,
    })),
    totalWh: rated.totalWh,
    totalCents: rated.totalCents,
    unattributedWh: rated.unattributedWh,
    rejected: rated.rejected,
  };
}
