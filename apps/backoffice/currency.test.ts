import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createTestDatabase } from '#test/setup/database.js';

import { runStaffedApi, type StaffedApi } from './testing/staffed-api.js';
import { aPriceList, aRetailerInvoice } from './testing/tariff-world.js';

let world: StaffedApi;

/** A condominium in Norway: its installation, books and documents are in kroner. A month of it is still open. */
beforeAll(async () => {
  world = await runStaffedApi(await createTestDatabase(), { currency: 'NOK' });
  const { installationId } = world.tenant;
  await world.database.sql
    .insertInto('billing_cycle')
    .values({
      installation_id: installationId,
      period: '2026-07',
      workflow_id: 'open',
      step: 'rating',
      step_since: new Date(),
      starts_at: new Date('2026-06-30T23:00:00Z'),
      ends_at: new Date('2026-07-31T23:00:00Z'),
    })
    .execute();
});
afterAll(() => world.stop());

const isAmount = (name: string): boolean => /(cents|micros)$/i.test(name);

/** Where each amount of an answer stands and in which currency: the nearest one told beside it or around it. */
function amountsIn(value: unknown, place: string, around: unknown = null): [place: string, currency: unknown][] {
  if (typeof value !== 'object' || value === null) return [];
  const currency = 'currency' in value ? value.currency : around;
  return Object.entries(value).flatMap(([name, part]) => {
    const here = `${place}.${name}`;
    return typeof part === 'number' && isAmount(name) ? [[here, currency]] : amountsIn(part, here, currency);
  });
}

function expectKroner(answer: { readonly status: number; readonly body: unknown }): void {
  expect(answer.status).toBe(200);
  const amounts = amountsIn(answer.body, '');
  expect(amounts).not.toEqual([]);
  expect(amounts.filter(([, currency]) => currency !== 'NOK')).toEqual([]);
}

describe('whatever bears amounts says that they are kroner', () => {
  it.each([
    ['customers', () => '/customers'],
    ['a customer with what they owe and their months', ({ customerId }) => `/customers/${customerId}`],
    ['a month of a customer', ({ customerId, cycleId }) => `/customers/${customerId}/months/${cycleId}`],
    ['months', () => '/months'],
    ['a month', ({ cycleId }) => `/months/${cycleId}`],
    ['invoices', ({ cycleId }) => `/months/${cycleId}/invoices`],
    ['adjustments', ({ cycleId }) => `/months/${cycleId}/adjustments`],
    ['tariffs', () => '/tariffs'],
    ['a tariff', ({ installationId }) => `/tariffs/${installationId}`],
    ['an explanation', ({ lineId }) => `/rated-lines/${lineId}/explanation`],
  ] satisfies [string, (tenant: StaffedApi['tenant']) => string][])('%s', async (_, path) => {
    expectKroner(await world.staff.get(`/api/v1${path(world.tenant)}`));
  });

  it("the retailer's bill", async () => {
    expectKroner(await world.staff.post(`/api/v1/months/${world.tenant.cycleId}/bill`, aRetailerInvoice('FT 7')));
  });

  it('differences that are looked for', async () => {
    const answer = await world.staff.post(`/api/v1/months/${world.tenant.cycleId}/adjustments`, { dryRun: true });
    expect(answer).toMatchObject({ status: 200, body: { currency: 'NOK' } });
  });

  it('what an import of prices does to months', async () => {
    const list = aPriceList(world.tenant.installationId);
    expectKroner(await world.staff.post('/api/v1/imports/price-plan?dryRun=true', list));
  });
});

it('a customer whose books are still empty has the currency of the condominium', async () => {
  const { database, staff, tenant } = world;
  const { condominiumId } = tenant;
  await database.sql
    .insertInto('customer')
    .values({ id: 'new', condominium_id: condominiumId, name: 'Ny', payment_method: 'transfer', address: '' })
    .execute();
  expect(await staff.get('/api/v1/customers/new')).toMatchObject({ body: { currency: 'NOK', balanceCents: 0 } });
});
