import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { disregardReading } from '#libs/metering/correct-reading.js';
import { checkCycle } from '#libs/rating/anomalies.js';

import { ingestCall } from '../data/messages.js';
import { CarPark } from './car-park.js';

const JULY = new Date('2026-07-01T04:00:00Z');
const RECEIVED = new Date('2026-06-15T15:00:00Z');
const CHARGER = 'zcs031903';

let park: CarPark;
let messages = 0;

beforeEach(async () => {
  park = await CarPark.open([
    ['ponta', 250_000, '2020-01-01', null],
    ['cheias', 200_000, '2020-01-01', null],
    ['vazio', 100_000, '2020-01-01', null],
  ]);
  await park.customer('1001');
  await park.spot('3012', CHARGER, [{ customerId: '1001' }]);
});
afterEach(() => park.close());

async function tell(action: string, payload: Record<string, unknown>) {
  messages += 1;
  const told = { chargerId: CHARGER, messageId: `m${messages}`, action, payload, receivedAt: RECEIVED };
  return await ingestCall(park.database.sql, told);
}

const at = (time: string): string => `2026-06-15T${time}:00Z`;

/** Returns the number of the session. */
async function start(time: string, meterStart: number): Promise<number> {
  const payload = { connectorId: 1, idTag: 'CARD', meterStart, timestamp: at(time) };
  return Number((await tell('StartTransaction', payload)).answer['transactionId']);
}

const values = (transactionId: number, time: string, value: string, unit = 'Wh') =>
  tell('MeterValues', {
    connectorId: 1,
    transactionId,
    meterValue: [{ timestamp: at(time), sampledValue: [{ value, unit }] }],
  });

const stop = (transactionId: number, time: string, meterStop: number) =>
  tell('StopTransaction', { transactionId, meterStop, timestamp: at(time) });

/** The month rated: its energy and why it waits for a person. */
async function june() {
  const { cycleId, totals } = await park.rate('2026-06', JULY);
  return { wh: totals.totalWh, anomalies: await checkCycle(park.database.sql, { cycleId }) };
}

async function disregard(importWh: number): Promise<void> {
  const { sql } = park.database;
  const readings = await sql.selectFrom('meter_reading').select('id').where('import_wh', '=', importWh).execute();
  for (const { id: readingId } of readings) {
    await sql.transaction().execute((trx) => disregardReading(trx, { readingId, reason: 'wrong', by: 'ines' }));
  }
}

describe('two sessions that count the same energy', () => {
  it('hold the month until a person has said which reading is not its session’s', async () => {
    const former = await start('10:00', 1_000);
    await stop(former, '10:30', 2_000);
    await values(former, '11:00', '2500'); // of the next session, whose Start is told only now
    const latter = await start('10:35', 2_000);
    await stop(latter, '12:00', 5_000);
    const detail = { chargerId: CHARGER, wh: 500, transactions: [former, latter], count: 2 };
    expect(await june()).toEqual({
      wh: 4_500,
      anomalies: [{ code: 'counted-twice', subject: CHARGER, detail }],
    });
    await disregard(2_500);
    expect(await june()).toEqual({ wh: 4_000, anomalies: [] });
  });
});

describe('a register that rises by more than any meter counts', () => {
  it.each([
    ['from a meterStart of 0, before the meter was read', 0, ['1204500', 'Wh'], 1_207_000, 1_204_500],
    ['from a meterStart in kWh', 1_204, ['1204.750', 'kWh'], 1_207_000, 1_204_750],
  ] as const)('%s: flagged, and the month is held', async (_, meterStart, [value, unit], meterStop, first) => {
    const session = await start('10:00', meterStart);
    expect((await values(session, '10:01', value, unit)).flags).toEqual(['register-leapt']);
    expect((await stop(session, '12:00', meterStop)).flags).toEqual([]);
    const { wh, anomalies } = await june();
    expect(wh).toBe(meterStop - meterStart);
    expect(anomalies).toEqual([
      {
        code: 'register-leapt',
        subject: CHARGER,
        detail: {
          chargerId: CHARGER,
          transactions: [session],
          count: 1,
          wh: first - meterStart,
          at: '2026-06-15T10:01:00.000Z',
          fromWh: meterStart,
          toWh: first,
        },
      },
    ]);
    await disregard(meterStart);
    expect(await june()).toEqual({ wh: meterStop - first, anomalies: [] });
  });

  it('between its Start and its Stop alone', async () => {
    const session = await start('10:00', 0);
    expect((await stop(session, '12:00', 1_207_000)).flags).toEqual(['register-leapt']);
    expect((await june()).anomalies).toMatchObject([{ code: 'register-leapt', detail: { wh: 1_207_000 } }]);
  });

  it('is not the most that a fast charger gives', async () => {
    const session = await start('10:00', 0);
    expect((await values(session, '10:15', '90000')).flags).toEqual([]);
    expect((await stop(session, '10:30', 180_000)).flags).toEqual([]);
    expect(await june()).toEqual({ wh: 180_000, anomalies: [] });
  });
});
