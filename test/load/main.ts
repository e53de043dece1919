import { parseArgs } from 'node:util';

import { benchBillingMonth } from './billing-month.js';
import { benchCircuits } from './circuits.js';
import { benchIdleChargers, benchReconnectStorm } from './gateway-connections.js';
import { benchGateway } from './gateway.js';
import { benchInvoices } from './invoices.js';
import { collectWhileKilled } from './killed-collections.js';
import { machineFacts } from './machine.js';
import { benchMonth } from './month.js';
import { benchRateCore } from './rate-core.js';
import { benchRateDatabase } from './rate-database.js';
import { benchRate } from './rate.js';
import { onThrowAwayPostgres } from './throw-away-postgres.js';
import { benchWorkbook } from './workbook.js';

/** One measurement: its name and how to make it. What a module of this folder returns is printed as it is. */
const BENCHES: Readonly<Record<string, () => Promise<unknown>>> = {
  'rate-core': () => Promise.resolve(benchRateCore()),
  rate: () => benchRate(),
  'rate-database': () => benchRateDatabase(),
  month: () => benchMonth(),
  invoices: () => benchInvoices(),
  collections: () => benchBillingMonth(1_000),
  'billing-month': () => benchBillingMonth(10_000),
  'collections-killed': () => collectWhileKilled({ invoices: 2_000, kills: 10, seed: 20_300_603 }),
  workbook: () => benchWorkbook(),
  gateway: () => onThrowAwayPostgres(benchGateway),
  'gateway-idle': () => onThrowAwayPostgres(benchIdleChargers),
  circuits: () => onThrowAwayPostgres(benchCircuits),
  'gateway-storm': () => onThrowAwayPostgres(benchReconnectStorm),
};

type Row = Readonly<Record<string, unknown>>;

const shown = (value: unknown): unknown => (typeof value === 'number' ? Math.round(value * 1000) / 1000 : value);
const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Prints figures as tables: lists of rows as they are, everything else as one row. */
function printTable(title: string, figures: unknown): void {
  console.log(`\n${title}`);
  if (!isRow(figures)) return console.log(shown(figures));
  const single = Object.entries(figures).filter(([, value]) => !Array.isArray(value) && !isRow(value));
  if (single.length > 0) console.table([Object.fromEntries(single.map(([key, value]) => [key, shown(value)]))]);
  for (const [key, value] of Object.entries(figures)) {
    if (isRow(value)) printTable(`${title}: ${key}`, value);
    if (!Array.isArray(value)) continue;
    console.log(key);
    console.table(value.map((row: Row) => Object.fromEntries(Object.entries(row).map(([k, v]) => [k, shown(v)]))));
  }
}

/** `npm run bench [-- --json] [name …]`: the figures as tables and, on the last line, as JSON. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { json: { type: 'boolean' } }, allowPositionals: true });
  const unknown = positionals.filter((name) => !(name in BENCHES));
  if (unknown.length > 0) throw new Error(`no bench named ${unknown.join(', ')}: ${Object.keys(BENCHES).join(', ')}`);
  const machine = machineFacts();
  const results: Record<string, unknown> = {};
  if (values.json !== true) printTable('Machine', machine);
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    process.stderr.write(`measuring ${name} …\n`);
    results[name] = await bench();
    if (values.json !== true) printTable(name, results[name]);
  }
  console.log(JSON.stringify({ machine, ...results }));
}

await main();
