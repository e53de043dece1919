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
  await seedInstallation(database.sql, { chargers: ['zcs1', 'zcs2'] });
});
afterAll(() => database.drop());

function run(...args: readonly string[]) {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, DATABASE_URL: database.url };
  return runProgram(process.execPath, ['--no-warnings', PROGRAM, 'charger', ...args], { env, cwd: programFolder() });
}
const told = async (...args: readonly string[]): Promise<unknown> => {
  const { status, stdout, said } = await run(...args, '--json');
  if (status !== 0) throw new Error(said);
  return JSON.parse(stdout) as unknown;
};

describe('chargers at the command line', () => {
  it('are listed, asked once by a key, and show what they were asked for', async () => {
    expect(await told('list')).toMatchObject([
      { id: 'zcs1', installationId: 'garagem', protocol: null, gateway: null },
      { id: 'zcs2', installationId: 'garagem' },
    ]);
    expect(await told('commands', 'zcs1')).toEqual([]);
    const place = JSON.stringify({ message: 'status', connectorId: 2, plug: 1 });
    const asking = ['ask', 'zcs1', 'trigger-message', '--request', place, '--key', 'k', '--seconds', '600'];
    const asked = (await told(...asking)) as { readonly id: string };
    expect(asked).toMatchObject({
      kind: 'trigger-message',
      request: { message: 'status', connectorId: 2, plug: 1 },
      state: 'waiting',
      whenAbsent: 'wait',
      askedBy: 'command line',
    });
    expect(await told(...asking)).toMatchObject({ id: asked.id });
    expect(await told('commands', 'zcs1')).toMatchObject([{ id: asked.id }]);
    expect(await told('command', 'zcs1', asked.id)).toMatchObject({ id: asked.id, followUp: null });
    expect(await told('ask', 'zcs2', 'clear-cache', '--refuse-absent')).toMatchObject({ whenAbsent: 'refuse' });
    const entries = await database.sql.selectFrom('audit_entry').select('action').orderBy('id').execute();
    expect(entries.map(({ action }) => action)).toEqual(['charger.trigger-message', 'charger.clear-cache']);
    const { stdout } = await run('commands', 'zcs1');
    expect(stdout).toContain(`${asked.id}  trigger-message  waiting`);
  }, 60_000);

  it.each([
    [['ask', 'nobody', 'clear-cache'], 'no such charger'],
    [['ask', 'zcs1', 'explode'], 'A charger is asked for'],
    [['ask', 'zcs1', 'reset', '--request', '[]'], 'is a JSON object'],
    [['ask', 'zcs1', 'reset', '--request', '{"mode":"sometime"}'], 'mode'],
    [['ask', 'zcs1', 'clear-cache', '--seconds', '0'], 'one second to thirty days'],
    [['command', 'zcs1', 'x'], 'is named by the id'],
    [['command', 'zcs1', '00000000-0000-4000-8000-000000000000'], 'never asked'],
  ])(
    '%j is refused',
    async (args, why) => {
      const { status, said } = await run(...args);
      expect(status).toBe(2);
      expect(said).toContain(why);
    },
    60_000,
  );
});
