import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';

import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';
import { retryDebitUpdate } from '#workflows/arrears/messages.js';

import { problemSchema } from './api-types.js';
import { runApi, type Caller, type RunningApi } from './testing/running-api.js';
import { addTenant, type Tenant } from './testing/world.js';

let database: TestDatabase;
let api: RunningApi;
let tenant: Tenant;
let staff: Caller;

beforeAll(async () => {
  database = await createTestDatabase();
  tenant = await addTenant(database.sql, 'Aeiou', new Date());
  api = await runApi(database);
  staff = await api.user('staff');
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});
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
