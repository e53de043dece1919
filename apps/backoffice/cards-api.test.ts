import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createTestDatabase } from '#test/setup/database.js';

import { cardPageSchema, cardSchema, chargerListSchema, offlineRuleSchema } from './api-types.js';
import type { Caller } from './testing/running-api.js';
import { runStaffedApi, type StaffedApi } from './testing/staffed-api.js';
import { addTenant } from './testing/world.js';

let world: StaffedApi;
let staff: Caller;
let path: string;

beforeAll(async () => {
  world = await runStaffedApi(await createTestDatabase());
  ({ staff } = world);
  path = `/api/v1/installations/${world.tenant.installationId}/tokens`;
});
afterAll(() => world.stop());

const list = async (query: string, caller = staff) =>
  cardPageSchema.parse((await caller.get(`/api/v1/tokens${query}`)).body);
const CHANGES = ['token.change', 'token.change', 'token.change'];
const actionsOf = async (tokenId: string) =>
  (
    await world.database.sql
      .selectFrom('audit_entry')
      .select('action')
      .where('subject', '=', `token/${tokenId}`)
      .orderBy('id')
      .execute()
  ).map(({ action }) => action);

it('a card is added once, found, changed, blocked with a reason and unblocked', async () => {
  const { customerId, installationId } = world.tenant;
  const { id: spot } = await world.database.sql
    .selectFrom('spot')
    .select('id')
    .where('installation_id', '=', installationId)
    .executeTakeFirstOrThrow();
  const order = { idTag: '04A2B3C4', customerId, groupTag: 'CASA', spotIds: [spot] };
  const headers = { 'Idempotency-Key': 'add-a-card' };
  const added = await staff.post(path, order, headers);
  expect(added.status).toBe(201);
  expect((await staff.post(path, order, headers)).body).toEqual(added.body);
  const card = cardSchema.parse(added.body);
  expect(card).toMatchObject({ state: 'good', kind: 'rfid', customer: { id: customerId }, spots: [{ id: spot }] });
  expect(await staff.post(path, { ...order, idTag: '04a2b3c4' })).toMatchObject({
    status: 409,
    body: { type: '/problems/token-taken' },
  });
  for (const q of ['b3c', 'casa', customerId]) {
    const found = await list(`?installation=${installationId}&q=${q}`);
    expect(found.items.map(({ tokenId }) => tokenId)).toContain(card.tokenId);
  }
  expect((await list(`?installation=${installationId}&q=%25`)).items).toEqual([]);

  const one = `/api/v1/tokens/${card.tokenId}`;
  const ends = '2026-01-01T00:00:00.000Z';
  const changed = await staff.put(one, { customerId, expiresAt: ends });
  expect(cardSchema.parse(changed.body)).toMatchObject({ state: 'expired', spots: [], groupTag: null });
  const summer = await staff.put(one, { customerId, validFrom: '2026-07-01', expiresAt: '2026-07-31' });
  expect(cardSchema.parse(summer.body)).toMatchObject({
    validFrom: '2026-06-30T23:00:00.000Z',
    expiresAt: '2026-07-31T23:00:00.000Z',
  });
  await staff.put(one, { customerId, expiresAt: ends });
  expect(await staff.put(one, { validFrom: '2026-02-01T00:00:00Z', expiresAt: ends })).toMatchObject({
    body: { type: '/problems/token-validity' },
  });
  expect((await staff.post(`${one}/block`, {})).status).toBe(400);
  const blocked = cardSchema.parse((await staff.post(`${one}/block`, { reason: 'perdido' })).body);
  expect(blocked).toMatchObject({ state: 'blocked', block: { reason: 'perdido' } });
  expect(await staff.post(`${one}/block`, { reason: 'outra vez' })).toMatchObject({ status: 409 });
  const free = cardSchema.parse((await staff.post(`${one}/unblock`, { reason: 'encontrado' })).body);
  expect(free).toMatchObject({ state: 'expired', block: null });
  expect(await actionsOf(card.tokenId)).toEqual(['token.add', ...CHANGES, 'token.block', 'token.unblock']);
});

it('the list comes in pages', async () => {
  for (const idTag of ['P1', 'P2', 'P3']) await staff.post(path, { idTag });
  const first = await list('?q=P&limit=2');
  const rest = await list(`?q=P&limit=2&cursor=${first.nextCursor}`);
  const tags = [...first.items, ...rest.items].map(({ idTag }) => idTag);
  expect(tags.filter((tag) => /^P\d$/.test(tag))).toEqual(['P1', 'P2', 'P3']);
});

it('customers and spots are of the installation', async () => {
  const other = await addTenant(world.database.sql, 'Outro', new Date());
  expect(await staff.post(path, { idTag: 'X', customerId: other.customerId })).toMatchObject({
    body: { type: '/problems/token-customer' },
  });
  const spotIds = ['00000000-0000-7000-8000-000000000000'];
  expect(await staff.post(path, { idTag: 'X', spotIds })).toMatchObject({ body: { type: '/problems/token-spot' } });
});

it('what chargers do with unknown cards offline is said, kept, and they are set to it', async () => {
  const { sql } = world.database;
  const rule = `/api/v1/installations/${world.tenant.installationId}/offline-rule`;
  const done = { due_at: new Date(0), begun_at: new Date(0), done_at: new Date(0), is_complete: true };
  await sql
    .insertInto('charger_provisioning')
    .values({ charger_id: world.tenant.chargerId, ...done })
    .execute();
  expect(offlineRuleSchema.parse((await staff.get(rule)).body)).toEqual({ unknownWhenOffline: 'refuse' });
  expect((await staff.put(rule, { unknownWhenOffline: 'accept' })).status).toBe(200);
  expect((await staff.get(rule)).body).toEqual({ unknownWhenOffline: 'accept' });
  const again = await sql.selectFrom('charger_provisioning').select('begun_at').executeTakeFirstOrThrow();
  expect(again.begun_at).toBeNull();
});

it('a charger tells how its list stands', async () => {
  const { sql } = world.database;
  const { chargerId: id } = world.tenant;
  const of = async () => chargerListSchema.parse((await staff.get(`/api/v1/chargers/${id}/local-list`)).body);
  expect(await of()).toEqual({ list: null });
  const kept = {
    state: 'in-step',
    version: 3,
    entries: 2,
    in_step_at: new Date(0),
    due_at: new Date(Date.now() + 60_000),
  };
  await sql
    .insertInto('charger_local_list')
    .values({ charger_id: id, ...kept })
    .execute();
  expect(await of()).toMatchObject({ list: { state: 'in-step', version: 3, entries: 2, mostEntries: null } });
  await sql
    .updateTable('charger_local_list')
    .set({ due_at: new Date(0) })
    .execute();
  expect(await of()).toMatchObject({ list: { state: 'behind' } });
});

describe('who may', () => {
  it('managers and residents look at theirs; staff alone change; installers and strangers see nothing', async () => {
    const { condominiumId, customerId, installationId } = world.tenant;
    const [own] = (await list(`?customer=${customerId}`)).items;
    const manager = await world.api.user('manager', { condominiumId });
    expect((await list('', manager)).items.map(({ tokenId }) => tokenId)).toContain(own?.tokenId);
    expect((await manager.post(path, { idTag: 'M' })).status).toBe(403);
    const resident = await world.api.user('resident', { customerId });
    const seen = (await list('', resident)).items;
    expect(new Set(seen.map(({ customer }) => customer?.id))).toEqual(new Set([customerId]));
    expect((await resident.post(`/api/v1/tokens/${own?.tokenId}/block`, { reason: 'x' })).status).toBe(403);
    const installer = await world.api.user('installer', { condominiumId });
    expect((await installer.get('/api/v1/tokens')).status).toBe(403);
    const stranger = await world.api.user('manager', {
      condominiumId: (await addTenant(world.database.sql, 'Terceiro', new Date())).condominiumId,
    });
    expect((await list(`?installation=${installationId}`, stranger)).items).toEqual([]);
    const rule = `/api/v1/installations/${installationId}/offline-rule`;
    expect((await stranger.get(rule)).status).toBe(404);
    expect((await manager.put(rule, { unknownWhenOffline: 'refuse' })).status).toBe(403);
  });
});
