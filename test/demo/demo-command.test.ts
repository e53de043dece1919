import { spawn } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import ExcelJS from 'exceljs';

import { programFolder } from '#apps/cli/servers/folders.js';

import { temporaryDataFolder, type TemporaryDataFolder } from '../setup/data-folder.js';
import type { DemoResult } from './demo.js';

interface GoldenLine {
  readonly dayType: string;
  readonly label: string;
  readonly band: string;
  readonly interval: string;
  readonly kWh: string;
  readonly eurPerKWh: string;
  readonly eur: string;
}

let folder: TemporaryDataFolder;
let result: DemoResult;

/** Runs a program of dist as the README's commands do; resolves with its standard output. */
async function run(entry: string, args: readonly string[], dataDir: string): Promise<string> {
  const child = spawn(process.execPath, [join(programFolder(), 'apps/cli/bootstrap.mjs'), entry, ...args], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      CHAZEMO_DATA_DIR: dataDir,
      CHAZEMO_HTTP_PORT: '0',
      CHAZEMO_OCPP_PORT: '0',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const status = await new Promise((resolve) => child.once('close', resolve));
  if (status !== 0) throw new Error(`${entry} ${args.join(' ')} ended with ${String(status)}:\n${said}`);
  return out;
}

beforeAll(async () => {
  folder = await temporaryDataFolder('demo');
  const out = await run('test/demo/main.js', ['--exit', '--json'], folder.path);
  result = JSON.parse(out.trimEnd().split('\n').at(-1) ?? '') as DemoResult;
}, 300_000);

afterAll(async () => {
  await folder?.remove();
});

describe('npm run demo -- --exit --json', () => {
  it('prints the golden June of spot 3012, to the Wh and the cent', async () => {
    const golden = JSON.parse(
      await readFile(join(programFolder(), 'libs/rating/golden/zcs031903-june.json'), 'utf8'),
    ) as { lines: GoldenLine[]; total: { eur: string } };
    const printed = result.golden.lines.map((line) => ({
      dayType: line.dayType,
      label: line.label,
      band: line.band,
      interval: line.interval,
      kWh: (line.wh / 1000).toFixed(3),
      eurPerKWh: line.perKWh,
      eur: (line.cents / 100).toFixed(2),
    }));
    const byKey = (a: GoldenLine, b: GoldenLine) => (a.dayType + a.label < b.dayType + b.label ? -1 : 1);
    expect(printed.sort(byKey)).toEqual([...golden.lines].sort(byKey));
    const cents = result.golden.lines.reduce((sum, line) => sum + line.cents, 0);
    expect((cents / 100).toFixed(2)).toBe(golden.total.eur);
  });

  it('says how each invoice ended: every story of the car park is told', () => {
    expect(result.month).toEqual({ installation: 'aurora', period: '2026-06', workflowId: 'bill/aurora/2026-06' });
    expect(result.ledger).toEqual({ balanced: true });
    const states = new Map(result.invoices.map((invoice) => [invoice.customer, invoice.state]));
    expect(states.get('1001')).toBe('paid'); // direct debit
    expect(states.get('1004')).toBe('arrears'); // no funds
    expect(states.get('1006')).toBe('disputed');
    expect(states.get('1008')).toBe('arrears'); // no mandate
    expect(states.get('1010')).toBe('paid'); // prepaid, enough
    expect(states.get('1012')).toBe('arrears'); // prepaid, too little
    expect(states.has('1002') && states.has('1003')).toBe(true); // the tenant who left on the 12th, and the owner after
    const numbered = (type: string) =>
      result.invoices.map(({ number }) => number).filter((one) => one.startsWith(type));
    const paidAhead = numbered('FR '); // prepaid balances that covered their invoice as it was issued
    expect(paidAhead.length).toBeGreaterThan(0);
    expect(paidAhead).toEqual(paidAhead.map((_, index) => `FR CHAZEMO2026/${index + 1}`));
    const others = numbered('FT ');
    expect(others).toEqual(others.map((_, index) => `FT CHAZEMO2026/${index + 1}`));
    expect(paidAhead.length + others.length).toBe(result.invoices.length);
  });

  it('bills what the late charger kept over midnight of the 30th', async () => {
    const csv = await run(
      'apps/cli/main.js',
      ['export', 'transactions', '--from', '2026-06-30', '--to', '2026-06-30'],
      join(folder.path, 'demo'),
    );
    const rows = parse(csv, { columns: true }) as { chargerId: string; stoppedAt: string; energyWh: string }[];
    const late = rows.find((row) => row.chargerId === 'ZPR150666');
    expect(late?.stoppedAt).toBe('2026-07-01T01:47:00.000Z');
    expect(Number(late?.energyWh)).toBeGreaterThan(15_000);
  }, 60_000);

  it('hands out an Excel whose sums are those of the books', async () => {
    const workbook = new ExcelJS.Workbook();
    await workbook.xlsx.readFile(result.files.excel);
    const summary = workbook.getWorksheet('Resumo');
    const valueOf = (label: string): number => {
      let found: number | null = null;
      summary?.eachRow((row) => {
        if (row.getCell(1).text !== label) return;
        const cell = row.getCell(2);
        found = Math.round(Number(cell.result ?? cell.value) * 100);
      });
      if (found === null) throw new Error(`Resumo has no "${label}"`);
      return found;
    };
    const csv = await run('apps/cli/main.js', ['export', 'invoices'], join(folder.path, 'demo'));
    const invoices = parse(csv, { columns: true }) as Record<
      'netCents' | 'vatCents' | 'grossCents' | 'dueCents',
      string
    >[];
    const sum = (column: 'netCents' | 'vatCents' | 'grossCents' | 'dueCents') =>
      invoices.reduce((total, invoice) => total + Number(invoice[column]), 0);
    expect(valueOf('Recuperado (sem IVA)') + valueOf('Serviço (sem IVA)')).toBe(sum('netCents'));
    expect(valueOf('Serviço (sem IVA)')).toBeGreaterThan(0);
    const reconciliation = workbook.getWorksheet('Conciliação');
    const check: unknown[] = [];
    reconciliation?.eachRow((row) => {
      if (row.getCell(1).text.startsWith('Controlo')) check.push(row.getCell(3).result);
    });
    expect(check).toEqual([0]);
    expect(valueOf('IVA')).toBe(sum('vatCents'));
    expect(valueOf('Total faturado')).toBe(sum('grossCents'));
    expect(valueOf('Por receber')).toBe(sum('dueCents'));
    expect(valueOf('Recebido')).toBe(sum('grossCents') - sum('dueCents'));
    await access(result.files.invoicePdf);
  }, 60_000);

  it('leaves nothing listening behind', async () => {
    await expect(fetch(result.urls.console)).rejects.toThrow();
  });
});
