import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { pino } from 'pino';

import { startGateway, type RunningGateway } from '#apps/gateway/start-gateway.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { CHARGER_PASSWORD, seedInstallation } from './seed-installation.js';
import { SimulatedCar } from './simulated-car.js';
import { SimulatedCharger } from './simulated-charger.js';

let database: TestDatabase;
let gateway: RunningGateway;
let charger: SimulatedCharger;
beforeAll(async () => {
  database = await createTestDatabase();
  await seedInstallation(database.sql, { chargers: ['zcs1'] });
  const settings = { databaseUrl: database.url, host: '127.0.0.1', port: 0 };
  gateway = await startGateway(settings, pino({ level: 'silent' }));
  const url = `ws://127.0.0.1:${gateway.port}`;
  charger = new SimulatedCharger({ url, chargePointId: 'zcs1', password: CHARGER_PASSWORD });
  await charger.connect();
});
afterAll(async () => {
  await charger.close();
  await gateway.close();
  await database.drop();
});

/** As the central system would set it for the session under way. */
const limit = (transactionId: number, amperes: number) =>
  charger.configuration.answer('SetChargingProfile', {
    connectorId: 1,
    csChargingProfiles: {
      chargingProfileId: 1,
      stackLevel: 0,
      transactionId,
      chargingProfilePurpose: 'TxProfile',
      chargingProfileKind: 'Relative',
      chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: amperes }] },
    },
  });

it('a car meters what its limit allows, pauses below 6 A, and never takes more than it can', async () => {
  const at = new Date('2026-07-01T10:00:00Z');
  const options = { connectorId: 1, idTag: 'CARD', mostA: 16, phases: 3, meterWh: 1_000, at } as const;
  const car = await SimulatedCar.plugIn(charger, options);
  await car.charge(60); // 16 A of 32
  expect(limit(car.transactionId, 8)).toEqual({ status: 'Accepted' });
  await car.charge(30);
  limit(car.transactionId, 5.9);
  await car.charge(15);
  await car.unplug();
  const readings = await database.sql.selectFrom('meter_reading').select(['at', 'import_wh']).orderBy('id').execute();
  expect(readings.map(({ at: when, import_wh: wh }) => [when.toISOString().slice(11, 16), wh])).toEqual([
    ['10:00', 1_000],
    ['11:00', 12_040],
    ['11:30', 14_800],
    ['11:45', 14_800], // the Stop says the same: told again it is no other reading
  ]);
});
