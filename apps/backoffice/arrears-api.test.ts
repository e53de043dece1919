import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';

import { createTestDatabase } from '#test/setup/database.js';

import { arrearsDetailSchema, arrearsPageSchema } from './api-types.js';
import { ChaseWatch } from './chase-watch.js';
import type { Caller, RunningApi } from './testing/running-api.js';
import { runStaffedApi, type StaffedApi } from './testing/staffed-api.js';
import type { Tenant } from './testing/world.js';

let world: StaffedApi;
let database: StaffedApi['database'];
let api: RunningApi;
let tenant: Tenant;
let staff: Caller;
let resident: Caller;

beforeAll(async () => {
  world = await runStaffedApi(await createTestDatabase());
  ({ database, api, tenant, staff } = world);
  resident = await api.user('resident', { condominiumId: tenant.condominiumId, customerId: tenant.customerId });
});
afterAll(() => world.stop());
beforeEach(() => api.workflows.reset());

const act = (who: Caller, deed: string, body: object) => who.post(`/api/v1/arrears/${tenant.documentId}/${deed}`, body);
const detail = async (who: Caller) =>
  arrearsDetailSchema.parse((await who.get(`/api/v1/arrears/${tenant.documentId}`)).body);
const list = async (query: string) =>
  arrearsPageSchema.parse((await staff.get(`/api/v1/arrears?${query}`)).body).items.map((one) => one.documentId);

it('a resident complains; staff find it among what needs them, close it, and the workflow is told', async () => {
  expect(await act(resident, 'complaint', { reason: 'esse carro não é meu' })).toMatchObject({ status: 200 });
  expect(api.workflows.signals).toEqual([`caseChanged ${tenant.documentId}`]);
  expect(await list('need=complaint')).toEqual([tenant.documentId]);
  expect(await list('need=any&open=true')).toEqual([tenant.documentId]);
  expect(await list('need=suspension')).toEqual([]);
  const shown = await detail(resident);
  expect(shown).toMatchObject({
    standsStill: 'complaint',
    case: { needs: [], stage: 'reminder' },
    complaints: [{ reason: 'esse carro não é meu', closedAt: null }],
  });
  expect(shown.timeline.filter(({ state }) => state === 'ahead').every(({ at }) => at === null)).toBe(true);
  expect(await act(resident, 'complaint', { reason: 'outra vez' })).toMatchObject({
    status: 409,
    body: { type: '/problems/complaint-open' },
  });
  expect(await act(resident, 'complaint/close', { reason: 'afinal é' })).toMatchObject({ status: 403 });
  expect(await act(staff, 'complaint/close', { reason: 'a leitura confere' })).toMatchObject({ status: 200 });
  const entry = await database.sql.selectFrom('audit_entry').selectAll().orderBy('id', 'desc').executeTakeFirst();
  expect(entry).toMatchObject({ action: 'arrears.close-complaint', after: { reason: 'a leitura confere' } });
  const after = await detail(resident);
  expect(after.standsStill).toBeNull();
  expect(after.timeline.find(({ stage }) => stage === 'formal-notice')?.at).not.toBeNull();
});

it('a resident asks for a plan, staff agree on one that adds up, everybody sees it', async () => {
  expect(await act(resident, 'plan/ask', { reason: 'em duas vezes, por favor' })).toMatchObject({ status: 200 });
  expect(await list('need=plan-asked')).toEqual([tenant.documentId]);
  const { dueCents } = (await detail(staff)).case;
  const instalments = [
    { dueDate: '2099-01-31', amountCents: 100 },
    { dueDate: '2099-02-28', amountCents: dueCents - 100 },
  ];
  expect(await act(staff, 'plan', { instalments: instalments.slice(0, 1) })).toMatchObject({
    status: 409,
    body: { type: '/problems/plan-sum-differs' },
  });
  expect(await act(staff, 'plan', { instalments })).toMatchObject({ status: 200 });
  const shown = await detail(resident);
  expect(shown).toMatchObject({
    standsStill: 'plan',
    plan: { outcome: null, instalments: [{ paidCents: 0 }, { paidCents: 0 }] },
    planRequest: { answer: 'agreed' },
  });
  expect(await act(staff, 'plan/end', { reason: 'muda de casa' })).toMatchObject({ status: 200 });
  expect((await detail(staff)).plan).toMatchObject({ outcome: 'ended' });
});

it('a suspension is approved and declined through its workflow, a refusal in its own words', async () => {
  expect(await act(staff, 'decline-suspension', {})).toMatchObject({ status: 400, body: { field: 'reason' } });
  expect(await act(staff, 'approve-suspension', {})).toMatchObject({ status: 200 });
  expect(api.workflows.commands).toMatchObject([{ update: 'approveSuspension' }]);
  api.workflows.answer = { kind: 'refused', words: 'No suspension is proposed: the case is at reminder' };
  expect(await act(staff, 'approve-suspension', {})).toMatchObject({ status: 409 });
});

it('what is said while the workflow server is away is on record all the same', async () => {
  api.workflows.isAway = true;
  const letter = { reference: 'RL1PT', recipient: 'Rua A 1', sentOn: '2026-08-04' };
  expect(await act(staff, 'registered-letter', letter)).toMatchObject({ status: 200 });
  expect((await detail(staff)).letters).toMatchObject([{ channel: 'registered-letter', reference: 'RL1PT' }]);
  expect(await act(staff, 'registered-letter', { ...letter, sentOn: '2999-01-01' })).toMatchObject({
    status: 400,
    body: { field: 'sentOn' },
  });
});

it('the debts of a condominium are a CSV that no spreadsheet takes for formulas', async () => {
  await database.sql.updateTable('customer').set({ name: '=1+1' }).where('id', '=', tenant.customerId).execute();
  const { text, status } = await staff.get(`/api/v1/arrears/debts/${tenant.condominiumId}`);
  expect(status).toBe(200);
  expect(text).toContain(tenant.invoiceNumber);
  expect(text).not.toMatch(/(^|,)[=+]/m);
});

it('a hand-over tells the manager; a case that money or people overtook is told once an hour', async () => {
  expect(await act(staff, 'hand-over', { reason: 'prescreve em breve' })).toMatchObject({ status: 200 });
  const mail = await database.sql
    .selectFrom('mail')
    .select(['key', 'customer_id'])
    .where('key', 'like', `arrears/${tenant.documentId}/handed-over/%`)
    .executeTakeFirst();
  expect(mail).toMatchObject({ customer_id: null });
  api.workflows.reset();
  let at = Date.now();
  const log = { warn: () => undefined } as never;
  const watch = new ChaseWatch({ sql: database.sql, workflows: api.workflows, log, now: () => new Date(at) });
  await watch.run();
  await watch.run();
  expect(api.workflows.signals).toEqual([`caseChanged ${tenant.documentId}`]);
  at += 3_600_000;
  await watch.run();
  expect(api.workflows.signals).toHaveLength(2);
});

it('a write-off leaves nothing due', async () => {
  expect(await act(staff, 'write-off', { reason: 'sem paradeiro' })).toMatchObject({
    status: 200,
    body: { case: { dueCents: 0 } },
  });
  expect(await act(staff, 'write-off', { reason: 'sem paradeiro' })).toMatchObject({ status: 409 });
});
