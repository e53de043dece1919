import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { readingsSealOf } from '#libs/metering/chain/reading-chain.js';
import { sealReadings } from '#libs/metering/chain/seal-readings.js';
import { INSTALLATION_ID, seedGoldenJune, seedTransaction } from '#test/data/documents.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { runProgram, type RunOutcome } from '../processes/run-program.js';
import { programFolder } from '../servers/folders.js';

const PROGRAM = join(programFolder(), 'dist/apps/cli/main.js');
const NOW = new Date('2026-07-01T04:00:00Z');

let database: TestDatabase;
let folder: string;

/** Without `env` there is no database to be found: a data directory that cannot be made. */
function chazemo(args: readonly string[], env: Record<string, string> = {}): Promise<RunOutcome> {
  return runProgram(process.execPath, ['--no-warnings', PROGRAM, ...args], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], CHAZEMO_DATA_DIR: '/dev/null/none', ...env },
  });
}

const configured = (more: Record<string, string> = {}) => ({ DATABASE_URL: database.url, ...more });
const audit = (file: string, more: Record<string, string> = {}) =>
  chazemo(['audit', '--installation', INSTALLATION_ID, '--period', '2026-06', '-o', file, '--json'], configured(more));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chazemo-verify-'));
  database = await createTestDatabase();
  const { sql } = database;
  const { cycleId } = await seedGoldenJune(sql);
  await seedTransaction(sql, {
    chargerId: 'zcs031903',
    readings: [
      ['2026-06-03T18:00:00Z', 1_204_500],
      ['2026-06-03T18:15:00Z', 1_206_000],
      ['2026-06-04T05:30:00Z', 1_221_940],
    ],
  });
  const { heads, horizon } = await sql.transaction().execute((trx) => sealReadings(trx, ['zcs031903'], NOW));
  await sql
    .updateTable('billing_cycle')
    .set({
      rated_up_to_reading_id: horizon,
      readings_seal: readingsSealOf(heads),
      total_wh: 360_018,
      total_cents: 8_038,
    })
    .where('id', '=', cycleId)
    .execute();
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

describe('chazemo audit and verify', () => {
  test('the month as a file, the same in every zone, verified without a database', async () => {
    const file = join(folder, 'june.zip');
    const first = await audit(file);
    expect(first.status).toBe(0);
    const written = JSON.parse(first.stdout) as { sha256: string };
    const again = await audit(join(folder, 'again.zip'), { TZ: 'Pacific/Auckland' });
    expect(JSON.parse(again.stdout)).toEqual(written);
    const { status, stdout } = await chazemo(['verify', '--file', file, '--json']);
    expect({ status, verdict: JSON.parse(stdout) as unknown }).toEqual({
      status: 0,
      verdict: {
        ok: true,
        about: 'Edifício Aurora (aurora), 2026-06',
        checked: { chargers: 1, readings: 3, seals: 1, messages: 1, lines: 8, documents: 0 },
        problems: [],
        problemCount: 0,
      },
    });
    expect((await chazemo(['verify', '--file', file])).stdout).toContain('Everything matches.');
  });

  test('a damaged file is refused, one that is missing too: status 2, nothing on standard output', async () => {
    const whole = await readFile(join(folder, 'june.zip'));
    const half = join(folder, 'half.zip');
    await writeFile(half, whole.subarray(0, whole.length / 2));
    for (const file of [half, join(folder, 'nowhere.zip')]) {
      const { status, stdout, said } = await chazemo(['verify', '--file', file]);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(said).toContain(file);
    }
  });

  test('a file that is no chain of readings does not pass for one', async () => {
    const file = join(folder, 'empty.ndjson');
    await writeFile(file, '');
    const { status, stdout } = await chazemo(['verify', '--file', file]);
    expect(status).toBe(1);
    expect(stdout).toContain('holds no chain');
  });

  test('a month that is not there, one that was not sealed: status 2 and no file', async () => {
    for (const [period, reason] of [
      ['2026-13', 'yyyy-mm'],
      ['2026-05', 'no month 2026-05'],
    ] as const) {
      const file = join(folder, 'none.zip');
      const args = ['audit', '--installation', INSTALLATION_ID, '--period', period, '-o', file];
      const { status, stdout, said } = await chazemo(args, configured());
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(said).toContain(reason === 'yyyy-mm' ? '2026-13' : reason);
      await expect(readFile(file)).rejects.toThrow('ENOENT');
    }
  });

  test('the database: all is well, then a changed reading is named in plain words', async () => {
    const well = await chazemo(['verify', '--installation', INSTALLATION_ID], configured());
    expect(well.status).toBe(0);
    expect(well.stdout).toContain('Everything matches.');
    await database.tamper(async (trx) => {
      await trx.updateTable('meter_reading').set({ import_wh: 1_205_000 }).where('import_wh', '=', 1_206_000).execute();
    });
    const { status, stdout } = await chazemo(['verify'], configured());
    expect(status).toBe(1);
    expect(stdout).toMatch(/reading-changed: charger zcs031903, after reading 0 up to reading \d+, sealed 2026-07-01/);
    expect(stdout).toContain('What to do');
    const json = await chazemo(['verify', '--json'], configured());
    expect(json.status).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, problems: [{ code: 'reading-changed' }] });
  });

  test('an installation that does not exist is refused', async () => {
    const { status, said } = await chazemo(['verify', '--installation', 'nowhere'], configured());
    expect(status).toBe(2);
    expect(said).toContain('nowhere');
  });
});
