import { cutMove, firstCutAfter, pieceAt } from './register.js';
import type { Timeline } from './timeline.js';

/** A stretch with the series it is of; -1 for a reading outside transactions. */
export type Stretch = readonly [firstMs: number, firstWh: number, lastMs: number, lastWh: number, series: number];

const FIELDS = 5;
const OUTSIDE = -1;

/**
 * What is spoken for on a connector's register: stretches from a first to a last reading, a transaction's or, for a
 * reading outside transactions, the reading itself. By column, five numbers a stretch.
 */
export class Stretches {
  readonly #numbers: number[] = [];

  /** `series`: the transaction's; not given: a reading outside transactions. */
  add(firstMs: number, firstWh: number, lastMs: number, lastWh: number, series = OUTSIDE): void {
    this.#numbers.push(firstMs, firstWh, lastMs, lastWh, series);
  }

  /** The stretches in order of their beginning. */
  *inOrder(): Generator<Stretch> {
    const numbers = this.#numbers;
    const at = (stretch: number, field: number) => numbers[stretch * FIELDS + field] ?? 0;
    const order = Uint32Array.from({ length: numbers.length / FIELDS }, (_, index) => index);
    order.sort((a, b) => at(a, 0) - at(b, 0) || at(a, 2) - at(b, 2) || at(a, 1) - at(b, 1));
    for (const stretch of order) {
      yield [at(stretch, 0), at(stretch, 1), at(stretch, 2), at(stretch, 3), at(stretch, 4)];
    }
  }
}

/** What a connector's register moved inside the timeline and no transaction has, and what two of them have. */
export interface SpokenFor {
  readonly unattributedWh: number;
  readonly twiceWh: number;
  /** The series of the transactions that count the same energy, each once. */
  readonly twiceIn: readonly number[];
}

/**
 * What one connector's register moved between its stretches, inside the timeline: energy that no transaction explains.
 * It is interpolated at the ends of the period as consumption is. A register that fell in between counts nothing, and
 * neither does a stretch that begins before the one before it has ended. Two readings of one instant move within it.
 * Where two transactions ran at the same time over the same stretch of the register, both are billed for it: that is
 * counted as theirs twice. Registers that start again with each session overlap only if the sessions do.
 */
export function spokenFor(stretches: Stretches, timeline: Timeline): SpokenFor {
  const { cuts, importSlot } = timeline;
  let unattributedWh = 0;
  let twiceWh = 0;
  const twiceIn = new Set<number>();
  const add = (piece: number, energyWh: number): void => {
    if ((importSlot[piece] ?? -1) >= 0) unattributedWh += energyWh;
  };
  let reached: Stretch = [NaN, NaN, NaN, NaN, OUTSIDE];
  for (const stretch of stretches.inOrder()) {
    const [firstMs, firstWh, lastMs] = stretch;
    const [, , reachedMs, reachedWh] = reached;
    if (firstMs === reachedMs && firstWh > reachedWh) add(pieceAt(cuts, firstMs), firstWh - reachedWh);
    else if (firstMs > reachedMs && firstWh > reachedWh) {
      cutMove(cuts, firstCutAfter(cuts, reachedMs), reachedMs, reachedWh, firstMs, firstWh, add);
    } else if (firstMs < reachedMs) {
      const sharedWh = sharedOf(reached, stretch, timeline);
      twiceWh += sharedWh;
      if (sharedWh > 0) twiceIn.add(reached[4]).add(stretch[4]);
    }
    if (!(lastMs < reachedMs)) reached = stretch;
  }
  return { unattributedWh, twiceWh, twiceIn: [...twiceIn] };
}

/** What two stretches, the second of which begins within the first, both count of the register; Wh. */
function sharedOf(former: Stretch, latter: Stretch, { cuts, importSlot }: Timeline): number {
  const [, formerFirstWh, formerLastMs, formerLastWh] = former;
  const [firstMs, firstWh, lastMs, lastWh] = latter;
  const fromWh = Math.max(formerFirstWh, firstWh);
  const toWh = Math.min(formerLastWh, lastWh);
  if (toWh <= fromWh) return 0;
  let sharedWh = 0;
  cutMove(cuts, firstCutAfter(cuts, firstMs), firstMs, fromWh, Math.min(formerLastMs, lastMs), toWh, (piece, wh) => {
    if ((importSlot[piece] ?? -1) >= 0) sharedWh += wh;
  });
  return sharedWh;
}
