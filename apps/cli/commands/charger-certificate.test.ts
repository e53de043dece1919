import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { seedInstallation } from '#test/chargers/seed-installation.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { runProgram } from '../processes/run-program.js';
import { programFolder } from '../servers/folders.js';

const PROGRAM = join(programFolder(), 'dist/apps/cli/main.js');

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await seedInstallation(database.sql, { chargers: ['zcs1'] });
});
afterAll(() => database.drop());

function run(...args: readonly string[]) {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, DATABASE_URL: database.url, CHAZEMO_SECRET: 'a secret for the tests' };
  return runProgram(process.execPath, ['--no-warnings', PROGRAM, ...args, '--json'], { env, cwd: programFolder() });
}
const told = async (...args: readonly string[]): Promise<unknown> => {
  const { status, stdout, said } = await run(...args);
  if (status !== 0) throw new Error(said);
  return JSON.parse(stdout) as unknown;
};

describe('certificates at the command line', () => {
  it('a root is made and shown without its key; a charger is asked for a request', async () => {
    expect(await told('ca', 'show')).toEqual([]);
    await told('ca', 'rotate');
    const shown = await told('ca', 'show');
    expect(shown).toMatchObject([{ createdBy: 'command line', retiredAt: null, inUse: 0, knownBy: 0 }]);
    expect(JSON.stringify(shown)).not.toMatch(/PRIVATE|sealed/);
    expect(await told('charger', 'certificate', 'zcs1')).toMatchObject({ state: 'none', commandId: null });
    const asked = await told('charger', 'certificate', 'zcs1', '--renew');
    expect(asked).toMatchObject({ state: 'none', commandId: expect.any(String) });
    const entries = await database.sql.selectFrom('audit_entry').select('action').orderBy('id').execute();
    expect(entries.map(({ action }) => action)).toEqual(['ca.rotate', 'charger.certificate-renew']);
  }, 60_000);

  it.each([
    [['zcs1', '--revoke', 'stolen'], 'no certificate that is good'],
    [['zcs1', '--revoke', ' '], 'reason'],
    [['zcs1', '--renew', '--revoke', 'x'], 'Either'],
    [['nobody'], 'no such charger'],
  ])(
    '%j is refused',
    async (args, why) => {
      const { status, said } = await run('charger', 'certificate', ...args);
      expect(status).toBe(2);
      expect(said).toContain(why);
    },
    60_000,
  );
});
