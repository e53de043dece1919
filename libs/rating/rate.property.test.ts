import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { PORTUGAL } from '#libs/registry/holidays.js';
import type { Band, BandCount } from '#libs/tariff/bands.js';
import { builtInCalendar, builtInCalendarIds } from '#libs/tariff/calendar-files.js';
import { contractOn, priceOn, type Tariff } from '#libs/tariff/tariff.js';
import { openTimetable } from '#libs/tariff/timetable.js';

import { rate } from './rate.js';
import type { Rated } from './rated.js';
import { ReadingTable } from './reading-table.js';

const MINUTE = 60_000;
const QUARTER = 15 * MINUTE;

interface Reading {
  readonly connector: number;
  readonly transaction: string;
  readonly atMs: number;
  readonly wh: number;
}

/** What holds at an instant, straight from the wall clock: the slow way, without any list of boundaries. */
function stateAt(tariff: Tariff, atMs: number) {
  const zoned = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(tariff.timeZone);
  const date = zoned.toPlainDate();
  const contract = contractOn(tariff, date.toString());
  if (contract === null) throw new Error('no contract');
  const table = openTimetable(contract, tariff)(date);
  const minute = zoned.hour * 60 + zoned.minute;
  const interval = table.intervals.find((i) => i.startMinute <= minute && minute < i.endMinute);
  if (interval === undefined) throw new Error(`no interval at ${zoned.toString()}`);
  const price = priceOn(contract, interval.band, 'import', date.toString());
  return {
    date: date.toString(),
    line: `${table.season}/${table.dayType}/${interval.label}/${interval.interval}/${price}`,
    price: price ?? NaN,
  };
}

/** Every instant inside the days at which something changes, found by asking every quarter hour. */
function boundariesOf(tariff: Tariff, from: string, to: string): number[] {
  const zone = tariff.timeZone;
  const start = Temporal.PlainDate.from(from).toZonedDateTime(zone).epochMilliseconds;
  const end = Temporal.PlainDate.from(to).add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds;
  const found = [start];
  let before = stateAt(tariff, start);
  for (let at = start + QUARTER; at < end; at += QUARTER) {
    const now = stateAt(tariff, at);
    if (now.date !== before.date || now.line !== before.line) found.push(at);
    before = now;
  }
  return [...found, end];
}

function halfUp(numerator: bigint, denominator: bigint): bigint {
  return (2n * numerator + denominator) / (2n * denominator);
}

/** First principles in BigInt: each pair of readings, each boundary between them, one after the other. */
function rateSlowly(readings: readonly Reading[], tariff: Tariff, from: string, to: string) {
  const boundaries = boundariesOf(tariff, from, to);
  const [start = NaN] = boundaries;
  const end = boundaries.at(-1) ?? NaN;
  const lines = new Map<string, { wh: number; estimatedWh: number; price: number }>();
  const series = Map.groupBy(readings, (reading) => `${reading.connector}/${reading.transaction}`);
  for (const rows of series.values()) {
    const sorted = rows.toSorted((a, b) => a.atMs - b.atMs);
    for (const [index, second] of sorted.entries()) {
      const first = sorted[index - 1];
      if (first === undefined || second.atMs === first.atMs || second.wh < first.wh) continue;
      const register = (at: number) =>
        BigInt(first.wh) +
        halfUp(BigInt(second.wh - first.wh) * BigInt(at - first.atMs), BigInt(second.atMs - first.atMs));
      const between = boundaries.filter((at) => first.atMs < at && at < second.atMs);
      const points = [first.atMs, ...between, second.atMs];
      const isEstimated = between.length > 0 && second.atMs - first.atMs > QUARTER;
      for (const [i, until] of points.slice(1).entries()) {
        const since = points[i] ?? NaN;
        if (since < start || until > end) continue;
        const state = stateAt(tariff, since);
        const wh = Number(register(until) - register(since));
        const line = lines.get(state.line) ?? { wh: 0, estimatedWh: 0, price: state.price };
        line.wh += wh;
        if (isEstimated) line.estimatedWh += wh;
        lines.set(state.line, line);
      }
    }
  }
  return [...lines]
    .filter(([, line]) => line.wh > 0)
    .map(([key, { wh, estimatedWh, price }]) => ({
      key,
      wh,
      estimatedWh,
      cents: Number(halfUp(BigInt(wh) * BigInt(price), 10_000_000n)),
    }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

function rateFast(readings: readonly Reading[], tariff: Tariff, from: string, to: string): Rated {
  const table = new ReadingTable();
  for (const [index, { connector, transaction, atMs, wh }] of readings.entries()) {
    table.add(table.seriesNumber('z', connector, transaction), atMs, wh, NaN, index + 1);
  }
  const result = rate(table, tariff, from, to);
  if ('refused' in result) throw new Error(JSON.stringify(result.refused));
  return result.ok;
}

const BANDS: Band[] = ['ponta', 'cheias', 'vazio-normal', 'super-vazio', 'vazio', 'fora-de-vazio', 'simples'];

/** Days around both clock changes, a plain week, a month's end, and the changeover of 2027. */
const WINDOWS = [
  ['2026-03-27', '2026-03-30'],
  ['2026-10-23', '2026-10-27'],
  ['2026-06-08', '2026-06-14'],
  ['2026-05-30', '2026-06-02'],
  ['2027-09-13', '2027-09-16'],
] as const;

const tariffs = fc
  .record({
    calendarId: fc.constantFrom(...builtInCalendarIds().filter((id) => id.startsWith('pt-'))),
    otherZone: fc.constantFrom(null, null, 'America/St_Johns', 'Asia/Kathmandu', 'Australia/Sydney'),
    bands: fc.constantFrom<BandCount>(1, 2, 3, 4),
    calendarChangeover: fc.constantFrom(null, '2026-06-10', '2027-09-15'),
    holidaysAsSunday: fc.boolean(),
    micros: fc.array(fc.integer({ min: 0, max: 900_000 }), { minLength: 14, maxLength: 14 }),
    newPricesFrom: fc.constantFrom('2026-06-11', '2026-10-25', '2026-03-29'),
  })
  .map(({ calendarId, otherZone, micros, newPricesFrom, ...contract }): Tariff => {
    const prices = BANDS.flatMap((band, index) =>
      [
        { from: '2020-01-01', microsPerKWh: micros[index] ?? 0 },
        { from: newPricesFrom, microsPerKWh: micros[index + 7] ?? 0 },
      ].map((row) => Object.assign(row, { band, direction: 'import' as const, component: 'energy', to: null })),
    );
    const calendar = builtInCalendar(calendarId);
    if (calendar === null) throw new Error(`no calendar ${calendarId}`);
    const always = { validFrom: null, validTo: null, index: null, vatCode: 'NOR', exemptionCode: null };
    return {
      timeZone: otherZone ?? calendar.timeZone,
      holidays: PORTUGAL,
      contracts: [{ ...always, calendar, ...contract, prices }],
    };
  });

/** One to three transactions of rising registers that begin a day before the window and may end after it. */
function readingsAround(from: string): fc.Arbitrary<Reading[]> {
  const origin = Temporal.PlainDate.from(from).toZonedDateTime('UTC').epochMilliseconds - 86_400_000;
  const step = fc.record({
    afterMs: fc.oneof(
      fc.integer({ min: 1, max: 3 * QUARTER }),
      fc.integer({ min: 1, max: 40 * 60 * MINUTE }),
      fc.integer({ min: 1, max: 20 }).map((quarters) => quarters * QUARTER),
    ),
    moreWh: fc.oneof(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 0, max: 400_000_000_000 })),
  });
  return fc
    .array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.array(step, { minLength: 1, maxLength: 12 })), {
      minLength: 1,
      maxLength: 3,
    })
    .map((transactions) =>
      transactions.flatMap(([startQuarter, steps], number) => {
        let atMs = origin + startQuarter * QUARTER;
        let wh = 1_000;
        const first = { connector: number, transaction: String(number), atMs, wh };
        const rest = steps.map(({ afterMs, moreWh }) => {
          atMs += afterMs;
          wh += moreWh;
          return { connector: number, transaction: String(number), atMs, wh };
        });
        return [first, ...rest];
      }),
    );
}

const worlds = fc
  .constantFrom(...WINDOWS)
  .chain(([from, to]) =>
    fc.record({ tariff: tariffs, readings: readingsAround(from), days: fc.constant({ from, to }) }),
  );

test('agrees with the slow way: every boundary, every line, to the Wh and the cent', () => {
  fc.assert(
    fc.property(worlds, ({ tariff, readings, days }) => {
      const { lines } = rateFast(readings, tariff, days.from, days.to);
      const fast = lines
        .map(({ season, dayType, label, interval, microsPerKWh, wh, estimatedWh, cents }) => {
          return { key: `${season}/${dayType}/${label}/${interval}/${microsPerKWh}`, wh, estimatedWh, cents };
        })
        .sort((a, b) => (a.key < b.key ? -1 : 1));
      expect(fast).toEqual(rateSlowly(readings, tariff, days.from, days.to));
    }),
    { numRuns: 200 },
  );
});

test('energy is conserved: the lines add up to the register difference, and the total to the lines', () => {
  fc.assert(
    fc.property(worlds, ({ tariff, readings, days }) => {
      const from = Temporal.PlainDate.from(days.from);
      const all = [from.subtract({ days: 3 }).toString(), from.add({ days: 30 }).toString()] as const;
      const rated = rateFast(readings, tariff, ...all);
      const moved = [...Map.groupBy(readings, (reading) => reading.transaction).values()].reduce(
        (sum, rows) => sum + Math.max(...rows.map((row) => row.wh)) - Math.min(...rows.map((row) => row.wh)),
        0,
      );
      expect(rated.totalWh).toBe(moved);
      expect(rated.lines.reduce((sum, line) => sum + line.wh, 0)).toBe(moved);
      expect(rated.totalCents).toBe(rated.lines.reduce((sum, line) => sum + line.cents, 0));
      expect(rated.lines.every((line) => line.estimatedWh >= 0 && line.estimatedWh <= line.wh)).toBe(true);
    }),
    { numRuns: 100 },
  );
});

test('where a period is split does not matter: its parts add up, band by band', () => {
  fc.assert(
    fc.property(worlds, fc.integer({ min: 0, max: 5 }), ({ tariff, readings, days }, offset) => {
      const middle = Temporal.PlainDate.from(days.from).add({ days: offset });
      fc.pre(Temporal.PlainDate.compare(middle, Temporal.PlainDate.from(days.to)) < 0);
      const sums = (parts: Rated[]) => {
        const byLine = new Map<string, number>();
        for (const line of parts.flatMap((part) => part.lines)) {
          const key = `${line.season}/${line.dayType}/${line.label}/${line.interval}/${line.microsPerKWh}`;
          byLine.set(key, (byLine.get(key) ?? 0) + line.wh);
        }
        return new Map([...byLine].sort());
      };
      const whole = rateFast(readings, tariff, days.from, days.to);
      const first = rateFast(readings, tariff, days.from, middle.toString());
      const second = rateFast(readings, tariff, middle.add({ days: 1 }).toString(), days.to);
      expect(sums([first, second])).toEqual(sums([whole]));
    }),
    { numRuns: 100 },
  );
});

test('neither the order of rows nor copies of them matter', () => {
  const shuffled = worlds.chain((world) =>
    fc
      .shuffledSubarray(world.readings.concat(world.readings), { minLength: world.readings.length * 2 })
      .map((mixed) => {
        return { world, mixed };
      }),
  );
  fc.assert(
    fc.property(shuffled, ({ world: { tariff, readings, days }, mixed }) => {
      expect(rateFast(mixed, tariff, days.from, days.to)).toEqual(rateFast(readings, tariff, days.from, days.to));
    }),
    { numRuns: 100 },
  );
});
