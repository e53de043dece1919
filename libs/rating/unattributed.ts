import { cutMove, firstCutAfter, pieceAt } from './register.js';
import type { Timeline } from './timeline.js';

/**
 * What is spoken for on a connector's register: stretches from a first to a last reading, a transaction's or, for a
 * reading outside transactions, the reading itself. By column, four numbers a stretch.
 */
export class Stretches {
  readonly #numbers: number[] = [];

  add(firstMs: number, firstWh: number, lastMs: number, lastWh: number): void {
    this.#numbers.push(firstMs, firstWh, lastMs, lastWh);
  }

  /** The stretches in order of their beginning. */
  *inOrder(): Generator<readonly [firstMs: number, firstWh: number, lastMs: number, lastWh: number]> {
    const numbers = this.#numbers;
    const at = (stretch: number, field: number) => numbers[stretch * 4 + field] ?? 0;
    const order = Uint32Array.from({ length: numbers.length / 4 }, (_, index) => index);
    order.sort((a, b) => at(a, 0) - at(b, 0) || at(a, 2) - at(b, 2) || at(a, 1) - at(b, 1));
    for (const stretch of order) yield [at(stretch, 0), at(stretch, 1), at(stretch, 2), at(stretch, 3)];
  }
}

/**
 * What one connector's register moved between its stretches, inside the timeline: energy that no transaction explains.
 * It is interpolated at the ends of the period as consumption is. A register that fell in between counts nothing, and
 * neither does a stretch that begins before the one before it has ended. Two readings of one instant move within it.
 */
export function unattributedOf(stretches: Stretches, timeline: Timeline): number {
  const { cuts, importSlot } = timeline;
  let sumWh = 0;
  const add = (piece: number, energyWh: number): void => {
    if ((importSlot[piece] ?? -1) >= 0) sumWh += energyWh;
  };
  let reachedMs = NaN;
  let reachedWh = NaN;
  for (const [firstMs, firstWh, lastMs, lastWh] of stretches.inOrder()) {
    if (firstMs === reachedMs && firstWh > reachedWh) add(pieceAt(cuts, firstMs), firstWh - reachedWh);
    else if (firstMs > reachedMs && firstWh > reachedWh) {
      cutMove(cuts, firstCutAfter(cuts, reachedMs), reachedMs, reachedWh, firstMs, firstWh, add);
    }
    if (!(lastMs < reachedMs)) {
      reachedMs = lastMs;
      reachedWh = lastWh;
    }
  }
  return sumWh;
}
