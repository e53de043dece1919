import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';

import { CuttableProxy } from '#test/chargers/cuttable-proxy.js';
import { CHARGER_PASSWORD, seedInstallation } from '#test/chargers/seed-installation.js';
import { SimulatedCharger } from '#test/chargers/simulated-charger.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { startGateway, type RunningGateway } from './start-gateway.js';

let database: TestDatabase;
let proxy: CuttableProxy;
let databaseUrl = '';
const gateways: RunningGateway[] = [];
const chargers: SimulatedCharger[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  await seedInstallation(database.sql, { chargers: ['zcs1', 'zcs2', 'zcs3', 'zcs4', 'zcs5'] });
  const target = new URL(database.url);
  proxy = new CuttableProxy({ host: target.hostname, port: Number(target.port) });
  await proxy.mend();
  target.port = String(proxy.port);
  databaseUrl = target.href;
});
afterAll(async () => {
  await Promise.all(chargers.map((charger) => charger.close()));
  await Promise.all(gateways.map((gateway) => gateway.close()));
  await proxy.cut();
  await database.drop();
});

async function gatewayOf(commitPatienceMs: number, port = 0): Promise<RunningGateway> {
  const settings = { databaseUrl, host: '127.0.0.1', port, commitPatienceMs, databaseSilenceMs: 500 };
  const gateway = await startGateway(settings, pino({ level: 'silent' }));
  gateways.push(gateway);
  return gateway;
}

async function chargerAt(port: number, chargePointId: string, patienceMs: number): Promise<SimulatedCharger> {
  const url = `ws://127.0.0.1:${port}`;
  const charger = new SimulatedCharger({ url, chargePointId, password: CHARGER_PASSWORD, patienceMs });
  chargers.push(charger);
  await charger.connect();
  return charger;
}

const START = { connectorId: 1, idTag: 'CARD', meterStartWh: 1_000, at: '2026-06-01T10:00:00Z' };

async function countStarts(chargerId: string): Promise<number> {
  const rows = await database.sql
    .selectFrom('charging_transaction')
    .select('id')
    .where('charger_id', '=', chargerId)
    .execute();
  return rows.length;
}

describe('while the database is away', () => {
  it('no message is answered as recorded: the charger is told to send again, and does', async () => {
    const { port } = await gatewayOf(50);
    const charger = await chargerAt(port, 'zcs1', 0);
    await proxy.cut();
    await expect(charger.start(START)).rejects.toThrow('InternalError: not recorded, send again');
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(503);
    await proxy.mend();
    const { transactionId } = await charger.start(START);
    expect(transactionId).toBeGreaterThan(0);
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
    expect(await countStarts('zcs1')).toBe(1);
  });

  it('a short outage is only a pause', async () => {
    const { port } = await gatewayOf(10_000);
    const charger = await chargerAt(port, 'zcs2', 0);
    await proxy.cut();
    const waiting = charger.start(START);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await proxy.mend();
    expect((await waiting).status).toBe('Accepted');
    expect(await countStarts('zcs2')).toBe(1);
  });
});

describe('while the database says nothing, though its connections stand', () => {
  it('the charger is told to send again; when it speaks again, what was sent is recorded once', async () => {
    const { port } = await gatewayOf(50);
    const charger = await chargerAt(port, 'zcs5', 0);
    await charger.heartbeat();
    proxy.silence();
    await expect(charger.start(START)).rejects.toThrow('InternalError: not recorded, send again');
    await expect(charger.start(START)).rejects.toThrow('InternalError: not recorded, send again');
    await proxy.mend();
    const { transactionId } = await charger.start(START);
    expect(transactionId).toBeGreaterThan(0);
    expect(await countStarts('zcs5')).toBe(1);
  });
});

describe('a gateway that closes', () => {
  it('answers what it took; what it did not take is told to the next one', async () => {
    const first = await gatewayOf(10_000);
    const charger = await chargerAt(first.port, 'zcs3', 30_000);
    const { transactionId } = await charger.start(START);
    const minutes = Array.from({ length: 40 }, (_, index) => index + 1);
    const telling = minutes.map((minute) =>
      charger.meterValues({
        connectorId: 1,
        transactionId,
        samples: [{ at: new Date(Date.UTC(2026, 5, 1, 10, minute)), wh: 1_000 + minute }],
      }),
    );
    await telling[5];
    await first.close();
    await gatewayOf(10_000, first.port);
    await Promise.all(telling);
    const rows = await database.sql
      .selectFrom('meter_reading')
      .select('import_wh')
      .where('transaction_id', '=', transactionId)
      .orderBy('at')
      .execute();
    expect(rows.map((row) => row.import_wh)).toEqual([1_000, ...minutes.map((minute) => 1_000 + minute)]);
  });

  it('leaves its chargers offline', async () => {
    const gateway = await gatewayOf(10_000);
    const charger = await chargerAt(gateway.port, 'zcs4', 0);
    await charger.heartbeat();
    await gateway.close();
    const row = await database.sql.selectFrom('charger').selectAll().where('id', '=', 'zcs4').executeTakeFirst();
    expect(row?.online).toBe(false);
    expect(row?.last_seen_at).not.toBeNull();
  });
});
