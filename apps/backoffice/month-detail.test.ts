import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { monthDetailSchema, type MonthDetail } from './api-types.js';
import { runApi, type Caller, type RunningApi } from './testing/running-api.js';
import { addTenant, type Tenant } from './testing/world.js';

let database: TestDatabase;
let api: RunningApi;
let own: Tenant;
let foreign: Tenant;
let staff: Caller;
let manager: Caller;

beforeAll(async () => {
  database = await createTestDatabase();
  own = await addTenant(database.sql, 'Aeiou', new Date());
  foreign = await addTenant(database.sql, 'Bcdfg', new Date());
  api = await runApi(database);
  staff = await api.user('staff');
  manager = await api.user('manager', { condominiumId: own.condominiumId });
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});
beforeEach(() => api.workflows.reset());

async function monthOf(caller: Caller, tenant: Tenant): Promise<MonthDetail> {
  return monthDetailSchema.parse((await caller.get(`/api/v1/months/${tenant.cycleId}`)).body);
}

async function addLine(band: string, wh: number, cents: number, more: { customerId?: null; direction?: string } = {}) {
  const { cycleId, customerId, chargerId } = own;
  await database.sql
    .insertInto('rated_line')
    .values({
      cycle_id: cycleId,
      customer_id: more.customerId === undefined ? customerId : more.customerId,
      charger_id: chargerId,
      position: 2,
      season: 'Verão',
      day_type: 'Semana',
      band,
      label: band,
      interval: '00.00-02.00',
      direction: more.direction ?? 'import',
      wh,
      estimated_wh: 0,
      micros_per_kwh: 100_000,
      cents,
      calendar_id: 'pt-mainland-weekly',
    })
    .execute();
}

describe('the energy of a month by tariff band', () => {
  it("is the sum of its lines, also nobody's, and what was fed back counts negative", async () => {
    await addLine('vazio-normal', 3_000, 30);
    await addLine('vazio-normal', 1_000, 10, { customerId: null });
    await addLine('vazio-normal', 500, -5, { direction: 'export' });
    expect((await monthOf(staff, own)).bands).toEqual([
      { band: 'cheias', label: 'Cheia', wh: 10_000, cents: 200 },
      { band: 'vazio-normal', label: 'vazio-normal', wh: 3_500, cents: 35 },
    ]);
  });

  it("is each condominium's own", async () => {
    expect((await monthOf(manager, own)).bands).toHaveLength(2);
    expect((await manager.get(`/api/v1/months/${foreign.cycleId}`)).status).toBe(404);
    expect((await monthOf(staff, foreign)).bands).toEqual([{ band: 'cheias', label: 'Cheia', wh: 10_000, cents: 200 }]);
  });

  it('comes with the answer to a command too', async () => {
    const answer = await staff.post(`/api/v1/months/${own.cycleId}/retry`, {});
    expect(monthDetailSchema.parse(answer.body).bands).toHaveLength(2);
  });
});

describe('a month', () => {
  it("tells its installation's time zone", async () => {
    await database.sql
      .updateTable('installation')
      .set({ time_zone: 'Atlantic/Azores' })
      .where('id', '=', own.installationId)
      .execute();
    expect((await monthOf(staff, own)).timeZone).toBe('Atlantic/Azores');
    expect((await staff.get('/api/v1/installations')).body).toMatchObject({
      items: [{ timeZone: 'Atlantic/Azores' }, { timeZone: 'Europe/Lisbon' }],
    });
    const path = `/api/v1/customers/${own.customerId}/months/${own.cycleId}`;
    expect((await staff.get(path)).body).toMatchObject({ timeZone: 'Atlantic/Azores' });
  });

  it('names the customer a spike is about, never one of another condominium', async () => {
    const { customerId: id, customerName: name } = own;
    expect((await monthOf(manager, own)).anomalies).toMatchObject([{ subject: id, customer: { id, name } }]);
    await database.sql
      .updateTable('anomaly')
      .set({ subject: foreign.customerId })
      .where('cycle_id', '=', own.cycleId)
      .execute();
    expect((await monthOf(manager, own)).anomalies).toMatchObject([{ subject: foreign.customerId, customer: null }]);
  });

  it('tells staff who held it and why, and a manager only that it is held', async () => {
    const path = `/api/v1/months/${own.cycleId}`;
    expect(await monthOf(staff, own)).toMatchObject({ held: false, hold: null });
    await staff.post(`${path}/hold`, { reason: 'o contador geral não bate' });
    expect(await monthOf(staff, own)).toMatchObject({
      held: true,
      hold: { by: expect.stringContaining('@'), reason: 'o contador geral não bate' },
    });
    expect(await monthOf(manager, own)).toMatchObject({ held: true, hold: null });
    await staff.post(`${path}/release`, {});
    expect(await monthOf(staff, own)).toMatchObject({ held: false, hold: null });
  });
});

describe('starting a month by hand', () => {
  const start = () => staff.post('/api/v1/months', { installationId: own.installationId, period: '2026-06' });
  const end = (step: string, outcome: string) =>
    database.sql
      .updateTable('billing_cycle')
      .set({ step, outcome, finished_at: new Date() })
      .where('id', '=', own.cycleId)
      .execute();

  it('that came to its end is refused, one that was cancelled runs again', async () => {
    await end('done', 'settled');
    expect(await start()).toMatchObject({ status: 409, body: { type: '/problems/month-exists' } });
    expect(api.workflows.started.size).toBe(0);
    await end('cancelled', 'cancelled');
    expect((await start()).status).toBe(201);
  });
});

describe('the invoices of a month are counted by what is due', () => {
  const outcomes = async (collection: string | null, chase: string | null): Promise<void> => {
    await database.sql
      .updateTable('collection')
      .set({ outcome: collection })
      .where('document_id', '=', own.documentId)
      .execute();
    await database.sql
      .updateTable('arrears_case')
      .set({ outcome: chase })
      .where('document_id', '=', own.documentId)
      .execute();
  };

  it('one that was paid and taken back is in arrears, not also paid', async () => {
    await outcomes('settled', null);
    expect((await monthOf(staff, own)).invoices).toMatchObject({ issued: 1, settled: 0, arrears: 1 });
  });

  it('one that is parked needs a person until it is paid', async () => {
    const park = (table: 'collection' | 'arrears_case') =>
      table === 'collection'
        ? database.sql
            .updateTable(table)
            .set({ step: 'parked' })
            .where('document_id', '=', foreign.documentId)
            .execute()
        : database.sql
            .updateTable(table)
            .set({ stage: 'parked' })
            .where('document_id', '=', foreign.documentId)
            .execute();
    expect((await monthOf(staff, foreign)).invoices.needPerson).toBe(0);
    await park('collection'); // handed over: what its collection says is over
    expect((await monthOf(staff, foreign)).invoices.needPerson).toBe(0);
    await park('arrears_case');
    expect((await monthOf(staff, foreign)).invoices.needPerson).toBe(1);
    const path = `/api/v1/collections/${foreign.documentId}/record-transfer`;
    await staff.post(path, { amountCents: 246, reference: 'extrato 2' });
    expect((await monthOf(staff, foreign)).invoices.needPerson).toBe(0);
  });

  it('one that was paid after its chase had ended is paid', async () => {
    await outcomes('arrears', 'suspension-proposed');
    expect((await monthOf(staff, own)).invoices).toMatchObject({ settled: 0, arrears: 1, paidCents: 0 });
    const path = `/api/v1/collections/${own.documentId}/record-transfer`;
    expect((await staff.post(path, { amountCents: 246, reference: 'extrato 1' })).status).toBe(200);
    expect((await monthOf(staff, own)).invoices).toMatchObject({ settled: 1, arrears: 0, paidCents: 246 });
  });
});
