import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { letWait } from '#libs/security/enrolment.js';
import { createTestDatabase } from '#test/setup/database.js';

import {
  changedPasswordSchema,
  chargerCertificateSchema,
  chargerSecuritySchema,
  enrolmentSchema,
  openedEnrolmentSchema,
  passwordByHandSchema,
  renewedCertificateSchema,
} from './api-types.js';
import type { Caller } from './testing/running-api.js';
import { runStaffedApi, type StaffedApi } from './testing/staffed-api.js';
import type { Tenant } from './testing/world.js';

let world: StaffedApi;
let tenant: Tenant;
let staff: Caller;
let security = '';
let password = '';

beforeAll(async () => {
  world = await runStaffedApi(await createTestDatabase());
  ({ tenant, staff } = world);
  security = `/api/v1/chargers/${tenant.chargerId}/security`;
  password = `/api/v1/chargers/${tenant.chargerId}/password`;
});
afterAll(() => world.stop());

const seen = async () => chargerSecuritySchema.parse((await staff.get(security)).body);

describe("a charger's password", () => {
  it('is told once when it is typed in by hand, and kept nowhere in clear', async () => {
    const made = passwordByHandSchema.parse((await staff.put(password, {})).body);
    expect(made.password).toMatch(/^[0-9a-f]{40}$/);
    expect(await seen()).toMatchObject({ profile: 1, password: { state: 'by-hand', isShared: false } });
    const { sql } = world.database;
    const rows = await Promise.all([
      sql.selectFrom('charger_password').selectAll().execute(),
      sql.selectFrom('audit_entry').selectAll().execute(),
      sql.selectFrom('idempotency_record').selectAll().execute(),
    ]);
    expect(JSON.stringify(rows)).not.toContain(made.password);
    await sql.updateTable('charger').set({ password_hash: 'x' }).where('id', '=', tenant.chargerId).execute();
    await sql.updateTable('charger_password').set({ closed_at: new Date() }).execute();
  });

  it('is asked for by a command, one at a time', async () => {
    const { commandId } = changedPasswordSchema.parse((await staff.post(password, {})).body);
    expect(await seen()).toMatchObject({ password: { state: 'under-way' } });
    expect(await staff.post(password, {})).toMatchObject({
      status: 409,
      body: { type: '/problems/password-under-way' },
    });
    const { sql } = world.database;
    const row = await sql
      .selectFrom('charger_command')
      .selectAll()
      .where('id', '=', commandId)
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ kind: 'set-variables', request: { variables: [{ value: '***' }] } });
    await sql
      .updateTable('charger_command')
      .set({ state: 'answered', result: { status: 'rejected' } })
      .where('id', '=', commandId)
      .execute();
    expect(await seen()).toMatchObject({ password: { state: 'none' } });
  });

  it('that somebody sets by a command of his own is accepted, too', async () => {
    const variables = [{ name: 'AuthorizationKey', value: 'chosen-by-somebody' }];
    const path = `/api/v1/chargers/${tenant.chargerId}/commands`;
    await staff.post(path, { command: { kind: 'set-variables', variables } });
    expect(await seen()).toMatchObject({ password: { state: 'under-way' } });
  });
});

describe("a charger's certificate", () => {
  const path = () => `/api/v1/chargers/${tenant.chargerId}/certificate`;

  it('is shown, asked for anew once a key, and there is none to revoke yet', async () => {
    const shown = chargerCertificateSchema.parse((await staff.get(path())).body);
    expect(shown).toMatchObject({ state: 'none', serial: null, refusal: null });
    const { commandId } = renewedCertificateSchema.parse((await staff.post(`${path()}/renew`, {})).body);
    const command = await world.database.sql
      .selectFrom('charger_command')
      .select(['kind', 'request'])
      .where('id', '=', commandId)
      .executeTakeFirstOrThrow();
    expect(command).toMatchObject({ kind: 'trigger-message', request: { message: 'sign-charger-certificate' } });
    expect(await staff.post(`${path()}/revoke`, { reason: 'stolen' })).toMatchObject({
      status: 409,
      body: { type: '/problems/certificate-none' },
    });
    expect(await staff.post(`${path()}/revoke`, { reason: ' ' })).toMatchObject({ status: 400 });
    const audited = await world.database.sql
      .selectFrom('audit_entry')
      .select('after')
      .where('action', '=', 'charger.certificate-renew')
      .execute();
    expect(audited).toEqual([{ after: { commandId } }]);
  });
});

describe('the security profile', () => {
  it('is wanted first when it is raised, and lowered at once, by staff only', async () => {
    const installer = await world.api.user('installer', { condominiumId: tenant.condominiumId });
    expect((await installer.put(security, { profile: 2 })).body).toMatchObject({ profile: 1, wantedProfile: 2 });
    await world.database.sql.updateTable('charger').set({ security_profile: 2, wanted_profile: null }).execute();
    expect(await installer.put(security, { profile: 1 })).toMatchObject({ status: 403 });
    expect((await staff.put(security, { profile: 1 })).body).toMatchObject({ profile: 1, wantedProfile: null });
  });

  it('is 0 only where the installation allows it', async () => {
    expect(await staff.put(security, { profile: 0 })).toMatchObject({
      status: 409,
      body: { type: '/problems/unsecured-not-allowed' },
    });
    const place = `/api/v1/installations/${tenant.installationId}/security`;
    expect((await staff.put(place, { allowUnsecured: true })).body).toMatchObject({ allowUnsecured: true });
    expect((await staff.put(security, { profile: 0 })).body).toMatchObject({ profile: 0, allowUnsecured: true });
    const audited = await world.database.sql
      .selectFrom('audit_entry')
      .select(['action', 'before', 'after'])
      .where('action', 'in', ['charger.profile', 'installation.security'])
      .orderBy('id', 'desc')
      .limit(2)
      .execute();
    expect(audited).toMatchObject([
      { before: { profile: 1, wanted: null }, after: { profile: 0, wanted: null } },
      { before: { allowUnsecured: false }, after: { allowUnsecured: true } },
    ]);
  });
});

describe('an enrolment window', () => {
  const path = () => `/api/v1/installations/${tenant.installationId}/enrolment`;

  it('is opened with a code told once, closed, and both are in the audit log without it', async () => {
    const opened = openedEnrolmentSchema.parse((await staff.put(path(), { hours: 2, most: 3 })).body);
    expect(opened).toMatchObject({ window: { most: 3 }, waiting: [] });
    expect(opened.code).toMatch(/^[0-9a-f]{32}$/);
    const shown = await staff.get(path());
    expect(enrolmentSchema.parse(shown.body).window).toEqual(opened.window);
    expect(JSON.stringify(shown.body)).not.toContain(opened.code);
    expect((await staff.post(`${path()}/close`, {})).body).toMatchObject({ window: null });
    const rows = await world.database.sql.selectFrom('audit_entry').selectAll().execute();
    expect(rows.map(({ action }) => action)).toEqual(expect.arrayContaining(['enrolment.open', 'enrolment.close']));
    expect(JSON.stringify(rows)).not.toContain(opened.code);
    expect(await staff.put(path(), { hours: 169 })).toMatchObject({ status: 400 });
  });

  it('lets a charger wait that gets a spot, and a password of its own where it came with the code', async () => {
    const { code } = openedEnrolmentSchema.parse((await staff.put(path(), {})).body);
    const { sql } = world.database;
    const knocking = { chargerId: 'new-9', identity: 'NEW-9', protocol: 'ocpp1.6', isEncrypted: true, enrolment: null };
    await letWait(sql, { ...knocking, password: Buffer.from(code) }, new Date());
    const [waiting] = enrolmentSchema.parse((await staff.get(path())).body).waiting;
    expect(waiting).toMatchObject({ chargerId: 'new-9', label: 'NEW-9', profile: 2 });
    const adopt = `/api/v1/enrolment/${waiting?.id}/adopt`;
    expect(await staff.post(adopt, {})).toMatchObject({ status: 400 });
    expect(await staff.post(adopt, { spot: 'Lugar 9' })).toMatchObject({ status: 200, body: { chargerId: 'new-9' } });
    expect(await staff.post(adopt, { spot: 'Lugar 9' })).toMatchObject({
      status: 409,
      body: { type: '/problems/enrolment-decided' },
    });
    expect((await staff.get('/api/v1/chargers/new-9/security')).body).toMatchObject({
      profile: 2,
      password: { state: 'under-way', isShared: true },
    });
  });
});

it('what charger and gateway noted is shown, newest first', async () => {
  const { sql } = world.database;
  await sql
    .insertInto('connection_refusal')
    .values({
      charge_point_id: tenant.chargerId.toUpperCase(),
      reason: 'profile-too-low',
      day: '2026-07-01',
      times: 3,
      last_at: new Date('2026-07-01T10:00:00Z'),
    })
    .execute();
  await sql
    .insertInto('ocpp_message')
    .values({
      charger_id: tenant.chargerId,
      received_at: new Date('2026-07-02T10:00:00Z'),
      message_id: 'm',
      action: 'SecurityEventNotification',
      payload: { type: 'TamperDetectionActivated', timestamp: '2026-07-02T10:00:00Z', techInfo: 'lid' },
      answer: {},
      key: 'k',
    })
    .execute();
  expect((await seen()).events).toEqual([
    { source: 'told', code: 'TamperDetectionActivated', at: '2026-07-02T10:00:00.000Z', times: 1, detail: 'lid' },
    { source: 'refused', code: 'profile-too-low', at: '2026-07-01T10:00:00.000Z', times: 3, detail: null },
  ]);
});
