import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { differencesOf, formerMonthAnomalies } from '#libs/invoicing/propose-adjustments.js';
import { disregardReading, restoreReading } from '#libs/metering/correct-reading.js';
import { checkCycle } from '#libs/rating/anomalies.js';
import { explainLine } from '#libs/rating/explain-line.js';
import { loadMeters } from '#libs/reporting/invoice-meters.js';

import { seedTransaction } from '../data/documents.js';
import { ingestCall } from '../data/messages.js';
import { CarPark } from './car-park.js';

const JULY = new Date('2026-07-01T04:00:00Z');
const AUGUST = new Date('2026-08-01T04:00:00Z');

let park: CarPark;
let transaction: number;

/** A message as the gateway takes it; returns the answer. */
async function tell(action: string, payload: Record<string, unknown>): Promise<Record<string, unknown>> {
  const told = { chargerId: 'zcs031903', messageId: action, action, payload };
  return (await ingestCall(park.database.sql, { ...told, receivedAt: new Date('2026-06-15T15:00:00Z') })).answer;
}

/**
 * evcc #30058: the meter is missing for a while, and reads 0 once within a session. That its samples are the meter's own,
 * and not counted from the Start, was seen before.
 */
beforeEach(async () => {
  park = await CarPark.open([
    ['cheias', 200_000, '2020-01-01', null],
    ['vazio', 100_000, '2020-01-01', null],
  ]);
  await park.customer('1001');
  await park.spot('3012', 'zcs031903', [{ customerId: '1001' }]);
  const start = { connectorId: 1, idTag: 'CARD', meterStart: 1_234_500, timestamp: '2026-06-15T13:00:00Z' };
  transaction = Number((await tell('StartTransaction', start))['transactionId']);
  const sample = (at: string, value: string) => ({ timestamp: `2026-06-15T${at}Z`, sampledValue: [{ value }] });
  const meterValue = [sample('13:05:00', '1234800'), sample('13:15:00', '0')];
  await tell('MeterValues', { connectorId: 1, transactionId: transaction, meterValue });
  const end = { transactionId: transaction, meterStop: 1_236_300, timestamp: '2026-06-15T13:30:00Z' };
  await tell('StopTransaction', end);
});
afterEach(() => park.close());

const check = (cycleId: string) => checkCycle(park.database.sql, { cycleId });

async function correct(kind: 'disregard' | 'restore'): Promise<void> {
  const { sql } = park.database;
  const zero = await sql.selectFrom('meter_reading').select('id').where('import_wh', '=', 0).executeTakeFirstOrThrow();
  const order = { readingId: zero.id, reason: 'o contador falhou', by: 'ines' };
  const say = kind === 'disregard' ? disregardReading : restoreReading;
  expect(await sql.transaction().execute((trx) => say(trx, order))).toMatchObject({ ok: { after: { kind } } });
}

async function explained(cycleId: string) {
  const { sql } = park.database;
  const lines = await sql.selectFrom('rated_line').select('id').where('cycle_id', '=', cycleId).execute();
  return await Promise.all(lines.map(({ id }) => explainLine(sql, { lineId: id, cursor: 0, limit: 100 })));
}

describe('evcc #30058: a register that reads 0 once within a session', () => {
  it('holds the month, and says how much was rated after the fall', async () => {
    const { cycleId, totals } = await park.rate('2026-06', JULY);
    expect(totals.totalWh).toBe(300 + 1_236_300);
    expect(await check(cycleId)).toEqual([
      {
        code: 'register-fell',
        subject: 'zcs031903',
        detail: {
          chargerId: 'zcs031903',
          transactions: [transaction],
          count: 1,
          wh: 1_236_300,
          at: '2026-06-15T13:15:00.000Z',
          fromWh: 1_234_800,
          toWh: 0,
        },
      },
    ]);
    const { cycleId: july } = await park.rate('2026-07', AUGUST);
    expect(await check(july)).not.toContainEqual(expect.objectContaining({ code: 'register-fell' }));
  });

  it('the 0 disregarded and the month rated again, it is 1 800 Wh and nothing is odd; restored, it is as before', async () => {
    const { cycleId } = await park.rate('2026-06', JULY);
    await correct('disregard');
    expect(await check(cycleId)).toMatchObject([{ code: 'register-fell' }]); // until it is rated again
    const [asRated] = await explained(cycleId);
    expect(asRated).toMatchObject({ wh: 1_236_600, differenceWh: 0 });
    expect(asRated?.pieces.map(({ before }) => [before.registerWh, before.isDisregarded])).toEqual([
      [1_234_500, false],
      [0, true],
    ]);

    expect((await park.rate('2026-06', JULY)).totals).toMatchObject({ totalWh: 1_800, unattributedWh: 0 });
    expect(await check(cycleId)).toEqual([]);
    expect(await explained(cycleId)).toMatchObject([{ wh: 1_800, differenceWh: 0 }]);

    await correct('restore');
    expect((await park.rate('2026-06', JULY)).totals.totalWh).toBe(1_236_600);
    expect(await check(cycleId)).toMatchObject([{ code: 'register-fell' }]);
  });

  it('disregarded after the month was billed, it is a difference that the next month finds', async () => {
    const june = await park.bill('2026-06', JULY);
    await correct('disregard');
    const { cycleId } = await park.rate('2026-07', AUGUST);
    expect(await park.adjustments()).toMatchObject([
      { period: '2026-06', customer_id: '1001', net_cents: 36 - 24_732, reasons: ['corrected-readings'] },
    ]);
    expect(await explained(june.cycleId)).toMatchObject([{ wh: 1_236_600, differenceWh: 0 }]);
    expect(await formerMonthAnomalies(park.database.sql, cycleId)).toMatchObject([
      { code: 'former-month-differs', subject: '2026-06', detail: { reasons: ['corrected-readings'] } },
    ]);
    expect(await differencesOf(park.database.sql, june.cycleId)).toMatchObject({
      ok: [{ customerId: '1001', lines: [{ wh: 1_800 - 1_236_600 }] }],
    });
  });

  it('over the end of a month it holds each month that has energy of after the fall, or the fall itself', async () => {
    await correct('disregard');
    const session = [
      ['2026-06-30T22:30:00Z', 5_000],
      ['2026-06-30T22:45:00Z', 100],
      ['2026-06-30T22:50:00Z', 200],
      ['2026-06-30T23:10:00Z', 600],
      ['2026-07-01T00:00:00Z', 900],
    ] as const;
    await park.spot('3049', 'zcs031974');
    const over = await seedTransaction(park.database.sql, {
      chargerId: 'zcs031974',
      readings: session,
      flags: ['register-fell'],
    });
    const held = async (period: string, now: Date) => {
      const found = await check((await park.rate(period, now)).cycleId);
      return found.flatMap(({ code, detail }) =>
        code === 'register-fell' ? [[detail['transactions'], detail['wh']]] : [],
      );
    };
    expect(await held('2026-05', JULY)).toEqual([]);
    expect(await held('2026-06', JULY)).toEqual([[[over], 500]]);
    expect(await held('2026-07', AUGUST)).toEqual([[[over], 700]]);
    expect(await held('2026-08', new Date('2026-09-01T04:00:00Z'))).toEqual([]);
  });

  it("the invoice's meter reading is without it", async () => {
    const { sql } = park.database;
    await park.charge('zcs031903', [
      ['2026-06-16T13:00:00Z', 1_236_300],
      ['2026-06-16T13:15:00Z', 1_236_400],
    ]);
    await correct('disregard');
    const zero = { transaction_id: null, import_wh: 7, context: 'Sample.Clock', export_wh: null };
    const { id: messageId } = await sql.selectFrom('ocpp_message').select('id').executeTakeFirstOrThrow();
    const place = { charger_id: 'zcs031903', connector_id: 1, at: new Date('2026-06-20T13:00:00Z') };
    const { id: readingId } = await sql
      .insertInto('meter_reading')
      .values({ ...zero, ...place, message_id: messageId })
      .returning('id')
      .executeTakeFirstOrThrow();
    await sql.transaction().execute((trx) => disregardReading(trx, { readingId, reason: 'zero', by: 'ines' }));
    const june = await park.bill('2026-06', JULY);
    const meters = await loadMeters(sql, june.invoices.get('1001')?.documentId ?? '');
    expect(meters).toMatchObject([{ firstWh: 1_234_500, lastWh: 1_236_400 }]);
  });

  it('a correction is a change of the months it touches, and of no other', async () => {
    const { sql } = park.database;
    await park.bill('2026-04', new Date('2026-05-01T04:00:00Z'));
    await park.bill('2026-06', JULY);
    await correct('disregard');
    await park.rate('2026-07', AUGUST);
    const april = await sql
      .selectFrom('adjustment')
      .innerJoin('billing_cycle', 'billing_cycle.id', 'adjustment.cycle_id')
      .select('period')
      .execute();
    expect(april.map(({ period }) => period)).toEqual(['2026-06']);
  });
});
