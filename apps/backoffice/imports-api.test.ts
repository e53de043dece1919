import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { readSheet } from '#libs/registry/tabular/sheet.js';
import { createTestDatabase } from '#test/setup/database.js';

import { importAnswerSchema, priceSeriesPageSchema, tariffDetailSchema, type ImportAnswer } from './api-types.js';
import type { Caller, RunningApi } from './testing/running-api.js';
import { runStaffedApi, type StaffedApi } from './testing/staffed-api.js';
import { aPriceList } from './testing/tariff-world.js';
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

async function imported(path: string, body: unknown): Promise<ImportAnswer> {
  const answer = await staff.post(`/api/v1/imports/${path}`, body);
  expect(answer).toMatchObject({ status: 200 });
  return importAnswerSchema.parse(answer.body);
}

async function planNames(): Promise<string[]> {
  const { body } = await staff.get(`/api/v1/tariffs/${tenant.installationId}`);
  return tariffDetailSchema.parse(body).spans.map(({ plan }) => plan.name);
}

describe('a price list', () => {
  it('with an error imports nothing and says where the error is', async () => {
    const answer = await imported('price-plan', aPriceList(tenant.installationId, 'muito'));
    expect(answer).toMatchObject({ imported: false, problems: [{ row: 1, column: 'perKWh' }] });
    expect(await planNames()).not.toContain('Simples 2027');
  });

  it('on a dry run says what it would do, and does nothing', async () => {
    const answer = await imported('price-plan?dryRun=true', aPriceList(tenant.installationId));
    expect(answer).toMatchObject({
      imported: false,
      dryRun: true,
      created: 2,
      problems: [],
      changes: [{ row: 1 }, {}],
    });
    expect(await planNames()).not.toContain('Simples 2027');
    expect(await database.sql.selectFrom('audit_entry').selectAll().execute()).toEqual([
      expect.objectContaining({ action: 'import.price-plan.asked' }),
      expect.objectContaining({ action: 'import.price-plan.refused' }),
    ]);
  });

  it('is imported, holds from its day on, and is in the audit log with what it changed', async () => {
    const answer = await imported('price-plan', aPriceList(tenant.installationId));
    expect(answer).toMatchObject({ imported: true, dryRun: false, created: 2 });
    expect(await planNames()).toContain('Simples 2027');
    const entries = await database.sql
      .selectFrom('audit_entry')
      .select(['action', 'actor', 'after'])
      .orderBy('id', 'desc')
      .limit(2)
      .execute();
    expect(entries).toMatchObject([
      { action: 'import.price-plan.done', after: { created: 2, fileName: 'preços.csv', changes: [{}, {}] } },
      { action: 'import.price-plan.asked', actor: 'user-1@example.pt' },
    ]);
    expect(await imported('price-plan', aPriceList(tenant.installationId))).toMatchObject({ created: 0, same: 2 });
  });
});

describe('a file', () => {
  const file = { fileName: 'x.xlsx', contentBase64: Buffer.from('no workbook').toString('base64') };

  it.each([
    ['that is no workbook', file, 'unreadable-file', 'contentBase64'],
    ['of another kind', { ...file, fileName: 'x.pdf' }, 'invalid-input', 'fileName'],
    ['that is no base64', { ...file, contentBase64: '*' }, 'invalid-input', 'contentBase64'],
  ])('%s is refused', async (_, body, code, field) => {
    const answer = await staff.post('/api/v1/imports/price-plan', body);
    expect(answer).toMatchObject({ status: 400, body: { type: `/problems/${code}`, field } });
  });

  it('of a list that nobody imports here is refused', async () => {
    expect(await staff.post('/api/v1/imports/ledger', file)).toMatchObject({ status: 400, body: { field: 'name' } });
  });

  it('may be of some megabytes, from somebody signed in alone', async () => {
    const large = { ...file, fileName: 'x.csv', contentBase64: Buffer.alloc(4_000_000, 'a').toString('base64') };
    expect((await staff.post('/api/v1/imports/holidays?dryRun=true', large)).status).toBe(200);
    const headers = { 'content-type': 'application/json' };
    const stranger = await api.call('/api/v1/imports/holidays', {
      method: 'POST',
      headers,
      body: JSON.stringify(large),
    });
    expect(stranger).toMatchObject({ status: 401, body: { type: '/problems/not-signed-in' } });
    const tooLarge = { ...large, contentBase64: 'a'.repeat(13_000_000) };
    expect(await staff.post('/api/v1/imports/holidays', tooLarge)).toMatchObject({ status: 413 });
  });
});

describe('a price series', () => {
  const series = { id: 'omie-pt', clockZone: 'Europe/Madrid', resolutionMinutes: 60, unit: 'EUR/MWh' };
  const values = ['date;period;value', '2026-06-01;1;45,12', '2026-06-01;2;44,00', '2026-06-01;4;43,10'].join('\n');
  const file = { fileName: 'omie.csv', contentBase64: Buffer.from(values).toString('base64'), series };

  it('is imported with its span and its gaps told', async () => {
    expect(await imported('price-series', file)).toMatchObject({
      imported: true,
      created: 3,
      series: {
        from: '2026-05-31T22:00:00.000Z',
        until: '2026-06-01T02:00:00.000Z',
        gapCount: 1,
        gaps: [{ from: '2026-06-01T00:00:00.000Z', to: '2026-06-01T01:00:00.000Z' }],
      },
    });
    expect(await imported('price-series', file)).toMatchObject({ created: 0, changed: 0, same: 3 });
  });

  it.each([
    ['nordpool-no1', 'NOK/MWh', { kind: 'price', currency: 'NOK' }],
    ['perdas-bt', '1', { kind: 'factor', currency: null }],
  ])('that is new is what its unit says: %s in %s', async (id, unit, made) => {
    const answer = await imported('price-series', { ...file, series: { ...series, id, unit } });
    expect(answer).toMatchObject({ imported: true, problems: [] });
    const page = priceSeriesPageSchema.parse((await staff.get('/api/v1/price-series')).body);
    expect(page.items).toContainEqual(expect.objectContaining({ id, ...made }));
  });

  it('must say which one it is', async () => {
    const { series: _, ...unnamed } = file;
    expect(await staff.post('/api/v1/imports/price-series', unnamed)).toMatchObject({
      status: 400,
      body: { field: 'series' },
    });
  });
});

describe('templates', () => {
  it('are empty lists that an import takes, as Excel and as CSV', async () => {
    const headers = staff.headers;
    const excel = await fetch(`${api.origin}/api/v1/templates/price-plan.xlsx`, { headers });
    const sheet = await readSheet('price-plan.xlsx', new Uint8Array(await excel.arrayBuffer()));
    const csv = await fetch(`${api.origin}/api/v1/templates/price-plan.csv`, { headers });
    const plain = await readSheet('price-plan.csv', new Uint8Array(await csv.arrayBuffer()));
    expect(sheet.rows).toEqual([]);
    expect(plain.header).toEqual(sheet.header);
    expect(sheet.header).toContain('planFrom');
    expect(await staff.get('/api/v1/templates/ledger.xlsx')).toMatchObject({ status: 404 });
  });
});
