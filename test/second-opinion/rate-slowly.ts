import { boundariesOf } from './boundaries.js';
import { between } from './leftover.js';
import { linesOf, type Piece, type SlowLine, type SlowProblem } from './lines.js';
import { registerAt } from './register-at.js';
import { soundReadings, splitByMeter, splitBySeries, type SlowRejected } from './series.js';
import { stateAt } from './state-at.js';
import type { World, WorldReading } from './world.js';

export interface SlowResult {
  readonly lines: readonly SlowLine[];
  readonly totalWh: number;
  readonly totalCents: number;
  readonly unattributedWh: number;
  readonly rejected: readonly SlowRejected[];
  /** Empty, or nothing is rated. */
  readonly problems: readonly SlowProblem[];
}

const QUARTER_MS = 15 * 60_000;

type Register = (reading: WorldReading) => number | null;
const REGISTERS: Readonly<Record<'import' | 'export', Register>> = {
  import: (reading) => reading.importWh,
  export: (reading) => reading.exportWh,
};

/** Everything from first principles: each pair of readings, each boundary between them, one after the other. */
export function rateSlowly(readings: readonly WorldReading[], world: World): SlowResult {
  const rejected: SlowRejected[] = [];
  const pieces: Piece[] = [];
  const walks = new Map<string, readonly number[]>();
  const boundariesFor = (chargerId: string, payer: string | null) => {
    const key = JSON.stringify([chargerId, payer]);
    const known = walks.get(key) ?? boundariesOf(world, chargerId, payer);
    walks.set(key, known);
    return known;
  };
  let moves = 0;
  let unattributedWh = 0;
  for (const meter of splitByMeter(readings)) {
    const stretches: (readonly [WorldReading, WorldReading])[] = [];
    for (const series of splitBySeries(meter)) {
      const sound = soundReadings(series, rejected);
      const [first, last] = [sound[0], sound.at(-1)];
      if (first === undefined || last === undefined) continue;
      if (first.transactionId === null) {
        for (const reading of sound) stretches.push([reading, reading]);
        continue;
      }
      stretches.push([first, last]);
      const boundaries = boundariesFor(first.chargerId, first.payer);
      const fallen = new Set<number>();
      for (const direction of ['import', 'export'] as const) {
        const known = sound.filter((reading) => REGISTERS[direction](reading) !== null);
        for (const [index, second] of known.entries()) {
          const before = known[index - 1];
          if (before === undefined) continue;
          const movedWh = Number(REGISTERS[direction](second)) - Number(REGISTERS[direction](before));
          if (movedWh < 0) fallen.add(second.row);
          else if (movedWh > 0) pieces.push(...piecesOf(world, boundaries, before, second, direction, (moves += 1)));
        }
      }
      for (const row of fallen) rejected.push({ row, reason: 'register-fell' });
    }
    unattributedWh += between(stretches, boundariesFor(meter[0]?.chargerId ?? '', null), world);
  }
  rejected.sort((a, b) => a.row - b.row);
  const { lines, problems } = linesOf(pieces);
  const totalWh = lines.reduce((sum, { wh }) => sum + wh, 0);
  const totalCents = lines.reduce((sum, { cents }) => sum + cents, 0);
  return { lines, totalWh, totalCents, unattributedWh, rejected, problems };
}

function piecesOf(
  world: World,
  boundaries: readonly number[],
  first: WorldReading,
  second: WorldReading,
  direction: 'import' | 'export',
  move: number,
): Piece[] {
  const from = [first.atMs, Number(REGISTERS[direction](first))] as const;
  const to = [second.atMs, Number(REGISTERS[direction](second))] as const;
  const inside = boundaries.filter((at) => first.atMs < at && at < second.atMs);
  const points = [first.atMs, ...inside, second.atMs];
  const isEstimated = inside.length > 0 && second.atMs - first.atMs > QUARTER_MS;
  const [startMs = NaN, endMs = NaN] = [boundaries[0], boundaries.at(-1)];
  return points.slice(1).flatMap((untilMs, index) => {
    const sinceMs = points[index] ?? NaN;
    if (sinceMs < startMs || untilMs > endMs) return [];
    const owner = world.owners.at(first.chargerId, first.payer, sinceMs);
    if (owner === null) return [];
    const wh = registerAt(untilMs, from, to) - registerAt(sinceMs, from, to);
    const { chargerId } = first;
    return [
      { chargerId, direction, state: stateAt(world, sinceMs), owner, wh, isEstimated, move, movedWh: to[1] - from[1] },
    ];
  });
}
