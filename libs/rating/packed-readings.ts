import { sql as raw } from 'kysely';

/**
 * Readings by column, each column one binary array as PostgreSQL sends it: a row costs neither side more than its
 * numbers. Null when there are none.
 */
export interface PackedReadings {
  readonly connector_ids: Buffer | null;
  readonly transaction_ids: Buffer | null;
  readonly instants: Buffer | null;
  readonly import_whs: Buffer | null;
  readonly export_whs: Buffer | null;
}

/** Packs rows of meter_reading: by transaction, in order of time and, at one instant, of arrival. */
export const PACKED = raw`
  array_send(array_agg(connector_id order by transaction_id, at, id)) as connector_ids,
  array_send(array_agg(transaction_id order by transaction_id, at, id)) as transaction_ids,
  array_send(array_agg(at order by transaction_id, at, id)) as instants,
  array_send(array_agg(import_wh order by transaction_id, at, id)) as import_whs,
  array_send(array_agg(export_wh order by transaction_id, at, id)) as export_whs`;

const UNIX_MS_OF_2000 = Date.UTC(2000, 0, 1);

/** Dimensions, whether there are nulls, the type of the elements, how many, the first index: 4 bytes each. */
const ARRAY_HEADER = 20;
const HIGH_HALF = 2 ** 32;

/** A column's numbers, NaN for null. The layout is that of PostgreSQL's array_send: before each element its length. */
export function unpacked(column: Buffer | null): Float64Array {
  if (column === null) return new Float64Array();
  const view = new DataView(column.buffer, column.byteOffset, column.byteLength);
  const numbers = new Float64Array(view.getInt32(12));
  let offset = ARRAY_HEADER;
  for (let i = 0; i < numbers.length; i += 1) {
    const length = view.getInt32(offset);
    offset += 4;
    if (length < 0) {
      numbers[i] = NaN;
      continue;
    }
    numbers[i] = length === 4 ? view.getInt32(offset) : wide(view, offset);
    offset += length;
  }
  return numbers;
}

function wide(view: DataView, offset: number): number {
  const value = view.getInt32(offset) * HIGH_HALF + view.getUint32(offset + 4);
  if (!Number.isSafeInteger(value)) throw new RangeError('A stored int8 does not fit a safe integer');
  return value;
}

/** PostgreSQL's timestamptz (microseconds since 2000) as milliseconds since 1970. */
export function unixMs(instant: number): number {
  return instant / 1000 + UNIX_MS_OF_2000;
}
