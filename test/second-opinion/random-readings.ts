import fc from 'fast-check';

import type { SlowCharger, SlowPlacement } from './owners.js';
import type { WorldReading } from './world.js';

const MINUTE = 60_000;
const QUARTER = 15 * MINUTE;
const DAY = 96 * QUARTER;

/** Chargers that hang here and there, with people who come and go at any second. */
export function chargersAround(from: string): fc.Arbitrary<Map<string, SlowCharger>> {
  const startMs = Date.parse(`${from}T00:00:00Z`) - DAY;
  const second = fc.integer({ min: 0, max: 5 * 86_400 }).map((seconds) => startMs + seconds * 1000);
  const placements = fc
    .tuple(fc.array(second, { maxLength: 3 }), fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 4, maxLength: 4 }))
    .map(([cuts, kinds]) => {
      const ends = [...new Set(cuts)].sort((a, b) => a - b);
      return [...ends, Infinity].flatMap((untilMs, index): SlowPlacement[] => {
        const kind = kinds[index] ?? 0;
        if (kind === 9) return [];
        const fromMs = ends[index - 1] ?? -Infinity;
        return [{ spotId: `s${kind % 3}`, isOwnSite: kind !== 8, isShared: kind % 3 === 2, fromMs, untilMs }];
      });
    });
  const occupancy = fc
    .tuple(fc.integer({ min: 0, max: 2 }), fc.constantFrom('ana', 'rui', 'eva'), second, fc.option(second))
    .filter(([, , fromMs, untilMs]) => untilMs === null || untilMs > fromMs)
    .map(([spot, customerId, fromMs, untilMs]) => {
      return { spotId: `s${spot}`, customerId, fromMs, untilMs: untilMs ?? Infinity };
    });
  const charger = fc.record({
    isOfSite: fc.boolean(),
    placements,
    occupancies: fc.array(occupancy, { maxLength: 4 }),
  });
  return fc.tuple(charger, charger).map(
    ([a, b]) =>
      new Map([
        ['a', a],
        ['b', b],
      ]),
  );
}

const step = fc.record({
  afterMs: fc.oneof(
    fc.integer({ min: 1, max: 3 * QUARTER }),
    fc.integer({ min: 1, max: 40 * 60 * MINUTE }),
    fc.integer({ min: 1, max: 20 }).map((quarters) => quarters * QUARTER),
  ),
  moreWh: fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 20_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 3 }) },
    { weight: 1, arbitrary: fc.integer({ min: -30_000, max: -1 }) },
  ),
  fedBackWh: fc.option(fc.integer({ min: -100, max: 3_000 }), { freq: 2 }),
});

const PAYERS = [null, 'ana', 'rui'];

/** Transactions that begin a day before the window, run over each other and fall; copies and contradictions; any order. */
export function readingsAround(from: string): fc.Arbitrary<WorldReading[]> {
  const startMs = Date.parse(`${from}T00:00:00Z`) - DAY;
  const transaction = fc.record({
    chargerId: fc.constantFrom('a', 'b'),
    connectorId: fc.constantFrom(1, 2),
    id: fc.constantFrom(0, 1, 2, 3, 4, null),
    startQuarter: fc.integer({ min: 0, max: 300 }),
    startWh: fc.constantFrom(0, 1_000, 60_000, 1_000_000_000),
    steps: fc.array(step, { minLength: 1, maxLength: 10 }),
  });
  const clean = fc.array(transaction, { minLength: 1, maxLength: 4 }).map((all) =>
    all.flatMap(({ chargerId, connectorId, id, startQuarter, startWh, steps }) => {
      let atMs = startMs + startQuarter * QUARTER;
      let importWh: number = startWh;
      let fedBackWh = 500;
      const transactionId = id === null ? null : String(id);
      const of = { chargerId, connectorId, transactionId, payer: id === null ? null : (PAYERS[id % 3] ?? null) };
      const first = { ...of, atMs, importWh, exportWh: null };
      const rest = steps.map((one) => {
        atMs += one.afterMs;
        importWh = Math.max(0, importWh + one.moreWh);
        fedBackWh = Math.max(0, fedBackWh + (one.fedBackWh ?? 0));
        return { ...of, atMs, importWh, exportWh: one.fedBackWh === null ? null : fedBackWh };
      });
      return [first, ...rest];
    }),
  );
  const copies = fc.array(fc.tuple(fc.nat(), fc.constantFrom(0, 0, 1, 500), fc.boolean()), { maxLength: 4 });
  return fc
    .tuple(clean, copies)
    .map(([rows, copied]) =>
      rows.concat(
        copied.flatMap(([index, addedWh, isWithExport]) => {
          const row = rows[index % rows.length];
          if (row === undefined) return [];
          return [{ ...row, importWh: row.importWh + addedWh, exportWh: isWithExport ? row.exportWh : null }];
        }),
      ),
    )
    .chain((rows) => fc.shuffledSubarray(rows, { minLength: rows.length }))
    .map((rows) => rows.map((row, index) => ({ ...row, row: index + 1 })));
}
