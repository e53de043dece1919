import { parseInstantMs } from './instant-text.js';
import type { Rejected } from './rated.js';
import { ReadingTable } from './reading-table.js';

/**
 * The header of readings.csv; `exportWh` may be left out. Columns are found by name, others are ignored. Where an export says
 * in `trueTimestamp` what the charger's clock was off, that is the time.
 */
export const READING_COLUMNS = ['chargerId', 'connectorId', 'transactionId', 'timestamp', 'registerWh'] as const;
const EXPORT_COLUMN = 'exportWh';
const TRUE_COLUMN = 'trueTimestamp';

export interface ReadingsFile {
  readonly readings: ReadingTable;
  readonly malformed: readonly Rejected[];
}

export type ReadingsResult =
  | { readonly ok: ReadingsFile }
  | { readonly refused: { readonly code: 'READINGS.NO_HEADER'; readonly missing: readonly string[] } };

const DIGITS = /^\d{1,16}$/;

/** The fields of one line of CSV; a quoted field may hold commas and doubled quotes. null when a quote stays open. */
function fieldsOf(line: string): string[] | null {
  if (!line.includes('"')) return line.split(',');
  const fields: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;
  for (let isOpen = true; isOpen;) {
    const match = field.exec(line);
    if (match === null) return null;
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    isOpen = match[3] === ',';
  }
  return fields;
}

/** A non-negative integer register in Wh; NaN when it is none (decimals, signs, words, beyond 2^53). */
function parseWh(text: string): number {
  if (!DIGITS.test(text)) return NaN;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : NaN;
}

interface Columns {
  readonly charger: number;
  readonly connector: number;
  readonly transaction: number;
  readonly timestamp: number;
  readonly register: number;
  /** -1 when the file has none. */
  readonly export: number;
  readonly count: number;
}

function columnsOf(header: string): { columns: Columns } | { missing: string[] } {
  const names = (fieldsOf(header) ?? []).map((name) => name.trim());
  const missing = READING_COLUMNS.filter((name) => !names.includes(name));
  if (missing.length > 0) return { missing };
  return {
    columns: {
      charger: names.indexOf('chargerId'),
      connector: names.indexOf('connectorId'),
      transaction: names.indexOf('transactionId'),
      timestamp: names.indexOf(names.includes(TRUE_COLUMN) ? TRUE_COLUMN : 'timestamp'),
      register: names.indexOf('registerWh'),
      export: names.indexOf(EXPORT_COLUMN),
      count: names.length,
    },
  };
}

/** Takes lines one by one into the columns of a ReadingTable. */
class ReadingsReader {
  readonly readings = new ReadingTable();
  readonly malformed: Rejected[] = [];
  #columns: Columns | null = null;
  #missing: readonly string[] | null = null;
  #row = 0;
  #last = { charger: '', connector: '', transaction: '', series: -1 };

  /** An empty line is skipped but counted, so that row n is line n + 1 of the file. */
  line(text: string): void {
    if (this.#missing !== null) return;
    if (this.#columns === null) {
      const found = columnsOf(text.startsWith('\uFEFF') ? text.slice(1) : text);
      if ('missing' in found) this.#missing = found.missing;
      else this.#columns = found.columns;
      return;
    }
    this.#row += 1;
    if (text !== '' && !this.#take(text, this.#columns)) this.malformed.push({ row: this.#row, reason: 'malformed' });
  }

  #take(text: string, columns: Columns): boolean {
    const fields = fieldsOf(text);
    // The export column may be missing at the end of a row; more fields than the header names are not understood.
    const isShort = columns.export === columns.count - 1 && fields?.length === columns.count - 1;
    if (fields === null || (fields.length !== columns.count && !isShort)) return false;
    const atMs = parseInstantMs(fields[columns.timestamp] ?? '');
    const importWh = parseWh(fields[columns.register] ?? '');
    const exportText = columns.export < 0 ? '' : (fields[columns.export] ?? '');
    const exportWh = exportText === '' ? NaN : parseWh(exportText);
    if (isNaN(atMs) || isNaN(importWh) || (exportText !== '' && isNaN(exportWh))) return false;
    const series = this.#series(
      fields[columns.charger] ?? '',
      fields[columns.connector] ?? '',
      fields[columns.transaction] ?? '',
    );
    if (series < 0) return false;
    this.readings.add(series, atMs, importWh, exportWh, this.#row);
    return true;
  }

  /** The row's series, mostly that of the row before; -1 when charger, connector or transaction is missing. */
  #series(charger: string, connector: string, transaction: string): number {
    const last = this.#last;
    if (charger === last.charger && connector === last.connector && transaction === last.transaction)
      return last.series;
    const isNamed = charger !== '' && transaction !== '' && /^\d{1,9}$/.test(connector);
    const series = isNamed ? this.readings.seriesNumber(charger, Number(connector), transaction) : -1;
    this.#last = { charger, connector, transaction, series };
    return series;
  }

  result(): ReadingsResult {
    const missing = this.#columns === null ? (this.#missing ?? READING_COLUMNS) : null;
    if (missing !== null) return { refused: { code: 'READINGS.NO_HEADER', missing } };
    return { ok: { readings: this.readings, malformed: this.malformed } };
  }
}

/**
 * Reads readings.csv from chunks of text (UTF-8 with or without BOM, lines ending in LF or CRLF). Malformed rows are
 * listed, not fatal; a file without the header is refused.
 */
export async function readReadings(chunks: AsyncIterable<string>): Promise<ReadingsResult> {
  const reader = new ReadingsReader();
  let rest = '';
  for await (const chunk of chunks) {
    const text = rest + chunk;
    let from = 0;
    for (let end = text.indexOf('\n', from); end >= 0; end = text.indexOf('\n', from)) {
      reader.line(text.slice(from, text.charCodeAt(end - 1) === 13 && end > from ? end - 1 : end));
      from = end + 1;
    }
    rest = text.slice(from);
  }
  if (rest !== '') reader.line(rest.endsWith('\r') ? rest.slice(0, -1) : rest);
  return reader.result();
}
