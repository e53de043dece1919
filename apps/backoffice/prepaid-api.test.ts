import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { recordTopUp } from '#libs/payments/record-top-up.js';
import { createTestDatabase } from '#test/setup/database.js';

import { prepaidSchema, refundPageSchema } from './api-types.js';
import type { Caller } from './testing/running-api.js';
import { runStaffedApi, type StaffedApi } from './testing/staffed-api.js';

const IBAN = 'PT50000201231234567890154';

let world: StaffedApi;
let staff: Caller;
let resident: Caller;
let path: string;

beforeAll(async () => {
  world = await runStaffedApi(await createTestDatabase());
  ({ staff } = world);
  const { customerId } = world.tenant;
  resident = await world.api.user('resident', { customerId });
  path = `/api/v1/customers/${customerId}/prepaid`;
  const { sql } = world.database;
  await sql.updateTable('issuer').set({ iban: 'PT50002700000001234567833' }).execute();
  await sql.updateTable('customer').set({ payment_method: 'prepaid' }).where('id', '=', customerId).execute();
  await recordTopUp(sql, { customerId, source: 'bank', amountCents: 10_000, key: 't', now: new Date() });
});
afterAll(() => world.stop());

const account = async () => prepaidSchema.parse((await resident.get(path)).body);

it('an account says what is left, and belongs to its customer and to staff', async () => {
  expect(await account()).toMatchObject({ method: 'prepaid', balanceCents: 10_000, autoTopUp: null, refund: null });
  expect((await staff.get(path)).status).toBe(200);
  const neighbour = { id: 'somebody-else', condominium_id: world.tenant.condominiumId, name: 'Vizinho' };
  await world.database.sql.insertInto('customer').values(neighbour).execute();
  const other = await world.api.user('resident', { customerId: 'somebody-else' });
  expect((await other.get(path)).status).toBe(404);
  const manager = await world.api.user('manager', { condominiumId: world.tenant.condominiumId });
  expect((await manager.post(`${path}/rules`, { lowBalanceCents: 1 })).status).toBe(403);
});

it('a resident sets the threshold, only staff the floor; the account is looked at then', async () => {
  expect(await resident.post(`${path}/rules`, { lowBalanceCents: 750 })).toMatchObject({
    status: 200,
    body: { lowBalanceCents: 750, floorCents: 0 },
  });
  expect((await resident.post(`${path}/rules`, { floorCents: 100 })).status).toBe(403);
  expect(await staff.post(`${path}/rules`, { floorCents: 100 })).toMatchObject({
    status: 200,
    body: { lowBalanceCents: 750, floorCents: 100 },
  });
  expect((await staff.post(`${path}/rules`, { floorCents: -1 })).status).toBe(400);
  expect(world.api.workflows.signals).toContain(`prepaidChanged ${world.tenant.customerId}`);
  const entry = await world.database.sql
    .selectFrom('audit_entry')
    .selectAll()
    .where('action', '=', 'prepaid.rules')
    .orderBy('id', 'desc')
    .executeTakeFirst();
  expect(entry).toMatchObject({ before: { floorCents: 0 }, after: { floorCents: 100 } });
});

it('automatic top-up needs a mandate, and keeps who agreed to what', async () => {
  const { sql } = world.database;
  const { customerId } = world.tenant;
  const autoTopUp = { belowCents: 1_000, amountCents: 2_000, monthMaximumCents: 4_000, evidence: 'concordo' };
  await sql.deleteFrom('mandate').where('customer_id', '=', customerId).execute();
  expect(await resident.post(`${path}/auto-top-up`, { autoTopUp })).toMatchObject({
    status: 409,
    body: { type: '/problems/mandate-not-found' },
  });
  await sql
    .insertInto('mandate')
    .values({
      customer_id: customerId,
      stripe_setup_intent_id: 'seti_prepaid',
      status: 'active',
      acceptance: {},
      active_at: new Date(),
    })
    .execute();
  const on = prepaidSchema.parse((await resident.post(`${path}/auto-top-up`, { autoTopUp })).body);
  expect(on.autoTopUp).toMatchObject({ amountCents: 2_000, consent: { evidence: 'concordo' } });
  expect(await resident.post(`${path}/auto-top-up`, { autoTopUp: null })).toMatchObject({ body: { autoTopUp: null } });
});

it('another way of paying is ordered for the next month, and may be taken back', async () => {
  const ordered = prepaidSchema.parse((await resident.post(`${path}/conversion`, { method: 'transfer' })).body);
  expect(ordered.conversion).toMatchObject({ method: 'transfer' });
  expect(ordered.method).toBe('prepaid');
  expect(await resident.post(`${path}/conversion`, { method: 'prepaid' })).toMatchObject({
    body: { conversion: null },
  });
});

it('who still holds a spot does not get the balance back yet', async () => {
  expect(await resident.post(`${path}/leaving`, { iban: 'PT00' })).toMatchObject({
    status: 409,
    body: { type: '/problems/iban-invalid' },
  });
  expect(await resident.post(`${path}/leaving`, { iban: IBAN })).toMatchObject({
    status: 409,
    body: { type: '/problems/leaving-not-billed' },
  });
});

it('who has left gets the rest: approved by staff, in a file for the bank, booked back when it fails', async () => {
  const { sql } = world.database;
  const { customerId } = world.tenant;
  const longAgo = new Date(Date.now() - 200 * 86_400_000);
  const before = new Date(longAgo.getTime() - 86_400_000);
  await sql
    .updateTable('occupancy')
    .set({ from: before, until: longAgo })
    .where('customer_id', '=', customerId)
    .execute();
  await sql.updateTable('token').set({ customer_id: null }).where('customer_id', '=', customerId).execute();
  const left = prepaidSchema.parse((await resident.post(`${path}/leaving`, {})).body);
  expect(left.refund).toMatchObject({ state: 'proposed', ibanLast4: null });
  const refund = `/api/v1/refunds/${left.refund?.id}`;
  expect((await resident.post(`${refund}/approve`, {})).status).toBe(403);
  expect(await staff.post(`${refund}/approve`, {})).toMatchObject({ body: { type: '/problems/refund-no-account' } });
  expect(await resident.post(`${path}/refund-account`, { iban: IBAN })).toMatchObject({
    status: 200,
    body: { refund: { ibanLast4: '0154' } },
  });
  expect(await staff.post(`${refund}/approve`, {})).toMatchObject({ status: 200, body: { state: 'approved' } });
  const issuerId = left.refund?.issuerId ?? '';
  const made = await staff.post('/api/v1/refunds/file', { issuerId });
  expect(made).toMatchObject({ status: 200, body: { count: 1, sumCents: left.refund?.amountCents } });
  const { messageId } = made.body as { messageId: string };
  const file = await staff.get(`/api/v1/refunds/file/${messageId}`);
  expect(file.text).toContain(IBAN);
  expect((await resident.get(`/api/v1/refunds/file/${messageId}`)).status).toBe(403);
  expect((await account()).balanceCents).toBe(0);
  expect(await staff.post(`${refund}/fail`, {})).toMatchObject({ status: 400, body: { field: 'reason' } });
  expect(await staff.post(`${refund}/fail`, { reason: 'conta encerrada' })).toMatchObject({
    body: { state: 'failed' },
  });
  expect((await account()).balanceCents).toBe(left.refund?.amountCents);
  const page = refundPageSchema.parse((await staff.get('/api/v1/refunds')).body);
  expect(page.items).toMatchObject([{ state: 'failed', reason: 'conta encerrada', ibanLast4: '0154' }]);
});
