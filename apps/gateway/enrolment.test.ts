import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';

import { adoptCharger, refuseCandidate } from '#libs/security/adopt-charger.js';
import { closeWindow, openWindow } from '#libs/security/enrolment.js';
import { waitingChargers } from '#libs/security/waiting-chargers.js';
import { seedInstallation } from '#test/chargers/seed-installation.js';
import { CallError, SimulatedCharger } from '#test/chargers/simulated-charger.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { startGateway, type RunningGateway } from './start-gateway.js';

const silent = pino({ level: 'silent' });
const HOUR_MS = 3_600_000;
const OWN = 'the-password-it-came-with';

let database: TestDatabase;
let gateway: RunningGateway;
const chargers: SimulatedCharger[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  await seedInstallation(database.sql, { chargers: ['zcs1'] });
  gateway = await startGateway({ databaseUrl: database.url, host: '127.0.0.1', port: 0 }, silent);
});
afterAll(async () => {
  await Promise.all(chargers.map((charger) => charger.close()));
  await gateway.close();
  await database.drop();
});

/** `code`: in the URL. */
function stranger(chargePointId: string, password: string, code?: string): SimulatedCharger {
  const url = `ws://127.0.0.1:${gateway.port}/ocpp${code === undefined ? '' : `/${code}`}`;
  const charger = new SimulatedCharger({ url, chargePointId, password, patienceMs: 500 });
  chargers.push(charger);
  return charger;
}

function open(most = 5, hours = 1): Promise<{ code: string }> {
  const now = new Date();
  const order = {
    installationId: 'garagem',
    by: 'a@example.pt',
    now,
    until: new Date(now.getTime() + hours * HOUR_MS),
  };
  return database.sql.transaction().execute((trx) => openWindow(trx, { ...order, most }));
}
const close = () => closeWindow(database.sql, { installationId: 'garagem', now: new Date() });

async function candidate(chargerId: string) {
  const found = (await waitingChargers(database.sql, 'garagem')).find((one) => one.chargerId === chargerId);
  if (found === undefined) throw new Error(`${chargerId} does not wait`);
  return found;
}
const decided = async (chargerId: string, spotName: string) => {
  const decision = { candidateId: (await candidate(chargerId)).id, by: 'a@example.pt', now: new Date() };
  return database.sql.transaction().execute((trx) => adoptCharger(trx, { ...decision, spotName }));
};
const eventually = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 25));
};

describe('an unknown charger', () => {
  it('waits while a window is open: its boot is pending, what it says is kept, and nothing is billed', async () => {
    const { code } = await open();
    const charger = stranger('NEW-1', OWN, code);
    await charger.connect();
    expect(await charger.boot()).toMatchObject({ status: 'Pending' });
    expect(await charger.heartbeat()).toHaveProperty('currentTime');
    const start = { connectorId: 1, idTag: 'CARD', meterStart: 0, timestamp: '2026-07-01T10:00:00Z' };
    const refused = charger.call('StartTransaction', start);
    await expect(refused).rejects.toBeInstanceOf(CallError);
    expect(await candidate('new-1')).toMatchObject({ label: 'NEW-1', vendor: 'ChaZeMo', profile: 1 });
    const kept = await database.sql.selectFrom('enrolment_frame').select(['action', 'payload']).orderBy('id').execute();
    expect(kept[0]).toMatchObject({ action: 'BootNotification', payload: { chargePointVendor: 'ChaZeMo' } });
    expect(kept.find(({ action }) => action === 'StartTransaction')).toMatchObject({ payload: start });
    expect(await database.sql.selectFrom('charging_transaction').selectAll().execute()).toEqual([]);
    expect(await database.sql.selectFrom('ocpp_message').selectAll().execute()).toEqual([]);
  });

  it('is sent away when it is adopted, and comes back as a charger with what it first came with', async () => {
    const { code } = await open();
    const charger = stranger('NEW-2', OWN, code);
    await charger.connect();
    await charger.boot();
    expect(await decided('new-2', 'Lugar 2')).toMatchObject({ ok: { chargerId: 'new-2', needsPassword: false } });
    await eventually(() => !charger.isConnected);
    await close();
    await charger.connect(); // its URL still holds the code
    expect(await charger.boot()).toMatchObject({ status: 'Accepted' });
    const placed = await database.sql
      .selectFrom('charger_placement')
      .innerJoin('spot', 'spot.id', 'charger_placement.spot_id')
      .select('spot.name')
      .where('charger_id', '=', 'new-2')
      .execute();
    expect(placed).toEqual([{ name: 'Lugar 2' }]);
    await expect(stranger('NEW-2', 'another', code).connect()).rejects.toMatchObject({ code: 401 });
  });

  it('may come with the code for a password, and then is to get one of its own', async () => {
    const { code } = await open();
    const charger = stranger('NEW-3', code);
    await charger.connect();
    expect(await charger.boot()).toMatchObject({ status: 'Pending' });
    expect(await decided('new-3', 'Lugar 3')).toMatchObject({ ok: { needsPassword: true } });
    const adopted = database.sql
      .selectFrom('charger')
      .select('password_is_shared')
      .where('id', 'in', ['new-2', 'new-3']);
    expect(await adopted.orderBy('id').execute()).toEqual([
      { password_is_shared: false },
      { password_is_shared: true },
    ]);
  });

  it('is refused outside a window, with a code of before, or without a password', async () => {
    const { code } = await open();
    await close();
    for (const charger of [stranger('NEW-4', OWN), stranger('NEW-4', OWN, code), stranger('NEW-4', code)]) {
      await expect(charger.connect()).rejects.toMatchObject({ code: 401 });
    }
    const past = await open();
    await database.sql.updateTable('enrolment_window').set({ until: new Date() }).execute();
    await expect(stranger('NEW-4', OWN, past.code).connect()).rejects.toMatchObject({ code: 401 });
  });

  it('holds its name: nobody else waits under it with another password', async () => {
    const { code } = await open();
    await stranger('NEW-5', OWN, code).connect();
    await expect(stranger('NEW-5', 'another', code).connect()).rejects.toMatchObject({ code: 401 });
    await stranger('NEW-5', OWN, code).connect();
    expect(
      (await waitingChargers(database.sql, 'garagem')).filter(({ chargerId }) => chargerId === 'new-5'),
    ).toHaveLength(1);
  });

  it('is refused when as many wait as may, and when a person says no', async () => {
    const { code } = await open(2);
    await Promise.allSettled(['F1', 'F2', 'F3', 'F4'].map((name) => stranger(name, OWN, code).connect()));
    const waiting = (await waitingChargers(database.sql, 'garagem')).filter(({ label }) => /^F\d$/.test(label));
    expect(waiting).toHaveLength(2);
    const [first] = waiting;
    if (first === undefined) throw new Error('nobody waits');
    await refuseCandidate(database.sql, { candidateId: first.id, by: 'a@example.pt', now: new Date() });
    await expect(stranger(first.label, OWN, code).connect()).rejects.toMatchObject({ code: 401 });
    await expect(stranger('zcs1', OWN, code).connect()).rejects.toMatchObject({ code: 401 }); // a charger's name
  });
});

it('a spot that has a charger is not given to another', async () => {
  const { code } = await open();
  await stranger('NEW-6', OWN, code).connect();
  await decided('new-6', 'Lugar 6');
  await stranger('NEW-7', OWN, code).connect();
  expect(await decided('new-7', 'Lugar 6')).toEqual({ refused: { code: 'ENROLMENT.SPOT_TAKEN' } });
  expect(await candidate('new-7')).toMatchObject({ chargerId: 'new-7' });
});
