import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createTestDatabase } from '#test/setup/database.js';

import { chargerCommandPageSchema, chargerCommandSchema, chargerDetailSchema, chargerSchema } from './api-types.js';
import type { Caller } from './testing/running-api.js';
import { runStaffedApi, type StaffedApi } from './testing/staffed-api.js';
import { addTenant, type Tenant } from './testing/world.js';

let world: StaffedApi;
let tenant: Tenant;
let other: Tenant;
let staff: Caller;

beforeAll(async () => {
  world = await runStaffedApi(await createTestDatabase());
  ({ tenant, staff } = world);
  other = await addTenant(world.database.sql, 'Outro', new Date());
});
afterAll(() => world.stop());

const RESET = { command: { kind: 'reset', mode: 'graceful' } };
const commandsPath = (chargerId = tenant.chargerId) => `/api/v1/chargers/${chargerId}/commands`;

describe('a charger', () => {
  it('is asked, shown in its history, and the audit log says by whom', async () => {
    const answer = await staff.post(commandsPath(), RESET);
    expect(answer.status).toBe(202);
    const made = chargerCommandSchema.parse(answer.body);
    expect(made).toMatchObject({ kind: 'reset', state: 'waiting', whenAbsent: 'wait', sends: 0, result: null });
    expect(chargerCommandSchema.parse((await staff.get(`${commandsPath()}/${made.id}`)).body)).toEqual(made);
    const page = chargerCommandPageSchema.parse((await staff.get(`${commandsPath()}?limit=1`)).body);
    expect(page.items).toEqual([made]);
    const audited = await world.database.sql
      .selectFrom('audit_entry')
      .select(['action', 'after'])
      .where('subject', '=', `charger/${tenant.chargerId}`)
      .execute();
    expect(audited).toMatchObject([{ action: 'charger.reset', after: { commandId: made.id, mode: 'graceful' } }]);
    expect(chargerSchema.parse((await staff.get(`/api/v1/chargers/${tenant.chargerId}`)).body)).toMatchObject({
      connection: null,
      installationId: tenant.installationId,
    });
  });

  it('shows how finely it tells its energy, and what it was set to and told of it', async () => {
    const { sql } = world.database;
    const { chargerId } = tenant;
    const shown = async () => chargerDetailSchema.parse((await staff.get(`/api/v1/chargers/${chargerId}`)).body);
    expect(await shown()).toMatchObject({ precision: null, settings: [] });
    const at = new Date('2026-07-01T10:00:00Z');
    await sql
      .insertInto('charger_provisioning')
      .values({ charger_id: chargerId, due_at: at, done_at: at, precision_class: 'periodic' })
      .execute();
    const told = { wanted: '900', actual: null, state: 'not-supported' } as const;
    await sql
      .insertInto('charger_setting')
      .values({ charger_id: chargerId, name: 'ClockAlignedDataInterval', ...told, read_at: at })
      .execute();
    const settings = [{ name: 'ClockAlignedDataInterval', ...told, readAt: at.toISOString() }];
    expect(await shown()).toMatchObject({ precision: 'periodic', settings });
  });

  it.each([
    [{ command: { kind: 'explode' } }],
    [{ command: { kind: 'reset', mode: 'sometime' } }],
    [{ command: { kind: 'reset', mode: 'graceful', hard: true } }],
    [{ ...RESET, waitSeconds: 0 }],
    [{ ...RESET, whenAbsent: 'shrug' }],
    [{}],
  ])('is not asked by %j', async (body) => {
    expect(await staff.post(commandsPath(), body)).toMatchObject({ status: 400 });
  });

  it('is asked by more at once than the pool has connections, and everybody is answered: one each is enough', async () => {
    const { promise: done, resolve: release } = Promise.withResolvers<void>();
    const { sql } = world.database;
    const held = Array.from({ length: 9 }, () => sql.transaction().execute(() => done)); // of ten
    const asked = await Promise.all(Array.from({ length: 12 }, () => staff.post(commandsPath(), RESET)));
    release();
    await Promise.all(held);
    expect(asked.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 202));
  });

  it('is given no password that it could not have, nor one that is too short', async () => {
    for (const value of ['', 'short', 'with a space in its middle']) {
      const command = { kind: 'set-variables', variables: [{ name: 'AuthorizationKey', value }] };
      const answer = await staff.post(commandsPath(), { command });
      expect(answer).toMatchObject({ status: 409, body: { type: '/problems/password-not-allowed' } });
    }
  });

  it('keeps a password out of history and audit log', async () => {
    const variables = [{ name: 'AuthorizationKey', value: 'top-secret-password' }];
    const answer = await staff.post(commandsPath(), { command: { kind: 'set-variables', variables } });
    expect(answer.status).toBe(202);
    expect(JSON.stringify(answer.body)).not.toContain('top-secret-password');
    const location = 'ftp://logs:top-secret-password@logs.example/box';
    const logs = await staff.post(commandsPath(), { command: { kind: 'get-diagnostics', location } });
    expect(logs).toMatchObject({ status: 202, body: { request: { location: 'ftp://logs:***@logs.example/box' } } });
    const audited = await world.database.sql.selectFrom('audit_entry').select('after').execute();
    expect(JSON.stringify(audited)).not.toContain('top-secret-password');
  });

  it('of somebody else is not there; a manager may look and not ask; a resident neither', async () => {
    const manager = await world.api.user('manager', { condominiumId: other.condominiumId });
    expect(await manager.get(`/api/v1/chargers/${tenant.chargerId}`)).toMatchObject({ status: 404 });
    expect(await manager.get(commandsPath())).toMatchObject({ status: 404 });
    expect(await manager.post(commandsPath(other.chargerId), RESET)).toMatchObject({ status: 403 });
    const installer = await world.api.user('installer', { condominiumId: other.condominiumId });
    expect(await installer.post(commandsPath(), RESET)).toMatchObject({ status: 404 });
    expect(await installer.post(commandsPath(other.chargerId), RESET)).toMatchObject({ status: 202 });
    const mine = chargerCommandPageSchema.parse((await staff.get(commandsPath())).body).items[0];
    expect(await installer.get(`${commandsPath(other.chargerId)}/${mine?.id}`)).toMatchObject({ status: 404 });
  });
});
