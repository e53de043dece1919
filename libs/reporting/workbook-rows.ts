import type { RowPages } from './row-pages.js';
import { columnLetter, type Column } from './workbook-column.js';

const LINE_HEIGHT = 13.5;
const ROW_HEIGHT = 15;
/** Characters of a column's width that indent and padding take. */
const PADDING = 3;
/** A column grows with its texts up to this many times its own width; longer ones wrap. */
const MOST_GROWTH = 1.7;
/** Rows that become one piece of text. */
const CHUNK = 100;
const DAY_MS = 86_400_000;
/** Excel counts days from here; 1900 as a leap year is in it. */
const EPOCH_MS = Date.UTC(1899, 11, 30);

/** What must be known of a table before its first row is written, in columns as wide as their texts ask for. */
export interface MeasuredTable<Row> {
  readonly columns: readonly Column<Row>[];
  readonly rows: RowPages<Row>;
  readonly count: number;
  /** The sum of each column, as the number its cell holds. */
  readonly sums: readonly number[];
}

/** Reads a table once, page by page. Sums are of whole cents and Wh, so that their order does not matter. */
export async function measure<Row>(columns: readonly Column<Row>[], rows: RowPages<Row>): Promise<MeasuredTable<Row>> {
  const longest = columns.map(() => 0);
  const units = columns.map(() => 0);
  let count = 0;
  for await (const page of rows()) {
    count += page.length;
    for (const [index, column] of columns.entries()) {
      if (column.kind !== 'text' && column.summed !== true) continue;
      for (const row of page) {
        const value = column.value(row);
        if (column.kind === 'text') longest[index] = Math.max(longest[index] ?? 0, String(value ?? '').length);
        else units[index] = (units[index] ?? 0) + Math.round(Number(value ?? 0) * scaleOf(column));
      }
    }
  }
  return {
    columns: columns.map((column, index) => fitted(column, longest[index] ?? 0)),
    rows,
    count,
    sums: columns.map((column, index) => (units[index] ?? 0) / scaleOf(column)),
  };
}

const scaleOf = <Row>({ kind }: Column<Row>): number => (kind === 'energy' ? 1000 : 100);

function fitted<Row>(column: Column<Row>, longest: number): Column<Row> {
  if (column.kind !== 'text') return column;
  const width = Math.min(Math.max(column.width, longest + PADDING), Math.floor(column.width * MOST_GROWTH));
  return { ...column, width };
}

/** Lines that a text takes in a column of a width (in characters), broken between words, long words broken anywhere. */
export function wrappedLines(text: string, width: number): number {
  const room = Math.max(1, width - PADDING);
  if (text.length <= room) return 1;
  let lines = 1;
  let used = 0;
  for (const word of text.split(' ')) {
    if (used > 0 && used + 1 + word.length > room) {
      lines += 1;
      used = 0;
    }
    used += word.length + (used > 0 ? 1 : 0);
    lines += Math.max(0, Math.ceil(used / room) - 1);
    if (used > room) used = ((used - 1) % room) + 1;
  }
  return lines;
}

/** The style numbers of a row's cells, by column: of plain rows and of every second, tinted one. */
export interface RowStyles {
  readonly plain: readonly string[];
  readonly tinted: readonly string[];
}

/**
 * The rows of a table as SpreadsheetML (ECMA-376, 18.3.1.73), from a row number on: texts in their cells, so that no list
 * of all texts is kept. Every second row is tinted.
 */
export async function* sheetRows<Row>(
  { columns, rows }: MeasuredTable<Row>,
  { first, styles }: { readonly first: number; readonly styles: RowStyles },
): AsyncGenerator<string> {
  let at = first;
  for await (const page of rows()) {
    for (let start = 0; start < page.length; start += CHUNK) {
      let xml = '';
      for (const row of page.slice(start, start + CHUNK)) {
        xml += rowXml(columns, row, at, at % 2 === 0 ? styles.tinted : styles.plain);
        at += 1;
      }
      yield xml;
    }
  }
}

function rowXml<Row>(columns: readonly Column<Row>[], row: Row, at: number, styles: readonly string[]): string {
  let lines = 1;
  let cells = '';
  for (const [index, column] of columns.entries()) {
    const value = column.value(row);
    if (column.kind === 'text') lines = Math.max(lines, wrappedLines(String(value ?? ''), column.width));
    cells += cellXml(`${columnLetter(index + 1)}${at}`, styles[index] ?? '0', value);
  }
  // Programs do not agree on a row's height when a text wraps in it, so every row says its own.
  const height = Math.max(ROW_HEIGHT, lines * LINE_HEIGHT + 3);
  return `<row r="${at}" ht="${height}" customHeight="1" spans="1:${columns.length}">${cells}</row>`;
}

function cellXml(at: string, style: string, value: string | number | Date | null): string {
  if (value === null || value === '') return `<c r="${at}" s="${style}"/>`;
  if (typeof value === 'number') return `<c r="${at}" s="${style}"><v>${value}</v></c>`;
  if (value instanceof Date) return `<c r="${at}" s="${style}"><v>${(value.getTime() - EPOCH_MS) / DAY_MS}</v></c>`;
  return `<c r="${at}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${escaped(value)}</t></is></c>`;
}

/** What XML 1.0 has no way to write is left out. */
const UNWRITABLE = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

function escaped(text: string): string {
  return text.replace(UNWRITABLE, '').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
