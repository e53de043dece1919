import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { issueAll, seedGoldenJune } from '#test/data/documents.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { runProgram } from '../processes/run-program.js';
import { programFolder } from '../servers/folders.js';
import { prepareSchemaValidator, validateXml } from '../servers/schema-validator.js';

const PROGRAM = join(programFolder(), 'dist/apps/cli/main.js');

let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  await prepareSchemaValidator();
  folder = mkdtempSync(join(tmpdir(), 'chazemo-saft-'));
  database = await createTestDatabase();
  const { cycleId } = await seedGoldenJune(database.sql);
  await issueAll(database.sql, cycleId, new Date('2026-07-01T05:00:00Z'));
}, 300_000);
afterAll(() => database.drop());

function saft(...args: readonly string[]) {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], DATABASE_URL: database.url };
  return runProgram(process.execPath, ['--no-warnings', PROGRAM, 'saft', ...args], { env, cwd: folder });
}

describe('chazemo saft', () => {
  it('exports a month, valid and as the database has it', async () => {
    const exported = await saft('export', '--issuer', 'czm', '--month', '2026-07', '--validate', '--json');
    expect(exported.status).toBe(0);
    const answer = { file: 'saft-czm-2026-07.xml', sales: { entries: 1, creditCents: 8_038 }, faultCount: 0 };
    expect(JSON.parse(exported.stdout)).toMatchObject(answer);
    const file = join(folder, 'saft-czm-2026-07.xml');
    expect((await saft('validate', file)).stdout).toContain('Valid by the schema');
    expect(await saft('check', file)).toMatchObject({ status: 0, stdout: expect.stringContaining('1 invoices') });
    writeFileSync(file, readFileSync(file, 'latin1').replace('<GrossTotal>98.87', '<GrossTotal>98.88'), 'latin1');
    const checked = await saft('check', file, '--json');
    expect(checked.status).toBe(1);
    expect(JSON.parse(checked.stdout)).toMatchObject({ problemCount: 3 });
    writeFileSync(file, readFileSync(file, 'latin1').replace('<Hash>', '<Hush>'), 'latin1');
    expect(await saft('validate', file)).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/line \d+, column/),
    });
  });

  it('refuses in words and leaves no file', async () => {
    for (const [args, words] of [
      [['--issuer', 'czm', '--month', '2026-13'], '2026-13'],
      [['--issuer', 'nobody', '--month', '2026-07'], 'no issuer "nobody"'],
    ] as const) {
      const { status, stdout, said } = await saft('export', ...args, '--out', 'refused.xml');
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(said).toContain(words);
    }
    expect(existsSync(join(folder, 'refused.xml'))).toBe(false);
    expect(existsSync(join(folder, 'refused.xml.part'))).toBe(false);
  });

  it('says what to install where there is no Java', async () => {
    const file = join(folder, 'any.xml');
    writeFileSync(file, '<a/>');
    await expect(validateXml(file, 'saft', { env: { PATH: '/nowhere' } })).rejects.toThrow('default-jdk-headless');
  });
});
