import { describe, expect, test } from '@jest/globals';

import { formatMicros } from '#libs/tariff/micros.js';
import { parseTariff } from '#libs/tariff/tariff-file.js';
import { CALENDAR_FILES } from '#test/second-opinion/calendars.js';
import { printedLine } from '#test/second-opinion/printed.js';
import { rateSlowly } from '#test/second-opinion/rate-slowly.js';
import { NOBODY, type CalendarJson, type WorldPrice, type WorldReading } from '#test/second-opinion/world.js';

import { printable, rate } from './rate.js';
import { readReadings } from './readings-csv.js';

/** `chazemo rate` as outside tools call it: text in, printed lines out, for every calendar and number of bands. */

const QUARTER_MS = 15 * 60_000;
const CHANGEOVER = '2027-09-14';

/** One day of each type in each season, the seasons' edges, the days around the new hours, and both clock changes. */
const DAYS = `
  2026-01-14 2026-01-17 2026-01-18 2026-07-15 2026-07-18 2026-07-19
  2026-05-31 2026-06-01 2026-10-31 2026-11-02
  2027-09-13 2027-09-14 2027-09-18 2027-09-19
  2026-03-29 2026-10-25 2027-03-28 2027-10-31`;
/** Epiphany, Good Friday, and days that fall on the same date each year. */
const HOLIDAYS = '2026-01-06 2026-04-03 2026-06-10 2026-12-25 2027-12-08';
const datesOf = (text: string) => text.trim().split(/\s+/);

const shift = (date: string, days: number) => Temporal.PlainDate.from(date).add({ days }).toString();

const COUNTS = [1, 2, 3, 4] as const;

function bandsOf(calendar: CalendarJson): readonly string[] {
  const portuguese = ['ponta', 'cheias', 'vazio-normal', 'super-vazio', 'vazio', 'fora-de-vazio', 'simples'];
  return calendar.bandRules?.bands.map(({ id }) => id) ?? portuguese;
}

/** Each band at a price of its own, in and out; a new price within the days. */
function pricesOf(calendar: CalendarJson): WorldPrice[] {
  return bandsOf(calendar).flatMap((band, index) => {
    const micros = 101_303 + index * 17_117;
    const price = { band, component: 'energy', to: null };
    return [
      { ...price, direction: 'import' as const, from: '2020-01-01', microsPerKWh: micros },
      { ...price, direction: 'import' as const, from: '2026-07-18', microsPerKWh: micros + 7 },
      { ...price, direction: 'export' as const, from: '2020-01-01', microsPerKWh: 50_001 + index },
    ];
  });
}

/**
 * Readings of each day from the evening before to the morning after: one connector is read every quarter hour at odd
 * seconds, one every five hours and some, one feeds back. Each quarter hour has an energy of its own.
 */
function readingsOf(days: readonly string[]): WorldReading[] {
  const connectors = [
    { connectorId: 1, everyMs: QUARTER_MS, offsetMs: 137_000, isExporting: false },
    { connectorId: 2, everyMs: 5 * 60 * 60_000 + 61_003, offsetMs: 0, isExporting: false },
    { connectorId: 3, everyMs: 4 * QUARTER_MS, offsetMs: 0, isExporting: true },
  ];
  return days
    .flatMap((day) =>
      connectors.flatMap(({ connectorId, everyMs, offsetMs, isExporting }) => {
        const startMs = Date.parse(`${day}T00:00:00Z`) - 3 * 60 * 60_000 + offsetMs;
        return Array.from({ length: Math.ceil((30 * 60 * 60_000) / everyMs) }, (_, index): WorldReading => {
          const importWh = 700 * index + index * index;
          const series = { chargerId: 'z', connectorId, transactionId: day, payer: null };
          const exportWh = isExporting ? 90 * index + index * index : null;
          return { ...series, atMs: startMs + index * everyMs, importWh, exportWh, row: 0 };
        });
      }),
    )
    .map((reading, index) => Object.assign(reading, { row: index + 1 }));
}

async function throughTheDoor(text: string, tariffFile: unknown, from: string, to: string) {
  const read = await readReadings(
    (async function* () {
      for (let at = 0; at < text.length; at += 4_099) yield text.slice(at, at + 4_099);
    })(),
  );
  const tariff = parseTariff(tariffFile);
  if ('refused' in read) throw new Error(read.refused.code);
  if ('refused' in tariff) throw new Error(tariff.refused.problem);
  const rated = rate(read.ok.readings, tariff.ok, from, to);
  if ('refused' in rated) throw new Error(JSON.stringify(rated.refused));
  return printable({ ...rated.ok, rejected: [...read.ok.malformed, ...rated.ok.rejected] });
}

function csvOf(readings: readonly WorldReading[]): string {
  const rows = readings.map(({ chargerId, connectorId, transactionId, atMs, importWh, exportWh }) => {
    const fields = [chargerId, connectorId, transactionId, new Date(atMs).toISOString(), importWh, exportWh ?? ''];
    return fields.join(',');
  });
  return ['chargerId,connectorId,transactionId,timestamp,registerWh,exportWh', ...rows, ''].join('\r\n');
}

const cases = CALENDAR_FILES.flatMap((calendar) =>
  COUNTS.filter(
    (bands) => calendar.bandRules === undefined || calendar.bandRules.merges[String(bands)] !== undefined,
  ).map((bands) => [calendar.id, bands, calendar] as const),
);

describe('every calendar through the front door', () => {
  test.each(cases)('%s with %i bands: each line to the Wh and the cent, in order', async (_, bands, calendar) => {
    const prices = pricesOf(calendar);
    for (const [holidaysAsSunday, days] of [
      [false, `${DAYS} ${HOLIDAYS}`],
      [true, HOLIDAYS],
    ] as const) {
      const contract = { bands, holidaysAsSunday, calendarChangeover: CHANGEOVER };
      const file = {
        ...contract,
        timeZone: calendar.timeZone,
        calendar: calendar.id,
        prices: prices.map(({ microsPerKWh, component: __, ...price }) => {
          return Object.assign(price, { perKWh: formatMicros(microsPerKWh) });
        }),
      };
      for (const day of datesOf(days)) {
        const [from, to] = [shift(day, -1), shift(day, 1)];
        const readings = readingsOf([day]);
        const world = {
          timeZone: calendar.timeZone,
          country: calendar.holidays?.country ?? 'PT',
          municipality: null,
          from,
          to,
          contracts: [{ ...contract, validFrom: null, validTo: null, calendar, prices, index: null }],
          owners: NOBODY,
          stepMs: QUARTER_MS,
        };
        const slow = rateSlowly(readings, world);
        const lines = slow.lines.map(printedLine);
        const { totalWh, totalCents, unattributedWh, rejected } = slow;
        const printed = await throughTheDoor(csvOf(readings), file, from, to);
        expect(printed).toEqual({ lines, totalWh, totalCents, unattributedWh, rejected });
        expect(printed.lines.length).toBeGreaterThan(0);
      }
    }
  });

  test('the fields of a line come in the promised order', async () => {
    const file = {
      timeZone: 'Europe/Lisbon',
      calendar: 'pt-mainland-weekly',
      bands: 1,
      prices: [{ from: '2026-01-01', to: null, band: 'simples', perKWh: '0.2' }],
    };
    const text = csvOf(readingsOf(['2026-07-15']).filter(({ exportWh }) => exportWh === null));
    const printed = await throughTheDoor(text, file, '2026-07-01', '2026-07-31');
    expect(Object.keys(printed)).toEqual(['lines', 'totalWh', 'totalCents', 'unattributedWh', 'rejected']);
    expect(Object.keys(printed.lines[0] ?? {}).join()).toBe(
      'chargerId,season,dayType,band,label,interval,direction,wh,estimatedWh,perKWh,cents',
    );
  });
});
