import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { dailyEnergy, spansByDay } from './daily-energy.js';
import { addTenant, type Tenant } from './testing/world.js';

let database: TestDatabase;
let tenant: Tenant;

beforeAll(async () => {
  database = await createTestDatabase();
  tenant = await addTenant(database.sql, 'Aeiou', new Date());
  const plan = await database.sql
    .insertInto('price_plan')
    .values({
      installation_id: tenant.installationId,
      name: 'simples',
      calendar_id: 'pt-mainland-daily',
      bands: 1,
      valid_from: '2026-01-01',
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await database.sql
    .insertInto('band_price')
    .values({ plan_id: plan.id, band: 'simples', valid_from: '2026-01-01', micros_per_kwh: 200_000 })
    .execute();
  const message = await database.sql
    .insertInto('ocpp_message')
    .values({
      charger_id: tenant.chargerId,
      received_at: new Date(),
      message_id: '1',
      action: 'MeterValues',
      payload: {},
      answer: {},
      key: '1',
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const register = (at: string, importWh: number) => ({
    charger_id: tenant.chargerId,
    connector_id: 1,
    transaction_id: tenant.transactionId,
    at: new Date(at),
    import_wh: importWh,
    context: 'Sample.Clock',
    message_id: message.id,
  });
  await database.sql
    .insertInto('meter_reading')
    .values([
      register('2026-06-10T20:00:00Z', 1_000),
      register('2026-06-10T22:50:00Z', 8_000),
      register('2026-06-10T23:10:00Z', 9_000),
      register('2026-06-10T23:30:00Z', 11_000),
    ])
    .execute();
});
afterAll(() => database.drop());

const month = () => ({
  customerId: tenant.customerId,
  installationId: tenant.installationId,
  timeZone: 'Europe/Lisbon',
  startsAt: new Date('2026-05-31T23:00:00Z'),
  endsAt: new Date('2026-06-30T23:00:00Z'),
});

describe('energy per day', () => {
  it('is cut at local midnight and adds up to the register', async () => {
    const days = await dailyEnergy(database.sql, month());
    expect(days.filter(({ byBand }) => Object.keys(byBand).length > 0)).toEqual([
      { date: '2026-06-10', byBand: { simples: 7_500 } },
      { date: '2026-06-11', byBand: { simples: 2_500 } },
    ]);
  });

  it('has every day of the month in the zone of the installation, also those without charging', async () => {
    const dates = (await dailyEnergy(database.sql, month())).map(({ date }) => date);
    expect(dates).toHaveLength(30);
    expect([dates[0], dates[29]]).toEqual(['2026-06-01', '2026-06-30']);
    const azores = {
      ...month(),
      timeZone: 'Atlantic/Azores',
      startsAt: new Date('2026-06-01T00:00:00Z'),
      endsAt: new Date('2026-07-01T00:00:00Z'),
    };
    expect((await dailyEnergy(database.sql, azores)).map(({ date }) => date)).toEqual(dates);
  });

  it("is nobody else's", async () => {
    const days = await dailyEnergy(database.sql, { ...month(), customerId: 'somebody' });
    expect(days.every(({ byBand }) => Object.keys(byBand).length === 0)).toBe(true);
  });

  it('cuts time by days, and leaves other people out', () => {
    const days = [
      { date: '2026-06-01', startMs: 0, endMs: 10 },
      { date: '2026-06-02', startMs: 10, endMs: 20 },
    ];
    const spans = [
      { startMs: 0, endMs: 5, owner: { customerId: 'other', spotId: 's' } },
      { startMs: 5, endMs: 20, owner: { customerId: 'me', spotId: 's' } },
    ];
    expect(spansByDay(spans, 'me', days)).toEqual([
      { startMs: 0, endMs: 5, owner: null },
      { startMs: 5, endMs: 10, owner: { customerId: '2026-06-01', spotId: null } },
      { startMs: 10, endMs: 20, owner: { customerId: '2026-06-02', spotId: null } },
    ]);
  });
});
