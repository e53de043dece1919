import { cutMove, firstCutAfter, registerAt } from './register.js';

/** A register's readings in order of time, one an instant, as rating counts them; by column, NaN where not shown. */
export interface RegisterSeries {
  readonly atMs: Float64Array;
  readonly registerWh: Float64Array;
  /** Indexes into the columns. */
  readonly order: Uint32Array;
}

/** A part of what a register moved between two successive readings: the part that lies in one piece of the timeline. */
export interface LinePiece {
  /** Indexes of the readings. */
  readonly before: number;
  readonly after: number;
  readonly startMs: number;
  readonly endMs: number;
  /** The register at both ends: a reading's, or interpolated where a boundary lies between the readings. */
  readonly startWh: number;
  readonly endWh: number;
  readonly wh: number;
  readonly isEstimated: boolean;
}

/**
 * The parts of a series that fall into some pieces of a timeline, `belongs` says which, in order of time. It cuts with
 * `cutMove` as rating does, so they add up to what rating books for those pieces. Energies in Wh, nothing across a fall.
 */
export function* linePieces(
  series: RegisterSeries,
  cuts: Float64Array,
  belongs: (piece: number) => boolean,
): Generator<LinePiece> {
  const { atMs, registerWh, order } = series;
  let before = -1;
  let hint = firstCutAfter(cuts, atMs[order[0] ?? 0] ?? 0);
  for (const after of order) {
    const [t2, r2] = [atMs[after] ?? NaN, registerWh[after] ?? NaN];
    if (isNaN(r2)) continue;
    const [t1, r1] = [atMs[before] ?? NaN, registerWh[before] ?? NaN];
    const found: LinePiece[] = [];
    const former = before;
    const add = (piece: number, wh: number, isEstimated: boolean): void => {
      if (!belongs(piece)) return;
      const [from, to] = [cuts[piece] ?? NaN, cuts[piece + 1] ?? NaN];
      found.push({
        before: former,
        after,
        startMs: Math.max(t1, from),
        endMs: Math.min(t2, to),
        startWh: from > t1 ? registerAt(from, t1, r1, t2, r2) : r1,
        endWh: to < t2 ? registerAt(to, t1, r1, t2, r2) : r2,
        wh,
        isEstimated,
      });
    };
    if (r2 > r1) hint = cutMove(cuts, hint, t1, r1, t2, r2, add);
    yield* found;
    before = after;
  }
}
