import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';

import { createTestDatabase } from '#test/setup/database.js';
import { retryDebitUpdate } from '#workflows/arrears/messages.js';

import { problemSchema } from './api-types.js';
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
beforeEach(() => api.workflows.reset());

const retry = () => staff.post(`/api/v1/arrears/${tenant.documentId}/retry`, {});

const mandate = (status: string) =>
  database.sql.updateTable('mandate').set({ status }).where('customer_id', '=', tenant.customerId).execute();

it('a further debit without a mandate that holds is refused at once, and the workflow is left alone', async () => {
  await mandate('inactive');
  const answer = await retry();
  expect(answer.status).toBe(409);
  expect(problemSchema.parse(answer.body).type).toBe('/problems/no-mandate');
  expect(api.workflows.commands).toEqual([]);
});

it('a parked case is tried again with or without one', async () => {
  const stage = (text: string) =>
    database.sql
      .updateTable('arrears_case')
      .set({ stage: text })
      .where('document_id', '=', tenant.documentId)
      .execute();
  await stage('parked');
  expect((await retry()).status).toBe(200);
  await stage('reminder');
});

it('with a mandate it goes to the workflow', async () => {
  await mandate('active');
  expect((await retry()).status).toBe(200);
  expect(api.workflows.commands).toMatchObject([
    { update: retryDebitUpdate.name, workflowId: `arrears/${tenant.documentId}` },
  ]);
});
