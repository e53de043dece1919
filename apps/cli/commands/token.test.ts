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
  await database.sql.insertInto('spot').values({ installation_id: 'garagem', name: '12' }).execute();
});
afterAll(() => database.drop());

function token(...args: readonly string[]) {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], DATABASE_URL: database.url };
  const asked = ['token', ...args, '--installation', 'garagem', '--json'];
  return runProgram(process.execPath, ['--no-warnings', PROGRAM, ...asked], { env, cwd: programFolder() });
}
const told = async (...args: readonly string[]): Promise<unknown> => {
  const { status, stdout, said } = await token(...args);
  if (status !== 0) throw new Error(said);
  return JSON.parse(stdout) as unknown;
};

describe('chazemo token', () => {
  it('adds a card, blocks it with a reason, lifts that, and lists', async () => {
    const terms = ['--group', 'CASA', '--spot', '12', '--until', '2030-01-01T00:00:00Z'];
    expect(await told('add', '04A2B3', ...terms)).toMatchObject({
      idTag: '04A2B3',
      kind: 'rfid',
      groupTag: 'CASA',
      spots: '12',
      expiresAt: '2030-01-01T00:00:00.000Z',
    });
    expect(await told('block', '04a2b3', '--reason', 'perdido')).toMatchObject({
      status: 'blocked',
      blockReason: 'perdido',
    });
    expect(await told('list', '--search', 'a2')).toMatchObject([{ idTag: '04A2B3', status: 'blocked' }]);
    expect(await told('unblock', '04A2B3', '--reason', 'encontrado')).toMatchObject({ status: 'active' });
    const entries = await database.sql.selectFrom('audit_entry').select('action').orderBy('id').execute();
    expect(entries.map(({ action }) => action)).toEqual(['token.add', 'token.block', 'token.unblock']);
  }, 60_000);

  it.each([
    [['add', '04a2b3'], 'already'],
    [['add', 'NEW', '--kind', 'wand'], 'rfid'],
    [['add', 'NEW', '--from', 'soon'], 'instant'],
    [['add', 'NEW', '--spot', '99'], 'spot'],
    [['block', 'NOBODY', '--reason', 'x'], 'no such card'],
  ])('%j is refused', async (args, why) => {
    const { status, said } = await token(...args);
    expect(status).toBe(2);
    expect(said).toContain(why);
  });
});
