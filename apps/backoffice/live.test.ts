import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql as raw } from 'kysely';
import { WebSocket } from 'ws';

import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { liveMessageSchema, type LiveMessage } from './api-types.js';
import { runApi, type Caller, type RunningApi } from './testing/running-api.js';
import { addTenant, type Tenant } from './testing/world.js';

/** People see it within a second (the coalescer waits 100 ms at most); a busy machine gets more before a test fails. */
const WITHIN_MS = 5_000;

let database: TestDatabase;
let api: RunningApi;
let own: Tenant;
let foreign: Tenant;
const open: WebSocket[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  own = await addTenant(database.sql, 'Aeiou', new Date());
  foreign = await addTenant(database.sql, 'Bcdfg', new Date());
  api = await runApi(database);
});
afterAll(async () => {
  for (const socket of open) socket.terminate();
  await api.stop();
  await database.drop();
});

const address = () => `${api.origin.replace('http', 'ws')}/live`;

/** Connects; resolves with what arrives from then on. */
async function listen(caller: Caller): Promise<{ socket: WebSocket; heard: LiveMessage[] }> {
  const socket = new WebSocket(address(), { headers: { ...caller.headers, origin: api.origin } });
  open.push(socket);
  const heard: LiveMessage[] = [];
  socket.on('message', (data) => heard.push(liveMessageSchema.parse(JSON.parse(String(data)))));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return { socket, heard };
}

/** The HTTP status that refuses an upgrade. */
function refusal(headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(address(), { headers });
    socket.on('unexpected-response', (_, response) => resolve(response.statusCode));
    socket.on('open', () => reject(new Error('a stranger got in')));
    socket.on('error', () => undefined);
  });
}

/** Waits until `done`. */
async function soon(done: () => boolean): Promise<void> {
  const until = Date.now() + WITHIN_MS;
  while (!done() && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
}

const touchMonth = (tenant: Tenant) =>
  database.sql
    .updateTable('billing_cycle')
    .set({ done: raw`done + 1` })
    .where('id', '=', tenant.cycleId)
    .execute();
const tellOf = (message: Record<string, unknown>) =>
  raw`select pg_notify('live', ${JSON.stringify(message)})`.execute(database.sql);

describe('the live feed', () => {
  it('lets in nobody without a session, and no foreign page with one', async () => {
    const staff = await api.user('staff');
    expect(await refusal({ origin: api.origin })).toBe(401);
    expect(await refusal({ origin: api.origin, cookie: 'chazemo_session=czs_made-up' })).toBe(401);
    expect(await refusal({ ...staff.headers, origin: 'https://evil.example' })).toBe(403);
    expect(await refusal({ ...staff.headers })).toBe(403);
  });

  it('tells of a committed change', async () => {
    const { heard } = await listen(await api.user('staff'));
    await touchMonth(own);
    const month = { topic: 'month', installation: own.installationId, id: own.cycleId };
    await soon(() => heard.length > 0);
    expect(heard).toEqual([month]);
  });

  it('tells of a transfer, though the workflows of the invoice are over', async () => {
    const staff = await api.user('staff');
    const { heard } = await listen(staff);
    const path = `/api/v1/collections/${own.documentId}/record-transfer`;
    expect((await staff.post(path, { amountCents: 1, reference: 'extrato 1' })).status).toBe(200);
    await soon(() => heard.length > 0);
    expect(heard).toEqual([{ topic: 'collection', installation: own.installationId, id: own.documentId }]);
  });

  it('tells of a hold that the workflow will only obey later, and the invoice says it is held', async () => {
    const staff = await api.user('staff');
    const { heard } = await listen(staff);
    const held = await staff.post(`/api/v1/collections/${own.documentId}/hold`, { reason: 'x' });
    expect(held.body).toMatchObject({ invoice: { collection: { held: true, waitsFor: null } } });
    const told = { topic: 'collection', installation: own.installationId, id: own.documentId };
    await soon(() => heard.length > 0);
    expect(heard).toEqual([told]);
    const released = await staff.post(`/api/v1/collections/${own.documentId}/release`, {});
    expect(released.body).toMatchObject({ invoice: { collection: { held: false } } });
    await soon(() => heard.length > 1);
    expect(heard).toEqual([told, told]);
  });

  it("tells a manager nothing of another condominium, nor of residents' letters", async () => {
    const { heard } = await listen(await api.user('manager', { condominiumId: own.condominiumId }));
    await touchMonth(foreign);
    await tellOf({ topic: 'mail', installation: own.installationId, id: own.residentMailId });
    await tellOf({ topic: 'mail', installation: own.installationId, id: own.managerMailId });
    await touchMonth(own);
    await soon(() => heard.length >= 2);
    expect(heard.map(({ id }) => id)).toEqual(expect.arrayContaining([own.managerMailId, own.cycleId]));
    expect(heard).toHaveLength(2);
  });

  it('tells a resident of their own charger and invoice alone', async () => {
    const { condominiumId, customerId } = own;
    const { heard } = await listen(await api.user('resident', { condominiumId, customerId }));
    await touchMonth(own);
    await tellOf({ topic: 'charger', installation: foreign.installationId, id: foreign.chargerId });
    await tellOf({ topic: 'collection', installation: foreign.installationId, id: foreign.documentId });
    await tellOf({ topic: 'charger', installation: own.installationId, id: own.chargerId });
    await tellOf({ topic: 'collection', installation: own.installationId, id: own.documentId });
    await soon(() => heard.length >= 2);
    expect(heard.map(({ topic, id }) => `${topic} ${id}`).toSorted()).toEqual(
      [`charger ${own.chargerId}`, `collection ${own.documentId}`].toSorted(),
    );
  });

  it('says little of much', async () => {
    const { heard } = await listen(await api.user('staff'));
    const charger = { topic: 'charger', installation: own.installationId, id: 'zcs-busy' };
    await Promise.all(Array.from({ length: 100 }, () => tellOf(charger)));
    await tellOf({ ...charger, id: 'zcs-last' });
    await soon(() => heard.some(({ id }) => id === 'zcs-last'));
    expect(heard.filter(({ id }) => id === 'zcs-busy').length).toBeLessThan(20);
  });

  it('keeps to the installations a page asked for, and ignores anything else it says', async () => {
    const { socket, heard } = await listen(await api.user('staff'));
    socket.send('nonsense');
    socket.send(JSON.stringify({ subscribe: [own.installationId] }));
    await new Promise((resolve) => socket.once('pong', resolve).ping());
    await touchMonth(foreign);
    await touchMonth(own);
    const months = () => heard.filter(({ topic }) => topic === 'month').map(({ id }) => id);
    await soon(() => months().length > 0);
    expect(months()).toEqual([own.cycleId]);
  });

  it('sends pages away to read again when notifications may have been missed', async () => {
    const { socket } = await listen(await api.user('staff'));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await database.asOwner(({ sql }) =>
      raw`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and query ilike 'listen%'`.execute(sql),
    );
    expect(await closed).toBe(1012);
    const { heard } = await listen(await api.user('staff'));
    await touchMonth(own);
    await soon(() => heard.length > 0);
    expect(heard).toHaveLength(1);
  });
});
