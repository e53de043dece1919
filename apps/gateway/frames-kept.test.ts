import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { pino } from 'pino';

import { FrameSocket } from '#test/chargers/frame-socket.js';
import { CHARGER_PASSWORD, seedInstallation } from '#test/chargers/seed-installation.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';
import { until } from '#test/setup/until.js';

import { FrameBook } from './frame-book.js';
import { startGateway, type RunningGateway } from './start-gateway.js';

let database: TestDatabase;
let gateway: RunningGateway;
beforeAll(async () => {
  database = await createTestDatabase();
  await seedInstallation(database.sql, { chargers: ['zcs1', 'zcs2'] });
  gateway = await startGateway({ databaseUrl: database.url, host: '127.0.0.1', port: 0 }, pino({ level: 'silent' }));
});
afterAll(async () => {
  await gateway.close();
  await database.drop();
});

function framesOf(charger: string) {
  return database.sql
    .selectFrom('charger_frame')
    .select(['kind', 'action', 'raw', 'outcome'])
    .where('charger_id', '=', charger)
    .orderBy('id')
    .execute();
}

it('what cannot be read is kept as it came, and why', async () => {
  const url = `ws://127.0.0.1:${gateway.port}`;
  const socket = await FrameSocket.open({ url, protocol: 'ocpp1.6', chargerId: 'zcs1', password: CHARGER_PASSWORD });
  await socket.call('[2,"1","StartTransaction",{"connectorId":"first"}]');
  await socket.call('{"no":"frame"}');
  socket.close();
  const rows = await until(
    () => framesOf('zcs1'),
    (found) => found.length === 2,
  );
  expect(rows).toMatchObject([
    { kind: 'malformed', action: 'StartTransaction', raw: '[2,"1","StartTransaction",{"connectorId":"first"}]' },
    { kind: 'malformed', action: null, raw: '{"no":"frame"}' },
  ]);
  expect(rows.every(({ outcome }) => (outcome ?? '') !== '')).toBe(true);
});

it('a call that nobody handles is kept as it came, too, and a person is told', async () => {
  const url = `ws://127.0.0.1:${gateway.port}`;
  const socket = await FrameSocket.open({ url, protocol: 'ocpp1.6', chargerId: 'zcs2', password: CHARGER_PASSWORD });
  const vendorCall = '[2,"7","MeterValuesSigned",{"ocmf":"OCMF|{}"}]';
  expect(await socket.call(vendorCall)).toEqual([4, '7', 'NotImplemented', expect.any(String), {}]);
  const otherVersions = '[2,"8","TransactionEvent",{"seqNo":1}]';
  expect(await socket.call(otherVersions)).toEqual([4, '8', 'NotImplemented', expect.any(String), {}]);
  socket.close();
  const rows = await until(
    () => framesOf('zcs2'),
    (found) => found.length === 2,
  );
  expect(rows).toMatchObject([
    { kind: 'malformed', action: 'unknown', raw: vendorCall },
    { kind: 'malformed', action: 'TransactionEvent', raw: otherVersions },
  ]);
  const told = await until(
    () => database.sql.selectFrom('oddity').select('code').where('charger_id', '=', 'zcs2').execute(),
    (found) => found.length === 2,
  );
  expect(told).toEqual([{ code: 'malformed-message' }, { code: 'malformed-message' }]);
});

it('what a charger is asked is kept with how it went, without secrets', async () => {
  const book = new FrameBook(database.sql, { onError: (error) => expect(error).toBeNull() });
  const call = { chargerId: 'zcs1', protocol: 'ocpp1.6' as const, sentAt: new Date('2026-07-02T08:00:00Z') };
  const payload = { key: 'AuthorizationKey', value: 'top-secret' };
  const outcome = { kind: 'answer', response: { status: 'Accepted' } } as const;
  book.asked({ ...call, action: 'ChangeConfiguration', payload, outcome });
  book.asked({ ...call, action: 'Reset', payload: { type: 'Soft' }, outcome: { kind: 'timed-out' } });
  await book.flush();
  const rows = await database.sql.selectFrom('charger_frame').selectAll().where('kind', '=', 'asked').execute();
  expect(rows).toMatchObject([
    { action: 'ChangeConfiguration', payload: { value: '***' }, answer: { status: 'Accepted' }, outcome: 'answer' },
    { action: 'Reset', payload: { type: 'Soft' }, answer: null, outcome: 'timed-out' },
  ]);
});

it('of a charger that talks nonsense only so much a day', async () => {
  const book = new FrameBook(database.sql, { onError: (error) => expect(error).toBeNull() });
  const at = new Date('2026-07-03T08:00:00Z');
  for (let index = 0; index < 250; index += 1)
    book.malformed('zcs1', null, new Error('no JSON'), '{'.repeat(20_000), at);
  await book.flush();
  const rows = await database.sql.selectFrom('charger_frame').select('raw').where('at', '=', at).execute();
  expect(rows).toHaveLength(200);
  expect(rows[0]?.raw).toHaveLength(16_384);
});
