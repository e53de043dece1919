import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { dueProvisionings } from '#libs/commands/provision-charger.js';
import { createTestDatabase } from '#test/setup/database.js';

import { circuitsSchema, type Circuits } from './api-types.js';
import type { Caller } from './testing/running-api.js';
import { runStaffedApi, type StaffedApi } from './testing/staffed-api.js';

let world: StaffedApi;
let staff: Caller;
let path: string;

beforeAll(async () => {
  world = await runStaffedApi(await createTestDatabase());
  ({ staff } = world);
  path = `/api/v1/installations/${world.tenant.installationId}/circuits`;
});
afterAll(() => world.stop());

const circuits = async (caller = staff): Promise<Circuits> => circuitsSchema.parse((await caller.get(path)).body);

const named = (all: Circuits, name: string) => all.circuits.find((circuit) => circuit.name === name);

const anew = { parentId: null, maxCurrentA: 40, reserveA: null, readingMaxAgeS: 60 };

it('circuits are made, hung under each other and never under themselves', async () => {
  expect(await staff.put(path, { circuits: [{ ...anew, name: 'Quadro', reserveA: 15 }] })).toMatchObject({
    status: 200,
  });
  const root = named(await circuits(), 'Quadro');
  expect(root).toMatchObject({ limitDeciA: [250, 250, 250], allocatedDeciA: null, mainMeter: null });
  const parentId = root?.circuitId ?? '';
  await staff.put(path, { circuits: [{ ...anew, name: 'Piso -4', parentId, maxCurrentA: 32 }] });
  const below = named(await circuits(), 'Piso -4');
  expect(below).toMatchObject({ parentId, maxCurrentA: 32 });
  const turned = { ...anew, id: parentId, name: 'Quadro', parentId: below?.circuitId ?? '' };
  expect(await staff.put(path, { circuits: [turned] })).toMatchObject({
    status: 409,
    body: { type: '/problems/circuit-under-itself' },
  });
  const metered = { ...anew, id: below?.circuitId, name: 'Piso -4', parentId, reserveA: 5 };
  expect(await staff.put(path, { circuits: [metered] })).toMatchObject({ body: { type: '/problems/circuit-meter' } });
  expect(await staff.put(path, { circuits: [{ ...anew, name: 'Quadro' }] })).toMatchObject({
    body: { type: '/problems/circuit-name-taken' },
  });
  expect(named(await circuits(), 'Quadro')).toMatchObject({ parentId: null, reserveA: 15 });
});

it('the main meter moves the limit; an older reading changes nothing; a circuit without one refuses', async () => {
  const all = await circuits();
  const [root, below] = [named(all, 'Quadro')?.circuitId, named(all, 'Piso -4')?.circuitId];
  const at = new Date().toISOString();
  const reading = { at, measures: 'building', l1DeciA: 101, l2DeciA: 0, l3DeciA: 50 };
  expect(await staff.post(`/api/v1/circuits/${root}/main-meter`, reading)).toMatchObject({ status: 200 });
  const older = { ...reading, at: new Date(Date.now() - 30_000).toISOString(), l1DeciA: 0 };
  expect(await staff.post(`/api/v1/circuits/${root}/main-meter`, older)).toMatchObject({ status: 200 });
  expect(named(await circuits(), 'Quadro')).toMatchObject({ limitDeciA: [290, 400, 350], mainMeter: { at } });
  expect(await staff.post(`/api/v1/circuits/${below}/main-meter`, reading)).toMatchObject({
    status: 409,
    body: { type: '/problems/no-main-meter' },
  });
  const ahead = { ...reading, at: new Date(Date.now() + 600_000).toISOString() };
  expect(await staff.post(`/api/v1/circuits/${root}/main-meter`, ahead)).toMatchObject({ status: 400 });
});

it('chargers and spots are set, within what the circuit bears, and only those of the installation', async () => {
  const { chargerId } = world.tenant;
  const charger = { id: chargerId, phaseRotation: 'STR', maxCurrentA: 16, offlineCurrentA: 6 };
  const [connector] = (await circuits()).connectors;
  const spot = { id: connector?.spotId ?? '', priority: 1, guaranteedA: 8 };
  expect(await staff.put(path, { chargers: [charger], spots: [spot] })).toMatchObject({ status: 200 });
  expect((await circuits()).connectors[0]).toMatchObject({
    chargerId,
    phaseRotation: 'STR',
    maxCurrentA: 16,
    offlineCurrentA: 6,
    priority: 1,
    guaranteedA: 8,
    limit: null,
  });
  expect(await staff.put(path, { chargers: [{ ...charger, offlineCurrentA: 500 }] })).toMatchObject({
    status: 409,
    body: { type: '/problems/circuit-defaults-exceed' },
  });
  expect((await circuits()).connectors[0]?.offlineCurrentA).toBe(6);
  const limitA = (await circuits()).circuits.find(({ circuitId }) => circuitId === connector?.circuitId)?.maxCurrentA;
  const most = { ...charger, offlineCurrentA: limitA ?? 0 };
  expect(await staff.put(path, { chargers: [most] })).toMatchObject({ status: 200 });
  await staff.put(path, { chargers: [charger] });
  await world.database.sql
    .insertInto('connector_state')
    .values({ charger_id: chargerId, connector_id: 2, status: 'Available', updated_at: new Date() })
    .execute();
  expect(await staff.put(path, { chargers: [most] })).toMatchObject({
    status: 409,
    body: { type: '/problems/circuit-defaults-exceed' },
  });
  expect(await staff.put(path, { chargers: [{ ...charger, offlineCurrentA: 5 }] })).toMatchObject({ status: 400 });
  expect(await staff.put(path, { chargers: [{ ...charger, id: 'nobody' }] })).toMatchObject({ status: 404 });
  const entry = await world.database.sql
    .selectFrom('audit_entry')
    .selectAll()
    .where('action', '=', 'circuits.set')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  expect(entry).toMatchObject({ subject: `installation/${world.tenant.installationId}` });
});

it('while current is shared nobody else sets or clears the limits of its chargers; what waited for that is ended', async () => {
  const commands = `/api/v1/chargers/${world.tenant.chargerId}/commands`;
  const periods = [{ startS: 0, limit: 32 }];
  const profile = { id: 9, stackLevel: 5, kind: 'absolute', schedule: { unit: 'A', periods } };
  const set = (purpose: string): object => ({
    command: { kind: 'set-charging-profile', connectorId: 1, profile: { ...profile, purpose } },
  });
  const waits = await staff.post(commands, set('tx-default'));
  expect(waits).toMatchObject({ status: 202, body: { state: 'waiting' } });
  expect(await staff.put(path, { isShared: true })).toMatchObject({ status: 200 });
  const ended = { kind: 'set-charging-profile', state: 'refused' };
  expect(await staff.get(commands)).toMatchObject({ body: { items: [ended] } });
  for (const ask of [set('tx-default'), set('tx'), { command: { kind: 'clear-charging-profile' } }]) {
    expect(await staff.post(commands, ask)).toMatchObject({
      status: 409,
      body: { type: '/problems/current-is-shared' },
    });
  }
  expect(await staff.post(commands, set('charger-max'))).toMatchObject({ status: 202 });
  expect(await staff.put(path, { isShared: false })).toMatchObject({ status: 200 });
  expect(await staff.post(commands, set('tx-default'))).toMatchObject({ status: 202 });
});

it('promises that a circuit cannot keep are refused; what was promised too much before may be mended', async () => {
  const { sql } = world.database;
  const [connector] = (await circuits()).connectors;
  const id = connector?.spotId ?? '';
  const circuit = (await circuits()).circuits.find(({ circuitId }) => circuitId === connector?.circuitId);
  const limitA = circuit?.maxCurrentA ?? 0;
  const promises = (guaranteedA: number) => staff.put(path, { spots: [{ id, priority: 0, guaranteedA }] });
  const refused = { status: 409, body: { type: '/problems/circuit-promises-exceed' } };
  const connectors = (await circuits()).connectors.filter(({ circuitId }) => circuitId === circuit?.circuitId).length;
  expect(connectors).toBe(2);
  expect(await promises(Math.floor(limitA / 2) + 1)).toMatchObject(refused);
  expect(await promises(Math.floor(limitA / 2))).toMatchObject({ status: 200 });
  await sql.updateTable('spot').set({ guaranteed_a: limitA }).where('id', '=', id).execute();
  expect(await promises(limitA + 1)).toMatchObject(refused);
  expect(await promises(limitA - 1)).toMatchObject({ status: 200 });
  expect(await promises(0)).toMatchObject({ status: 200 });
});

it('when sharing begins the chargers are set up again, after their limits: nobody may have needed their currents before', async () => {
  const { sql } = world.database;
  const { chargerId } = world.tenant;
  const done = { due_at: new Date(0), begun_at: new Date(0), done_at: new Date(0), is_complete: true };
  await sql
    .insertInto('charger_provisioning')
    .values({ charger_id: chargerId, ...done })
    .execute();
  expect(await staff.put(path, { isShared: true })).toMatchObject({ status: 200 });
  const asked = await sql.selectFrom('charger_provisioning').select(['begun_at', 'done_at']).executeTakeFirst();
  expect(asked).toEqual({ begun_at: null, done_at: null });
  const due = async (inMs: number) => dueProvisionings(sql, new Date(Date.now() + inMs));
  expect(await due(60_000)).toEqual([]);
  expect(await due(180_000)).toMatchObject([{ chargerId }]);
  expect(await staff.put(path, { isShared: false })).toMatchObject({ status: 200 });
});

it('managers look, installers of the condominium change, residents and strangers see nothing', async () => {
  const { condominiumId, customerId } = world.tenant;
  const manager = await world.api.user('manager', { condominiumId });
  expect((await manager.get(path)).status).toBe(200);
  expect((await manager.put(path, {})).status).toBe(403);
  const installer = await world.api.user('installer', { condominiumId });
  expect((await installer.put(path, {})).status).toBe(200);
  const stranger = await world.api.user('installer', {});
  expect((await stranger.put(path, {})).status).toBe(403);
  const resident = await world.api.user('resident', { customerId });
  expect((await resident.get(path)).status).toBe(403);
});
