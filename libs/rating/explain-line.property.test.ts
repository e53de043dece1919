import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { EnergyBook } from './energy-book.js';
import { linePieces } from './line-pieces.js';
import { ReadingTable } from './reading-table.js';
import type { ChargerTimelines } from './timeline.js';
import { Stretches } from './unattributed.js';
import { walkSeries, withoutConflicts } from './walk-series.js';

const reading = fc.record({
  at: fc.integer({ min: 0, max: 2_000 }),
  importWh: fc.integer({ min: 0, max: 9_000 }),
  exportWh: fc.option(fc.integer({ min: 0, max: 500 }), { nil: NaN }),
});
const readingLists = fc.array(reading, { minLength: 1, maxLength: 40 });
const cutLists = fc.uniqueArray(fc.integer({ min: -10, max: 2_010 }), { minLength: 2, maxLength: 20 });

const RATE = {
  season: '',
  dayType: '',
  band: 'simples',
  label: '',
  interval: '',
  microsPerKWh: 1,
  priceParts: [],
  indexedBy: null,
  calendarId: '',
  vatCode: 'NOR',
  exemptionCode: null,
  date: '',
} as const;

/** Pieces take turns between two slots and none. */
function timelinesOn(cuts: readonly number[]): ChargerTimelines {
  const ascending = Float64Array.from(cuts).sort();
  const slots = Int32Array.from({ length: cuts.length - 1 }, (_, piece) => (piece % 3) - 1);
  const owner = { customerId: null, spotId: null };
  const both = (['import', 'export'] as const).map((direction) => Object.assign({ direction, owner }, RATE));
  const timeline = { cuts: ascending, importSlot: slots, exportSlot: slots, importMicros: null };
  return { timeZone: 'UTC', slots: both, missingSeriesAt: () => null, forPayer: () => timeline };
}

const MINUTE_MS = 60_000;

describe('the pieces of a line', () => {
  test('add up to what rating books for it, estimated energy too, and fit together register by register', () => {
    fc.assert(
      fc.property(readingLists, cutLists, (readings, cuts) => {
        const table = new ReadingTable();
        const series = table.seriesNumber('zcs1', 1, '7');
        for (const one of readings) table.add(series, one.at * MINUTE_MS, one.importWh, one.exportWh, 0);
        const timelines = timelinesOn(cuts.map((cut) => cut * MINUTE_MS));
        const timeline = timelines.forPayer(null);
        const { order } = table.bySeries();
        const walk = { readings: table, rejected: [], room: new Uint32Array(table.count) };
        for (const registerWh of [table.importWh, table.exportWh]) {
          const book = new EnergyBook(timelines);
          // Only one register is booked: the other is not shown at all.
          const blank = new Float64Array(table.count).fill(NaN);
          const isImport = registerWh === table.importWh;
          const kept = withoutConflicts(walk, order).slice();
          const one = Object.assign(new ReadingTable(), {
            atMs: table.atMs,
            importWh: isImport ? table.importWh : blank,
            exportWh: isImport ? blank : table.exportWh,
            row: table.row,
            count: table.count,
          });
          walkSeries(
            { readings: one, rejected: [], room: new Uint32Array(table.count) },
            kept,
            book.open(null),
            new Stretches(),
          );
          const booked = new Map([...book.used()].map(({ slot, wh, estimatedWh }) => [slot, { wh, estimatedWh }]));
          for (const [index, slot] of timelines.slots.entries()) {
            const belongs = (piece: number) => timeline.importSlot[piece] === index;
            const pieces = [...linePieces({ atMs: table.atMs, registerWh, order: kept }, timeline.cuts, belongs)];
            const wh = pieces.reduce((sum, piece) => sum + piece.wh, 0);
            const estimatedWh = pieces.reduce((sum, piece) => sum + (piece.isEstimated ? piece.wh : 0), 0);
            expect({ wh, estimatedWh }).toEqual(booked.get(slot) ?? { wh: 0, estimatedWh: 0 });
            for (const piece of pieces) {
              expect(piece.endWh - piece.startWh).toBe(piece.wh);
              expect(piece.startMs).toBeLessThan(piece.endMs);
              expect(registerWh[piece.before]).toBeLessThanOrEqual(piece.startWh);
              expect(registerWh[piece.after]).toBeGreaterThanOrEqual(piece.endWh);
            }
          }
        }
      }),
    );
  });
});
