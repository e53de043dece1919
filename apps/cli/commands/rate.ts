import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';

import { Command } from 'commander';

import { printable, rate } from '#libs/rating/rate.js';
import type { Rated, RateRefusal } from '#libs/rating/rated.js';
import { readReadings, type ReadingsFile } from '#libs/rating/readings-csv.js';
import { parseTariff } from '#libs/tariff/tariff-file.js';
import type { Tariff } from '#libs/tariff/tariff.js';

import { refuse, refusing } from '../system/refused.js';
import { checkDays } from './check-days.js';
import { parseJson } from './parse-json.js';

interface RateOptions {
  readonly readings: string;
  readonly tariff: string;
  readonly from: string;
  readonly to: string;
  readonly json?: boolean;
}

const euros = new Intl.NumberFormat('pt-PT', { style: 'currency', currency: 'EUR' });
const kWh = new Intl.NumberFormat('pt-PT', { minimumFractionDigits: 3 });

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function tariffFrom(file: string): Promise<Tariff> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    refuse(`The tariff could not be read: ${reasonOf(error)}`);
  });
  const parsed = parseTariff(parseJson(file, text));
  if ('refused' in parsed) refuse(`${file} is not a tariff:\n${parsed.refused.problem}`);
  return parsed.ok;
}

async function readingsFrom(file: string): Promise<ReadingsFile> {
  const stream = createReadStream(file, { encoding: 'utf8', highWaterMark: 256 * 1024 });
  const read = await readReadings(stream as AsyncIterable<string>).catch((error: unknown) => {
    refuse(`The readings could not be read: ${reasonOf(error)}`);
  });
  if ('ok' in read) return read.ok;
  refuse(`${file} has no header with the columns ${read.refused.missing.join(', ')}`);
}

function tariffMessage(refusal: RateRefusal): string {
  if (refusal.code === 'TARIFF.SERIES_MISSING') return `Series ${refusal.seriesId} has no value at ${refusal.at}`;
  const { band, direction, date } = refusal;
  const what = direction === 'export' ? 'export price' : 'price';
  return `The tariff has no ${what} for band "${band}" on ${date}: add it to "prices"; nothing was rated`;
}

async function rateFiles(options: RateOptions): Promise<Rated> {
  checkDays(options);
  const tariff = await tariffFrom(options.tariff);
  const { readings, malformed } = await readingsFrom(options.readings);
  const result = rate(readings, tariff, options.from, options.to);
  if ('refused' in result) refuse(tariffMessage(result.refused));
  const rejected = [...malformed, ...result.ok.rejected].sort((a, b) => a.row - b.row);
  return { ...result.ok, rejected };
}

function tableOf(rated: Rated): string {
  const head = ['Carregador', 'Época', 'Dia', 'Período', 'Horas', 'kWh', '€/kWh', '€'];
  const rows = printable(rated).lines.map((line) => [
    line.chargerId,
    line.season,
    line.dayType,
    line.direction === 'export' ? `${line.label} (injeção)` : line.label,
    line.interval,
    kWh.format(line.wh / 1000),
    line.perKWh,
    euros.format(line.cents / 100),
  ]);
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const print = (row: string[]) =>
    row.map((text, i) => (i < 5 ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0))).join('  ');
  const total = `Total ${kWh.format(rated.totalWh / 1000)} kWh, ${euros.format(rated.totalCents / 100)}`;
  const rest = `Fora de transações ${kWh.format(rated.unattributedWh / 1000)} kWh; ${rated.rejected.length} linhas rejeitadas`;
  const rejected = rated.rejected.slice(0, 20).map(({ row, reason }) => `  linha ${row}: ${reason}`);
  return [print(head), ...rows.map(print), '', total, rest, ...rejected].join('\n');
}

/** `chazemo rate`: prices a file of readings by a tariff file, as promised in the documentation of its interface. */
export function rateCommand(): Command {
  return new Command('rate')
    .description('price meter readings by a tariff, per band, without a database')
    .requiredOption('--readings <file>', 'CSV: chargerId,connectorId,transactionId,timestamp,registerWh[,exportWh]')
    .requiredOption('--tariff <file>', 'JSON: time zone, calendar, bands, prices')
    .requiredOption('--from <day>', 'first local day, yyyy-mm-dd')
    .requiredOption('--to <day>', 'last local day, inclusive')
    .option('--json', 'print one JSON object')
    .action(
      refusing(async (options: RateOptions) => {
        const rated = await rateFiles(options);
        process.stdout.write(`${options.json === true ? JSON.stringify(printable(rated)) : tableOf(rated)}\n`);
      }),
    );
}
