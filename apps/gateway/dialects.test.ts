import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';

import { FrameSocket } from '#test/chargers/frame-socket.js';
import { CHARGER_PASSWORD, seedInstallation } from '#test/chargers/seed-installation.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';
import { until } from '#test/setup/until.js';

import { startGateway, type RunningGateway } from './start-gateway.js';

const AT = '2026-06-01T10:00:00Z';
const CONTRACT = 'PT-ABC-C12345678-9';

let database: TestDatabase;
let gateway: RunningGateway;
beforeAll(async () => {
  database = await createTestDatabase();
  const chargers = ['zcs1', 'zcs2', 'zcs3', 'zcs4', 'zcs5'];
  const tokens = { CARD: 'active', [CONTRACT]: 'active', A1B2C3D4E5F6A1B2C3D4E5F6: 'active' } as const;
  await seedInstallation(database.sql, { chargers, tokens });
  gateway = await startGateway({ databaseUrl: database.url, host: '127.0.0.1', port: 0 }, pino({ level: 'silent' }));
});
afterAll(async () => {
  await gateway.close();
  await database.drop();
});

/** Says each call in turn; what each is answered, an answer or the code of an error. */
async function say(
  chargerId: string,
  protocol: string,
  calls: readonly (readonly [action: string, payload: unknown])[],
): Promise<unknown[]> {
  const url = `ws://127.0.0.1:${gateway.port}`;
  const socket = await FrameSocket.open({ url, protocol, chargerId, password: CHARGER_PASSWORD });
  const answers: unknown[] = [];
  for (const [index, [action, payload]] of calls.entries()) {
    const [, , answer] = await socket.call(JSON.stringify([2, `m${index}`, action, payload]));
    answers.push(answer);
  }
  socket.close();
  return answers;
}

function odditiesOf(charger: string) {
  return database.sql
    .selectFrom('oddity')
    .select(['code', 'key'])
    .where('charger_id', '=', charger)
    .orderBy('id')
    .execute();
}

function keptOf(charger: string) {
  return database.sql
    .selectFrom('ocpp_message')
    .select(['action', 'payload'])
    .where('charger_id', '=', charger)
    .orderBy('id')
    .execute();
}

describe('a charger that breaks the schema in trifles', () => {
  it('of 1.6 is served, what it said is kept as it came, and a person hears of it once a day', async () => {
    const boot = {
      chargePointVendor: 'Z',
      chargePointModel: 'A model of more than twenty characters',
      iccid: null,
      extra: 1,
    };
    const status = { connectorId: 1, status: 'Available', errorCode: 'DoorOpen', info: 'i'.repeat(60) };
    const calls = [
      ['BootNotification', boot],
      ['Heartbeat', { uptime: 3 }],
      ['Heartbeat', []],
      ['StatusNotification', status],
      ['Authorize', { idTag: 'A1B2C3D4E5F6A1B2C3D4E5F6' }],
      ['DataTransfer', { vendorId: 'x', data: { soc: 80 } }],
    ] as const;
    expect(await say('zcs1', 'ocpp1.6', calls)).toEqual([
      { status: 'Accepted', currentTime: expect.any(String), interval: 300 },
      { currentTime: expect.any(String) },
      { currentTime: expect.any(String) },
      {},
      { idTagInfo: { status: 'Accepted' } },
      { status: 'UnknownVendorId' },
    ]);
    expect(await keptOf('zcs1')).toEqual(calls.map(([action, payload]) => ({ action, payload })));
    const { vendor, model } = await database.sql
      .selectFrom('charger')
      .select(['vendor', 'model'])
      .where('id', '=', 'zcs1')
      .executeTakeFirstOrThrow();
    expect({ vendor, model }).toEqual({ vendor: 'Z', model: boot.chargePointModel });
    const told = await until(
      () => odditiesOf('zcs1'),
      (rows) => rows.length > 0,
    );
    const day = new Date().toISOString().slice(0, 10);
    expect(told).toEqual([{ code: 'not-to-schema', key: `not-to-schema/zcs1/${day}` }]);
  });

  it.each([
    ['ocpp2.0.1', 'zcs2'],
    ['ocpp2.1', 'zcs3'],
  ])('of %s, too', async (protocol, id) => {
    const chargingStation = { vendorName: 'Z', model: 'A model of more than twenty characters', modem: null };
    const card = { idToken: 'CARD', type: 'ISO14443' };
    const calls = [
      ['BootNotification', { reason: 'Whim', chargingStation }],
      ['Heartbeat', { uptime: 3 }],
      ['StatusNotification', { evseId: 1, connectorId: 1, connectorStatus: 'available' }],
      ['Authorize', { idToken: { ...card, additionalInfo: null }, vendor: 1 }],
      ['DataTransfer', { vendorId: 'x', messageId: null }],
      ['SecurityEventNotification', { type: 'DoorOpened', timestamp: AT, techInfo: null }],
    ] as const;
    expect(await say(id, protocol, calls)).toEqual([
      { status: 'Accepted', currentTime: expect.any(String), interval: 300 },
      { currentTime: expect.any(String) },
      {},
      { idTokenInfo: { status: 'Accepted' } },
      { status: 'UnknownVendorId' },
      {},
    ]);
    expect(await keptOf(id)).toEqual(calls.map(([action, payload]) => ({ action, payload })));
    const told = await until(
      () => odditiesOf(id),
      (rows) => rows.length > 0,
    );
    expect(told).toMatchObject([{ code: 'not-to-schema' }]);
  });

  it('and tells a session without card and connector keeps its energy', async () => {
    const register = (value: string, context: string) => ({ timestamp: AT, sampledValue: [{ value, context }] });
    const start = { connectorId: 2, meterStart: 1_000, timestamp: AT };
    const [begun] = await say('zcs4', 'ocpp1.6', [['StartTransaction', start]]);
    const { transactionId } = begun as { transactionId: number };
    const later = { ...register('1500', 'Sample.Clock'), timestamp: '2026-06-01T10:15:00Z' };
    const end = { ...register('2000', 'Transaction.End'), timestamp: '2026-06-01T10:30:00Z' };
    await say('zcs4', 'ocpp1.6', [
      ['MeterValues', { transactionId, meterValue: [later] }],
      ['StopTransaction', { transactionId, meterStop: null, timestamp: end.timestamp, transactionData: [end] }],
    ]);
    const session = await database.sql
      .selectFrom('charging_transaction')
      .select(['id', 'connector_id', 'id_tag', 'meter_start_wh', 'stopped_at', 'flags'])
      .where('charger_id', '=', 'zcs4')
      .execute();
    expect(session).toEqual([
      {
        id: transactionId,
        connector_id: 2,
        id_tag: '',
        meter_start_wh: 1_000,
        stopped_at: new Date(end.timestamp),
        flags: ['not-to-schema', 'unknown-token', 'value-out-of-range'],
      },
    ]);
    const readings = await database.sql
      .selectFrom('meter_reading')
      .select(['connector_id', 'transaction_id', 'import_wh'])
      .where('charger_id', '=', 'zcs4')
      .orderBy('at')
      .execute();
    expect(readings.map(({ import_wh }) => import_wh)).toEqual([1_000, 1_500, 2_000]);
    expect(new Set(readings.map((one) => [one.connector_id, one.transaction_id].join('/')))).toEqual(
      new Set([`2/${transactionId}`]),
    );
  });
});

it('a contract is known with and without its hyphens, and its sessions are its holder’s', async () => {
  const idToken = { idToken: 'ptabcc123456789', type: 'eMAID' };
  const transactionInfo = { transactionId: 'a-b' };
  const started = { eventType: 'Started', timestamp: AT, triggerReason: 'Authorized', seqNo: 0, transactionInfo };
  const answers = await say('zcs5', 'ocpp2.0.1', [
    ['Authorize', { idToken }],
    ['Authorize', { idToken: { ...idToken, idToken: 'PT-ABC-C123456789' } }],
    ['TransactionEvent', { ...started, evse: { id: 1 }, idToken }],
  ]);
  expect(answers).toEqual(answers.map(() => ({ idTokenInfo: { status: 'Accepted' } })));
  const session = await database.sql
    .selectFrom('charging_transaction')
    .select(['id_tag', 'flags'])
    .where('charger_id', '=', 'zcs5')
    .executeTakeFirst();
  expect(session).toEqual({ id_tag: CONTRACT, flags: [] });
});
