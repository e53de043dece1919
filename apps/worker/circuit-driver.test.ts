import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql as raw } from 'kysely';
import { pino } from 'pino';

import { seedInstallation } from '#test/chargers/seed-installation.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { CircuitDriver, type LimitSender, type LimitToSend, type SendResult } from './circuit-driver.js';

let database: TestDatabase;
let now = new Date('2026-07-02T08:00:00Z');
const log = pino({ level: 'silent' });

/** Chargers that answer as they are told, and remember what they were sent. */
class FakeSender implements LimitSender {
  readonly sent: LimitToSend[] = [];
  result: SendResult = 'confirmed';

  sendLimit(limit: LimitToSend): Promise<SendResult> {
    this.sent.push(limit);
    return Promise.resolve(this.result);
  }

  /** What was sent since, as `charger purpose limit`. */
  take(): string[] {
    return this.sent
      .splice(0)
      .map(({ chargerId, purpose, limitDeciA }) => `${chargerId} ${purpose} ${limitDeciA}`)
      .sort();
  }
}

const driverWith = (sender: LimitSender): CircuitDriver =>
  new CircuitDriver({ sql: database.sql, sender, log, now: () => now });

/** Looks until nothing more is sent, a second later each time. */
async function settle(driver: CircuitDriver): Promise<void> {
  for (let look = 0; look < 5; look += 1) {
    now = new Date(now.getTime() + 1_000);
    await driver.look();
    await driver.settled();
  }
}

async function sessionAt(chargerId: string, id: number | null): Promise<void> {
  const { sql } = database;
  if (id !== null) {
    await sql
      .insertInto('charging_transaction')
      .values({
        id,
        charger_id: chargerId,
        connector_id: 1,
        started_at: now,
        start_key: `start-${id}`,
      })
      .execute();
  }
  await sql
    .updateTable('connector_state')
    .set({ transaction_id: id, status: id === null ? 'Available' : 'Charging' })
    .where('charger_id', '=', chargerId)
    .execute();
}

async function measured(chargerId: string, deciA: number): Promise<void> {
  await database.sql
    .updateTable('connector_state')
    .set({ l1_deci_a: deciA, l2_deci_a: deciA, l3_deci_a: deciA, measured_at: now })
    .where('charger_id', '=', chargerId)
    .execute();
}

const shown = async (): Promise<unknown[]> =>
  database.sql
    .selectFrom('connector_limit')
    .select(['charger_id', 'limit_deci_a', 'offered_w', 'is_paused'])
    .orderBy('charger_id')
    .execute();

beforeAll(async () => {
  database = await createTestDatabase();
  const { sql } = database;
  await seedInstallation(sql, { chargers: ['zcs1', 'zcs2', 'zcs3'] });
  const circuit = await sql
    .insertInto('circuit')
    .values({ installation_id: 'garagem', name: 'Piso -3', max_current_a: 16 })
    .returning('id')
    .executeTakeFirstOrThrow();
  for (const charger of ['zcs1', 'zcs2', 'zcs3']) {
    const spot = await sql
      .insertInto('spot')
      .values({ installation_id: 'garagem', name: charger, circuit_id: circuit.id })
      .returning('id')
      .executeTakeFirstOrThrow();
    await sql
      .insertInto('charger_placement')
      .values({ charger_id: charger, spot_id: spot.id, from: new Date(0) })
      .execute();
    await sql
      .insertInto('connector_state')
      .values({ charger_id: charger, connector_id: 1, status: 'Available', updated_at: now })
      .execute();
  }
  await sql.updateTable('charger').set({ online: true, last_seen_at: now, phase_rotation: 'RST' }).execute();
  await sql.insertInto('circuit_control').values({ installation_id: 'garagem', is_enabled: true }).execute();
});
afterAll(() => database.drop());

describe('the driver of circuits', () => {
  const sender = new FakeSender();
  let driver: CircuitDriver;
  beforeAll(() => {
    driver = driverWith(sender);
  });
  beforeEach(() => {
    sender.result = 'confirmed';
  });

  it('first tells every charger that it gives nothing by itself', async () => {
    await settle(driver);
    expect(sender.take()).toEqual(['zcs1 default 0', 'zcs2 default 0', 'zcs3 default 0']);
  });

  it('gives the first car all, and takes from it before it gives to the next', async () => {
    await sessionAt('zcs1', 1);
    await settle(driver);
    expect(sender.take()).toEqual(['zcs1 session 160']);
    await sessionAt('zcs2', 2);
    now = new Date(now.getTime() + 1_000);
    await driver.look();
    expect(sender.take()).toEqual(['zcs1 session 80']);
    await driver.settled();
    await driver.look();
    expect(sender.take()).toEqual(['zcs2 session 80']);
    await settle(driver);
    expect(await shown()).toEqual([
      { charger_id: 'zcs1', limit_deci_a: 80, offered_w: 5_520, is_paused: false },
      { charger_id: 'zcs2', limit_deci_a: 80, offered_w: 5_520, is_paused: false },
    ]);
  });

  it('frees what a car does not take', async () => {
    now = new Date(now.getTime() + 60_000);
    await measured('zcs1', 20);
    await settle(driver);
    expect(sender.take()).toEqual(['zcs1 session 60', 'zcs2 session 100']);
  });

  it('pauses whom it cannot give 6 A, and says why', async () => {
    await sessionAt('zcs3', 3);
    await settle(driver);
    expect(sender.take()).toEqual([]);
    const why = await database.sql
      .selectFrom('connector_limit')
      .select(['is_paused', 'why'])
      .where('charger_id', '=', 'zcs3')
      .executeTakeFirstOrThrow();
    expect(why).toMatchObject({ is_paused: true, why: { code: 'waits', place: 1 } });
  });

  it('counts an offline charger with what it has', async () => {
    await database.sql.updateTable('charger').set({ online: false }).where('id', '=', 'zcs2').execute();
    await settle(driver);
    await sessionAt('zcs1', null);
    await settle(driver);
    expect(sender.take()).toEqual(['zcs3 session 60']);
  });

  it('leaves an installation to the process that drives it, until that lets go; then knows what was followed', async () => {
    const other = new FakeSender();
    const successor = driverWith(other);
    await settle(successor);
    expect(other.take()).toEqual([]);
    await driver.close();
    await settle(successor);
    expect(other.take()).toEqual([]);
    await database.sql.updateTable('charger').set({ online: true }).where('id', '=', 'zcs2').execute();
    await settle(successor);
    expect(other.take()).toEqual(['zcs2 default 0', 'zcs2 session 80', 'zcs3 session 80']);
    await successor.close();
  });

  it('tells a charger again that comes by another connection, though nobody saw it go', async () => {
    const { sql } = database;
    const again = new FakeSender();
    const own = driverWith(again);
    await settle(own);
    again.take();
    const connection = { charger_id: 'zcs2', gateway: 'g1', protocol: 'ocpp1.6', since: now };
    await sql
      .insertInto('charger_connection')
      .values({ ...connection, connection_id: '0198c2f0-0000-7000-8000-000000000001' })
      .execute();
    await settle(own);
    const known = ['zcs2 default 0', 'zcs2 session 80'];
    expect(again.take()).toEqual(known);
    await sql
      .updateTable('charger_connection')
      .set({ connection_id: '0198c2f0-0000-7000-8000-000000000002' })
      .execute();
    await settle(own);
    expect(again.take()).toEqual(known);
    await sql.deleteFrom('charger_connection').execute();
    await settle(own);
    expect(again.take()).toEqual([]);
    await own.close();
  });

  it('tells a charger that is taken out of the circuits to forget its limits, once', async () => {
    const { sql } = database;
    const own = driverWith(new FakeSender());
    await settle(own);
    await sql.updateTable('charger_placement').set({ until: now }).where('charger_id', '=', 'zcs3').execute();
    await settle(own);
    await own.close();
    const asked = await sql.selectFrom('charger_command').select(['charger_id', 'kind', 'request']).execute();
    expect(asked).toMatchObject([
      { charger_id: 'zcs3', kind: 'clear-charging-profile', request: { purpose: 'tx-default' } },
      { charger_id: 'zcs3', kind: 'clear-charging-profile', request: { purpose: 'tx' } },
    ]);
  });

  it('sends nothing once another process has taken over', async () => {
    const late = new FakeSender();
    const slow = driverWith(late);
    await settle(slow);
    late.take();
    await raw`update circuit_control set holder = 'somebody', held_until = now() + interval '1 minute'`.execute(
      database.sql,
    );
    await sessionAt('zcs1', 4);
    await settle(slow);
    expect(late.take()).toEqual([]);
    await slow.close();
  });

  it('tells a charger that was moved to an installation without sharing to forget its limits', async () => {
    const { sql } = database;
    await raw`update circuit_control set holder = null, held_until = null`.execute(sql);
    const own = driverWith(new FakeSender());
    await settle(own);
    const place = { condominium_id: 'garagem', issuer_id: 'garagem' };
    await sql
      .insertInto('installation')
      .values([
        { id: 'unshared', name: 'Sem partilha', ...place },
        { id: 'shared', name: 'Com partilha', ...place },
      ])
      .execute();
    await sql.insertInto('circuit_control').values({ installation_id: 'shared', is_enabled: true }).execute();
    const circuit = await sql
      .insertInto('circuit')
      .values({ installation_id: 'shared', name: 'Piso 0', max_current_a: 16 })
      .returning('id')
      .executeTakeFirstOrThrow();
    for (const [chargerId, installationId] of [
      ['zcs1', 'unshared'],
      ['zcs2', 'shared'],
    ] as const) {
      const spot = await sql
        .insertInto('spot')
        .values({
          installation_id: installationId,
          name: chargerId,
          circuit_id: installationId === 'shared' ? circuit.id : null,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      await sql.updateTable('charger').set({ installation_id: installationId }).where('id', '=', chargerId).execute();
      await sql.updateTable('charger_placement').set({ until: now }).where('charger_id', '=', chargerId).execute();
      await sql
        .insertInto('charger_placement')
        .values({ charger_id: chargerId, spot_id: spot.id, from: now })
        .execute();
    }
    await settle(own);
    await own.close();
    const asked = await sql
      .selectFrom('charger_command')
      .select('charger_id')
      .where('kind', '=', 'clear-charging-profile')
      .where('charger_id', '<>', 'zcs3')
      .execute();
    expect(asked).toEqual([{ charger_id: 'zcs1' }, { charger_id: 'zcs1' }]);
  });
});
