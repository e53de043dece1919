import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { ingest } from '#libs/metering/ingest.js';
import { parse16 } from '#libs/ocpp/parse-16.js';
import { seedInstallation } from '#test/chargers/seed-installation.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { runProgram } from '../processes/run-program.js';
import { programFolder } from '../servers/folders.js';

const PROGRAM = join(programFolder(), 'dist/apps/cli/main.js');
const DAY = '2026-07-02T';

let database: TestDatabase;
let transactionId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  await seedInstallation(database.sql, { chargers: ['zcs1', 'zcs2'] });
  const start = { connectorId: 1, idTag: 'CARD', meterStart: 10, timestamp: `${DAY}01:00:00Z` };
  const started = await tell('zcs1', '01', 'StartTransaction', start);
  transactionId = String(started['transactionId']);
  await tell('zcs1', '03', 'StopTransaction', {
    transactionId: started['transactionId'],
    meterStop: 4_010,
    timestamp: `${DAY}03:00:00Z`,
  });
  await tell('zcs1', '12', 'Heartbeat', {});
  await tell('zcs2', '02', 'Heartbeat', {});
});
afterAll(() => database.drop());

async function tell(chargerId: string, hour: string, action: string, payload: Record<string, unknown>) {
  const message = parse16(action, payload);
  if (message === null) throw new Error(action);
  const call = { chargerId, protocol: 'ocpp1.6' as const, messageId: `m${hour}`, action, payload, message };
  return (await ingest(database.sql, { ...call, receivedAt: new Date(`${DAY}${hour}:00:00Z`) })).answer;
}

function run(...args: readonly string[]) {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, DATABASE_URL: database.url };
  return runProgram(process.execPath, ['--no-warnings', PROGRAM, 'charger', 'frames', ...args], {
    env,
    cwd: programFolder(),
  });
}
async function linesOf(...args: readonly string[]): Promise<string[]> {
  const { status, stdout, said } = await run(...args);
  if (status !== 0) throw new Error(said);
  return stdout.split('\n').filter((line) => line !== '');
}

describe('frames at the command line', () => {
  it('of a span, as they went over the wire: each call with its answer', async () => {
    const lines = await linesOf('zcs1', '--from', `${DAY}00:00:00Z`, '--to', `${DAY}13:00:00Z`);
    expect(lines.filter((line) => line.includes('"Heartbeat"'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('"meterStop":4010'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('[3,"m01"'))).toHaveLength(1);
  }, 60_000);

  it('of one transaction, as JSON an exchange a line', async () => {
    const lines = await linesOf('zcs1', '--transaction', transactionId, '--json');
    const frames = lines.map((line) => JSON.parse(line) as { readonly action: string });
    expect(frames.map(({ action }) => action)).toEqual(['StopTransaction', 'StartTransaction']);
  }, 60_000);

  it('with a text in it, of an action', async () => {
    const span = ['--from', `${DAY}00:00:00Z`, '--to', `${DAY}13:00:00Z`];
    const found = await linesOf('zcs1', ...span, '--find', '4010', '--json');
    expect(found).toHaveLength(1);
    expect(await linesOf('zcs1', ...span, '--action', 'Heartbeat', '--json')).toHaveLength(1);
    expect(await linesOf('zcs1', '--json')).toEqual([]);
  }, 60_000);

  it.each([
    [['nobody'], 'no such charger'],
    [['zcs1', '--from', 'yesterday'], '--from is an instant'],
    [['zcs1', '--transaction', 'x'], '--transaction is the number'],
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
