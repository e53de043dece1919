import type { Rate, TariffPieces } from './tariff-pieces.js';

/** Who answers for a charger's energy; null where nobody does. */
export interface Owner {
  readonly customerId: string | null;
  readonly spotId: string | null;
}

/** An owner's time, half-open in milliseconds. `owner` null: another installation's, not counted here at all. */
export interface OwnerSpan {
  readonly startMs: number;
  readonly endMs: number;
  readonly owner: Owner | null;
}

/** All that one printed line has in common. */
export interface Slot extends Rate {
  readonly owner: Owner;
}

/** The period, cut at every boundary. Piece i is [cuts[i], cuts[i + 1]). */
export interface Timeline {
  readonly cuts: Float64Array;
  /** By piece, into the slots; -1 where the energy is another installation's. */
  readonly importSlot: Int32Array;
  readonly exportSlot: Int32Array;
  /** By piece, the price of energy in where it is indexed; NaN where the series lacks it. Null: nothing is indexed. */
  readonly importMicros: Float64Array | null;
}

/** One charger's timelines: one for all, or where a spot is shared one for each customer whose card starts a session. */
export interface ChargerTimelines {
  readonly timeZone: string;
  /** Grows as timelines are asked for; all of them count in the same slots. */
  readonly slots: readonly Slot[];
  /** As {@link TariffPieces} says it. */
  missingSeriesAt(atMs: number): string | null;
  /** `payer`: the customer whose card started the transaction; null: unknown, or no transaction. */
  forPayer(payer: string | null): Timeline;
}

const NOBODY: Owner = { customerId: null, spotId: null };

/** The timelines of a charger whose energy nobody in particular answers for. */
export function unownedTimelines(base: TariffPieces): ChargerTimelines {
  const spans = [{ startMs: -Infinity, endMs: Infinity, owner: NOBODY }];
  return timelinesOf(base, () => spans, false);
}

/**
 * Cuts the tariff's pieces further at every change of owner. `spansFor` gives who answers when, for a payer; it is asked
 * with null only unless the charger's spot is shared.
 */
export function timelinesOf(
  base: TariffPieces,
  spansFor: (payer: string | null) => readonly OwnerSpan[],
  isShared: boolean,
): ChargerTimelines {
  const slots = new SlotList(base.rates);
  const made = new Map<string | null, Timeline>();
  return {
    timeZone: base.timeZone,
    slots: slots.list,
    missingSeriesAt: (atMs) => base.missingSeriesAt(atMs),
    forPayer(asked) {
      const payer = isShared ? asked : null;
      const timeline = made.get(payer) ?? timelineOf(base, spansFor(payer), slots);
      made.set(payer, timeline);
      return timeline;
    },
  };
}

function timelineOf(base: TariffPieces, spans: readonly OwnerSpan[], slots: SlotList): Timeline {
  const cuts: number[] = [];
  const importSlot: number[] = [];
  const exportSlot: number[] = [];
  const importMicros: number[] = [];
  let firstSpan = 0;
  for (const [index, pieceStart] of base.starts.entries()) {
    const pieceEnd = base.starts[index + 1] ?? base.endMs;
    while ((spans[firstSpan]?.endMs ?? Infinity) <= pieceStart) firstSpan += 1;
    for (let at = firstSpan; at < spans.length; at += 1) {
      const span = spans[at];
      if (span === undefined || span.startMs >= pieceEnd) break;
      cuts.push(Math.max(pieceStart, span.startMs));
      importSlot.push(slots.numberOf(base.importRate[index] ?? -1, span.owner));
      exportSlot.push(slots.numberOf(base.exportRate[index] ?? -1, span.owner));
      if (base.importMicros !== null) importMicros.push(base.importMicros[index] ?? NaN);
    }
  }
  cuts.push(base.endMs);
  return {
    cuts: Float64Array.from(cuts),
    importSlot: Int32Array.from(importSlot),
    exportSlot: Int32Array.from(exportSlot),
    importMicros: base.importMicros === null ? null : Float64Array.from(importMicros),
  };
}

/** Slots in order of first mention: a rate for an owner. */
class SlotList {
  readonly list: Slot[] = [];
  readonly #rates: readonly Rate[];
  readonly #byOwner = new Map<string, Int32Array>();

  constructor(rates: readonly Rate[]) {
    this.#rates = rates;
  }

  numberOf(rateNumber: number, owner: Owner | null): number {
    if (owner === null) return -1;
    const rate = this.#rates[rateNumber];
    if (rate === undefined) throw new Error(`There is no rate ${rateNumber}`);
    const key = `${owner.spotId ?? ''} ${owner.customerId ?? ''}`;
    const ofOwner = this.#byOwner.get(key) ?? new Int32Array(this.#rates.length).fill(-1);
    this.#byOwner.set(key, ofOwner);
    const known = ofOwner[rateNumber] ?? -1;
    if (known >= 0) return known;
    ofOwner[rateNumber] = this.list.length;
    this.list.push({ ...rate, owner });
    return this.list.length - 1;
  }
}
