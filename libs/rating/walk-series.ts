import type { Rejected } from './rated.js';
import type { ReadingTable } from './reading-table.js';
import { cutMove, firstCutAfter, type AddEnergy } from './register.js';
import type { Stretches } from './unattributed.js';

/** Where a series' energy goes, with the boundaries it is cut at. */
export interface OpenBook {
  readonly cuts: Float64Array;
  readonly addImport: AddEnergy;
  readonly addExport: AddEnergy;
  /** Told after each rise of a register, by how much it rose. */
  readonly endMove: (movedWh: number) => void;
}

/** What a walk adds to. */
export interface Walk {
  readonly readings: ReadingTable;
  readonly rejected: Rejected[];
  /** Room for the rows of one series, used again for the next. */
  readonly room: Uint32Array;
}

/**
 * Goes through the readings of one series in order of time and books what its registers moved. `rows` are indexes into
 * the table, ordered by time and then by place in the file.
 * - Of several readings at one instant the first stands; one with another value is rejected, an exact copy is not.
 * - A register that falls starts again at that row: nothing is counted across the fall.
 * Without a book (readings outside transactions) nothing is booked or said to have fallen. The book is open for the
 * customer whose card started the transaction.
 * What is spoken for is added to the stretches of the connector: the series from its first to its last reading; without
 * a book each reading by itself.
 */
export function walkSeries(walk: Walk, rows: Uint32Array, book: OpenBook | null, stretches: Stretches): void {
  const { atMs, importWh, exportWh, row, seriesOf } = walk.readings;
  const kept = withoutConflicts(walk, rows);
  const first = kept[0];
  const last = kept.at(-1);
  if (first === undefined || last === undefined) return;
  const add = (from: number, to: number, series?: number) =>
    stretches.add(atMs[from] ?? NaN, importWh[from] ?? NaN, atMs[to] ?? NaN, importWh[to] ?? NaN, series);
  if (book === null) {
    for (const index of kept) add(index, index);
    return;
  }
  const { cuts, addImport, addExport, endMove } = book;
  const start = firstCutAfter(cuts, atMs[first] ?? 0);
  const fallen = [
    ...bookRegister(atMs, importWh, kept, cuts, start, addImport, endMove),
    ...bookRegister(atMs, exportWh, kept, cuts, start, addExport, endMove),
  ];
  for (const index of new Set(fallen)) walk.rejected.push({ row: row[index] ?? 0, reason: 'register-fell' });
  add(first, last, seriesOf[first]);
}

/** One reading per instant. A copy that alone has an export register completes a reading that came without. */
export function withoutConflicts({ readings, rejected, room: kept }: Walk, rows: Uint32Array): Uint32Array {
  const { atMs, importWh, exportWh } = readings;
  let count = 0;
  for (const index of rows) {
    const standing = count === 0 ? -1 : (kept[count - 1] ?? -1);
    if (standing < 0 || atMs[standing] !== atMs[index]) {
      kept[count] = index;
      count += 1;
      continue;
    }
    const given = exportWh[index] ?? NaN;
    const stood = exportWh[standing] ?? NaN;
    const isOther = importWh[index] !== importWh[standing] || (given !== stood && !isNaN(given) && !isNaN(stood));
    if (isOther) rejected.push({ row: readings.row[index] ?? 0, reason: 'conflicting-duplicate' });
    else if (isNaN(stood)) exportWh[standing] = given;
  }
  return kept.subarray(0, count);
}

/** Books the moves of one register; NaN is a reading that does not show it. Returns the readings at which it fell. */
function bookRegister(
  atMs: Float64Array,
  register: Float64Array,
  rows: Uint32Array,
  cuts: Float64Array,
  start: number,
  add: AddEnergy,
  endMove: (movedWh: number) => void,
): number[] {
  const fallen: number[] = [];
  let hint = start;
  let t1 = NaN;
  let r1 = NaN;
  for (const index of rows) {
    const t2 = atMs[index] ?? NaN;
    const r2 = register[index] ?? NaN;
    if (isNaN(r2)) continue;
    if (r2 < r1) fallen.push(index);
    else if (r2 > r1) {
      hint = cutMove(cuts, hint, t1, r1, t2, r2, add);
      endMove(r2 - r1);
    }
    t1 = t2;
    r1 = r2;
  }
  return fallen;
}
