import { parse } from 'csv-parse/sync';

import { isValidIban } from '../iban.js';
import { columnPlaces, type ColumnNames, type ColumnPlaces, type StatementColumn } from './statement-columns.js';
import {
  MOST_LINES,
  MOST_PROBLEMS,
  withoutIbans,
  type ReadStatements,
  type StatementLine,
  type StatementProblem,
} from './statement.js';

/** Banks print the account and the span above the header: it is looked for in so many rows. */
const HEADER_WITHIN = 40;

export interface CsvOptions {
  /** Header names of another bank. */
  readonly columns?: ColumnNames;
}

interface Row {
  readonly row: number;
  readonly cells: readonly string[];
}

/** Reads a bank's CSV (comma or semicolon, UTF-8 or Windows-1252); running balances, where it has them, are checked. */
export function readStatementCsv(bytes: Uint8Array, { columns }: CsvOptions = {}): ReadStatements {
  const whole = (message: string): ReadStatements => ({ problems: [{ row: 0, column: null, message }] });
  const rows = rowsOf(bytes);
  if (rows === null) return whole('the file is no CSV');
  const headerAt = rows.slice(0, HEADER_WITHIN).findIndex((cells) => columnPlaces(cells, columns) !== null);
  const places = headerAt === -1 ? null : columnPlaces(rows[headerAt] ?? [], columns);
  if (places === null) {
    return whole(
      'no row names a date (Data) and an amount (Montante, or Débito and Crédito): say which columns they are',
    );
  }
  const body = rows
    .slice(headerAt + 1)
    .map((cells, index) => ({ row: index + 1, cells }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''));
  if (body.length > MOST_LINES) return whole(`more than ${MOST_LINES} rows: split the file`);
  return statementOf(body, places);
}

function statementOf(body: readonly Row[], places: ColumnPlaces): ReadStatements {
  const problems: StatementProblem[] = [];
  const read: { line: StatementLine; balanceCents: number | null }[] = [];
  for (const row of withoutFooter(body, places)) {
    const outcome = new RowReader(row, places).read();
    if ('problems' in outcome) problems.push(...outcome.problems);
    else read.push(outcome);
  }
  if (problems.length > 0) return { problems: problems.slice(0, MOST_PROBLEMS) };
  if (read.length === 0) return { problems: [{ row: 0, column: null, message: 'there is no movement in it' }] };
  const balances = runningBalances(read);
  if ('problem' in balances) return { problems: [balances.problem] };
  const lines = read.map(({ line }) => line);
  const days = lines.map(({ bookedOn }) => bookedOn).toSorted();
  const span = { openedOn: days[0] ?? '', closedOn: days.at(-1) ?? '' };
  return {
    statements: [{ format: 'csv', statementId: null, iban: null, currency: 'EUR', ...span, ...balances, lines }],
  };
}

/** Sums and notes under the movements have no date. */
function withoutFooter(body: readonly Row[], { date = 0 }: ColumnPlaces): readonly Row[] {
  const last = body.findLastIndex(({ cells }) => dayOf(cells[date] ?? '') !== null);
  const footer = body.slice(last + 1);
  return footer.every(({ cells }) => !/\d/.test(cells[date] ?? '')) ? body.slice(0, last + 1) : body;
}

class RowReader {
  readonly #row: Row;
  readonly #places: ColumnPlaces;
  readonly #problems: StatementProblem[] = [];

  constructor(row: Row, places: ColumnPlaces) {
    this.#row = row;
    this.#places = places;
  }

  read(): { line: StatementLine; balanceCents: number | null } | { problems: readonly StatementProblem[] } {
    const bookedOn = this.#day('date');
    const iban = this.#cell('iban');
    const line: StatementLine = {
      at: this.#row.row,
      bookedOn,
      valueOn: this.#cell('valueDate') === '' ? bookedOn : this.#day('valueDate'),
      amountCents: this.#amount(),
      bankReference: this.#cell('reference') === '' ? null : this.#cell('reference'),
      text: withoutIbans(this.#cell('description').replace(/\s+/g, ' ')),
      reference: null,
      counterpartyName: this.#cell('name') === '' ? null : this.#cell('name'),
      counterpartyIban: isValidIban(iban) ? iban : null,
      endToEndId: null,
      paymentInformationId: null,
      returnCode: null,
    };
    const balanceCents = this.#cell('balance') === '' ? null : this.#cents('balance');
    return this.#problems.length > 0 ? { problems: this.#problems } : { line, balanceCents };
  }

  #cell(column: StatementColumn): string {
    const place = this.#places[column];
    return place === undefined ? '' : (this.#row.cells[place] ?? '');
  }

  #amount(): number {
    if (this.#places.amount !== undefined) {
      const cents = this.#cents('amount');
      if (cents === 0 && this.#problems.length === 0) this.#problem('amount', 'is zero');
      return cents;
    }
    const [debit, credit] = [this.#cell('debit'), this.#cell('credit')];
    const debitCents = debit === '' ? 0 : Math.abs(this.#cents('debit'));
    const creditCents = credit === '' ? 0 : this.#cents('credit');
    if (this.#problems.length === 0 && (debitCents === 0) === (creditCents === 0)) {
      this.#problem('debit', 'neither or both of debit and credit are given');
    }
    return creditCents - debitCents;
  }

  #cents(column: StatementColumn): number {
    const text = this.#cell(column);
    const cents = centsOf(text);
    if (cents === null) this.#problem(column, `expected an amount such as -1.234,56, got "${text.slice(0, 30)}"`);
    return cents ?? 0;
  }

  #day(column: StatementColumn): string {
    const text = this.#cell(column);
    const day = dayOf(text);
    if (day === null) this.#problem(column, `expected a day such as 31-07-2026, got "${text.slice(0, 30)}"`);
    return day ?? '';
  }

  #problem(column: StatementColumn, message: string): void {
    this.#problems.push({ row: this.#row.row, column, message });
  }
}

/** Amounts as Portuguese banks write them. `1.234` could be either: it is none. */
export function centsOf(text: string): number | null {
  const bare = text
    .replace(/\s|€|EUR/gi, '')
    .replace(/^\+/, '')
    .replace('−', '-');
  const parts = /^(-?)(\d+|\d{1,3}(?:\.\d{3})+|\d{1,3}(?:,\d{3})+)(?:([.,])(\d{2}))?$/.exec(bare);
  if (parts === null) return null;
  const [, sign, whole = '', mark, fraction = '00'] = parts;
  const isGrouped = /[.,]/.test(whole);
  if (isGrouped && (mark === undefined || whole.includes(mark))) return null;
  const cents = Number(whole.replace(/[.,]/g, '')) * 100 + Number(fraction);
  if (!Number.isSafeInteger(cents)) return null;
  return sign === '-' ? 0 - cents : cents;
}

/** 2026-07-31, 31-07-2026 or 31/07/2026, as yyyy-mm-dd; null for what is no day. */
export function dayOf(text: string): string | null {
  const iso = /^(\d{4})[-/.](\d{2})[-/.](\d{2})$/.exec(text);
  const local = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$/.exec(text);
  const [year, month, day] = iso === null ? [local?.[3], local?.[2], local?.[1]] : [iso[1], iso[2], iso[3]];
  if (year === undefined || month === undefined || day === undefined) return null;
  try {
    const fields = { year: Number(year), month: Number(month), day: Number(day) };
    return Temporal.PlainDate.from(fields, { overflow: 'reject' }).toString();
  } catch {
    return null;
  }
}

function rowsOf(bytes: Uint8Array): string[][] | null {
  const text = decoded(bytes);
  if (text.includes('\u0000')) return null;
  const delimiter = text.split(';').length >= text.split(',').length / 2 ? ';' : ',';
  try {
    return parse(text, {
      bom: true,
      delimiter,
      relaxColumnCount: true,
      relaxQuotes: true,
      skipEmptyLines: false,
      trim: true,
    });
  } catch {
    return null;
  }
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

type Balances = { readonly openingCents: number | null; readonly closingCents: number | null };

/** Files run from the oldest movement or from the latest; in one of the two each balance follows from the one before. */
function runningBalances(
  read: readonly { readonly line: StatementLine; readonly balanceCents: number | null }[],
): Balances | { readonly problem: StatementProblem } {
  if (read.some(({ balanceCents }) => balanceCents === null)) return { openingCents: null, closingCents: null };
  const rows = read.map(({ line, balanceCents }) => ({
    at: line.at,
    cents: line.amountCents,
    balance: balanceCents ?? 0,
  }));
  const breakIn = (oldestFirst: typeof rows) =>
    oldestFirst.find(({ cents, balance }, index) => index > 0 && oldestFirst[index - 1]?.balance !== balance - cents);
  for (const order of [rows, rows.toReversed()]) {
    const [first, last] = [order[0], order.at(-1)];
    if (first === undefined || last === undefined) break;
    if (breakIn(order) === undefined) return { openingCents: first.balance - first.cents, closingCents: last.balance };
  }
  const latestFirst = (read[0]?.line.bookedOn ?? '') > (read.at(-1)?.line.bookedOn ?? '');
  const broken = breakIn(latestFirst ? rows.toReversed() : rows);
  const message = 'does not follow from the balance before it and the movement: a row is missing, or there twice';
  return { problem: { row: broken?.at ?? 0, column: 'balance', message } };
}
