import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { seedInstallation, seedSpot, seedTransaction } from '#test/data/documents.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { runProgram, type RunOutcome } from './processes/run-program.js';
import { programFolder } from './servers/folders.js';
import { removeEmbeddedPostgres } from './servers/postgres.js';

const PROGRAM = join(programFolder(), 'dist/apps/cli/main.js');

function chazemo(args: readonly string[], env: Record<string, string>): Promise<RunOutcome> {
  return runProgram(process.execPath, ['--no-warnings', PROGRAM, ...args], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
  });
}

let dataDir: string;
let database: TestDatabase;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'chazemo-cli-'));
  chmodSync(dataDir, 0o711);
  database = await createTestDatabase();
});

afterAll(async () => {
  await database.drop();
  await removeEmbeddedPostgres(dataDir);
});

const own = () => ({ CHAZEMO_DATA_DIR: dataDir });
const configured = () => ({ CHAZEMO_DATA_DIR: dataDir, DATABASE_URL: database.url });

describe('chazemo', () => {
  test('--help lists every command', async () => {
    const { status, stdout } = await chazemo(['--help'], own());
    expect(status).toBe(0);
    const listed = [...stdout.matchAll(/^ {2}([a-z-]+) /gm)].map(([, name]) => name);
    expect(listed).toEqual(
      expect.arrayContaining([
        'start',
        'doctor',
        'migrate',
        'api-token',
        'ledger',
        'calendar',
        'reading',
        'rate',
        'verify',
        'audit',
        'saft',
        'template',
        'import',
        'export',
      ]),
    );
  });

  test('an export of no day, or of days the wrong way round, is refused before anything is opened', async () => {
    for (const days of [
      ['--from', '2026-13-45'],
      ['--from', '2026-02-30'],
      ['--from', '2026-07-01', '--to', '2026-06-01'],
    ]) {
      const { status, stdout, said } = await chazemo(['export', 'transactions', ...days], own());
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(said).toContain(days[1]);
    }
  });

  test('an unknown command is refused on standard error', async () => {
    const { status, stdout, said } = await chazemo(['charge'], own());
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(said).toContain("unknown command 'charge'");
  });

  test('migrate brings the embedded database up to date once, and leaves no server', async () => {
    const first = await chazemo(['migrate', '--json'], own());
    expect(JSON.parse(first.stdout)).toEqual({ applied: expect.arrayContaining(['20261123000001-tables']) });
    const second = await chazemo(['migrate', '--json'], own());
    expect(JSON.parse(second.stdout)).toEqual({ applied: [] });
  });

  test('api-token create prints a token that opens the API, of which the database knows only a hash', async () => {
    const { stdout } = await chazemo(['api-token', 'create', '--role', 'administrator', '--name', 'cli'], configured());
    const token = stdout.trim();
    expect(token).toMatch(/^czt_\S{20,}$/);
    const rows = await database.sql.selectFrom('api_token').selectAll().execute();
    expect(rows).toEqual([expect.objectContaining({ name: 'cli', role: 'administrator' })]);
    expect(JSON.stringify(rows)).not.toContain(token);
    const refused = await chazemo(['api-token', 'create', '--role', 'king'], configured());
    expect(refused.status).toBe(1);
  });

  test('reading disregard leaves a reading out and takes it back, for a reason, with an entry in the audit log', async () => {
    const { sql } = database;
    await seedInstallation(sql);
    await seedSpot(sql, { name: '3012', chargerId: 'zcs1' });
    await seedTransaction(sql, { chargerId: 'zcs1', readings: [['2026-06-15T13:00:00Z', 0]] });
    const { id } = await sql.selectFrom('meter_reading').select('id').executeTakeFirstOrThrow();
    const disregard = (...args: string[]) => chazemo(['reading', 'disregard', ...args], configured());
    const first = await disregard(String(id), '--reason', 'zero', '--json');
    expect(JSON.parse(first.stdout)).toMatchObject({ readingId: id, before: null, after: { kind: 'disregard' } });
    expect(await disregard(String(id), '--reason', 'zero')).toMatchObject({
      stdout: `Reading ${id} is disregarded, as before.\n`,
    });
    const taken = await disregard(String(id), '--reason', 'right after all', '--restore');
    expect(taken.stdout).toContain(`Reading ${id} counts from now on`);
    const entries = await sql.selectFrom('audit_entry').select(['action', 'actor']).orderBy('id').execute();
    expect(entries).toEqual([
      { action: 'reading.disregard', actor: 'command line' },
      { action: 'reading.restore', actor: 'command line' },
    ]);
    for (const refused of ['0', 'x', '9'.repeat(30)]) {
      expect(await disregard(refused, '--reason', 'zero')).toMatchObject({ status: 2, stdout: '' });
    }
    expect(await disregard(String(id), '--reason', ' ')).toMatchObject({ status: 2, stdout: '' });
  });

  test('ledger check says that empty books balance', async () => {
    const { status, stdout } = await chazemo(['ledger', 'check', '--json'], configured());
    expect({ status, result: JSON.parse(stdout) as unknown }).toEqual({
      status: 0,
      result: { balanced: true, problems: [] },
    });
  });
});

describe('chazemo doctor', () => {
  interface Report {
    readonly ok: boolean;
    readonly findings: readonly { name: string; state: string; found: string; advice?: string }[];
  }
  const doctor = async (env: Record<string, string>) => {
    const { status, stdout } = await chazemo(['doctor', '--json'], env);
    const report = JSON.parse(stdout) as Report;
    return { status, ok: report.ok, of: (name: string) => report.findings.find((finding) => finding.name === name) };
  };

  test('tells what is used', async () => {
    const { status, ok, of } = await doctor(configured());
    expect({ status, ok }).toEqual({ status: 0, ok: true });
    expect(of('PostgreSQL')).toMatchObject({ state: 'ok', found: expect.stringMatching(/^18\S* at DATABASE_URL$/) });
    expect(of('Stripe')?.found).toContain('sandbox');
    expect(of('Mail')?.found).toContain('.eml');
  });

  test('status 1 and advice when something essential is missing', async () => {
    const { status, ok, of } = await doctor({
      ...own(),
      DATABASE_URL: 'postgres://nobody:x@127.0.0.1:1/none',
      STRIPE_SECRET_KEY: 'sk_test_1',
      TEMPORAL_ADDRESS: '127.0.0.1:1',
    });
    expect({ status, ok }).toEqual({ status: 1, ok: false });
    expect(of('PostgreSQL')).toMatchObject({ state: 'missing', advice: expect.stringContaining('DATABASE_URL') });
    expect(of('Stripe')).toMatchObject({ state: 'missing', advice: expect.stringContaining('STRIPE_WEBHOOK_SECRET') });
    expect(of('Temporal')).toMatchObject({ state: 'missing', found: 'no answer at 127.0.0.1:1' });
  });
});
