import { createWriteStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { Command, Option } from 'commander';
import { stringify } from 'csv-stringify';
import ExcelJS from 'exceljs';

import { retailerInvoiceTable } from '#libs/imputation/tables/retailer-invoice.js';
import { transactionsTable } from '#libs/metering/tables/transactions.js';
import { hashPassword } from '#libs/ocpp/password.js';
import type { Sql } from '#libs/persistence/database.js';
import { chargersTable } from '#libs/registry/tables/chargers.js';
import { condominiumsTable } from '#libs/registry/tables/condominiums.js';
import { customersTable } from '#libs/registry/tables/customers.js';
import { holidaysTable } from '#libs/registry/tables/holidays.js';
import { installationsTable } from '#libs/registry/tables/installations.js';
import { issuersTable } from '#libs/registry/tables/issuers.js';
import { occupanciesTable } from '#libs/registry/tables/occupancies.js';
import { tokensTable } from '#libs/registry/tables/tokens.js';
import { unitsTable } from '#libs/registry/tables/units.js';
import { readSheet, UnreadableSheet, type Sheet } from '#libs/registry/tabular/sheet.js';
import {
  importSheet,
  type Column,
  type ImportOptions,
  type ImportResult,
  type Table,
} from '#libs/registry/tabular/table.js';
import { EXPORTS, exportRows } from '#libs/reporting/exports/exports.js';
import { pricePlanTable } from '#libs/tariff/tables/price-plan.js';

import { withDatabase } from '../system/with-database.js';
import { runSeriesImport, SERIES_COLUMNS, SERIES_LIST, type SeriesFlags } from './import-series.js';

/** Each importable list with its row type closed over, so that they stand in one map. */
interface Importable {
  readonly columns: readonly Column[];
  run(sql: Sql, sheet: Sheet, options: ImportArguments): Promise<ImportResult>;
}

type ImportArguments = Omit<ImportOptions, 'now' | 'by' | 'hashPassword'> & { readonly dryRun: boolean };

function importable<Row>(table: Table<Row>): Importable {
  return {
    columns: table.columns,
    run: (sql, sheet, options) =>
      importSheet(sql, table, sheet, { ...options, now: new Date(), by: 'cli', hashPassword }),
  };
}

const TABLES: Readonly<Record<string, Importable>> = {
  issuers: importable(issuersTable),
  condominiums: importable(condominiumsTable),
  installations: importable(installationsTable),
  chargers: importable(chargersTable),
  tokens: importable(tokensTable),
  customers: importable(customersTable),
  units: importable(unitsTable),
  occupancies: importable(occupanciesTable),
  holidays: importable(holidaysTable),
  'price-plan': importable(pricePlanTable),
  'retailer-invoice': importable(retailerInvoiceTable),
  transactions: importable(transactionsTable),
};

/** A refusal that a person can act on: told on standard error, exit status 2. */
function refuse(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

function known<T>(map: Readonly<Record<string, T>>, name: string, more: readonly string[] = []): T {
  const found = map[name];
  if (found === undefined) refuse(`there is no list "${name}": one of ${[...Object.keys(map), ...more].join(', ')}`);
  return found;
}

async function writeTemplate(name: string, options: { output?: string; json?: boolean }): Promise<void> {
  const columns = name === SERIES_LIST ? SERIES_COLUMNS : known(TABLES, name, [SERIES_LIST]).columns;
  const header = columns.map((column) => column.name);
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ name, columns })}\n`);
  } else if (options.output === undefined) {
    process.stdout.write(`${header.join(',')}\n`);
  } else if (/\.xlsx$/i.test(options.output)) {
    await writeExcelTemplate(options.output, name, columns);
  } else {
    await writeFile(options.output, `${header.join(',')}\n`);
  }
}

async function writeExcelTemplate(file: string, name: string, columns: readonly Column[]): Promise<void> {
  const workbook = new ExcelJS.Workbook();
  const sheet = workbook.addWorksheet(name, { views: [{ state: 'frozen', ySplit: 1 }] });
  sheet.columns = columns.map((column) => ({ header: column.name, width: Math.max(14, column.name.length + 4) }));
  sheet.getRow(1).font = { bold: true };
  columns.forEach((column, index) => {
    const need = column.required ? 'required' : 'optional';
    sheet.getCell(1, index + 1).note = `${need}${column.example === '' ? '' : `, such as ${column.example}`}`;
  });
  await workbook.xlsx.writeFile(file);
}

function tellImport(result: ImportResult, dryRun: boolean): void {
  for (const { row, action, what } of result.changes) process.stdout.write(`row ${row}: ${action} ${what}\n`);
  for (const { row, column, message } of result.problems) {
    process.stderr.write(`row ${row}${column === null ? '' : `, column ${column}`}: ${message}\n`);
  }
  const { changes, problems } = result;
  if (problems.length > 0) process.stderr.write(`nothing was imported: ${problems.length} problems to mend\n`);
  else if (dryRun) process.stdout.write(`${changes.length} rows would be imported; nothing was changed\n`);
  else process.stdout.write(`${changes.length} rows imported\n`);
}

interface ImportFlags extends SeriesFlags {
  readonly create?: boolean;
  readonly installation?: string;
}

async function sheetOf(file: string): Promise<Sheet> {
  const bytes = await readFile(file).catch(() => refuse(`${file} cannot be read`));
  return readSheet(basename(file), bytes).catch((error: unknown) => {
    if (error instanceof UnreadableSheet) refuse(error.message);
    throw error;
  });
}

async function runImport(name: string, file: string, flags: ImportFlags): Promise<void> {
  if (name === SERIES_LIST) {
    if (flags.series === undefined) refuse('say which series with --series, such as --series omie-pt');
    return runSeriesImport(flags.series, await sheetOf(file), flags);
  }
  const table = known(TABLES, name, [SERIES_LIST]);
  const sheet = await sheetOf(file);
  const options: ImportArguments = {
    dryRun: flags.dryRun === true,
    create: flags.create === true,
    installationId: flags.installation ?? null,
  };
  const result = await withDatabase(({ sql }) => table.run(sql, sheet, options));
  if (flags.json === true) process.stdout.write(`${JSON.stringify(result)}\n`);
  else tellImport(result, options.dryRun);
  if (result.problems.length > 0) process.exitCode = 1;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

function isDay(text: string): boolean {
  try {
    return DAY.test(text) && Temporal.PlainDate.from(text, { overflow: 'reject' }).toString() === text;
  } catch {
    return false;
  }
}

/** Whoever reads has read enough, as `head` does. */
function ignoreClosedPipe(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error;
}

interface ExportFlags {
  readonly from?: string;
  readonly to?: string;
  readonly output?: string;
  readonly json?: boolean;
}

async function runExport(name: string, flags: ExportFlags): Promise<void> {
  const list = known(EXPORTS, name);
  for (const [flag, text] of [
    ['--from', flags.from],
    ['--to', flags.to],
  ] as const) {
    if (text !== undefined && !isDay(text)) refuse(`${flag} is a local day such as 2026-06-01, not "${text}"`);
  }
  if (flags.from !== undefined && flags.to !== undefined && flags.to < flags.from) {
    refuse(`--to ${flags.to} is before --from ${flags.from}`);
  }
  const span = { from: flags.from ?? null, to: flags.to ?? null };
  await withDatabase(async ({ sql }) => {
    const target = flags.output === undefined ? process.stdout : createWriteStream(flags.output);
    const rows = Readable.from(exportRows(sql, list, span));
    if (flags.json === true) {
      const named = Readable.from(
        (async function* lines() {
          for await (const row of rows) {
            const cells = row as readonly (string | number | null)[];
            yield `${JSON.stringify(Object.fromEntries(list.columns.map((column, at) => [column, cells[at]])))}\n`;
          }
        })(),
      );
      await pipeline(named, target, { end: flags.output !== undefined }).catch(ignoreClosedPipe);
    } else {
      const csv = stringify({ header: true, columns: [...list.columns] });
      await pipeline(rows, csv, target, { end: flags.output !== undefined }).catch(ignoreClosedPipe);
    }
  });
}

/** `chazemo template`, `import` and `export`: lists as CSV or Excel, all or nothing. */
export function tabularCommands(): Command[] {
  const json = () => new Option('--json', 'machine-readable output');
  const importNames = [...Object.keys(TABLES), SERIES_LIST].join(', ');
  const exportNames = Object.keys(EXPORTS).join(', ');
  return [
    new Command('template')
      .description(`writes an empty file with its columns: ${importNames}`)
      .argument('<name>')
      .option('-o, --output <file>', 'a .csv or .xlsx file instead of standard output')
      .addOption(json())
      .action(writeTemplate),
    new Command('import')
      .description(`imports a list from CSV or Excel, all or nothing: ${importNames}`)
      .argument('<name>')
      .argument('<file>')
      .option('--dry-run', 'shows what would change and changes nothing')
      .option('--create', 'creates what a row names: installation, circuit, spot, a card’s customer')
      .option('--installation <id>', 'for cards whose customer is none or new')
      .option('--series <id>', 'price-series: which one, such as omie-pt')
      .option('--unit <unit>', 'price-series: EUR/MWh, EUR/kWh, or 1 for a factor')
      .option('--clock-zone <zone>', 'new price-series: the clock of its days and periods, such as Europe/Madrid')
      .option('--resolution <minutes>', 'new price-series: 15 or 60')
      .option('--kind <kind>', 'new price-series: price or factor')
      .option('--currency <code>', 'new price-series: EUR where none is said')
      .option('--name <name>', 'price-series: what people call it')
      .option('--source <source>', 'price-series: where the values are from')
      .addOption(json())
      .action(runImport),
    new Command('export')
      .description(`writes a list as CSV: ${exportNames}`)
      .argument('<name>')
      .option('--from <day>', 'first local day, yyyy-mm-dd')
      .option('--to <day>', 'last local day, inclusive')
      .option('-o, --output <file>', 'instead of standard output')
      .addOption(new Option('--json', 'one JSON object a line'))
      .action(runExport),
  ];
}
