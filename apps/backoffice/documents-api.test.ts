import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { z } from 'zod';

import { createTestDatabase } from '#test/setup/database.js';

import { creditedDocumentSchema, fiscalDocumentDetailSchema, seriesOverviewSchema } from './api-types.js';
import { CollectionWatch } from './collection-watch.js';
import type { Caller, RunningApi } from './testing/running-api.js';
import { runStaffedApi, type StaffedApi } from './testing/staffed-api.js';
import type { Tenant } from './testing/world.js';

let world: StaffedApi;
let api: RunningApi;
let tenant: Tenant;
let staff: Caller;

beforeAll(async () => {
  world = await runStaffedApi(await createTestDatabase());
  ({ api, tenant, staff } = world);
  await world.database.sql
    .insertInto('document_line')
    .values({
      document_id: tenant.documentId,
      line_no: 1,
      kind: 'energy',
      label: 'Cheia 1',
      net_cents: 200,
      vat_rate_permyriad: 2_300,
      vat_code: 'NOR',
    })
    .execute();
});
afterAll(() => world.stop());

const path = () => `/api/v1/documents/${tenant.documentId}`;
const credit = (body: object) => staff.post(`${path()}/credit-note`, { reason: 'erro', ...body });
const detail = async () => fiscalDocumentDetailSchema.parse((await staff.get(path())).body);

describe('an invoice given back by staff', () => {
  it('is looked at first: nothing is kept, and no number is taken', async () => {
    const { body } = await credit({ choice: 'whole', dryRun: true });
    expect(creditedDocumentSchema.parse(body)).toMatchObject({ documentId: null, number: null, grossCents: -246 });
    expect((await detail()).lines).toMatchObject([{ lineNo: 1, netCents: 200, leftCents: 200 }]);
  });

  it('in part needs a reason and no more than is left; the workflows are told', async () => {
    expect(await credit({ choice: [{ lineNo: 1 }], reason: '' })).toMatchObject({ status: 400 });
    expect(await credit({ choice: [{ lineNo: 1, netCents: 201 }] })).toMatchObject({
      status: 409,
      body: { type: '/problems/not-credited' },
    });
    const { body } = await credit({ choice: [{ lineNo: 1, netCents: 50 }] });
    expect(creditedDocumentSchema.parse(body)).toMatchObject({ number: expect.stringMatching(/^NC .*\/1$/) });
    expect((await detail()).lines[0]?.leftCents).toBe(150);
    expect(api.workflows.signals).toContain(`ledgerChanged ${tenant.documentId}`);
  });

  it('is found in the list by its number, with the note that corrects it', async () => {
    const { number } = await detail();
    const { text } = await staff.get('/api/v1/documents?number=NC');
    expect(text).toContain(`"corrects":"${number}"`);
  });
});

describe('a month invoiced again by staff', () => {
  const reissue = () => staff.post(`${path()}/reissue`, {});
  const number = z.object({ documentId: z.string(), number: z.string() });

  it('is refused while its invoice stands, and is for staff alone', async () => {
    expect(await reissue()).toMatchObject({ status: 409, body: { type: '/problems/not-reissued' } });
    expect((await detail()).waitsForReissue).toBe(false);
    const resident = await api.user('resident', tenant);
    expect((await resident.post(`${path()}/reissue`, {})).status).toBe(403);
  });

  it('has its new invoice though the workflow server is away; its collection is started afterwards, once', async () => {
    await credit({ choice: 'whole', reissue: true });
    expect((await detail()).waitsForReissue).toBe(true);
    api.workflows.isAway = true;
    expect((await reissue()).status).toBe(503);
    api.workflows.isAway = false;
    expect((await detail()).waitsForReissue).toBe(false);

    const { sql } = world.database;
    const log = pino({ level: 'silent' });
    const watch = (at: number) => new CollectionWatch({ sql, workflows: api.workflows, log, now: () => new Date(at) });
    await watch(Date.now() + 60_000).run();
    const started = api.workflows.signals.filter((signal) => signal.startsWith('startCollection'));
    const again = number.parse((await reissue()).body);
    expect(started).toEqual([`startCollection ${again.documentId}`]);
    expect(number.parse((await reissue()).body)).toEqual(again);
    const { text } = await staff.get(`/api/v1/customers/${tenant.customerId}`);
    expect(text).toContain(again.documentId); // of its month, and not the invoice that was given back
    expect(text).not.toContain(tenant.documentId);
  });
});

describe('series', () => {
  it('are registered by staff, once', async () => {
    const before = seriesOverviewSchema.parse((await staff.get('/api/v1/series')).body);
    const series = before.series.find(({ type, validationCode }) => type === 'RG' && validationCode === null);
    const { issuerId, type, code } = series ?? { issuerId: '', type: '', code: '' };
    const order = { issuerId, type, code, validationCode: 'rgdf7t5h' };
    const after = seriesOverviewSchema.parse((await staff.post('/api/v1/series', order)).body);
    expect(after.unregistered).toBe(before.unregistered - 1);
    expect(after.series).toContainEqual(expect.objectContaining({ code, type, validationCode: 'RGDF7T5H' }));
    expect(await staff.post('/api/v1/series', { ...order, validationCode: 'x' })).toMatchObject({
      status: 409,
      body: { type: '/problems/series-not-registered' },
    });
  });
});
