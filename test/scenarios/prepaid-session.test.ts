import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { pino } from 'pino';

import { lookOnce } from '#apps/worker/session-keeper.js';
import { hashPassword } from '#libs/ocpp/password.js';
import { recordTopUp } from '#libs/payments/record-top-up.js';
import { sessionStandings } from '#libs/payments/running-sessions/session-standing.js';
import { CHARGER_PASSWORD } from '#test/chargers/seed-installation.js';
import { SimulatedCharger, type SimulatedChargerOptions } from '#test/chargers/simulated-charger.js';
import { SimulatedStation } from '#test/chargers/simulated-station.js';
import { CommandGround } from '#test/commands/command-ground.js';
import { until } from '#test/setup/until.js';

import { INSTALLATION_ID } from '../data/documents.js';
import { CarPark } from './car-park.js';

/** 20 cents a kWh, 24.6 with VAT, whenever. */
const PRICES = [
  ['ponta', 200_000, '2020-01-01', null],
  ['cheias', 200_000, '2020-01-01', null],
  ['vazio', 200_000, '2020-01-01', null],
] as const;
const silent = pino({ level: 'silent' });
const CARD = 'CARD-OF-EVERYBODY';

let park: CarPark;
let ground: CommandGround;
let port: number;
const chargers: SimulatedCharger[] = [];

beforeAll(async () => {
  park = await CarPark.open(PRICES);
  const { sql } = park.database;
  ground = await CommandGround.open(() => Promise.resolve(), { on: park.database });
  ({ port } = await ground.gateway());
  await sql.insertInto('token').values({ installation_id: INSTALLATION_ID, id_tag: CARD, status: 'active' }).execute();
  const passwordHash = await hashPassword(CHARGER_PASSWORD);
  for (const person of ['rita', 'tomas', 'vera']) {
    await park.customer(person);
    await park.spot(`spot of ${person}`, `zcs-${person}`, [
      { customerId: person, from: new Date('2026-01-01T00:00Z') },
    ]);
    await sql.updateTable('customer').set({ payment_method: 'prepaid' }).where('id', '=', person).execute();
    await topUp(person, 500, 'first');
  }
  await sql.updateTable('charger').set({ password_hash: passwordHash }).execute();
}, 120_000);

afterAll(async () => {
  await Promise.all(chargers.map((charger) => charger.close()));
  await ground.close();
}, 60_000);

const topUp = (customerId: string, amountCents: number, key: string) =>
  recordTopUp(park.database.sql, { customerId, source: 'bank', amountCents, key, now: new Date() });

const toldAtFloor = new Set<string>();

/** Two workers look at once, so many seconds from now. */
async function look(secondsAhead: number): Promise<void> {
  const now = () => new Date(Date.now() + secondsAhead * 1_000);
  const tellAtFloor = (customerId: string) => Promise.resolve(toldAtFloor.add(customerId));
  const options = { sql: park.database.sql, publicUrl: null, log: silent, tellAtFloor, now };
  await Promise.all([lookOnce(options), lookOnce(options)]);
}

/** The live view is written some moments after the message. */
const shows = (person: string, importWh: number) =>
  until(
    () =>
      park.database.sql
        .selectFrom('connector_state')
        .select('import_wh')
        .where('charger_id', '=', `zcs-${person}`)
        .where('transaction_id', 'is not', null)
        .executeTakeFirst(),
    (row) => row?.import_wh === importWh,
  );
const ended = (person: string) =>
  until(
    () =>
      park.database.sql
        .selectFrom('charging_transaction')
        .select(['stopped_at', 'stop_reason', 'meter_stop_wh'])
        .where('charger_id', '=', `zcs-${person}`)
        .executeTakeFirstOrThrow(),
    ({ stopped_at: stoppedAt }) => stoppedAt !== null,
  );
const mailsOf = async (person: string) => {
  const mails = park.database.sql.selectFrom('mail').select('key').where('customer_id', '=', person);
  const rows = await mails.where('key', 'like', 'session/%').orderBy('created_at').execute();
  return rows.map(({ key }) => key.split('/')[2]);
};
const standing = async (person: string, secondsAhead: number) =>
  (await sessionStandings(park.database.sql, person, new Date(Date.now() + secondsAhead * 1_000)))[0];

function options(person: string, onCommand: SimulatedChargerOptions['onCommand']): SimulatedChargerOptions {
  const url = `ws://127.0.0.1:${port}`;
  const chargePointId = `zcs-${person}`;
  return { url, chargePointId, password: CHARGER_PASSWORD, ...(onCommand === undefined ? {} : { onCommand }) };
}

interface Car {
  readonly charger: SimulatedCharger;
  readonly heard: string[];
  charge(kWh: number): Promise<void>;
}

/** A car at a charger of 1.6 that ends its session when it is told to. */
async function carOf(person: string): Promise<Car> {
  const heard: string[] = [];
  let wh = 1_000_000;
  let transactionId = 0;
  const charger = new SimulatedCharger(
    options(person, (action) => {
      heard.push(action);
      if (action !== 'RemoteStopTransaction') return { status: 'Rejected' };
      setImmediate(() => void charger.stop({ transactionId, meterStopWh: wh, at: new Date(), reason: 'Remote' }));
      return { status: 'Accepted' };
    }),
  );
  chargers.push(charger);
  await charger.connect();
  ({ transactionId } = await charger.start({ connectorId: 1, idTag: CARD, meterStartWh: wh, at: new Date() }));
  const charge = async (kWh: number): Promise<void> => {
    wh += kWh * 1_000;
    await charger.meterValues({ connectorId: 1, transactionId, samples: [{ at: new Date(), wh }] });
    await shows(person, wh);
  };
  return { charger, heard, charge };
}

it('a car at a charger of 1.6 is warned of, then stopped by two watchers once, and its driver told why; it begins no other', async () => {
  const { charger, heard, charge } = await carOf('rita');
  await charge(1);
  await look(0);
  expect(await mailsOf('rita')).toEqual([]);
  await charge(14); // 3.69 € with VAT: 1.31 € are left
  await look(0);
  expect(await mailsOf('rita')).toEqual(['session-warned']);
  expect(await standing('rita', 0)).toMatchObject({ energyWh: 15_000, stop: null });
  await charge(6);
  await look(61);
  expect(await ended('rita')).toMatchObject({ stop_reason: 'Remote', meter_stop_wh: 1_021_000 });
  await look(62);
  expect(heard).toEqual(['RemoteStopTransaction']);
  expect(await mailsOf('rita')).toEqual(['session-warned', 'session-stopped']);
  expect(await standing('rita', 62)).toMatchObject({ stop: { outcome: 'stopped', basis: { leftCents: -17 } } });
  expect([...toldAtFloor]).toEqual(['rita']);
  expect(await charger.authorize(CARD)).toBe('Blocked'); // before any look at the account
});

it('a top-up between warning and stop lets it charge on', async () => {
  const { heard, charge } = await carOf('tomas');
  await charge(15);
  await look(0);
  expect(await mailsOf('tomas')).toEqual(['session-warned']);
  await topUp('tomas', 1_000, 'second');
  await charge(6);
  await look(61);
  await look(700);
  expect(heard).toEqual([]);
  expect(await standing('tomas', 61)).toMatchObject({ stoppedAt: null, stop: null });
});

it('a station of 2.0.1 shows the warning and ends the transaction that it named itself', async () => {
  const heard: [string, unknown][] = [];
  let seqNo = 0;
  let wh = 5_000_000;
  const station = new SimulatedStation(
    options('vera', (action, payload) => {
      heard.push([action, payload]);
      if (action === 'RequestStopTransaction') setImmediate(() => void tell('Ended', 0));
      return { status: 'Accepted' };
    }),
  );
  chargers.push(station);
  await station.connect();
  const tell = async (type: 'Started' | 'Updated' | 'Ended', kWh: number): Promise<void> => {
    wh += kWh * 1_000;
    const at = new Date().toISOString();
    const own = type === 'Ended' ? { trigger: 'RemoteStop', stoppedReason: 'Remote' } : { state: 'Charging' };
    const samples = [{ at, wh }];
    await station.event({ type, ref: 'tx-of-vera', seqNo, at, evseId: 1, idTag: CARD, samples, ...own });
    seqNo += 1;
  };
  await tell('Started', 0);
  await tell('Updated', 15);
  await shows('vera', wh);
  await look(0);
  await until(
    async () => heard.map(([action]) => action),
    (actions) => actions.includes('SetDisplayMessage') && actions.includes('CostUpdated'),
  );
  await tell('Updated', 6);
  await shows('vera', wh);
  await look(61);
  expect(await ended('vera')).toMatchObject({ meter_stop_wh: 5_021_000 });
  await look(62);
  expect(heard.filter(([action]) => action !== 'CostUpdated')).toMatchObject([
    [
      'SetDisplayMessage',
      { message: { transactionId: 'tx-of-vera', message: { content: expect.stringContaining('1,31') } } },
    ],
    ['RequestStopTransaction', { transactionId: 'tx-of-vera' }],
  ]);
  expect(heard).toContainEqual(['CostUpdated', { transactionId: 'tx-of-vera', totalCost: 3.69 }]);
  expect(await mailsOf('vera')).toEqual(['session-warned', 'session-stopped']);
});
