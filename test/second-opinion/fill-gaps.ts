import { boundariesOf } from './boundaries.js';
import type { RandomWorld } from './random-worlds.js';
import { soundReadings, splitByMeter, splitBySeries } from './series.js';
import type { WorldReading } from './world.js';

const QUARTER_MS = 15 * 60_000;

/**
 * What may really have happened where a charger was silent: in each gap in which energy had to be estimated a reading at
 * every boundary, with any part of the energy used before it. `parts` are thousandths to draw from, one after the other;
 * where they are 0 and 1000 only, all was used in one go.
 */
export function fillGaps({ world, readings }: RandomWorld, parts: readonly number[]): WorldReading[] {
  const known = new Map<string, readonly number[]>();
  let drawn = 0;
  const draw = () => parts[(drawn += 1) % parts.length] ?? 0;
  return splitByMeter(readings)
    .flatMap(splitBySeries)
    .map((series) => soundReadings(series, []))
    .flatMap((sound) =>
      sound.flatMap((second, index) => {
        const first = sound[index - 1];
        if (first === undefined || first.transactionId === null) return [second];
        if (second.atMs - first.atMs <= QUARTER_MS || second.importWh <= first.importWh) return [second];
        const key = JSON.stringify([first.chargerId, first.payer]);
        const boundaries = known.get(key) ?? boundariesOf(world, first.chargerId, first.payer);
        known.set(key, boundaries);
        const between = boundaries.filter((at) => first.atMs < at && at < second.atMs);
        const used = between.map(draw).sort((a, b) => a - b);
        const movedWh = second.importWh - first.importWh;
        const filled = between.map((atMs, at): WorldReading => {
          const importWh = first.importWh + Math.floor((movedWh * (used[at] ?? 0)) / 1000);
          return Object.assign({}, first, { atMs, importWh, exportWh: null, row: 0 });
        });
        return [...filled, second];
      }),
    );
}
