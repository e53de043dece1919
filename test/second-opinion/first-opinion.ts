import { isSharedCharger, ownerSpans, type OwnedCharger } from '#libs/rating/owner-spans.js';
import { rateOn } from '#libs/rating/rate.js';
import type { Line, RateResult } from '#libs/rating/rated.js';
import { ReadingTable } from '#libs/rating/reading-table.js';
import { cutByTariff } from '#libs/rating/tariff-pieces.js';
import { timelinesOf, unownedTimelines } from '#libs/rating/timeline.js';
import { holidayBook } from '#libs/registry/holidays.js';
import { daySpan } from '#libs/registry/period.js';
import { parseCalendar } from '#libs/tariff/calendar.js';
import type { Contract, IndexFormula, SeriesView, Tariff } from '#libs/tariff/tariff.js';

import type { SlowLine } from './lines.js';
import type { SlowCharger } from './owners.js';
import type { World, WorldContract, WorldReading, WorldSeries } from './world.js';

const SITE = 'site';

/** The same world as the product's own code wants it. */
export function tariffOf(world: World): Tariff {
  return {
    timeZone: world.timeZone,
    holidays: holidayBook({ country: world.country, municipality: world.municipality }),
    contracts: world.contracts.map(contractOf),
  };
}

function contractOf(contract: WorldContract): Contract {
  const parsed = parseCalendar(contract.calendar);
  if ('refused' in parsed) throw new Error(parsed.refused.problem);
  return { ...contract, calendar: parsed.ok, index: indexOf(contract), vatCode: 'NOR', exemptionCode: null };
}

function indexOf({ index }: WorldContract): IndexFormula | null {
  if (index === null) return null;
  return { ...index, series: viewOf(index.series), losses: index.losses === null ? null : viewOf(index.losses) };
}

function viewOf({ id, resolutionMs, values }: WorldSeries): SeriesView {
  return { id, resolutionMs, valueAt: (at) => values.get(Math.floor(at / resolutionMs) * resolutionMs) ?? null };
}

export function tableOf(readings: readonly WorldReading[]): ReadingTable {
  const table = new ReadingTable();
  for (const { chargerId, connectorId, transactionId, payer, atMs, importWh, exportWh, row } of readings) {
    const series = table.seriesNumber(chargerId, connectorId, transactionId, payer);
    table.add(series, atMs, importWh, exportWh ?? NaN, row);
  }
  return table;
}

function ownedCharger({ isOfSite, placements, occupancies }: SlowCharger): OwnedCharger {
  const date = (ms: number) => (Number.isFinite(ms) ? new Date(ms) : null);
  const begin = (ms: number) => new Date(Number.isFinite(ms) ? ms : '2000-01-01T00:00:00Z');
  return {
    installationId: isOfSite ? SITE : 'another',
    placements: placements.map(({ spotId, isOwnSite, isShared, fromMs, untilMs }) => ({
      spotId,
      installationId: isOwnSite ? SITE : 'another',
      sharing: isShared ? 'token' : 'occupant',
      from: begin(fromMs),
      until: date(untilMs),
    })),
    occupancies: occupancies.map(({ spotId, customerId, fromMs, untilMs }) => {
      return { spotId, customerId, from: begin(fromMs), until: date(untilMs) };
    }),
  };
}

/** What the product makes of the readings. */
export function rateFast(
  readings: readonly WorldReading[],
  world: World,
  chargers: ReadonlyMap<string, SlowCharger> | null,
): RateResult {
  const pieces = cutByTariff(tariffOf(world), world.from, world.to);
  const { startsAt, endsAt } = daySpan(world.from, world.to, world.timeZone);
  const span = { installationId: SITE, startMs: startsAt.getTime(), endMs: endsAt.getTime() };
  return rateOn(tableOf(readings), (chargerId) => {
    const charger = chargers?.get(chargerId);
    if (charger === undefined) return unownedTimelines(pieces);
    const owned = ownedCharger(charger);
    return timelinesOf(pieces, (payer) => ownerSpans(owned, { ...span, payer }), isSharedCharger(owned));
  });
}

/** What of a line both opinions speak about, fields in the slow one's order. */
export function comparable(line: Line): SlowLine {
  const { chargerId, season, dayType, band, label, interval, direction, wh, estimatedWh, estimatedErrorWh } = line;
  const { microsPerKWh, cents, calendarId, owner } = line;
  const energy = { direction, wh, estimatedWh, estimatedErrorWh, microsPerKWh, cents };
  return { chargerId, season, dayType, band, label, interval, ...energy, calendarId, owner };
}
