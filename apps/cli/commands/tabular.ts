import { createWriteStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { Command, Option } from 'commander';
import { stringify } from 'csv-stringify';

import { retailerInvoiceTable } from '#libs/imputation/tables/retailer-invoice.js';
import { chargersAndSessionsTable } from '#libs/metering/tables/chargers.js';
import { transactionsTable } from '#libs/metering/tables/transactions.js';
import { hashPassword } from '#libs/ocpp/password.js';
import { STATEMENT_TEMPLATE } from '#libs/payments/bank/statement-columns.js';
import type { Sql } from '#libs/persistence/database.js';
import { pricePreview, type PriceEffect } from '#libs/rating/price-preview.js';
import { condominiumsTable } from '#libs/registry/tables/condominiums.js';
import { customersTable } from '#libs/registry/tables/customers.js';
import { holidaysTable } from '#libs/registry/tables/holidays.js';
import { installationsTable } from '#libs/registry/tables/installations.js';
import { issuersTable } from '#libs/registry/tables/issuers.js';
import { occupanciesTable } from '#libs/registry/tables/occupancies.js';
import { tokensTable } from '#libs/registry/tables/tokens.js';
import { unitsTable } from '#libs/registry/tables/units.js';
import { excelTemplate } from '#libs/registry/tabular/excel-template.js';
import { readSheet, UnreadableSheet, type Sheet } from '#libs/registry/tabular/sheet.js';
import {
  importSheet,
  type Column,
  type ImportOptions,
  type ImportResult,
  type Preview,
  type Table,
} from '#libs/registry/tabular/table.js';
import { EXPORTS, exportRows } from '#libs/reporting/exports/exports.js';
import { SERIES_COLUMNS, SERIES_LIST } from '#libs/tariff/series-columns.js';
import { pricePlanTable } from '#libs/tariff/tables/price-plan.js';

import { refuse, refusing } from '../system/refused.js';
import { withDatabase } from '../system/with-database.js';
import { runStatementImport, STATEMENT_LIST } from './bank.js';
import { checkDays } from './check-days.js';
import { runSeriesImport, type SeriesFlags } from './import-series.js';
import { effectText } from './price-effect-text.js';
import { tellProblems } from './tell-problems.js';

/** Each importable list with its row type closed over, so that they stand in one map. */
interface Importable {
  readonly columns: readonly Column[];
  readonly examples: readonly Readonly<Record<string, string>>[];
  run(sql: Sql, sheet: Sheet, options: ImportArguments): Promise<ImportResult<PriceEffect>>;
}

type ImportArguments = Omit<ImportOptions, 'now' | 'by' | 'hashPassword'> & { readonly dryRun: boolean };

/** `previewOf`: what a dry run also looks at, of the installations that the sheet names. */
function importable<Row, State>(
  table: Table<Row>,
  previewOf?: (installationIds: readonly string[]) => Preview<State, PriceEffect>,
): Importable {
  return {
    columns: table.columns,
    examples: table.examples ?? [],
    run: (sql, sheet, options) => {
      const preview = options.dryRun ? previewOf?.(installationsOf(sheet)) : undefined;
      const all = { ...options, now: new Date(), by: 'cli', hashPassword };
      return importSheet(sql, table, sheet, preview === undefined ? all : { ...all, preview });
    },
  };
}

function installationsOf({ rows }: Sheet): readonly string[] {
  return [...new Set(rows.flatMap(({ cells }) => cells['installation'] ?? []))];
}

const TABLES: Readonly<Record<string, Importable>> = {
  issuers: importable(issuersTable),
  condominiums: importable(condominiumsTable),
  installations: importable(installationsTable),
  chargers: importable(chargersAndSessionsTable),
  tokens: importable(tokensTable),
  customers: importable(customersTable),
  units: importable(unitsTable),
  occupancies: importable(occupanciesTable),
  holidays: importable(holidaysTable),
  'price-plan': importable(pricePlanTable, pricePreview),
  'retailer-invoice': importable(retailerInvoiceTable),
  transactions: importable(transactionsTable),
};

function known<T>(map: Readonly<Record<string, T>>, name: string, more: readonly string[] = []): T {
  const found = map[name];
  if (found === undefined) refuse(`there is no list "${name}": one of ${[...Object.keys(map), ...more].join(', ')}`);
  return found;
}

/** Lists that are no tables of ours: imported in their own ways. */
const OTHER_TEMPLATES: Readonly<Record<string, Pick<Importable, 'columns' | 'examples'>>> = {
  [SERIES_LIST]: { columns: SERIES_COLUMNS, examples: [] },
  [STATEMENT_LIST]: { columns: STATEMENT_TEMPLATE, examples: [] },
};

async function writeTemplate(name: string, options: { output?: string; json?: boolean }): Promise<void> {
  const template = OTHER_TEMPLATES[name] ?? known(TABLES, name, Object.keys(OTHER_TEMPLATES));
  const { columns, examples } = template;
  const header = columns.map((column) => column.name);
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ name, columns, examples })}\n`);
  } else if (options.output === undefined) {
    process.stdout.write(`${header.join(',')}\n`);
  } else if (/\.xlsx$/i.test(options.output)) {
    await excelTemplate(name, columns, examples).xlsx.writeFile(options.output);
  } else {
    await writeFile(options.output, `${header.join(',')}\n`);
  }
}

function tellImport(result: ImportResult<PriceEffect>, dryRun: boolean): void {
  for (const { row, action, what } of result.changes) process.stdout.write(`row ${row}: ${action} ${what}\n`);
  tellProblems(result.problems);
  for (const effect of result.effects) process.stdout.write(`${effectText(effect)}\n`);
  const { changes, problems } = result;
  if (problems.length > 0) return;
  if (dryRun) process.stdout.write(`${changes.length} rows would be imported; nothing was changed\n`);
  else process.stdout.write(`${changes.length} rows imported\n`);
}

interface ImportFlags extends SeriesFlags {
  readonly create?: boolean;
  readonly installation?: string;
  readonly issuer?: string;
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
  if (name === STATEMENT_LIST) return runStatementImport(file, flags);
  const table = known(TABLES, name, Object.keys(OTHER_TEMPLATES));
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
  checkDays(flags);
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
  const importNames = [...Object.keys(TABLES), ...Object.keys(OTHER_TEMPLATES)].join(', ');
  const exportNames = Object.keys(EXPORTS).join(', ');
  return [
    new Command('template')
      .description(`writes an empty file with its columns: ${importNames}`)
      .argument('<name>')
      .option('-o, --output <file>', 'a .csv or .xlsx file instead of standard output')
      .addOption(json())
      .action(refusing(writeTemplate)),
    new Command('import')
      .description(`imports a list from CSV or Excel, all or nothing: ${importNames}`)
      .argument('<name>')
      .argument('<file>')
      .option('--dry-run', 'shows what would change and changes nothing')
      .option('--create', 'creates what a row names: installation, circuit, spot, a card’s customer')
      .option('--installation <id>', 'for cards whose customer is none or new')
      .option('--issuer <id>', 'bank-statement: whose account; a camt.053 file (XML) or CSV')
      .option('--series <id>', 'price-series: which one, such as omie-pt')
      .option('--unit <unit>', 'price-series: EUR/MWh, EUR/kWh, or 1 for a factor')
      .option('--clock-zone <zone>', 'new price-series: the clock of its days and periods, such as Europe/Madrid')
      .option('--resolution <minutes>', 'new price-series: 15 or 60')
      .option('--kind <kind>', 'new price-series: price or factor')
      .option('--currency <code>', 'new price-series: EUR where none is said')
      .option('--name <name>', 'price-series: what people call it')
      .option('--source <source>', 'price-series: where the values are from')
      .addOption(json())
      .action(refusing(runImport)),
    new Command('export')
      .description(`writes a list as CSV: ${exportNames}`)
      .argument('<name>')
      .option('--from <day>', 'first local day, yyyy-mm-dd')
      .option('--to <day>', 'last local day, inclusive')
      .option('-o, --output <file>', 'instead of standard output')
      .addOption(new Option('--json', 'one JSON object a line'))
      .action(refusing(runExport)),
  ];
}
