import { afterEach, expect, it } from '@jest/globals';

import { seedTransaction } from '../data/documents.js';
import { CarPark } from './car-park.js';

const CHARGER = 'zcs031903';

let park: CarPark;
afterEach(() => park.close());

/** One customer, one price, and a session of which two readings came in time. Returns the session's id. */
async function sessionOf(readings: readonly (readonly [at: string, importWh: number])[]): Promise<number> {
  park = await CarPark.open([
    ['cheias', 200_000, '2020-01-01', null],
    ['vazio', 200_000, '2020-01-01', null],
    ['ponta', 200_000, '2020-01-01', null],
  ]);
  await park.customer('1001');
  await park.spot('3012', CHARGER, [{ customerId: '1001' }]);
  return await seedTransaction(park.database.sql, { chargerId: CHARGER, readings });
}

async function comesLate(transactionId: number, at: string, importWh: number): Promise<void> {
  const { id: messageId } = await park.database.sql.selectFrom('ocpp_message').select('id').executeTakeFirstOrThrow();
  const place = { charger_id: CHARGER, connector_id: 1, transaction_id: transactionId, message_id: messageId };
  await park.database.sql
    .insertInto('meter_reading')
    .values({ ...place, at: new Date(at), import_wh: importWh, context: 'Sample.Periodic' })
    .execute();
}

const nothingDue = (cycleId: string) =>
  park.database.sql
    .updateTable('billing_cycle')
    .set({ finished_at: new Date('2026-07-01T04:00:00Z'), outcome: 'nothing-due' })
    .where('id', '=', cycleId)
    .execute();

const bill = (period: string, at: string) => park.bill(period, new Date(at));

/** In whole euros: the lines of the bands are rounded each. */
const proposals = async () =>
  (await park.adjustments()).map(({ period, net_cents: cents, reasons }) => [period, Math.round(cents / 100), reasons]);

it('a reading reaches every month of its session, however long the charger was silent', async () => {
  // 3 000 kWh over 120 days without a reading: 25 kWh a day at 0,20 €.
  const session = await sessionOf([
    ['2026-06-10T23:00:00Z', 0],
    ['2026-10-08T23:00:00Z', 3_000_000],
  ]);
  await bill('2026-06', '2026-07-01T04:00:00Z');
  await bill('2026-07', '2026-08-01T04:00:00Z');
  await bill('2026-08', '2026-09-01T04:00:00Z');
  await bill('2026-09', '2026-10-01T04:00:00Z');
  // 1 215 kWh on the first day, and 15 kWh on each of the other 119.
  await comesLate(session, '2026-06-11T23:00:00Z', 1_215_000);
  await park.rate('2026-10', new Date('2026-11-01T04:00:00Z'));
  expect(await proposals()).toEqual([
    ['2026-06', 243 + 19 * 3 - 20 * 5, ['late-readings']],
    ['2026-07', 31 * 3 - 31 * 5, ['late-readings']],
    ['2026-08', 31 * 3 - 31 * 5, ['late-readings']],
    ['2026-09', 30 * 3 - 30 * 5, ['late-readings']],
  ]);
});

it('the first reading after months of silence is billed in all of them', async () => {
  const session = await sessionOf([
    ['2026-06-10T23:00:00Z', 0],
    ['2026-06-11T23:00:00Z', 25_000],
  ]);
  for (const month of ['06', '07', '08', '09']) {
    const { cycleId } = await bill(`2026-${month}`, `2026-${String(Number(month) + 1).padStart(2, '0')}-01T04:00:00Z`);
    await nothingDue(cycleId);
  }
  await comesLate(session, '2026-10-08T23:00:00Z', 3_000_000);
  await park.rate('2026-10', new Date('2026-11-01T04:00:00Z'));
  expect(await proposals()).toEqual([
    ['2026-06', 19 * 5, ['late-readings']],
    ['2026-07', 31 * 5, ['late-readings']],
    ['2026-08', 31 * 5, ['late-readings']],
    ['2026-09', 30 * 5, ['late-readings']],
  ]);
});

it('a reading that was in time for a month billed after its neighbour is late for the neighbour', async () => {
  const session = await sessionOf([
    ['2026-07-31T22:30:00Z', 0],
    ['2026-07-31T23:30:00Z', 10_000],
  ]);
  await bill('2026-08', '2026-09-01T04:00:00Z');
  await park.charge(CHARGER, [
    ['2026-09-10T10:00:00Z', 10_000],
    ['2026-09-10T10:15:00Z', 20_000],
  ]);
  await bill('2026-09', '2026-10-01T04:00:00Z');
  await comesLate(session, '2026-07-31T22:50:00Z', 8_000);
  const july = await bill('2026-07', '2026-10-02T04:00:00Z');
  expect(july.totals.totalWh).toBe(8_500);
  await park.rate('2026-10', new Date('2026-11-01T04:00:00Z'));
  // 5 kWh after midnight became 1,5 kWh: 70 cents less.
  expect(await proposals()).toEqual([['2026-08', -1, ['late-readings']]]);
});
