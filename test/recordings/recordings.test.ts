import { readdirSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';

import { startGateway, type RunningGateway } from '#apps/gateway/start-gateway.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { playRecording } from './play-recording.js';
import { INSTALLATION_ID, messagesOf, outcomeOf, seedRecordings } from './recorded-car-park.js';
import { readExpectation, readRecording } from './recording.js';

const names = readdirSync(new URL('played/', import.meta.url))
  .filter((file) => file.endsWith('.ndjson'))
  .map((file) => file.slice(0, -'.ndjson'.length))
  .sort();

let database: TestDatabase;
let gateway: RunningGateway;
let clock = new Date();

beforeAll(async () => {
  database = await createTestDatabase();
  await seedRecordings(database.sql, names);
  const settings = { databaseUrl: database.url, host: '127.0.0.1', port: 0, now: () => clock };
  gateway = await startGateway(settings, pino({ level: 'silent' }));
});
afterAll(async () => {
  await gateway.close();
  await database.drop();
});

/** What is learnt of a clock is written a moment later. */
async function clocksLearnt(chargerId: string, entries: number): Promise<void> {
  for (;;) {
    const rows = await database.sql
      .selectFrom('charger_clock')
      .select('id')
      .where('charger_id', '=', chargerId)
      .execute();
    if (rows.length >= entries) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

describe('what chargers really do, over real sockets', () => {
  it.each(names.map((name) => [name, readRecording(name)] as const))('%s', async (name, recording) => {
    const stage = {
      sql: database.sql,
      url: `ws://127.0.0.1:${gateway.port}`,
      installationId: INSTALLATION_ID,
      setClock: (at: Date) => void (clock = at),
    };
    const { answers, taken, chargerIds } = await playRecording(stage, recording);
    await clocksLearnt(name, recording.clocks);
    const outcome = { answers, ...(await outcomeOf(database.sql, chargerIds)) };
    const attributedWh = Object.values(outcome.attributedWh).reduce((sum, wh) => sum + wh, 0);
    expect({ name, wh: attributedWh + outcome.unattributedWh }).toEqual({ name, wh: recording.meterWh });
    expect(outcome).toEqual(readExpectation(name));
    expect(await messagesOf(database.sql, chargerIds)).toEqual(expect.arrayContaining(taken)); // kept as they came
  });
});
