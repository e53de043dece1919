import type { Slot, Timeline } from './timeline.js';

/** The energy of one charger, summed per slot of its timeline. */
export class EnergyBook {
  readonly timeline: Timeline;
  readonly #wh: Float64Array;
  readonly #estimatedWh: Float64Array;

  constructor(timeline: Timeline) {
    this.timeline = timeline;
    this.#wh = new Float64Array(timeline.slots.length);
    this.#estimatedWh = new Float64Array(timeline.slots.length);
  }

  readonly addImport = (piece: number, energyWh: number, isEstimated: boolean): void => {
    this.#add(this.timeline.importSlot[piece] ?? -1, energyWh, isEstimated);
  };

  readonly addExport = (piece: number, energyWh: number, isEstimated: boolean): void => {
    this.#add(this.timeline.exportSlot[piece] ?? -1, energyWh, isEstimated);
  };

  #add(slot: number, energyWh: number, isEstimated: boolean): void {
    if (slot < 0) return; // another installation's time
    const sum = (this.#wh[slot] ?? 0) + energyWh;
    if (!Number.isSafeInteger(sum)) throw new RangeError(`Energy of ${sum} Wh is beyond exact integers`);
    this.#wh[slot] = sum;
    if (isEstimated) this.#estimatedWh[slot] = (this.#estimatedWh[slot] ?? 0) + energyWh;
  }

  /** The slots that received energy. */
  *used(): Generator<{ slot: Slot; wh: number; estimatedWh: number }> {
    for (const [index, slot] of this.timeline.slots.entries()) {
      const wh = this.#wh[index] ?? 0;
      if (wh > 0) yield { slot, wh, estimatedWh: this.#estimatedWh[index] ?? 0 };
    }
  }
}
