import type ExcelJS from 'exceljs';

import type { Language } from './printer.js';
import { columnLetter, type CellKind, type Column } from './workbook-column.js';
import { sheetRows, type MeasuredTable, type RowStyles } from './workbook-rows.js';

const FONT = 'Calibri';
const ACCENT = 'FF0B6E4F';
const TINT = 'FFEEF5F2';
const RULE = 'FFD5DDE3';
const MUTED = 'FF5F6C7B';

/** Row of the column titles in every sheet: a title, a subtitle and an empty row stand above. */
export const HEADER_ROW = 4;
const A4 = 9;

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

interface TableSpec<Row> {
  readonly name: string;
  readonly title: string;
  readonly subtitle: string;
  readonly language: Language;
  readonly currency: string;
  readonly table: MeasuredTable<Row>;
}

/** A table whose rows are still to come into its sheet. */
export interface StreamedTable {
  readonly sheetId: number;
  /** Number of its first row. */
  readonly first: number;
  readonly count: number;
  /** The rows as the sheet has them, from `first` on. */
  xml(styles: RowStyles): AsyncIterable<string>;
}

/** Where a table's data stand, for formulas in other sheets. */
export interface TableRanges {
  /** `'Imputação'!$E$5:$E$46`; throws for a column that the sheet has not. */
  range(key: string): string;
  has(key: string): boolean;
}

/**
 * Adds a sheet with a title, one filtered table and its sums, ready to be printed on A4 landscape. Of its rows only the
 * look of two is written: the rows themselves come when the file is made.
 */
export function addTableSheet<Row>(
  workbook: ExcelJS.Workbook,
  spec: TableSpec<Row>,
): { readonly ranges: TableRanges; readonly streamed: StreamedTable } {
  const { columns, count } = spec.table;
  const sheet = addPrintableSheet(workbook, spec, columns.length);
  sheet.columns = columns.map(({ width }) => ({ width }));
  writeHeader(sheet, columns);
  const first = HEADER_ROW + 1;
  const last = Math.max(first, HEADER_ROW + count);
  if (count > 0) for (const at of [first, first + 1]) writeLook(sheet, spec, at);
  if (columns.some(({ summed }) => summed === true)) writeSums(sheet, spec, first, last);
  sheet.autoFilter = { from: { row: HEADER_ROW, column: 1 }, to: { row: last, column: columns.length } };
  sheet.pageSetup.printTitlesRow = `${HEADER_ROW}:${HEADER_ROW}`;
  const xml = (styles: RowStyles) => sheetRows(spec.table, { first, styles });
  return { ranges: rangesOf(spec, first, last), streamed: { sheetId: sheet.id, first, count, xml } };
}

function rangesOf<Row>({ name, table }: TableSpec<Row>, first: number, last: number): TableRanges {
  return {
    has: (key) => table.columns.some((column) => column.key === key),
    range(key) {
      const index = table.columns.findIndex((column) => column.key === key);
      if (index < 0) throw new Error(`sheet ${name} has no column ${key}`);
      const letter = columnLetter(index + 1);
      return `'${name}'!$${letter}$${first}:$${letter}$${last}`;
    },
  };
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

function writeHeader<Row>(sheet: ExcelJS.Worksheet, columns: readonly Column<Row>[]): void {
  sheet.getRow(HEADER_ROW).height = 30;
  columns.forEach((column, index) => {
    const cell = sheet.getCell(HEADER_ROW, index + 1);
    cell.value = column.title;
    styleHeader(cell, column.kind);
  });
}

function writeLook<Row>(sheet: ExcelJS.Worksheet, { table, currency }: TableSpec<Row>, at: number): void {
  table.columns.forEach(({ kind }, index) => {
    styleCell(sheet.getCell(at, index + 1), kind, currency, { tinted: at % 2 === 0 });
  });
}

/** SUBTOTAL(109) follows the filter: what is hidden is not counted. */
function writeSums<Row>(
  sheet: ExcelJS.Worksheet,
  { table, currency }: TableSpec<Row>,
  first: number,
  last: number,
): void {
  const at = last + 2;
  table.columns.forEach((column, index) => {
    const cell = sheet.getCell(at, index + 1);
    if (index === 0) cell.value = 'Total';
    if (column.summed === true) {
      const letter = columnLetter(index + 1);
      cell.value = { formula: `SUBTOTAL(109,${letter}${first}:${letter}${last})`, result: table.sums[index] ?? 0 };
    }
    styleCell(cell, column.kind, currency, { bold: true, sum: true });
  });
}
