import { parse } from 'csv-parse/sync';
import ExcelJS from 'exceljs';

/** One row under the header, counted from 1 after it; cells by column name, trimmed, '' where empty. */
export interface SheetRow {
  readonly row: number;
  readonly cells: Readonly<Record<string, string>>;
  /** Cells that hold something beyond the header: a decimal comma without quotes shifts all that follows. */
  readonly surplus: number;
}

export interface Sheet {
  readonly header: readonly string[];
  readonly rows: readonly SheetRow[];
}

/** A file that cannot be read as a table at all: the message says why and what to do. */
export class UnreadableSheet extends Error {}

/** A reason may quote the file; of a binary file that is no reading matter. */
const MAX_REASON = 120;

/** Beyond this a sheet is no list that a person checked; split it. */
export const MAX_ROWS = 100_000;

/**
 * Reads CSV (comma or semicolon, with or without a byte order mark) or the first sheet of an Excel file.
 * @throws UnreadableSheet when the bytes are neither, or there are more than {@link MAX_ROWS} rows.
 */
export async function readSheet(fileName: string, bytes: Uint8Array): Promise<Sheet> {
  const lines = /\.xlsx$/i.test(fileName) ? await excelLines(bytes) : csvLines(bytes);
  const [header = [], ...body] = lines;
  if (header.every((name) => name === '')) throw new UnreadableSheet(`${fileName} has no header row`);
  if (body.length > MAX_ROWS) {
    throw new UnreadableSheet(`${fileName} has ${body.length} rows, more than ${MAX_ROWS}: split it`);
  }
  const rows: SheetRow[] = [];
  body.forEach((cells, index) => {
    if (cells.every((cell) => cell === '')) return;
    rows.push({
      row: index + 1,
      cells: Object.fromEntries(header.map((name, at) => [name, cells[at] ?? ''])),
      surplus: cells.slice(header.length).filter((cell) => cell !== '').length,
    });
  });
  return { header, rows };
}

function csvLines(bytes: Uint8Array): string[][] {
  const text = Buffer.from(bytes).toString('utf8');
  if (text.includes('\u0000')) throw new UnreadableSheet('the file is no CSV: it is binary');
  const firstLine = text.slice(0, Math.max(text.indexOf('\n'), 0) || text.length);
  const delimiter = firstLine.split(';').length > firstLine.split(',').length ? ';' : ',';
  try {
    return parse(text, { bom: true, delimiter, relaxColumnCount: true, skipEmptyLines: false, trim: true });
  } catch (error) {
    const why = (error instanceof Error ? error.message : String(error)).slice(0, MAX_REASON);
    throw new UnreadableSheet(`the CSV cannot be read: ${why}`);
  }
}

async function excelLines(bytes: Uint8Array): Promise<string[][]> {
  const workbook = new ExcelJS.Workbook();
  try {
    await workbook.xlsx.load(new Uint8Array(bytes).buffer);
  } catch {
    throw new UnreadableSheet('the file is no Excel workbook (.xlsx): save it again as such, or as CSV');
  }
  const sheet = workbook.worksheets[0];
  if (sheet === undefined) throw new UnreadableSheet('the Excel workbook has no sheet');
  const width = sheet.columnCount;
  const lines: string[][] = [];
  for (let number = 1; number <= sheet.rowCount; number += 1) {
    const row = sheet.getRow(number);
    lines.push(Array.from({ length: width }, (_, at) => cellText(row.getCell(at + 1))));
  }
  return lines;
}

/** What a person sees in the cell; a date as yyyy-mm-dd, a formula's result. */
function cellText(cell: ExcelJS.Cell): string {
  const value = cell.type === ExcelJS.ValueType.Formula ? cell.result : cell.value;
  if (value === null || value === undefined) return '';
  if (value instanceof Date) {
    const text = value.toISOString();
    return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text.slice(0, 19);
  }
  if (typeof value === 'number') return String(Number(value.toPrecision(EXCEL_DIGITS)));
  return (typeof value === 'object' ? cell.text : String(value)).trim();
}

/** Excel shows no more: 0.1 + 0.2 is 0.3 there. */
const EXCEL_DIGITS = 15;
