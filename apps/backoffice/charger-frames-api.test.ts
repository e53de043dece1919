import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { ingest } from '#libs/metering/ingest.js';
import { parse16 } from '#libs/ocpp/parse-16.js';
import { createTestDatabase } from '#test/setup/database.js';

import { chargerClockSchema, chargerFramePageSchema, chargerFrameSchema } from './api-types.js';
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
  for (const [index, chargerId] of [tenant.chargerId, tenant.chargerId, other.chargerId].entries()) {
    const payload = { connectorId: 1, idTag: 'FRAMECARD', meterStart: index, timestamp: '2026-07-02T01:00:00Z' };
    const message = parse16('StartTransaction', payload);
    if (message === null) throw new Error('no Start');
    const call = {
      chargerId,
      protocol: 'ocpp1.6' as const,
      messageId: `f${index}`,
      action: 'StartTransaction',
      payload,
      message,
    };
    await ingest(world.database.sql, { ...call, receivedAt: new Date(`2026-07-02T0${index + 1}:00:00Z`) });
  }
});
afterAll(() => world.stop());

const SPAN = 'from=2026-07-02T00:00:00Z&to=2026-07-03T00:00:00Z';
const path = (rest = '', chargerId = tenant.chargerId) => `/api/v1/chargers/${chargerId}/frames${rest}`;

async function page(caller: Caller, rest: string) {
  const answer = await caller.get(path(rest));
  expect(answer.status).toBe(200);
  return chargerFramePageSchema.parse(answer.body);
}

describe('frames of a charger', () => {
  it('are listed newest first, in pages, and read one by one', async () => {
    const first = await page(staff, `?${SPAN}&limit=1`);
    expect(first.items).toMatchObject([
      { messageId: 'f1', action: 'StartTransaction', payload: { idTag: 'FRAMECARD' } },
    ]);
    const second = await page(staff, `?${SPAN}&limit=1&cursor=${first.nextCursor}`);
    expect(second.items).toMatchObject([{ messageId: 'f0' }]);
    expect(second).toMatchObject({ nextCursor: null, searchedTo: null });
    const one = await staff.get(path(`/${first.items[0]?.id}`));
    expect(chargerFrameSchema.parse(one.body)).toEqual(first.items[0]);
  });

  it('are found by text, and refused with a filter that is none', async () => {
    expect((await page(staff, `?${SPAN}&find=framecard`)).items).toHaveLength(2);
    expect((await page(staff, `?${SPAN}&find=nothing`)).items).toEqual([]);
    for (const wrong of ['from=yesterday', 'direction=up', 'cursor=x', 'transaction=0']) {
      expect(await staff.get(path(`?${wrong}`))).toMatchObject({ status: 400 });
    }
  });

  it('are those of one session without a span', async () => {
    const { items } = await page(staff, `?${SPAN}`);
    const answer: unknown = items[0]?.answer;
    const number = String(Object(answer)['transactionId']);
    expect((await page(staff, `?transaction=${number}`)).items).toEqual(items.slice(0, 1));
  });

  it('are downloaded, and the audit log says by whom', async () => {
    const answer = await staff.get(path(`/log?${SPAN}&format=ocpp-j`));
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('< [2,"f0","StartTransaction",');
    const audited = await world.database.sql
      .selectFrom('audit_entry')
      .select('action')
      .where('subject', '=', `charger/${tenant.chargerId}`)
      .execute();
    expect(audited).toEqual([{ action: 'charger.frames' }]);
  });

  it('are shown without cards to an installer, of his own condominium alone; to managers not at all', async () => {
    const installer = await world.api.user('installer', { condominiumId: tenant.condominiumId });
    expect((await page(installer, `?${SPAN}`)).items[0]).toMatchObject({ payload: { idTag: '•••' } });
    expect((await installer.get(path(`/log?${SPAN}`))).text).not.toContain('FRAMECARD');
    expect(await installer.get(path(`?${SPAN}`, other.chargerId))).toMatchObject({ status: 404 });
    const theirs = (await staff.get(path(`?${SPAN}`, other.chargerId))).body as { items: { id: string }[] };
    expect(await installer.get(path(`/${theirs.items[0]?.id}`))).toMatchObject({ status: 404 });
    const manager = await world.api.user('manager', { condominiumId: tenant.condominiumId });
    expect(await manager.get(path())).toMatchObject({ status: 403 });
  });
});

describe('the clock of a charger', () => {
  const clock = (chargerId = tenant.chargerId) => `/api/v1/chargers/${chargerId}/clock`;

  it('is overruled by staff with a reason, and the audit log says so', async () => {
    expect((await staff.get(clock())).body).toEqual({ entries: [] });
    const body = { offsetS: 3_600, from: '2026-07-01T00:00:00Z', reason: 'local time, seen at the charger' };
    expect(await staff.post(clock(), { ...body, reason: ' ' })).toMatchObject({ status: 400 });
    const answer = await staff.post(clock(), body);
    expect(answer.status).toBe(200);
    expect(chargerClockSchema.parse(answer.body).entries).toMatchObject([
      { source: 'staff', kind: 'wrong', offsetS: 3_600, until: null, reason: body.reason },
    ]);
    const audited = await world.database.sql
      .selectFrom('audit_entry')
      .select('after')
      .where('action', '=', 'charger.clock')
      .execute();
    expect(audited).toMatchObject([{ after: { offsetS: 3_600 } }]);
    expect(await staff.post(clock(), { ...body, until: '2026-06-01T00:00:00Z' })).toMatchObject({ status: 409 });
    const manager = await world.api.user('manager', { condominiumId: tenant.condominiumId });
    expect(await manager.post(clock(), body)).toMatchObject({ status: 403 });
    expect(await manager.get(clock(other.chargerId))).toMatchObject({ status: 404 });
  });
});
