import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { printable, rate } from '#libs/rating/rate.js';
import { readReadings } from '#libs/rating/readings-csv.js';
import { formatMicros } from '#libs/tariff/micros.js';
import { parseTariff } from '#libs/tariff/tariff-file.js';
import { printedLine } from '#test/second-opinion/printed.js';
import { rateSlowly } from '#test/second-opinion/rate-slowly.js';

import { CarPark, type BilledMonth } from './car-park.js';
import {
  CHANGEOVER,
  NEW,
  OLD,
  PRICES,
  SESSIONS,
  seedSeptember,
  septemberReadings,
  septemberWorld,
} from './september.js';

/** A line as the golden report prints it, with whom it is billed to. */
interface GoldenLine {
  readonly customer: string | null;
  readonly charger: string;
  readonly season: string;
  readonly dayType: string;
  readonly label: string;
  readonly band: string;
  readonly interval: string;
  readonly kWh: string;
  readonly estimatedKWh: string;
  readonly eurPerKWh: string;
  readonly eur: string;
}

/*
 * a-month-of-changes.json was worked out by the second opinion (test/second-opinion) and three lines of it by hand:
 *
 * 1. Sunday the 12th, tenant 1001, Vazio 00.00-23.59: 1 239 312 − 1 233 337 = 5 975 Wh to 18:20. Of the 2 391 Wh from
 *    18:20 to 18:40 half, 1 195,5, fall before 18:30: half up 1 196. 7 171 Wh × 0,197780 = 141,8 cents: 1,42 €; 1 196 are
 *    estimated, as 20 minutes lie between the readings.
 * 2. Saturday the 18th, Cheia 17.00-23.59: read at 17:00 (1 302 021) and 20:00 (1 315 322): 13 301 Wh × 0,231900 =
 *    308,4 cents: 3,08 €, nothing estimated.
 * 3. Over the new prices, Cheia 00.00-00.30 of Friday the 17th: from 23:00 (1 277 502) to 01:00 (1 284 803) 7 301 Wh, at
 *    midnight 3 650,5, half up 3 651, at 00:30 5 475,75: 5 476. 1 825 Wh at the new 0,231900. Monday the 20th 22:30-24:00
 *    and Tuesday 00:00-00:30 are of the other charger, so the line is 1 825 Wh × 0,231900 = 42,3 cents: 0,42 €.
 */
const golden = JSON.parse(readFileSync(new URL('a-month-of-changes.json', import.meta.url), 'utf8')) as {
  lines: GoldenLine[];
  total: { kWh: string; eur: string };
};

const kWh = (wh: number) => (wh / 1000).toFixed(3);
const eur = (cents: number) => (cents / 100).toFixed(2);
const whole = (decimal: string) => Number(decimal.replace('.', ''));
const sum = (lines: readonly GoldenLine[], of: 'kWh' | 'eur') =>
  lines.reduce((total, line) => total + whole(line[of]), 0);

let park: CarPark;
let september: BilledMonth;
let billed: GoldenLine[];

beforeAll(async () => {
  park = await CarPark.open(PRICES);
  await seedSeptember(park);
  september = await park.bill('2027-09', new Date('2027-10-01T05:00:00Z'));
  const rows = await park.database.sql
    .selectFrom('rated_line')
    .selectAll()
    .where('cycle_id', '=', september.cycleId)
    .orderBy('position')
    .execute();
  billed = rows.map((row) => ({
    customer: row.customer_id,
    charger: row.charger_id,
    season: row.season,
    dayType: row.day_type,
    label: row.label,
    band: row.band,
    interval: row.interval,
    kWh: kWh(row.wh),
    estimatedKWh: kWh(row.estimated_wh),
    eurPerKWh: formatMicros(row.micros_per_kwh),
    eur: eur(row.cents),
  }));
});
afterAll(() => park.close());

describe('new hours on the 14th, new prices on the 17th, a new tenant on the 12th at 18:30, a new charger on the 20th', () => {
  it('comes out line by line as the golden report prints it', () => {
    expect(billed).toEqual(golden.lines);
    expect({ kWh: kWh(september.totals.totalWh), eur: eur(september.totals.totalCents) }).toEqual(golden.total);
    expect(september.totals.unattributedWh).toBe(0);
  });

  it('the second opinion says the same', () => {
    const slow = rateSlowly(septemberReadings(), septemberWorld({ isWithTenants: true }));
    const lines = slow.lines.map((line) => ({
      customer: line.owner.customerId,
      charger: line.chargerId,
      season: line.season,
      dayType: line.dayType,
      label: line.label,
      band: line.band,
      interval: line.interval,
      kWh: kWh(line.wh),
      estimatedKWh: kWh(line.estimatedWh),
      eurPerKWh: formatMicros(line.microsPerKWh),
      eur: eur(line.cents),
    }));
    expect(lines).toEqual(golden.lines);
  });

  it("its parts add up to the registers' differences: by charger, by tenant, by price", () => {
    const of = (filter: (line: GoldenLine) => boolean) => sum(billed.filter(filter), 'kWh');
    // midnight of 1 September: 30 of the 50 minutes from 22:30Z: 4 351 × 0,6 = 2 610,6; of 1 October: 105 of 345 minutes
    const atStart = 1_204_500 + 2_611;
    const atEnd = 5_021_008 + 5_783; // 19 001 × 105/345 = 5 782,9
    const atMove = 1_239_312 + 1_196;
    const atNewPrices = 1_277_502 + 3_651;
    const oldWh = 1_325_000 - atStart;
    const newWh = atEnd - 5_000_000;
    expect(of(({ charger }) => charger === OLD)).toBe(oldWh);
    expect(of(({ charger }) => charger === NEW)).toBe(newWh);
    expect(of(({ customer }) => customer === '1001')).toBe(atMove - atStart);
    expect(of(({ customer }) => customer === '1002')).toBe(1_325_000 - atMove + newWh);
    const old = new Set(PRICES.filter(([, , , to]) => to !== null).map(([, micros]) => formatMicros(micros)));
    expect(of(({ eurPerKWh }) => old.has(eurPerKWh))).toBe(atNewPrices - atStart);
    expect(of(({ eurPerKWh }) => !old.has(eurPerKWh))).toBe(1_325_000 - atNewPrices + newWh);
    expect(sum(billed, 'kWh')).toBe(september.totals.totalWh);
    expect(sum(billed, 'eur')).toBe(september.totals.totalCents);
  });

  it('the new hours hold from midnight of the 14th, and not before', () => {
    const intervals = (season: string, dayType: string) =>
      new Set(
        billed.filter((line) => line.season === season && line.dayType === dayType).map(({ interval }) => interval),
      );
    expect(intervals('Verão', 'Semana')).toEqual(
      new Set([
        '07.00-09.15',
        '09.15-12.15',
        '12.15-23.59',
        '00.00-07.00',
        '00.00-00.30',
        '00.30-07.30',
        '07.30-19.30',
        '19.30-22.30',
        '22.30-23.59',
      ]),
    );
    expect(intervals('Todo o ano', 'Sabado')).toEqual(new Set(['00.00-17.00', '17.00-23.59']));
  });

  it('each tenant has an invoice, and the books balance', async () => {
    expect([...september.invoices.keys()].sort()).toEqual(['1001', '1002']);
    expect(await park.booksBalance()).toBe(true);
  });

  it('`chazemo rate` sees the same readings, prices and hours, and says the same but for the tenants', async () => {
    const rows = SESSIONS.flatMap(({ charger, readings }, session) =>
      readings.map(([at, wh]) => `${charger},1,${session + 1},${at},${wh}`),
    );
    const read = await readReadings(
      (async function* () {
        yield ['chargerId,connectorId,transactionId,timestamp,registerWh', ...rows].join('\n');
      })(),
    );
    const tariff = parseTariff({
      timeZone: 'Europe/Lisbon',
      calendar: 'pt-mainland-weekly',
      bands: 3,
      calendarChangeover: CHANGEOVER,
      prices: PRICES.map(([band, micros, from, to]) => ({ band, from, to, perKWh: formatMicros(micros) })),
    });
    if ('refused' in read || 'refused' in tariff) throw new Error('not read');
    const rated = rate(read.ok.readings, tariff.ok, '2027-09-01', '2027-09-30');
    if ('refused' in rated) throw new Error(rated.refused.code);
    const result = printable(rated.ok);
    const slow = rateSlowly(septemberReadings(), septemberWorld({ isWithTenants: false }));
    expect(result.lines).toEqual(slow.lines.map(printedLine));
    expect(result).toMatchObject({ totalWh: september.totals.totalWh, unattributedWh: 0, rejected: [] });
  });
});
