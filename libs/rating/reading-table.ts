const FIRST_CAPACITY = 1024;

/** One register: a connector of a charger. Its readings are compared within one transaction, or outside any. */
export interface Meter {
  readonly chargerId: string;
  readonly connectorId: number;
}

interface KnownMeter extends Meter {
  readonly number: number;
  /** The series of each transaction; of the readings outside transactions under null. */
  readonly series: Map<string | null, number>;
}

function grownFloats(column: Float64Array, capacity: number): Float64Array {
  const larger = new Float64Array(capacity);
  larger.set(column);
  return larger;
}

function grownIntegers(column: Uint32Array, capacity: number): Uint32Array {
  const larger = new Uint32Array(capacity);
  larger.set(column);
  return larger;
}

/** A string cut from a larger text keeps that whole text in memory; this one does not. */
function ownCopy(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

/** Meter readings by column: a million of them take some 40 MB. Rows keep the order in which they were added. */
export class ReadingTable {
  readonly meters: Meter[] = [];
  count = 0;
  /** Milliseconds since 1970, UTC. */
  atMs: Float64Array = new Float64Array(FIRST_CAPACITY);
  importWh: Float64Array = new Float64Array(FIRST_CAPACITY);
  /** NaN where the reading has none. */
  exportWh: Float64Array = new Float64Array(FIRST_CAPACITY);
  seriesOf: Uint32Array = new Uint32Array(FIRST_CAPACITY);
  /** The row in the file, counted from 1. */
  row: Uint32Array = new Uint32Array(FIRST_CAPACITY);

  /** The meter of each series. */
  readonly meterOf: number[] = [];
  /** The transaction of each series; null: outside any. */
  readonly transactionOf: (string | null)[] = [];
  /** The customer whose card started the transaction of each series; null: not known, or outside transactions. */
  readonly payerOf: (string | null)[] = [];

  readonly #meters = new Map<string, KnownMeter>();

  /** The number of a series, given at its first mention: a transaction's, or with null the readings outside any. */
  seriesNumber(
    chargerId: string,
    connectorId: number,
    transactionId: string | null,
    payer: string | null = null,
  ): number {
    const meter = this.#meter(chargerId, connectorId);
    const known = meter.series.get(transactionId);
    if (known !== undefined) return known;
    const number = this.meterOf.push(meter.number) - 1;
    const transaction = transactionId === null ? null : ownCopy(transactionId);
    meter.series.set(transaction, number);
    this.transactionOf.push(transaction);
    this.payerOf.push(payer);
    return number;
  }

  #meter(chargerId: string, connectorId: number): KnownMeter {
    const key = `${connectorId} ${chargerId}`;
    const known = this.#meters.get(key);
    if (known !== undefined) return known;
    const number = this.meters.length;
    const meter: KnownMeter = { chargerId: ownCopy(chargerId), connectorId, number, series: new Map() };
    this.meters.push(meter);
    this.#meters.set(ownCopy(key), meter);
    return meter;
  }

  /** Adds a reading; registers are non-negative safe integers, `exportWh` NaN where there is none. */
  add(series: number, atMs: number, importWh: number, exportWh: number, row: number): void {
    if (this.count === this.atMs.length) this.#grow();
    const index = this.count;
    this.atMs[index] = atMs;
    this.importWh[index] = importWh;
    this.exportWh[index] = exportWh;
    this.seriesOf[index] = series;
    this.row[index] = row;
    this.count += 1;
  }

  #grow(): void {
    const capacity = this.atMs.length * 2;
    this.atMs = grownFloats(this.atMs, capacity);
    this.importWh = grownFloats(this.importWh, capacity);
    this.exportWh = grownFloats(this.exportWh, capacity);
    this.seriesOf = grownIntegers(this.seriesOf, capacity);
    this.row = grownIntegers(this.row, capacity);
  }

  /**
   * Indexes of the readings grouped by series, each series in order of time and then of addition. `starts[s]` to
   * `starts[s + 1]` are those of series s. Grouping is linear; only a series that came out of order is sorted.
   */
  bySeries(): { readonly order: Uint32Array; readonly starts: Uint32Array } {
    const starts = new Uint32Array(this.meterOf.length + 1);
    for (let i = 0; i < this.count; i += 1) {
      const after = (this.seriesOf[i] ?? 0) + 1;
      starts[after] = (starts[after] ?? 0) + 1;
    }
    for (let s = 0; s < this.meterOf.length; s += 1) starts[s + 1] = (starts[s + 1] ?? 0) + (starts[s] ?? 0);
    const order = new Uint32Array(this.count);
    const next = starts.slice();
    for (let i = 0; i < this.count; i += 1) {
      const series = this.seriesOf[i] ?? 0;
      const place = next[series] ?? 0;
      order[place] = i;
      next[series] = place + 1;
    }
    for (let s = 0; s < this.meterOf.length; s += 1) this.#sortByTime(order.subarray(starts[s], starts[s + 1]));
    return { order, starts };
  }

  #sortByTime(order: Uint32Array): void {
    const { atMs } = this;
    const timeOf = (index: number | undefined) => atMs[index ?? 0] ?? 0;
    let isSorted = true;
    for (let i = 1; i < order.length && isSorted; i += 1) isSorted = timeOf(order[i - 1]) <= timeOf(order[i]);
    if (!isSorted) order.sort((a, b) => timeOf(a) - timeOf(b) || a - b);
  }
}
