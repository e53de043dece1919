import fc from 'fast-check';

import { boundariesOf } from './boundaries.js';
import type { RandomWorld } from './random-worlds.js';
import { soundReadings, splitByMeter, splitBySeries } from './series.js';
import type { WorldReading } from './world.js';

const QUARTER_MS = 15 * 60_000;

/**
 * What may really have happened where a charger was silent: in each gap in which energy had to be estimated a reading at
 * every boundary, with any part of the energy used before it. All of it in one go, steadily, or anything between.
 */
export function fillGaps({ world, readings }: RandomWorld): fc.Arbitrary<WorldReading[]> {
  const series = splitByMeter(readings)
    .flatMap(splitBySeries)
    .map((rows) => soundReadings(rows, []));
  const gaps = series.flatMap((rows) => rows.slice(1).map((second, index) => [rows[index] ?? second, second] as const));
  const filled = gaps.map(([first, second]) => {
    const isSilent = first.transactionId !== null && second.atMs - first.atMs > QUARTER_MS;
    const between = isSilent
      ? boundariesOf(world, first.chargerId, first.payer).filter((at) => first.atMs < at && at < second.atMs)
      : [];
    return between.length === 0 || second.importWh <= first.importWh
      ? fc.constant<WorldReading[]>([])
      : truth(first, second, between);
  });
  return fc.tuple(...filled).map((added) => [...series.flat(), ...added.flat()]);
}

function truth(first: WorldReading, second: WorldReading, between: readonly number[]): fc.Arbitrary<WorldReading[]> {
  const movedWh = second.importWh - first.importWh;
  const random = fc
    .array(fc.integer({ min: 0, max: movedWh }), { minLength: between.length, maxLength: between.length })
    .map((used) => used.toSorted((a, b) => a - b));
  const atOnce = fc
    .integer({ min: 0, max: between.length })
    .map((step) => between.map((_, i) => (i < step ? 0 : movedWh)));
  return fc.oneof(random, atOnce).map((used) =>
    between.map((atMs, index) => {
      return { ...first, atMs, importWh: first.importWh + (used[index] ?? 0), exportWh: null, row: 0 };
    }),
  );
}
