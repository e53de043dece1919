import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';

import type { CircuitProblem } from '#libs/circuits/circuit-problems.js';
import { loadSite } from '#libs/circuits/load-site.js';
import { keepMeterReading } from '#libs/circuits/set-circuits.js';
import { viewCircuits } from '#libs/circuits/view-circuits.js';
import { forgetSilentChargers } from '#libs/metering/live-state.js';
import { seedInstallation } from '#test/chargers/seed-installation.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { CircuitDriver, type LimitToSend, type SendResult } from './circuit-driver.js';

const INSTALLATION = 'garagem';

let database: TestDatabase;
let circuitId: string;
let driver: CircuitDriver;
let now = new Date('2026-07-02T08:00:00Z');
const told: string[] = [];
const sent: string[] = [];
/** Chargers whose gateway is dead: what is sent to them comes to nothing. */
const dead = new Set<string>();

async function sendLimit({ chargerId, purpose, limitDeciA }: LimitToSend): Promise<SendResult> {
  if (dead.has(chargerId)) return Promise.resolve('unknown');
  sent.push(`${chargerId} ${purpose} ${limitDeciA}`);
  return Promise.resolve('confirmed');
}

/** Looks each second; chargers that are alive are heard of. */
async function pass(seconds: number): Promise<void> {
  const { sql } = database;
  for (let look = 0; look < seconds; look += 1) {
    now = new Date(now.getTime() + 1_000);
    await driver.look();
    await driver.settled();
  }
  const alive = ['zcs1', 'zcs2'].filter((id) => !dead.has(id));
  await sql.updateTable('charger').set({ last_seen_at: now }).where('id', 'in', alive).execute();
}

async function buildingTakes(amps: number): Promise<void> {
  const perPhaseDeciA = [amps * 10, amps * 10, amps * 10] as const;
  await keepMeterReading(database.sql, { circuitId, at: now, measures: 'building', perPhaseDeciA });
}

async function problems(): Promise<readonly CircuitProblem[]> {
  const { sql } = database;
  const control = await sql.selectFrom('circuit_control').select('state').executeTakeFirstOrThrow();
  const site = await loadSite(sql, INSTALLATION, now);
  return viewCircuits(site, control.state ?? null, now.getTime()).circuits.flatMap((circuit) => circuit.problems);
}

beforeAll(async () => {
  database = await createTestDatabase();
  const { sql } = database;
  await seedInstallation(sql, { chargers: ['zcs1', 'zcs2'] });
  ({ id: circuitId } = await sql
    .insertInto('circuit')
    .values({ installation_id: INSTALLATION, name: 'Quadro', max_current_a: 40, reserve_a: 10, reading_max_age_s: 600 })
    .returning('id')
    .executeTakeFirstOrThrow());
  for (const [index, charger] of ['zcs1', 'zcs2'].entries()) {
    const { id: spotId } = await sql
      .insertInto('spot')
      .values({ installation_id: INSTALLATION, name: charger, circuit_id: circuitId })
      .returning('id')
      .executeTakeFirstOrThrow();
    const placement = { charger_id: charger, spot_id: spotId, from: new Date(0) };
    await sql.insertInto('charger_placement').values(placement).execute();
    const begun = { id: index + 1, charger_id: charger, connector_id: 1, started_at: now, start_key: charger };
    await sql.insertInto('charging_transaction').values(begun).execute();
    await sql
      .insertInto('connector_state')
      .values({ charger_id: charger, connector_id: 1, status: 'Charging', transaction_id: index + 1, updated_at: now })
      .execute();
  }
  await sql.updateTable('charger').set({ online: true, last_seen_at: now, phase_rotation: 'RST' }).execute();
  await sql.insertInto('circuit_control').values({ installation_id: INSTALLATION, is_enabled: true }).execute();
  const log = pino(
    { level: 'info', base: null, timestamp: false },
    { write: (line) => void told.push((JSON.parse(line) as { msg: string }).msg) },
  );
  driver = new CircuitDriver({ sql, sender: { sendLimit }, log, now: () => now });
});
afterAll(async () => {
  await driver?.close();
  await database.drop();
});

describe('a limit that falls while the gateway of a charger is dead', () => {
  it('first all is borne', async () => {
    await buildingTakes(0);
    await pass(5);
    expect(sent.splice(0)).toEqual(expect.arrayContaining(['zcs1 session 200', 'zcs2 session 200']));
    expect(await problems()).toEqual([]);
    expect(told).toEqual([]);
  });

  it('the others give way, and it is said that the circuit may be passed, before anybody knows that the gateway is dead', async () => {
    dead.add('zcs2');
    await buildingTakes(25);
    await pass(20);
    expect(await problems()).toContainEqual({ code: 'passed', phase: 0, deciA: expect.any(Number), limitDeciA: 150 });
    expect(told).toEqual(['chargers may take more than their circuits bear']);
    await pass(60);
    await forgetSilentChargers(database.sql, new Date(now.getTime() - 30_000));
    await pass(5);
    expect(sent.splice(0).at(-1)).toBe('zcs1 session 0');
    expect(await problems()).toContainEqual({ code: 'passed', phase: 0, deciA: 200, limitDeciA: 150 });
    expect(told).toHaveLength(1);
  });

  it('a process that takes over knows it, too', async () => {
    await driver.close();
    await pass(5);
    expect(sent.splice(0)).toEqual([]);
    expect(await problems()).toContainEqual({ code: 'passed', phase: 0, deciA: 200, limitDeciA: 150 });
  });

  it('once the charger is back at another gateway it is told less, then the others have their share', async () => {
    dead.clear();
    await database.sql.updateTable('charger').set({ online: true }).where('id', '=', 'zcs2').execute();
    await pass(10);
    expect(sent).toEqual(['zcs2 default 0', 'zcs2 session 75', 'zcs1 session 75']);
    expect(await problems()).toEqual([]);
    expect(told.at(-1)).toBe('circuits bear again what their chargers may take');
  });
});

it('what chargers give by themselves beyond what a circuit bears is said, however they came there', async () => {
  await database.sql.updateTable('charger').set({ offline_current_a: 16 }).execute();
  expect(await problems()).toContainEqual({ code: 'defaults-exceed', deciA: 320, limitDeciA: 300 });
});
