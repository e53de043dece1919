import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { createTestDatabase } from '#test/setup/database.js';

import { adjustmentPageSchema, differencesSchema } from './api-types.js';
import type { Caller, RunningApi } from './testing/running-api.js';
import { runStaffedApi, type StaffedApi } from './testing/staffed-api.js';
import type { Tenant } from './testing/world.js';

let world: StaffedApi;
let database: StaffedApi['database'];
let api: RunningApi;
let tenant: Tenant;
let staff: Caller;

beforeAll(async () => {
  world = await runStaffedApi(await createTestDatabase());
  ({ database, api, tenant, staff } = world);
});
afterAll(() => world.stop());

const decide = (decision: string, body: object = {}) =>
  staff.post(`/api/v1/adjustments/${tenant.adjustmentId}/${decision}`, body);

it('the differences found of a month are listed with their lines', async () => {
  const page = adjustmentPageSchema.parse((await staff.get(`/api/v1/months/${tenant.cycleId}/adjustments`)).body);
  expect(page.items).toMatchObject([
    {
      state: 'proposed',
      netCents: 12,
      reasons: ['late-readings'],
      customerName: 'Residente Aeiou',
      lines: [{ wh: 600 }],
    },
  ]);
});

it('a dismissal needs a reason, and each decision is in the audit log with before and after', async () => {
  expect(await decide('dismiss')).toMatchObject({ status: 400, body: { field: 'reason' } });
  expect(await decide('dismiss', { reason: 'já acordado' })).toMatchObject({
    status: 200,
    body: { state: 'dismissed', decidedBy: 'user-1@example.pt' },
  });
  const entry = await database.sql.selectFrom('audit_entry').selectAll().orderBy('id', 'desc').executeTakeFirst();
  expect(entry).toMatchObject({
    action: 'adjustment.dismiss',
    installation_id: tenant.installationId,
    before: { state: 'proposed' },
    after: { state: 'dismissed', reason: 'já acordado' },
  });
  expect(await decide('reconsider')).toMatchObject({ status: 200, body: { state: 'proposed', decidedBy: null } });
  expect(await decide('accept')).toMatchObject({ status: 200, body: { state: 'accepted' } });
});

it('all proposals of a month are decided at once, with their ids in the audit log', async () => {
  expect(await decide('reconsider')).toMatchObject({ status: 200, body: { state: 'proposed' } });
  const path = `/api/v1/months/${tenant.cycleId}/adjustments`;
  expect(await staff.post(`${path}/dismiss`, {})).toMatchObject({ status: 400, body: { field: 'reason' } });
  expect(await staff.post(`${path}/accept`, {})).toMatchObject({ status: 200, body: { decided: 1 } });
  expect(await staff.post(`${path}/accept`, {})).toMatchObject({ status: 200, body: { decided: 0 } });
  const entry = await database.sql
    .selectFrom('audit_entry')
    .selectAll()
    .where('action', '=', 'adjustment.accept-all')
    .orderBy('id')
    .executeTakeFirstOrThrow();
  expect(entry.after).toMatchObject({ adjustments: [tenant.adjustmentId] });
});

it('a credit note needs a reason, gives back nothing that is still to be charged, and is for staff alone', async () => {
  expect(await decide('credit-note')).toMatchObject({ status: 400, body: { field: 'reason' } });
  expect(await decide('credit-note', { reason: 'mudou-se' })).toMatchObject({
    status: 409,
    body: { type: '/problems/adjustment-not-credited', detail: expect.stringContaining('still to be charged') },
  });
  const manager = await api.user('manager', { condominiumId: tenant.condominiumId });
  const path = `/api/v1/adjustments/${tenant.adjustmentId}/credit-note`;
  expect(await manager.post(path, { reason: 'mudou-se' })).toMatchObject({ status: 403 });
});

it('what is to be given back is given back by a credit note with its postings and its PDF, once', async () => {
  const { sql } = database;
  await sql.updateTable('adjustment').set({ net_cents: -12 }).where('id', '=', tenant.adjustmentId).execute();
  await sql
    .updateTable('adjustment_line')
    .set({ net_cents: -12 })
    .where('adjustment_id', '=', tenant.adjustmentId)
    .execute();
  const line = { kind: 'energy', party: 'retailer', label: 'Cheia 1', vat_rate_permyriad: 2300, vat_code: 'NOR' };
  await sql
    .insertInto('document_line')
    .values({ document_id: tenant.documentId, line_no: 90, net_cents: 500, ...line })
    .execute();
  const answer = await decide('credit-note', { reason: 'mudou-se' });
  expect(answer).toMatchObject({ status: 200, body: { state: 'billed', number: expect.stringMatching(/^NC /) } });
  const note = await sql.selectFrom('fiscal_document').selectAll().where('type', '=', 'NC').executeTakeFirstOrThrow();
  expect(note).toMatchObject({ net_cents: -12, reason: 'mudou-se' });
  expect(
    await sql.selectFrom('journal_entry').select('key').where('key', '=', `issue/${note.id}`).execute(),
  ).toHaveLength(1);
  expect(
    await sql.selectFrom('stored_file').select('id').where('key', '=', `invoice-pdf/${note.id}`).execute(),
  ).toHaveLength(1);
  expect(await decide('credit-note', { reason: 'mudou-se' })).toMatchObject({ status: 200, body: { state: 'billed' } });
  expect(await sql.selectFrom('fiscal_document').select('id').where('type', '=', 'NC').execute()).toHaveLength(1);
});

it('what stands in a document can no longer be decided', async () => {
  await database.sql
    .updateTable('adjustment')
    .set({ state: 'billed', document_id: tenant.documentId })
    .where('id', '=', tenant.adjustmentId)
    .execute();
  expect(await decide('dismiss', { reason: 'x' })).toMatchObject({
    status: 409,
    body: { type: '/problems/adjustment-decided' },
  });
});

it('a dry run says what a month cannot be rated again for, and keeps nothing', async () => {
  const count = () => database.sql.selectFrom('adjustment').selectAll().execute();
  const before = await count();
  const answer = await staff.post(`/api/v1/months/${tenant.cycleId}/adjustments`);
  expect(differencesSchema.parse(answer.body)).toMatchObject({ refused: 'MONTH.NOT_BILLED' });
  expect(await count()).toEqual(before);
});
