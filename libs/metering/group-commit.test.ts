import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { parse16 } from '#libs/ocpp/parse-16.js';
import { seedInstallation } from '#test/chargers/seed-installation.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { GroupCommit, isAway } from './group-commit.js';
import type { IncomingMessage } from './ingest.js';

const CHARGERS = Array.from({ length: 20 }, (_, index) => `zcs${index}`);

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await seedInstallation(database.sql, { chargers: CHARGERS });
});
afterAll(() => database.drop());

function message(chargerId: string, action: string, payload: Record<string, unknown>): IncomingMessage {
  const parsed = parse16(action, payload);
  if (parsed === null) throw new Error(action);
  const messageId = JSON.stringify(payload);
  return { chargerId, protocol: 'ocpp1.6', messageId, action, payload, message: parsed, receivedAt: new Date() };
}

const meterValues = (chargerId: string, minute: number) =>
  message(chargerId, 'MeterValues', {
    connectorId: 1,
    meterValue: [
      { timestamp: `2026-06-01T10:${String(minute).padStart(2, '0')}:00Z`, sampledValue: [{ value: String(minute) }] },
    ],
  });

describe('group commit', () => {
  it('shares transactions between chargers and keeps the order of each', async () => {
    const sizes: number[] = [];
    const commits = new GroupCommit(database.sql, { onBatch: (size) => sizes.push(size) });
    const rounds = [0, 1, 2, 3, 4];
    const all = rounds.flatMap((minute) => CHARGERS.map((charger) => commits.submit(meterValues(charger, minute))));
    await Promise.all(all);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(100);
    expect(sizes.length).toBeLessThan(50);
    const rows = await database.sql
      .selectFrom('meter_reading')
      .select(['charger_id', 'import_wh'])
      .orderBy('id')
      .execute();
    for (const charger of CHARGERS) {
      expect(rows.filter((row) => row.charger_id === charger).map((row) => row.import_wh)).toEqual(rounds);
    }
  });

  it('records the others when one message of a batch cannot be', async () => {
    const commits = new GroupCommit(database.sql, { lanes: 1 });
    const results = await Promise.allSettled([
      commits.submit(meterValues('zcs0', 30)),
      commits.submit(meterValues('nobody', 30)),
      commits.submit(meterValues('zcs1', 30)),
      commits.submit(meterValues('zcs2', 30)),
    ]);
    expect(results.map((one) => one.status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  });

  it('has a bound', async () => {
    const commits = new GroupCommit(database.sql, { lanes: 1, maxWaiting: 1 });
    const first = commits.submit(meterValues('zcs0', 40));
    const second = commits.submit(meterValues('zcs1', 40));
    await expect(commits.submit(meterValues('zcs2', 40))).rejects.toThrow('too many messages wait');
    await Promise.all([first, second]);
  });

  it('tells a database that is away from one that refuses', () => {
    expect(isAway(Object.assign(new Error('x'), { code: '57P01' }))).toBe(true);
    expect(isAway(new AggregateError([Object.assign(new Error('x'), { code: 'ECONNREFUSED' })]))).toBe(true);
    expect(isAway(new Error('Connection terminated unexpectedly'))).toBe(true);
    expect(isAway(Object.assign(new Error('x'), { code: '23505' }))).toBe(false);
    expect(isAway('x')).toBe(false);
  });
});
