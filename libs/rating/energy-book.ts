import type { ChargerTimelines, Slot, Timeline } from './timeline.js';
import type { OpenBook } from './walk-series.js';

/** What a line's energy comes to. */
export interface BookedEnergy {
  readonly slot: Slot;
  readonly wh: number;
  readonly estimatedWh: number;
  /** How far the estimated energy can be off at worst: no line can have got or lost more of it. */
  readonly estimatedErrorWh: number;
  /** Σ Wh × micro-units per kWh, 10⁻⁹ of the currency: exact where the price changes within the line. */
  readonly nanos: number;
  /** The first instant for which the series of an indexed price has no value though energy was used; NaN: none. */
  readonly missingPriceMs: number;
}

function grown(column: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(Math.max(length, column.length * 2));
  larger.set(column);
  return larger;
}

function exact(sum: number, unit: string): number {
  if (!Number.isSafeInteger(sum)) throw new RangeError(`A sum of ${sum} ${unit} is beyond exact integers`);
  return sum;
}

/** The energy of one charger, summed per slot of its timelines. */
export class EnergyBook {
  readonly timelines: ChargerTimelines;
  #timeline: Timeline;
  #wh = new Float64Array(64);
  #estimatedWh = new Float64Array(64);
  #estimatedErrorWh = new Float64Array(64);
  #nanos = new Float64Array(64);
  readonly #missingMs = new Map<number, number>();
  /** Of the move between two readings that lie too far apart: what each slot got of it. */
  readonly #guessed = new Map<number, number>();

  constructor(timelines: ChargerTimelines) {
    this.timelines = timelines;
    this.#timeline = timelines.forPayer(null);
  }

  /** What is added from here on was charged with this customer's card. */
  open(payer: string | null): OpenBook {
    this.#timeline = this.timelines.forPayer(payer);
    const length = this.timelines.slots.length;
    if (length > this.#wh.length) {
      this.#wh = grown(this.#wh, length);
      this.#estimatedWh = grown(this.#estimatedWh, length);
      this.#estimatedErrorWh = grown(this.#estimatedErrorWh, length);
      this.#nanos = grown(this.#nanos, length);
    }
    const { addImport, addExport, endMove } = this;
    return { cuts: this.#timeline.cuts, addImport, addExport, endMove };
  }

  readonly addImport = (piece: number, energyWh: number, isEstimated: boolean): void => {
    const slot = this.#timeline.importSlot[piece] ?? -1;
    this.#add(slot, energyWh, isEstimated);
    const { importMicros } = this.#timeline;
    if (importMicros !== null && energyWh > 0) this.#price(slot, piece, energyWh, importMicros[piece] ?? NaN);
  };

  readonly addExport = (piece: number, energyWh: number, isEstimated: boolean): void => {
    this.#add(this.#timeline.exportSlot[piece] ?? -1, energyWh, isEstimated);
  };

  #add(slot: number, energyWh: number, isEstimated: boolean): void {
    if (slot < 0) return; // another installation's time
    this.#wh[slot] = exact((this.#wh[slot] ?? 0) + energyWh, 'Wh');
    if (!isEstimated) return;
    this.#estimatedWh[slot] = (this.#estimatedWh[slot] ?? 0) + energyWh;
    this.#guessed.set(slot, (this.#guessed.get(slot) ?? 0) + energyWh);
  }

  #price(slot: number, piece: number, energyWh: number, micros: number): void {
    if (slot < 0 || this.timelines.slots[slot]?.indexedBy === null) return;
    if (isNaN(micros)) {
      const at = this.#timeline.cuts[piece] ?? NaN;
      if (!(at >= (this.#missingMs.get(slot) ?? Infinity))) this.#missingMs.set(slot, at);
    } else this.#nanos[slot] = exact((this.#nanos[slot] ?? 0) + energyWh * micros, 'nanos');
  }

  /**
   * Ends the move of `movedWh` between two readings. If it was estimated, each line it fell into may have had all of it
   * or none: it can be off by what it got or by all the rest, whichever is more.
   */
  readonly endMove = (movedWh: number): void => {
    if (this.#guessed.size === 0) return;
    for (const [slot, wh] of this.#guessed) {
      this.#estimatedErrorWh[slot] = (this.#estimatedErrorWh[slot] ?? 0) + Math.max(wh, movedWh - wh);
    }
    this.#guessed.clear();
  };

  /** The slots that received energy. */
  *used(): Generator<BookedEnergy> {
    for (const [index, slot] of this.timelines.slots.entries()) {
      const wh = this.#wh[index] ?? 0;
      if (wh === 0) continue;
      yield {
        slot,
        wh,
        estimatedWh: this.#estimatedWh[index] ?? 0,
        estimatedErrorWh: this.#estimatedErrorWh[index] ?? 0,
        nanos: slot.microsPerKWh === null ? (this.#nanos[index] ?? 0) : 0,
        missingPriceMs: this.#missingMs.get(index) ?? NaN,
      };
    }
  }
}
