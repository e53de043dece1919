import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { CALENDAR_FILES } from '#test/second-opinion/calendars.js';
import { fillGaps } from '#test/second-opinion/fill-gaps.js';
import { comparable, rateFast } from '#test/second-opinion/first-opinion.js';
import { randomWorlds, type RandomWorld } from '#test/second-opinion/random-worlds.js';
import { rateSlowly } from '#test/second-opinion/rate-slowly.js';
import { soundReadings, splitByMeter, splitBySeries } from '#test/second-opinion/series.js';
import { NOBODY, type WorldReading } from '#test/second-opinion/world.js';

import type { Rated } from './rated.js';

/** Both opinions on one world: the lines, their order, what is left over, what is rejected or refused. */
function bothAgree({ world, chargers, readings }: RandomWorld): void {
  const fast = rateFast(readings, world, chargers);
  const slow = rateSlowly(readings, world);
  if ('refused' in fast) {
    const { refused } = fast;
    const what = refused.code === 'TARIFF.NOT_FOUND' ? refused.band : refused.seriesId;
    const [first = ''] = slow.problems.map(({ date }) => date).sort();
    expect(refused.date).toBe(first);
    expect(slow.problems.filter(({ date }) => date === first).map((problem) => problem.what)).toContain(what);
    return;
  }
  expect(slow.problems).toEqual([]);
  const { lines, totalWh, totalCents, unattributedWh, rejected } = fast.ok;
  expect(lines.map(comparable)).toEqual(slow.lines);
  expect({ totalWh, totalCents, unattributedWh, rejected }).toEqual({
    totalWh: slow.totalWh,
    totalCents: slow.totalCents,
    unattributedWh: slow.unattributedWh,
    rejected: slow.rejected,
  });
}

/** What the product makes of a world; a world it refuses proves nothing here. */
function ratedOf({ world, chargers }: RandomWorld, readings: readonly WorldReading[], days = world): Rated {
  const result = rateFast(readings, { ...world, from: days.from, to: days.to }, chargers);
  if ('refused' in result) return fc.pre(false) ?? { ...NOTHING };
  return result.ok;
}

const NOTHING: Rated = { lines: [], totalWh: 0, totalCents: 0, unattributedWh: 0, countedTwice: [], rejected: [] };

/**
 * Energy and its worst-case error by everything that tells a line apart but its amounts. The mean of an indexed price is
 * an amount too: lines that differ in nothing else count as one here.
 */
function energyByLine(parts: readonly Rated[]): Map<string, { wh: number; errorWh: number }> {
  const byLine = new Map<string, { wh: number; errorWh: number }>();
  for (const line of parts.flatMap(({ lines }) => lines)) {
    const { wh, estimatedWh: _, estimatedErrorWh, cents: __, microsPerKWh, ...rest } = line;
    const key = JSON.stringify([rest, line.isAveragePrice ? null : microsPerKWh]);
    const sum = byLine.get(key) ?? { wh: 0, errorWh: 0 };
    byLine.set(key, { wh: sum.wh + wh, errorWh: sum.errorWh + estimatedErrorWh });
  }
  return byLine;
}

/** Wh by line, in one order. */
function whByLine(parts: readonly Rated[]): readonly (readonly [key: string, wh: number])[] {
  return [...energyByLine(parts)].map(([key, { wh }]) => [key, wh] as const).sort(([a], [b]) => (a < b ? -1 : 1));
}

const day = (date: string, days: number) => Temporal.PlainDate.from(date).add({ days }).toString();

describe('a second, slow opinion', () => {
  test('asked every quarter hour: random calendars, zones, prices, people and readings come to the same', () => {
    fc.assert(fc.property(randomWorlds(), bothAgree), { numRuns: 200 });
  });

  test('asked every second of a day: nothing changes in between that the boundaries do not know', () => {
    fc.assert(fc.property(randomWorlds({ stepMs: 1_000, maxDays: 1 }), bothAgree), { numRuns: 2 });
  });
});

test('a price that its market does not tell is named by the local day of its instant', () => {
  const calendar = CALENDAR_FILES.find(({ id }) => id === 'pt-mainland-daily');
  if (calendar === undefined) throw new Error('the calendar is not there');
  const series = { id: 'market', resolutionMs: 900_000, values: new Map<number, number>() };
  const index = { series, losses: null, lossesPpm: 1_000_000, factorPpm: 1_000_000, marginMicros: 0 };
  const contract = { validFrom: null, validTo: null, bands: 1 as const, calendarChangeover: null };
  const world = {
    timeZone: 'Europe/Lisbon',
    country: 'PT',
    municipality: null,
    from: '2026-06-01',
    to: '2026-06-30',
    contracts: [{ ...contract, calendar, holidaysAsSunday: false, prices: [], index }],
    owners: NOBODY,
    stepMs: 900_000,
  };
  const reading = { chargerId: 'z', connectorId: 1, transactionId: '1', payer: null, exportWh: null };
  const readings = [
    { ...reading, atMs: Date.parse('2026-06-14T23:30:00Z'), importWh: 0, row: 1 }, // 00:30 on the 15th
    { ...reading, atMs: Date.parse('2026-06-14T23:40:00Z'), importWh: 100, row: 2 },
  ];
  const refused = {
    code: 'TARIFF.SERIES_MISSING',
    seriesId: 'market',
    at: '2026-06-14T23:30:00.000Z',
    date: '2026-06-15',
  };
  expect(rateFast(readings, world, null)).toEqual({ refused });
});

describe('what always holds', () => {
  test('energy is conserved: all lines of all time add up to what the registers rose', () => {
    const lone = randomWorlds().filter(({ chargers }) => chargers === null);
    fc.assert(
      fc.property(lone, (random) => {
        const { from, to } = random.world;
        const rated = ratedOf(random, random.readings, { ...random.world, from: day(from, -3), to: day(to, 40) });
        const rises = splitByMeter(random.readings)
          .flatMap(splitBySeries)
          .filter(([first]) => first?.transactionId !== null)
          .map((series) => soundReadings(series, []))
          .flatMap((sound) => [sound.map(({ importWh }) => importWh), sound.flatMap(({ exportWh }) => exportWh ?? [])])
          .flatMap((register) => register.map((wh, index) => Math.max(0, wh - (register[index - 1] ?? wh))));
        expect(rated.totalWh).toBe(rises.reduce((sum, wh) => sum + wh, 0));
        expect(rated.totalWh).toBe(rated.lines.reduce((sum, { wh }) => sum + wh, 0));
        expect(rated.totalCents).toBe(rated.lines.reduce((sum, { cents }) => sum + cents, 0));
        expect(rated.lines.every(({ wh, estimatedWh }) => estimatedWh >= 0 && estimatedWh <= wh)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test('where a period is split does not matter: its parts add up, line by line, and what is left over too', () => {
    fc.assert(
      fc.property(randomWorlds(), fc.integer({ min: 0, max: 5 }), (random, offset) => {
        const { from, to } = random.world;
        const middle = day(from, offset);
        fc.pre(middle < to);
        const whole = ratedOf(random, random.readings);
        const first = ratedOf(random, random.readings, { ...random.world, to: middle });
        const second = ratedOf(random, random.readings, { ...random.world, from: day(middle, 1) });
        expect(whByLine([first, second])).toEqual(whByLine([whole]));
        expect(first.unattributedWh + second.unattributedWh).toBe(whole.unattributedWh);
      }),
      { numRuns: 100 },
    );
  });

  test('neither the order of rows nor exact copies of them matter', () => {
    const mixed = randomWorlds().chain((random) => {
      const readings = splitByMeter(random.readings)
        .flatMap(splitBySeries)
        .flatMap((series) => soundReadings(series, []));
      const twice = [...readings, ...readings];
      return fc
        .shuffledSubarray(twice, { minLength: twice.length })
        .map((shuffled) => ({ random, readings, shuffled }));
    });
    fc.assert(
      fc.property(mixed, ({ random, readings, shuffled }) => {
        const { rejected, ...rated } = ratedOf(random, shuffled);
        expect(rejected.every(({ reason }) => reason === 'register-fell')).toBe(true);
        expect(rated).toEqual({ ...ratedOf(random, readings), rejected: undefined });
      }),
      { numRuns: 100 },
    );
  });

  test('however the energy of a gap was really used, no line is off by more than it says', () => {
    const part = fc.oneof(fc.constantFrom(0, 1000), fc.integer({ min: 0, max: 1000 }));
    const parts = fc.array(part, { minLength: 30, maxLength: 30 });
    fc.assert(
      fc.property(randomWorlds(), parts, (random, drawn) => {
        const filled = fillGaps(random, drawn);
        const coarse = ratedOf(random, random.readings);
        const truth = new Map(whByLine([ratedOf(random, filled)]));
        for (const [key, told] of energyByLine([coarse])) {
          if (JSON.parse(key)[0].direction === 'export') continue; // its gaps are not filled
          expect(Math.abs((truth.get(key) ?? 0) - told.wh)).toBeLessThanOrEqual(told.errorWh);
        }
      }),
      { numRuns: 200 },
    );
  });
});
