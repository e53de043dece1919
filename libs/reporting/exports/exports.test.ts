import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { seedInstallation } from '#test/chargers/seed-installation.js';
import { ingestCall } from '#test/data/messages.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { EXPORTS, exportRows, type ExportSpan } from './exports.js';

let database: TestDatabase;
const RECEIVED = new Date('2026-06-30T20:00:00Z');
const JUNE: ExportSpan = { from: '2026-06-01', to: '2026-06-30' };

beforeAll(async () => {
  database = await createTestDatabase();
  const chargers = Array.from({ length: 9 }, (_, index) => `zcs${index}`);
  await seedInstallation(database.sql, { chargers, tokens: { CARD: 'active' } });
  await database.sql.updateTable('charger').set({ label: 'ZCS-0' }).where('id', '=', 'zcs0').execute();
});
afterAll(() => database.drop());

let messages = 0;
async function tell(chargerId: string, action: string, payload: Record<string, unknown>) {
  messages += 1;
  const told = { chargerId, messageId: `m${messages}`, action, payload, receivedAt: RECEIVED };
  return (await ingestCall(database.sql, told)).answer;
}

const start = async (chargerId: string, timestamp: string, meterStart: number) =>
  Number(
    (await tell(chargerId, 'StartTransaction', { connectorId: 1, idTag: 'CARD', timestamp, meterStart }))[
      'transactionId'
    ],
  );
const stop = (chargerId: string, transactionId: number, timestamp: string, meterStop: number) =>
  tell(chargerId, 'StopTransaction', { transactionId, timestamp, meterStop });
const value = (chargerId: string, transactionId: number, timestamp: string, wh: number) => {
  const meterValue = [{ timestamp, sampledValue: [{ value: String(wh) }] }];
  return tell(chargerId, 'MeterValues', { connectorId: 1, transactionId, meterValue });
};

async function transactionsOf(chargerId: string, span = JUNE) {
  const list = EXPORTS['transactions'];
  if (list === undefined) throw new Error('no such list');
  const rows: Record<string, unknown>[] = [];
  for await (const row of exportRows(database.sql, list, span)) {
    const named = Object.fromEntries(list.columns.map((column, at) => [column, row[at]]));
    if (named['chargerId'] === chargerId) rows.push(named);
  }
  return rows;
}

it('a charger is called as people wrote it', async () => {
  const id = await start('zcs0', '2026-06-10T08:00:00Z', 1000);
  await value('zcs0', id, '2026-06-10T08:15:00Z', 1500);
  await stop('zcs0', id, '2026-06-10T09:00:00Z', 4000);
  const row = { chargerId: 'ZCS-0', transactionId: id, energyWh: 3000, readings: 3, flags: '' };
  expect(await transactionsOf('ZCS-0')).toMatchObject([row]);
});

it('a register that stands lower at the stop is no energy', async () => {
  const id = await start('zcs1', '2026-06-10T08:00:00Z', 5000);
  await stop('zcs1', id, '2026-06-10T09:00:00Z', 4000);
  expect(await transactionsOf('ZCS1')).toMatchObject([{ energyWh: 0, meterStopWh: 4000 }]);
});

it('without both ends the energy is what the readings rose', async () => {
  const open = await start('zcs2', '2026-06-10T08:00:00Z', 5000);
  await value('zcs2', open, '2026-06-10T08:15:00Z', 5600);
  expect(await transactionsOf('ZCS2')).toMatchObject([{ energyWh: 600, meterStopWh: null, stoppedAt: null }]);
  await stop('zcs3', 4_711_000, '2026-06-10T09:00:00Z', 7000);
  expect(await transactionsOf('ZCS3')).toMatchObject([
    { energyWh: 0, meterStartWh: null, flags: 'stop-without-start' },
  ]);
  const reset = await start('zcs4', '2026-06-10T08:00:00Z', 5000);
  await value('zcs4', reset, '2026-06-10T08:15:00Z', 5600);
  await value('zcs4', reset, '2026-06-10T08:30:00Z', 10);
  await stop('zcs4', reset, '2026-06-10T09:00:00Z', 210);
  expect(await transactionsOf('ZCS4')).toMatchObject([{ energyWh: 800 }]);
});

it('a transaction of 1970 is found by the day it ended, else by the day it was told, and by its own', async () => {
  const id = await start('zcs5', '1970-01-01T00:00:05Z', 5000);
  await stop('zcs5', id, '1970-01-01T01:00:05Z', 6000);
  const row = { transactionId: id, energyWh: 1000, startedAt: '1970-01-01T00:00:05.000Z', flags: 'implausible-time' };
  expect(await transactionsOf('ZCS5')).toMatchObject([row]);
  expect(await transactionsOf('ZCS5', { from: '1970-01-01', to: '1970-01-01' })).toMatchObject([row]);
  expect(await transactionsOf('ZCS5', { from: '2026-07-01', to: '2026-07-31' })).toEqual([]);

  const may: ExportSpan = { from: '2026-05-01', to: '2026-05-31' };
  await stop('zcs7', await start('zcs7', '1970-01-01T00:00:05Z', 5000), '2026-05-10T10:00:00Z', 6000);
  expect(await transactionsOf('ZCS7', may)).toHaveLength(1);
  expect(await transactionsOf('ZCS7')).toEqual([]);
  const oneWrongReading = await start('zcs8', '2026-05-10T08:00:00Z', 5000);
  await value('zcs8', oneWrongReading, '1970-01-01T00:15:00Z', 5500);
  expect(await transactionsOf('ZCS8', may)).toMatchObject([{ flags: 'implausible-time;register-fell' }]);
  expect(await transactionsOf('ZCS8')).toEqual([]);
});

it('local days: the last minute of June is June, in the installation’s zone', async () => {
  await start('zcs6', '2026-05-31T23:00:00Z', 1); // 1 June, 00:00 in Lisbon
  await start('zcs6', '2026-06-30T22:59:59Z', 2);
  await start('zcs6', '2026-06-30T23:00:00Z', 3); // 1 July
  expect((await transactionsOf('ZCS6')).map((row) => row['meterStartWh'])).toEqual([1, 2]);
});
