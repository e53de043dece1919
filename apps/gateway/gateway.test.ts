import { request } from 'node:http';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import WebSocket from 'ws';

import { playSessions, tell } from '#test/chargers/play-sessions.js';
import { CHARGER_PASSWORD, seedInstallation } from '#test/chargers/seed-installation.js';
import { CallError, SimulatedCharger } from '#test/chargers/simulated-charger.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';
import { until } from '#test/setup/until.js';

import { startGateway, type RunningGateway } from './start-gateway.js';

const silent = pino({ level: 'silent' });

let database: TestDatabase;
let gateway: RunningGateway;
let url = '';
const opened: SimulatedCharger[] = [];
const rawSockets: WebSocket[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const chargers = Array.from({ length: 40 }, (_, index) => `zcs${index}`);
  await seedInstallation(database.sql, { chargers, tokens: { CARD: 'active', LOST: 'blocked' } });
  gateway = await startGateway({ databaseUrl: database.url, host: '127.0.0.1', port: 0 }, silent);
  url = `ws://127.0.0.1:${gateway.port}`;
});
afterAll(async () => {
  await Promise.all(opened.map((charger) => charger.close()));
  for (const socket of rawSockets) socket.terminate();
  await gateway.close();
  await database.drop();
});

function chargerOf(chargePointId: string, password = CHARGER_PASSWORD): SimulatedCharger {
  const charger = new SimulatedCharger({ url, chargePointId, password });
  opened.push(charger);
  return charger;
}

interface Upgrade {
  readonly status: number;
  readonly headers: Record<string, unknown>;
}

/** An upgrade request exactly as given; what HTTP answered. */
function upgrade(path: string, headers: Record<string, string>): Promise<Upgrade> {
  return new Promise((resolve, reject) => {
    const asked = request({
      host: '127.0.0.1',
      port: gateway.port,
      path,
      headers: {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
        ...headers,
      },
    });
    asked.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode ?? 0, headers: response.headers });
    });
    asked.on('response', (response) => resolve({ status: response.statusCode ?? 0, headers: response.headers }));
    asked.on('error', reject);
    asked.end();
  });
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

const OCPP16 = { 'Sec-WebSocket-Protocol': 'ocpp1.6' };

function rawSocket(chargePointId: string): Promise<WebSocket> {
  const socket = new WebSocket(`${url}/ocpp/${chargePointId}`, ['ocpp1.6'], {
    headers: { authorization: basic(chargePointId, CHARGER_PASSWORD) },
  });
  rawSockets.push(socket);
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve(socket));
    socket.on('error', reject);
  });
}

function nextFrame(socket: WebSocket): Promise<unknown[]> {
  return new Promise((resolve) => {
    socket.once('message', (data: Buffer) => resolve(JSON.parse(data.toString()) as unknown[]));
  });
}

/** Waits until the records say so: what is written is coalesced, a fraction of a second later. */
function refusals(identity: string) {
  return database.sql
    .selectFrom('connection_refusal')
    .select(['reason', 'times'])
    .where('charge_point_id', '=', identity)
    .orderBy('reason')
    .execute();
}

function onlineOf(id: string): Promise<boolean | undefined> {
  return database.sql
    .selectFrom('charger')
    .select('online')
    .where('id', '=', id)
    .executeTakeFirst()
    .then((row) => row?.online);
}

describe('who may connect', () => {
  it('a known charger with its password, in upper or lower case', async () => {
    const charger = chargerOf('ZCS1');
    await charger.connect();
    expect(await charger.boot()).toMatchObject({ status: 'Accepted' });
    await until(
      () => onlineOf('zcs1'),
      (online) => online === true,
    );
  });

  it.each([
    ['a wrong password', 'zcs2', basic('zcs2', 'guess'), 'wrong-password'],
    ['an unknown charger', 'stranger', basic('stranger', CHARGER_PASSWORD), 'unknown-charger'],
    ['no password', 'zcs3', undefined, 'no-password'],
    ["another charger's credentials", 'zcs4', basic('zcs5', CHARGER_PASSWORD), 'no-password'],
  ])('not %s: 401 with a challenge, counted', async (_, identity, authorization, reason) => {
    const headers = { ...OCPP16, ...(authorization === undefined ? {} : { Authorization: authorization }) };
    for (let times = 0; times < 3; times += 1) {
      const answer = await upgrade(`/ocpp/${identity}`, headers);
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toMatch(/^Basic realm=/);
    }
    const counted = await until(
      () => refusals(identity),
      (rows) => rows[0]?.times === 3,
    );
    expect(counted).toEqual([{ reason, times: 3 }]);
  });

  it.each([undefined, 'ocpp2.0', 'wamp', ','])('not a client that offers the subprotocol %p', async (protocol) => {
    const headers = { Authorization: basic('zcs6', CHARGER_PASSWORD) };
    const offered = protocol === undefined ? {} : { 'Sec-WebSocket-Protocol': protocol };
    expect((await upgrade('/ocpp/zcs6', { ...headers, ...offered })).status).toBe(400);
  });

  it.each([
    ['ocpp2.0, ocpp1.6', 'ocpp1.6'],
    ['ocpp2.0.1, ocpp1.6', 'ocpp2.0.1'],
    ['ocpp1.6,ocpp2.0.1', 'ocpp1.6'],
    ['ocpp2.1, ocpp2.0.1, ocpp1.6', 'ocpp2.1'],
  ])('of %s the first that is spoken is taken: the charger lists them in its order (RFC 6455)', async (told, taken) => {
    const headers = { Authorization: basic('zcs6', CHARGER_PASSWORD), 'Sec-WebSocket-Protocol': told };
    const answer = await upgrade('/ocpp/zcs6', headers);
    expect(answer.status).toBe(101);
    expect(answer.headers['sec-websocket-protocol']).toBe(taken);
  });

  it.each(['/ocpp/zcs15/', '/ocpp/zcs15?version=1.6', '/ocpp/z%63s15'])('by the address %s too', async (path) => {
    const socket = new WebSocket(`${url}${path}`, ['ocpp1.6'], {
      headers: { authorization: basic('zcs15', CHARGER_PASSWORD) },
    });
    await new Promise((resolve, reject) => {
      socket.on('open', resolve);
      socket.on('error', reject);
    });
    socket.send(JSON.stringify([2, 'a', 'Heartbeat', {}]));
    expect((await nextFrame(socket))[0]).toBe(3);
    socket.close();
  });

  it('a malformed URL neither gets in nor takes the others down', async () => {
    const charger = chargerOf('zcs7');
    await charger.connect();
    for (const path of [
      '/ocpp/%E0%A4%A',
      '/ocpp/%',
      '/ocpp/%00',
      '/ocpp/',
      '/',
      '/other/zcs7',
      `/ocpp/${'x'.repeat(300)}`,
    ]) {
      const { status } = await upgrade(path, { ...OCPP16, Authorization: basic('zcs7', CHARGER_PASSWORD) });
      expect([400, 404]).toContain(status);
    }
    expect(await charger.heartbeat()).toHaveProperty('currentTime');
  });

  it('one socket per charger: the newest; the old one closing late changes nothing', async () => {
    const first = await rawSocket('zcs8');
    const firstClosed = new Promise((resolve) => first.once('close', resolve));
    const second = await rawSocket('zcs8');
    const secondClosed = new Promise((resolve) => second.once('close', resolve));
    await firstClosed;
    second.send(JSON.stringify([2, 'a', 'Heartbeat', {}]));
    expect((await nextFrame(second)).slice(0, 2)).toEqual([3, 'a']);
    const third = await rawSocket('zcs8'); // would not end the second, had the first taken its place along
    await secondClosed;
    await until(
      () => onlineOf('zcs8'),
      (online) => online === true,
    );
    third.close();
    await until(
      () => onlineOf('zcs8'),
      (online) => online === false,
    );
  });
});

describe('frames that are no OCPP', () => {
  it('of 30 MB close the socket, and only that one', async () => {
    const charger = chargerOf('zcs9');
    await charger.connect();
    const socket = await rawSocket('zcs10');
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined); // the pipe breaks under what is still being sent
    socket.send(JSON.stringify([2, 'big', 'DataTransfer', { vendorId: 'x', data: 'y'.repeat(30_000_000) }]));
    expect([1009, 1006]).toContain(await closed);
    expect(await charger.heartbeat()).toHaveProperty('currentTime');
    const stored = await database.sql.selectFrom('ocpp_message').select('id').where('message_id', '=', 'big').execute();
    expect(stored).toEqual([]);
  });

  it('are answered with CALLERROR; too many in a row close the socket', async () => {
    const socket = await rawSocket('zcs11');
    for (const frame of ['not json', '{}', '[2]', '[2,7,"Heartbeat",{}]', '[9,"x"]']) {
      socket.send(frame);
      expect((await nextFrame(socket))[0]).toBe(4);
    }
    socket.send(JSON.stringify([2, 'ok', 'Heartbeat', {}]));
    expect((await nextFrame(socket)).slice(0, 2)).toEqual([3, 'ok']);
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    for (let count = 0; count < 20; count += 1) socket.send('garbage');
    expect(await closed).toBe(1002);
  });

  it('with a wrong payload are refused and shown to a person', async () => {
    const charger = chargerOf('zcs12');
    await charger.connect();
    const noMeter = charger.call('StartTransaction', { connectorId: 1, idTag: 'CARD', timestamp: 'yesterday' });
    await expect(noMeter).rejects.toThrow(CallError);
    await expect(charger.call('RemoteStartTransaction', { idTag: 'CARD' })).rejects.toThrow('NotImplemented');
    await expect(charger.call('Nonsense', {})).rejects.toThrow('NotImplemented');
    const told = await until(
      () =>
        database.sql
          .selectFrom('oddity')
          .select(['code', 'detail'])
          .where('charger_id', '=', 'zcs12')
          .orderBy('id')
          .execute(),
      (rows) => rows.length >= 1,
    );
    expect(told[0]).toMatchObject({ code: 'malformed-message', detail: { action: 'StartTransaction' } });
  });

  it('that break the schema and still tell their energy are recorded, as they came, and flagged', async () => {
    const charger = chargerOf('zcs36');
    await charger.connect();
    const at = '2026-06-01T10:00:00Z';
    const start = { connectorId: 1, idTag: 'a card of more than twenty characters', meterStart: 5, timestamp: at };
    const { transactionId } = (await charger.call('StartTransaction', start)) as { transactionId: number };
    const meterValue = [{ timestamp: '2026-06-01T10:15:00Z', sampledValue: [{ value: 900, vendor: 'x' }] }];
    expect(await charger.call('MeterValues', { connectorId: 1, transactionId, meterValue })).toEqual({});
    const stop = { transactionId, meterStop: '1200', timestamp: '2026-06-01T11:00:00Z', reason: 'Whim' };
    expect(await charger.call('StopTransaction', stop)).toEqual({});
    const [row] = await database.sql
      .selectFrom('charging_transaction')
      .select(['id_tag', 'meter_stop_wh', 'flags'])
      .where('id', '=', transactionId)
      .execute();
    expect(row).toEqual({ id_tag: start.idTag, meter_stop_wh: 1200, flags: ['not-to-schema', 'unknown-token'] });
    const kept = await database.sql
      .selectFrom('ocpp_message')
      .select('payload')
      .where('charger_id', '=', 'zcs36')
      .orderBy('id')
      .execute();
    expect(kept.map(({ payload }) => payload)).toEqual([start, { connectorId: 1, transactionId, meterValue }, stop]);
  });

  it('more calls at once than the specification allows are all recorded and answered, in order', async () => {
    const socket = await rawSocket('zcs13');
    const BURST = 1_500;
    const answered: string[] = [];
    const all = new Promise((resolve, reject) => {
      socket.on('close', () => reject(new Error('closed')));
      socket.on('message', (data: Buffer) => {
        const [type, id] = JSON.parse(data.toString()) as [number, string];
        if (type === 3) answered.push(id);
        if (answered.length === BURST) resolve(undefined);
      });
    });
    const told = Array.from({ length: BURST }, (_, count) => `burst${count}`);
    for (const id of told) socket.send(JSON.stringify([2, id, 'Heartbeat', {}]));
    await all;
    expect(answered).toEqual(told);
    const rows = await database.sql
      .selectFrom('ocpp_message')
      .select('message_id')
      .where('charger_id', '=', 'zcs13')
      .orderBy('id')
      .execute();
    expect(rows.map((row) => row.message_id)).toEqual(told);
  });

  it('with characters that PostgreSQL cannot hold are kept all the same', async () => {
    const charger = chargerOf('zcs14');
    await charger.connect();
    const { transactionId } = await charger.start({
      connectorId: 1,
      idTag: 'A\u0000B\ud800',
      meterStartWh: 5,
      at: '2026-06-01T10:00:00Z',
    });
    expect(transactionId).toBeGreaterThan(0);
  });
});

describe('sessions', () => {
  const readings = ['10:00', '10:15', '10:30', '10:45'].map((time, index) => ({
    at: `2026-06-01T${time}:00+01:00`,
    wh: 1_000 + index * 600,
  }));

  it('are played from plug to unplug and end at rest', async () => {
    const charger = chargerOf('zcs20');
    await charger.connect();
    const [played] = await playSessions(charger, [{ idTag: 'CARD', connectorId: 1, readings }]);
    expect(played?.status).toBe('Accepted');
    const stored = await database.sql
      .selectFrom('meter_reading')
      .select(['at', 'import_wh'])
      .where('transaction_id', '=', played?.transactionId ?? 0)
      .orderBy('at')
      .execute();
    expect(stored).toEqual(readings.map(({ at, wh }) => ({ at: new Date(at), import_wh: wh })));
    const state = await until(
      () => database.sql.selectFrom('connector_state').selectAll().where('charger_id', '=', 'zcs20').executeTakeFirst(),
      (row) => row?.status === 'Available',
    );
    expect(state).toMatchObject({ power_w: 0, offered_w: 0, transaction_id: null });
  });

  it('show the power while they run', async () => {
    const charger = chargerOf('zcs21');
    await charger.connect();
    await playSessions(charger, [{ idTag: 'CARD', connectorId: 1, readings, stops: false, offeredW: 4_600 }]);
    const state = await until(
      () => database.sql.selectFrom('connector_state').selectAll().where('charger_id', '=', 'zcs21').executeTakeFirst(),
      (row) => row?.import_wh === 2_800,
    );
    expect(state).toMatchObject({ status: 'Charging', power_w: 2_400, offered_w: 4_600 });
  });

  it('of a charger that was offline come later, whole and once', async () => {
    const charger = chargerOf('zcs22');
    await charger.connect();
    const session = { idTag: 'CARD', connectorId: 1, readings, stops: false };
    const [running] = await playSessions(charger, [{ ...session, readings: readings.slice(0, 2) }]);
    const transactionId = running?.transactionId ?? 0;
    await charger.goOffline();
    const queued = [
      ...readings.slice(2).map((reading) => tell(charger, session, transactionId, reading)),
      charger.stop({ transactionId, meterStopWh: 3_100, at: '2026-06-01T11:00:00+01:00' }),
    ];
    await until(
      () => onlineOf('zcs22'),
      (online) => online === false,
    );
    await charger.deliver();
    await Promise.all(queued);
    const row = await database.sql
      .selectFrom('charging_transaction')
      .selectAll()
      .where('charger_id', '=', 'zcs22')
      .executeTakeFirst();
    expect(row).toMatchObject({ meter_stop_wh: 3_100, flags: [] });
    const { total } = await database.sql
      .selectFrom('meter_reading')
      .select((of) => of.fn.countAll<number>().as('total'))
      .where('transaction_id', '=', transactionId)
      .executeTakeFirstOrThrow();
    expect(total).toBe(5);
  });

  it.each([
    ['LOST', 'Blocked'],
    ['NOBODY', 'Invalid'],
  ])('of the card %s are answered %s and recorded', async (idTag, status) => {
    const charger = chargerOf(status === 'Blocked' ? 'zcs23' : 'zcs24');
    await charger.connect();
    expect(await charger.authorize(idTag)).toBe(status);
    const [played] = await playSessions(charger, [{ idTag, connectorId: 1, readings }]);
    expect(played?.status).toBe(status);
    const { total } = await database.sql
      .selectFrom('meter_reading')
      .select((of) => of.fn.countAll<number>().as('total'))
      .where('transaction_id', '=', played?.transactionId ?? 0)
      .executeTakeFirstOrThrow();
    expect(total).toBe(4);
  });
});

describe('the plain HTTP side', () => {
  it.each([
    ['/healthz', 200, 'ok'],
    ['/readyz', 200, 'ready'],
    ['/metrics', 200, 'chazemo_gateway_messages_total'],
    ['/anything', 404, 'Not Found'],
  ])('%s answers %i', async (path, status, text) => {
    const answer = await fetch(`http://127.0.0.1:${gateway.port}${path}`);
    expect(answer.status).toBe(status);
    expect(await answer.text()).toContain(text);
  });
});
