import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { rateCycle } from '#libs/rating/rate-cycle.js';
import { seedCycle } from '#test/data/cycles.js';
import { createTestDatabase } from '#test/setup/database.js';

import { customerMonthDetailSchema, explanationSchema, type Explanation } from './api-types.js';
import { HIDDEN } from './hide-foreign-tags.js';
import type { Caller, RunningApi } from './testing/running-api.js';
import { runStaffedApi, type StaffedApi } from './testing/staffed-api.js';
import type { Tenant } from './testing/world.js';

let world: StaffedApi;
let database: StaffedApi['database'];
let api: RunningApi;
let tenant: Tenant;
let staff: Caller;
let resident: Caller;
let cycleId: string;
let messages = 0;

async function message(action: string, at: Date, payload: Record<string, unknown>): Promise<number> {
  messages += 1;
  const row = await database.sql
    .insertInto('ocpp_message')
    .values({
      charger_id: tenant.chargerId,
      received_at: at,
      message_id: `message-${messages}`,
      action,
      payload,
      answer: {},
      key: `key-${messages}`,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

/** A session in May from 20:00 to 02:00 UTC with a reading each half hour, and 1 kWh between two of them. */
async function charge(): Promise<void> {
  const { chargerId } = tenant;
  const startMs = Date.parse('2026-05-11T20:00:00Z');
  const start = await message('StartTransaction', new Date(startMs), { connectorId: 1, idTag: 'SOMEBODY' });
  const transaction = await database.sql
    .insertInto('charging_transaction')
    .values({
      charger_id: chargerId,
      connector_id: 1,
      id_tag: 'SOMEBODY',
      started_at: new Date(startMs),
      stopped_at: new Date(startMs + 6 * 3_600_000),
      meter_start_wh: 50_000,
      start_key: 'explained',
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  for (let step = 0; step <= 12; step += 1) {
    const at = new Date(startMs + step * 1_800_000);
    const messageId = step === 0 ? start : await message('MeterValues', at, { transactionId: transaction.id });
    await database.sql
      .insertInto('meter_reading')
      .values({
        charger_id: chargerId,
        connector_id: 1,
        transaction_id: transaction.id,
        at,
        import_wh: 50_000 + step * 1_000,
        context: step === 0 ? 'Transaction.Begin' : 'Sample.Clock',
        message_id: messageId,
      })
      .execute();
  }
}

beforeAll(async () => {
  world = await runStaffedApi(await createTestDatabase());
  ({ database, api, tenant, staff } = world);
  await charge();
  cycleId = await seedCycle(database.sql, tenant.installationId, '2026-05', { step: 'checking' });
  await database.sql.transaction().execute((trx) => rateCycle(trx, { cycleId, now: new Date() }));
  const { condominiumId, customerId } = tenant;
  resident = await api.user('resident', { condominiumId, customerId });
});
afterAll(() => world.stop());

async function lines(who: Caller) {
  const { body } = await who.get(`/api/v1/customers/${tenant.customerId}/months/${cycleId}`);
  return customerMonthDetailSchema.parse(body).lines;
}

async function explain(who: Caller, lineId: string, query = ''): Promise<Explanation> {
  const answer = await who.get(`/api/v1/rated-lines/${lineId}/explanation${query}`);
  expect(answer.status).toBe(200);
  return explanationSchema.parse(answer.body);
}

describe('an explanation', () => {
  it('adds up to its line, down to the readings and the messages that brought them', async () => {
    for (const { lineId, wh, cents } of await lines(staff)) {
      const told = await explain(staff, lineId);
      expect(told).toMatchObject({ wh, differenceWh: 0, line: { wh, cents, period: '2026-05', currency: 'EUR' } });
      expect(told.pieces.reduce((sum, piece) => sum + piece.wh, 0)).toBe(wh);
      for (const { startWh, endWh, before, after, ...piece } of told.pieces) {
        expect(endWh - startWh).toBe(piece.wh);
        expect(before.registerWh <= startWh && endWh <= after.registerWh).toBe(true);
        const ids = told.messages.map(({ id }) => id);
        expect(ids).toEqual(expect.arrayContaining([before.messageId, after.messageId]));
      }
    }
  });

  it('comes in pages that together are everything once', async () => {
    const [line] = await lines(staff);
    const lineId = line?.lineId ?? '';
    const whole = await explain(staff, lineId);
    const first = await explain(staff, lineId, '?limit=3');
    const rest = await explain(staff, lineId, `?limit=200&cursor=${first.nextCursor}`);
    expect([...first.pieces, ...rest.pieces]).toEqual(whole.pieces);
    expect(rest.nextCursor).toBeNull();
  });

  it("shows a resident their own line, without another person's card", async () => {
    const told = await Promise.all((await lines(resident)).map(({ lineId }) => explain(resident, lineId)));
    const tags = told.flatMap(({ messages: raw }) => raw.flatMap(({ payload }) => payload['idTag'] ?? []));
    expect(new Set(tags)).toEqual(new Set([HIDDEN]));
    const toStaff = await Promise.all((await lines(staff)).map(({ lineId }) => explain(staff, lineId)));
    expect(JSON.stringify(toStaff)).toContain('SOMEBODY');
  });

  it('of nobody’s line is not for residents', async () => {
    const [line] = await lines(staff);
    const lineId = line?.lineId ?? '';
    await database.sql.updateTable('rated_line').set({ customer_id: null }).where('id', '=', lineId).execute();
    expect(await resident.get(`/api/v1/rated-lines/${lineId}/explanation`)).toMatchObject({ status: 404 });
    await database.sql
      .updateTable('rated_line')
      .set({ customer_id: tenant.customerId })
      .where('id', '=', lineId)
      .execute();
  });
});

describe("a month's archive", () => {
  it('is refused as a problem while the month is not rated from sealed readings', async () => {
    await database.sql.updateTable('billing_cycle').set({ readings_seal: null }).where('id', '=', cycleId).execute();
    expect(await staff.get(`/api/v1/months/${cycleId}/archive`)).toMatchObject({
      status: 409,
      body: { type: '/problems/month-not-sealed' },
    });
  });

  it('is a zip with a name of its own, and whoever takes it is in the audit log', async () => {
    const answer = await staff.get(`/api/v1/months/${tenant.cycleId}/archive`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/zip');
    expect(answer.headers.get('content-disposition')).toContain('chazemo-park-Aeiou-2026-06.zip');
    expect(answer.text.startsWith('PK')).toBe(true);
    const entry = await database.sql.selectFrom('audit_entry').selectAll().orderBy('id', 'desc').executeTakeFirst();
    expect(entry).toMatchObject({ action: 'archive.download', actor: 'user-1@example.pt' });
  });
});
