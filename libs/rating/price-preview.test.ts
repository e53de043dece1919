import { afterAll, beforeAll, expect, test } from '@jest/globals';

import type { Sql } from '#libs/persistence/database.js';
import { readSheet } from '#libs/registry/tabular/sheet.js';
import { importSheet } from '#libs/registry/tabular/table.js';
import { pricePlanTable } from '#libs/tariff/tables/price-plan.js';
import { seedInstallation } from '#test/chargers/seed-installation.js';
import { billCycle, seedCycle } from '#test/data/cycles.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { monthsUnder, pricePreview } from './price-preview.js';

let database: TestDatabase;
let sql: Sql;
const HEAD = 'installation,plan,planFrom,calendar,bands,band,perKWh,from,to';
const PLAN = 'garagem,Simples,2026-01-01,pt-mainland-daily,1';

/** April is billed; May, June and July are open; Ana and Rui use 10 kWh and 4 kWh on the 10th of each. */
beforeAll(async () => {
  database = await createTestDatabase();
  sql = database.sql;
  await seedInstallation(sql, { chargers: ['ana-car', 'rui-car'] });
  for (const [customer, wh] of [
    ['ana', 10_000],
    ['rui', 4_000],
  ] as const) {
    await sql.insertInto('customer').values({ id: customer, condominium_id: 'garagem', name: customer }).execute();
    const spot = await sql
      .insertInto('spot')
      .values({ installation_id: 'garagem', name: customer })
      .returning('id')
      .executeTakeFirstOrThrow();
    const since = new Date('2026-01-01T00:00:00Z');
    await sql
      .insertInto('charger_placement')
      .values({ charger_id: `${customer}-car`, spot_id: spot.id, from: since })
      .execute();
    await sql
      .insertInto('occupancy')
      .values({ spot_id: spot.id, customer_id: customer, kind: 'tenant', from: since })
      .execute();
    for (const month of ['04', '05', '06', '07']) await session(`${customer}-car`, `2026-${month}-10`, wh);
  }
  await imports(`${HEAD}\n${PLAN},simples,0.20,2026-01-01,\n`, false);
  for (const period of ['2026-03', '2026-04', '2026-05', '2026-06', '2026-07']) {
    const cycleId = await seedCycle(sql, 'garagem', period, { step: 'awaiting-period-end' });
    if (period === '2026-04') await billCycle(sql, cycleId, 'ana');
  }
});
afterAll(() => database.drop());

let transactions = 0;
async function session(chargerId: string, day: string, wh: number): Promise<void> {
  transactions += 1;
  const [start, stop] = [new Date(`${day}T10:00:00Z`), new Date(`${day}T12:00:00Z`)];
  const register = transactions * 100_000;
  const message = await sql
    .insertInto('ocpp_message')
    .values({
      charger_id: chargerId,
      received_at: stop,
      message_id: 'm',
      action: 'StopTransaction',
      payload: {},
      answer: {},
      key: `message ${transactions}`,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const transaction = await sql
    .insertInto('charging_transaction')
    .values({
      charger_id: chargerId,
      connector_id: 1,
      started_at: start,
      stopped_at: stop,
      meter_start_wh: register,
      meter_stop_wh: register + wh,
      start_key: `start ${transactions}`,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const reading = { charger_id: chargerId, connector_id: 1, transaction_id: transaction.id, message_id: message.id };
  await sql
    .insertInto('meter_reading')
    .values([
      { ...reading, at: start, import_wh: register, context: 'Transaction.Begin' },
      { ...reading, at: stop, import_wh: register + wh, context: 'Transaction.End' },
    ])
    .execute();
}

async function imports(csv: string, dryRun: boolean) {
  const sheet = await readSheet('x.csv', Buffer.from(csv));
  return importSheet(sql, pricePlanTable, sheet, {
    create: false,
    dryRun,
    installationId: null,
    now: new Date('2026-06-01T00:00:00Z'),
    hashPassword: async (password) => password,
    preview: pricePreview(['garagem', 'nowhere']),
  });
}

test('the open months, at most three, customer by customer, and the billed ones by their prices', async () => {
  const months = await monthsUnder(sql, ['garagem']);
  expect(months.map(({ period, energy, tariffHash }) => [period, energy !== null, tariffHash !== null])).toEqual([
    ['2026-04', false, true],
    ['2026-05', true, false],
    ['2026-06', true, false],
    ['2026-07', true, false],
  ]);
  expect(months[1]?.energy).toEqual({
    byCustomer: new Map([
      ['ana', 200],
      ['rui', 80],
    ]),
  });
});

test('a dry run says what a price from mid-April on does to each month, and changes nothing', async () => {
  const csv = `${HEAD}\n${PLAN},simples,0.20,2026-01-01,2026-04-16\n${PLAN},simples,0.25,2026-04-17,2026-05-31\n${PLAN},simples,0.20,2026-06-01,\n`;
  const result = await imports(csv, true);
  expect(result.problems).toEqual([]);
  const unchanged = { customers: 0, differenceCents: 0, largest: null, refusedBefore: null, refusedAfter: null };
  expect(result.effects).toEqual([
    { kind: 'billed', installationId: 'garagem', period: '2026-04' },
    {
      kind: 'open',
      installationId: 'garagem',
      period: '2026-05',
      beforeCents: 280,
      afterCents: 350,
      refusedBefore: null,
      refusedAfter: null,
      customers: 2,
      differenceCents: 70,
      largest: { customerId: 'ana', differenceCents: 50 },
    },
    { kind: 'open', installationId: 'garagem', period: '2026-06', beforeCents: 280, afterCents: 280, ...unchanged },
    { kind: 'open', installationId: 'garagem', period: '2026-07', beforeCents: 280, afterCents: 280, ...unchanged },
  ]);
  expect(await sql.selectFrom('band_price').select('valid_to').execute()).toEqual([{ valid_to: null }]);
});

test('a month that cannot be rated after, or before, says why', async () => {
  const result = await imports(`${HEAD}\n${PLAN},simples,0.20,2026-01-01,2026-05-31\n`, true);
  expect(result.effects).toMatchObject([
    { period: '2026-05', beforeCents: 280, afterCents: 280 },
    {
      period: '2026-06',
      beforeCents: 280,
      afterCents: null,
      refusedAfter: { code: 'TARIFF.NOT_FOUND', date: '2026-06-10' },
    },
    { period: '2026-07', afterCents: null, customers: 0, largest: null },
  ]);
});

test('with problems there are no effects', async () => {
  const result = await imports(`${HEAD}\n${PLAN},ponta,0.20,2026-01-01,\n`, true);
  expect(result).toMatchObject({ effects: [], problems: [{ row: 1, column: 'band' }] });
});
