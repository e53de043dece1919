export type CellKind = 'text' | 'money' | 'energy' | 'price' | 'date' | 'moment' | 'count';

export interface Column<Row> {
  readonly key: string;
  readonly title: string;
  readonly width: number;
  readonly kind: CellKind;
  readonly value: (row: Row) => string | number | Date | null;
  /** Summed under the table. */
  readonly summed?: boolean;
}

export function columnLetter(number: number): string {
  if (number > 26) throw new RangeError(`column ${number}: sheets here stay within A to Z`);
  return String.fromCharCode(64 + number);
}
