import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { parse16 } from '#libs/ocpp/parse-16.js';
import { INSTALLATION_ID, seedCustomer, seedInstallation, seedSpot } from '#test/data/documents.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { endReplacedSessions } from './end-replaced-sessions.js';
import { ingest } from './ingest.js';

const SWAP = new Date('2026-07-02T10:00:00Z');
const NOW = new Date('2026-07-02T12:00:00Z');

let database: TestDatabase;
let spotId = '';
beforeAll(async () => {
  database = await createTestDatabase();
  await seedInstallation(database.sql);
  await seedCustomer(database.sql, { id: '1001' });
  spotId = await seedSpot(database.sql, { name: '3012', chargerId: 'old', holders: [{ customerId: '1001' }] });
  await database.sql.insertInto('token').values({ installation_id: INSTALLATION_ID, id_tag: 'CARD' }).execute();
  await database.sql
    .insertInto('charger')
    .values({ id: 'new', installation_id: INSTALLATION_ID, label: 'new' })
    .execute();
});
afterAll(() => database.drop());

let sent = 0;
async function tell(chargerId: string, action: string, payload: Record<string, unknown>) {
  const message = parse16(action, payload);
  if (message === null) throw new Error(action);
  sent += 1;
  const call = { chargerId, protocol: 'ocpp1.6' as const, messageId: `m${sent}`, action, payload, message };
  return (await ingest(database.sql, { ...call, receivedAt: NOW })).answer;
}

async function startAt(chargerId: string, timestamp: string, meterStart: number): Promise<number> {
  const answer = await tell(chargerId, 'StartTransaction', { connectorId: 1, idTag: 'CARD', meterStart, timestamp });
  return Number(answer['transactionId']);
}

function transaction(id: number) {
  return database.sql.selectFrom('charging_transaction').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

/** The placement of a charger ends; another one begins. */
async function move(chargerId: string, at: Date, next: { charger_id: string; sharing?: string }): Promise<void> {
  const { sql } = database;
  await sql
    .updateTable('charger_placement')
    .set({ until: at })
    .where('charger_id', '=', chargerId)
    .where('until', 'is', null)
    .execute();
  await sql
    .insertInto('charger_placement')
    .values({ spot_id: spotId, from: at, ...next })
    .execute();
}

const end = (now: Date) => database.sql.transaction().execute((trx) => endReplacedSessions(trx, now));

describe('a session of a charger that is taken from its spot', () => {
  it('runs on where only the terms of the spot change', async () => {
    const id = await startAt('old', '2026-07-01T08:00:00Z', 1_000);
    await move('old', new Date('2026-07-01T09:00:00Z'), { charger_id: 'old', sharing: 'token' });
    expect(await end(NOW)).toEqual([]);
    await tell('old', 'StopTransaction', { transactionId: id, meterStop: 2_000, timestamp: '2026-07-01T10:00:00Z' });
  });

  it('ends with its last known register, once, and a person is told', async () => {
    const id = await startAt('old', '2026-07-02T08:00:00Z', 2_000);
    const sampledValue = [{ value: '3500' }];
    const meterValue = [{ timestamp: '2026-07-02T09:30:00Z', sampledValue }];
    await tell('old', 'MeterValues', { connectorId: 1, transactionId: id, meterValue });
    await move('old', SWAP, { charger_id: 'new' });
    expect(await end(NOW)).toEqual([id]);
    expect(await end(NOW)).toEqual([]);
    expect(await transaction(id)).toMatchObject({
      stopped_at: new Date('2026-07-02T09:30:00Z'),
      meter_stop_wh: 3_500,
      flags: ['charger-replaced'],
    });
    const oddities = await database.sql.selectFrom('oddity').select('code').where('transaction_id', '=', id).execute();
    expect(oddities).toEqual([{ code: 'charger-replaced' }]);
  });

  it('takes its own Stop when that comes after all', async () => {
    const { id } = await database.sql
      .selectFrom('charging_transaction')
      .select('id')
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow();
    await tell('old', 'StopTransaction', { transactionId: id, meterStop: 3_900, timestamp: '2026-07-02T09:58:00Z' });
    expect(await transaction(id)).toMatchObject({ stopped_at: new Date('2026-07-02T09:58:00Z'), meter_stop_wh: 3_900 });
  });

  it('one that begins on the new charger is left alone', async () => {
    const id = await startAt('new', '2026-07-02T11:00:00Z', 5);
    expect(await end(NOW)).toEqual([]);
    expect(await transaction(id)).toMatchObject({ stopped_at: null, flags: [] });
  });
});
