import type { Band } from '#libs/tariff/bands.js';
import { formatMicros } from '#libs/tariff/micros.js';
import type { Tariff } from '#libs/tariff/tariff.js';

import { EnergyBook } from './energy-book.js';
import type { Line, Rated, Rejected, RateResult, TariffNotFound } from './rated.js';
import type { ReadingTable } from './reading-table.js';
import { roundToCents } from './register.js';
import { cutByTariff, timelineOf, type Slot, type Timeline } from './timeline.js';
import { Stretches, unattributedOf } from './unattributed.js';
import { walkSeries, type Walk } from './walk-series.js';

/**
 * Prices readings by a tariff on the local days [from, to], both inclusive: the whole of `chazemo rate` but its files.
 * Energy in Wh, prices in micro-euros per kWh, amounts in cents; the rules are those of design/interfaces.md.
 */
export function rate(readings: ReadingTable, tariff: Tariff, from: string, to: string): RateResult {
  const timeline = timelineOf(cutByTariff(tariff, from, to));
  return rateOn(readings, () => timeline);
}

/** The same on timelines of one's own, one per charger, with further boundaries such as a change of tenant. */
export function rateOn(readings: ReadingTable, timelineFor: (chargerId: string) => Timeline): RateResult {
  const { order, starts } = readings.bySeries();
  const books = new Map<string, EnergyBook>();
  const meters = readings.meters.map(({ chargerId }) => {
    const book = books.get(chargerId) ?? new EnergyBook(timelineFor(chargerId));
    books.set(chargerId, book);
    return { book, stretches: new Stretches() };
  });
  const walk: Walk = { readings, rejected: [], room: new Uint32Array(readings.count) };
  for (const [series, meterNumber] of readings.meterOf.entries()) {
    const meter = meters[meterNumber];
    if (meter === undefined) throw new Error(`Series ${series} has no meter`);
    const rows = order.subarray(starts[series], starts[series + 1]);
    walkSeries(walk, rows, readings.outside.has(series) ? null : meter.book, meter.stretches);
  }
  let unattributedWh = 0;
  for (const { book, stretches } of meters) unattributedWh += unattributedOf(stretches, book.timeline);
  return totalled(
    [...books],
    unattributedWh,
    walk.rejected.sort((a, b) => a.row - b.row),
  );
}

function totalled(books: readonly [string, EnergyBook][], unattributedWh: number, rejected: Rejected[]): RateResult {
  const lines: Line[] = [];
  let missing: TariffNotFound | null = null;
  for (const [chargerId, book] of books) {
    for (const { slot, wh, estimatedWh } of book.used()) {
      if (slot.microsPerKWh === null || slot.band === '*') {
        if (missing === null || isEarlier(slot, missing)) {
          missing = { code: 'TARIFF.NOT_FOUND', band: slot.band, direction: slot.direction, date: slot.date };
        }
        continue;
      }
      lines.push(printedLine(chargerId, slot, slot.band, slot.microsPerKWh, wh, estimatedWh));
    }
  }
  if (missing !== null) return { refused: missing };
  lines.sort(byPrint);
  const totalWh = lines.reduce((sum, line) => sum + line.wh, 0);
  const totalCents = lines.reduce((sum, line) => sum + line.cents, 0);
  return { ok: { lines, totalWh, totalCents, unattributedWh, rejected } };
}

function printedLine(
  chargerId: string,
  slot: Slot,
  band: Band,
  microsPerKWh: number,
  wh: number,
  estimatedWh: number,
): Line {
  const { season, dayType, label, interval, direction, calendarId, owner } = slot;
  const cents = roundToCents(wh, microsPerKWh, direction);
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
    microsPerKWh,
    cents,
    calendarId,
    owner,
  };
}

function isEarlier(slot: Slot, than: TariffNotFound): boolean {
  if (slot.date !== than.date) return slot.date < than.date;
  return compareText(`${slot.band} ${slot.direction}`, `${than.band} ${than.direction}`) < 0;
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
