import type ExcelJS from 'exceljs';

import type { Language } from './printer.js';

const FONT = 'Calibri';
const ACCENT = 'FF0B6E4F';
const TINT = 'FFEEF5F2';
const RULE = 'FFD5DDE3';
const MUTED = 'FF5F6C7B';

/** Row of the column titles in every sheet: a title, a subtitle and an empty row stand above. */
export const HEADER_ROW = 4;
const A4 = 9;

export type CellKind = 'text' | 'money' | 'energy' | 'price' | 'date' | 'moment' | 'count';

/** Number formats as Excel stores them; a Portuguese Excel shows 1.234,56 €. */
function numberFormat(kind: CellKind, currency: string): string | undefined {
  const symbol = currency === 'EUR' ? '€' : currency;
  switch (kind) {
    case 'money':
      return `#,##0.00 "${symbol}"`;
    case 'energy':
      return '#,##0.000 "kWh"';
    case 'price':
      return `0.000000 "${symbol}"`;
    case 'date':
      return 'dd/mm/yyyy';
    case 'moment':
      return 'dd/mm/yyyy hh:mm';
    case 'count':
      return '#,##0';
    case 'text':
      return undefined;
    default:
      return kind satisfies never;
  }
}

/** Cents as the number a money cell holds: exact to its two decimals. */
export const euros = (cents: number): number => cents / 100;
/** Wh as the number an energy cell holds. */
export const kWh = (wh: number): number => wh / 1000;

/** A local date (yyyy-mm-dd) as Excel's date, which knows no zone. */
export const dateCell = (isoDate: string): Date => new Date(`${isoDate}T00:00:00Z`);

/** An instant as local date and time of a zone, as Excel's date. */
export function momentCell(instant: Date, timeZone: string): Date {
  const local = Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(timeZone);
  return new Date(`${local.toPlainDateTime().round({ smallestUnit: 'minute' }).toString({ smallestUnit: 'minute' })}Z`);
}

export interface Column<Row> {
  readonly key: string;
  readonly title: string;
  readonly width: number;
  readonly kind: CellKind;
  readonly value: (row: Row) => string | number | Date | null;
  /** Summed under the table. */
  readonly summed?: boolean;
}

interface TableSpec<Row> {
  readonly name: string;
  readonly title: string;
  readonly subtitle: string;
  readonly language: Language;
  readonly currency: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
}

/** Where a table's data stand, for formulas in other sheets. */
export interface TableRanges {
  /** `'Imputação'!$E$5:$E$46`; throws for a column that the sheet has not. */
  range(key: string): string;
  has(key: string): boolean;
}

/** Adds a sheet with a title, one filtered table and its sums, ready to be printed on A4 landscape. */
export function addTableSheet<Row>(workbook: ExcelJS.Workbook, given: TableSpec<Row>): TableRanges {
  const spec = { ...given, columns: given.columns.map((column) => fitted(column, given.rows)) };
  const sheet = addPrintableSheet(workbook, spec, spec.columns.length);
  sheet.columns = spec.columns.map(({ width }) => ({ width }));
  writeHeader(sheet, spec);
  const first = HEADER_ROW + 1;
  const last = Math.max(first, HEADER_ROW + spec.rows.length);
  spec.rows.forEach((row, index) => writeRow(sheet, spec, row, first + index));
  writeSums(sheet, spec, first, last);
  sheet.autoFilter = { from: { row: HEADER_ROW, column: 1 }, to: { row: last, column: spec.columns.length } };
  sheet.pageSetup.printTitlesRow = `${HEADER_ROW}:${HEADER_ROW}`;
  return {
    has: (key) => spec.columns.some((column) => column.key === key),
    range(key) {
      const index = spec.columns.findIndex((column) => column.key === key);
      if (index < 0) throw new Error(`sheet ${spec.name} has no column ${key}`);
      const letter = columnLetter(index + 1);
      return `'${spec.name}'!$${letter}$${first}:$${letter}$${last}`;
    },
  };
}

export function columnLetter(number: number): string {
  if (number > 26) throw new RangeError(`column ${number}: sheets here stay within A to Z`);
  return String.fromCharCode(64 + number);
}

const PAGES: Readonly<Record<Language, string>> = { pt: 'Página &P de &N', en: 'Page &P of &N' };

/** A sheet with title and subtitle, set up for A4 landscape, fit to the page's width, page numbers below. */
export function addPrintableSheet(
  workbook: ExcelJS.Workbook,
  spec: {
    readonly name: string;
    readonly title: string;
    readonly subtitle: string;
    readonly language: Language;
  },
  columns: number,
): ExcelJS.Worksheet {
  const sheet = workbook.addWorksheet(spec.name, {
    views: [{ state: 'frozen', ySplit: HEADER_ROW, showGridLines: false }],
    pageSetup: {
      paperSize: A4,
      orientation: 'landscape',
      fitToPage: true,
      fitToWidth: 1,
      fitToHeight: 0,
      horizontalCentered: true,
      margins: { left: 0.5, right: 0.5, top: 0.55, bottom: 0.65, header: 0.3, footer: 0.3 },
    },
    headerFooter: { oddFooter: `&L&8 ${spec.subtitle.replaceAll('&', '&&')}&R&8 ${PAGES[spec.language]}` },
    properties: { tabColor: { argb: ACCENT } },
  });
  sheet.getCell(1, 1).value = spec.title;
  sheet.getCell(1, 1).font = { name: FONT, size: 16, bold: true, color: { argb: ACCENT } };
  sheet.getCell(2, 1).value = spec.subtitle;
  sheet.getCell(2, 1).font = { name: FONT, size: 10, color: { argb: MUTED } };
  sheet.getRow(1).height = 24;
  sheet.getRow(3).height = 6;
  for (let column = 1; column <= columns; column += 1) {
    sheet.getCell(3, column).border = { top: { style: 'medium', color: { argb: ACCENT } } };
  }
  return sheet;
}

const RIGHT: ReadonlySet<CellKind> = new Set(['money', 'energy', 'price', 'count']);

export function styleHeader(cell: ExcelJS.Cell, kind: CellKind): void {
  cell.style = shared(`header/${kind}`, () => ({
    font: { name: FONT, size: 10, bold: true, color: { argb: 'FFFFFFFF' } },
    fill: { type: 'pattern', pattern: 'solid', fgColor: { argb: ACCENT } },
    alignment: {
      vertical: 'middle',
      wrapText: true,
      ...(RIGHT.has(kind) ? { horizontal: 'right' } : { horizontal: 'left', indent: 1 }),
    },
  }));
}

/** Words that explain, under or beside a table. */
export function styleNote(cell: ExcelJS.Cell, size: number): void {
  cell.style = { font: { name: FONT, size, color: { argb: MUTED } } };
}

interface CellLook {
  readonly bold?: boolean;
  /** Every second row of a table. */
  readonly tinted?: boolean;
  /** A sum: under a line. */
  readonly sum?: boolean;
}

export function styleCell(cell: ExcelJS.Cell, kind: CellKind, currency: string, look: CellLook = {}): void {
  const { bold = false, tinted = false, sum = false } = look;
  cell.style = shared(`${kind}/${currency}/${bold}/${tinted}/${sum}`, () => {
    const format = numberFormat(kind, currency);
    return {
      font: { name: FONT, size: 10, bold },
      ...(format === undefined ? {} : { numFmt: format }),
      alignment: {
        vertical: 'middle',
        horizontal: RIGHT.has(kind) ? 'right' : 'left',
        ...(kind === 'text' ? { wrapText: true } : {}),
        ...(RIGHT.has(kind) ? {} : { indent: 1 }),
      },
      border: sum
        ? { top: { style: 'thin', color: { argb: ACCENT } } }
        : { bottom: { style: 'hair', color: { argb: RULE } } },
      ...(tinted ? { fill: { type: 'pattern', pattern: 'solid', fgColor: { argb: TINT } } } : {}),
    };
  });
}

const styles = new Map<string, Partial<ExcelJS.Style>>();

/**
 * Cells that look the same share one style: a month of thousands of spots has hundreds of thousands of cells. So a
 * cell's style is replaced, never changed in part.
 */
function shared(key: string, make: () => Partial<ExcelJS.Style>): Partial<ExcelJS.Style> {
  const known = styles.get(key);
  if (known !== undefined) return known;
  const style = make();
  styles.set(key, style);
  return style;
}

function writeHeader<Row>(sheet: ExcelJS.Worksheet, spec: TableSpec<Row>): void {
  sheet.getRow(HEADER_ROW).height = 30;
  spec.columns.forEach((column, index) => {
    const cell = sheet.getCell(HEADER_ROW, index + 1);
    cell.value = column.title;
    styleHeader(cell, column.kind);
  });
}

const LINE_HEIGHT = 13.5;
const ROW_HEIGHT = 15;
/** Characters of a column's width that indent and padding take. */
const PADDING = 3;
/** A column grows with its texts up to this many times its own width; longer ones wrap. */
const MOST_GROWTH = 1.7;

function fitted<Row>(column: Column<Row>, rows: readonly Row[]): Column<Row> {
  if (column.kind !== 'text') return column;
  const longest = rows.reduce((most, row) => Math.max(most, String(column.value(row) ?? '').length), 0);
  const width = Math.min(Math.max(column.width, longest + PADDING), Math.floor(column.width * MOST_GROWTH));
  return { ...column, width };
}

/** Lines that a text takes in a column of a width (in characters), broken between words, long words broken anywhere. */
export function wrappedLines(text: string, width: number): number {
  const room = Math.max(1, width - PADDING);
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

/** Programs do not agree on a row's height when a text wraps in it, so every row says its own. */
function heightOf<Row>(spec: TableSpec<Row>, row: Row): number {
  const lines = spec.columns.map(({ kind, width, value }) =>
    kind === 'text' ? wrappedLines(String(value(row) ?? ''), width) : 1,
  );
  return Math.max(ROW_HEIGHT, Math.max(...lines) * LINE_HEIGHT + 3);
}

function writeRow<Row>(sheet: ExcelJS.Worksheet, spec: TableSpec<Row>, row: Row, at: number): void {
  sheet.getRow(at).height = heightOf(spec, row);
  spec.columns.forEach((column, index) => {
    const cell = sheet.getCell(at, index + 1);
    cell.value = column.value(row);
    styleCell(cell, column.kind, spec.currency, { tinted: at % 2 === 0 });
  });
}

/** SUBTOTAL(109) follows the filter: what is hidden is not counted. */
function writeSums<Row>(sheet: ExcelJS.Worksheet, spec: TableSpec<Row>, first: number, last: number): void {
  const at = last + 2;
  spec.columns.forEach((column, index) => {
    const cell = sheet.getCell(at, index + 1);
    if (index === 0) cell.value = 'Total';
    if (column.summed === true) {
      const letter = columnLetter(index + 1);
      const scale = column.kind === 'energy' ? 1000 : 100;
      const units = spec.rows.reduce((sum, row) => sum + Math.round(Number(column.value(row) ?? 0) * scale), 0);
      cell.value = { formula: `SUBTOTAL(109,${letter}${first}:${letter}${last})`, result: units / scale };
    }
    styleCell(cell, column.kind, spec.currency, { bold: true, sum: true });
  });
}
