import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createTestDatabase } from '#test/setup/database.js';

import { customerMonthDetailSchema, monthBillSchema, type MonthBill } from './api-types.js';
import type { Caller } from './testing/running-api.js';
import { runStaffedApi, type StaffedApi } from './testing/staffed-api.js';
import { aRetailerInvoice } from './testing/tariff-world.js';
import type { Tenant } from './testing/world.js';

let world: StaffedApi;
let database: StaffedApi['database'];
let tenant: Tenant;
let staff: Caller;
let path: string;

beforeAll(async () => {
  world = await runStaffedApi(await createTestDatabase());
  ({ database, tenant, staff } = world);
  path = `/api/v1/months/${tenant.cycleId}/bill`;
  await database.sql
    .updateTable('billing_cycle')
    .set({ rated_at: new Date(), unattributed_wh: 500 })
    .where('id', '=', tenant.cycleId)
    .execute();
  const charge = {
    cycle_id: tenant.cycleId,
    label: 'Potência contratada',
    from_date: '2026-06-01',
    days: 30,
    vat_code: 'NOR',
  };
  await database.sql
    .insertInto('imputed_line')
    .values([
      {
        ...charge,
        customer_id: tenant.customerId,
        position: 1,
        party: 'retailer',
        code: 'contracted-power',
        unit: 'per-day',
        micros: 800_000,
        share_by: 'permillage',
        total_cents: 2_400,
        weight: 125,
        total_weight: 1_000,
        net_cents: 300,
      },
      {
        ...charge,
        position: 2,
        party: 'retailer',
        code: 'contracted-power',
        unit: 'per-day',
        micros: 800_000,
        share_by: 'permillage',
        total_cents: 2_400,
        weight: 875,
        total_weight: 1_000,
        net_cents: 2_100,
      },
      {
        ...charge,
        customer_id: tenant.customerId,
        position: 3,
        party: 'bpo',
        code: 'fee-spot',
        label: 'Gestão do lugar',
        unit: 'per-spot-month',
        micros: 2_000_000,
        share_by: 'own',
        spot_id: tenant.spotId,
        total_cents: 200,
        weight: 43_200,
        total_weight: 43_200,
        net_cents: 200,
      },
    ])
    .execute();
});
afterAll(() => world.stop());

const billOf = async (): Promise<MonthBill> => monthBillSchema.parse((await staff.get(path)).body);
const lastAudit = () =>
  database.sql.selectFrom('audit_entry').selectAll().orderBy('id', 'desc').limit(1).executeTakeFirst();

describe("the retailer's bill of a month", () => {
  it('names what an invoice should have before one is entered', async () => {
    expect(await billOf()).toMatchObject({
      invoices: [],
      comparison: null,
      periodFrom: '2026-06-01',
      periodTo: '2026-06-30',
      expected: {
        bands: [{ band: 'cheias', label: 'Cheia' }],
        charges: [{ code: 'contracted-power', label: 'Potência contratada' }],
      },
    });
  });

  it.each([
    ['lines that are not the net sum', { netCents: 4_911, totalCents: 6_041 }, 'bill-lines-not-net', 'netCents'],
    ['net and VAT that are not the total', { totalCents: 6_043 }, 'bill-not-total', 'totalCents'],
    ['days the wrong way round', { periodTo: '2026-05-30' }, 'invalid-input', 'periodTo'],
    ['no number', { number: ' ' }, 'invalid-input', 'number'],
  ])('refuses %s, and keeps nothing', async (_, wrong, code, field) => {
    const answer = await staff.post(path, { ...aRetailerInvoice('FT 1'), ...wrong });
    expect(answer).toMatchObject({ status: 400, body: { type: `/problems/${code}`, field } });
    expect((await billOf()).invoices).toEqual([]);
  });

  it('names the line that is wrong', async () => {
    const invoice = aRetailerInvoice('FT 1');
    const [energy, power] = invoice.lines;
    const lines = [{ ...energy, band: null }, power];
    expect(await staff.post(path, { ...invoice, lines })).toMatchObject({
      status: 400,
      body: { field: 'lines.0.band' },
    });
  });

  it('is entered, compared and balanced to the cent, with an audit entry', async () => {
    const entered = await staff.post(path, aRetailerInvoice('FT 1'));
    expect(entered.status).toBe(200);
    const bill = monthBillSchema.parse(entered.body);
    expect(bill).toMatchObject({ billCents: 4_912, billSource: 'retailer-invoice' });
    expect(bill.lines.reduce((sum, { netCents }) => sum + netCents, 0)).toBe(4_912);
    expect(bill.comparison).toMatchObject({
      measuredWh: 10_000,
      unattributedWh: 500,
      invoicedWh: 12_000,
      bands: [{ band: 'cheias', label: 'Cheia', invoicedWh: 12_000 }],
    });
    expect(bill.invoices).toMatchObject([{ number: 'FT 1', enteredBy: 'user-1@example.pt', lines: [{}, {}] }]);
    expect(await lastAudit()).toMatchObject({
      action: 'bill.enter',
      subject: `month/${tenant.cycleId}`,
      installation_id: tenant.installationId,
      before: null,
      after: { number: 'FT 1', totalCents: 6_042 },
    });
  });

  it('is corrected under the same number, with what stood there before in the audit log', async () => {
    const corrected = { ...aRetailerInvoice('FT 1'), issueDate: '2026-07-04' };
    expect((await staff.post(path, corrected)).status).toBe(200);
    expect((await billOf()).invoices).toMatchObject([{ number: 'FT 1', issueDate: '2026-07-04' }]);
    expect(await lastAudit()).toMatchObject({
      before: { issueDate: '2026-07-03' },
      after: { issueDate: '2026-07-04' },
    });
  });
});

describe("a customer's month", () => {
  it('tells the charges besides energy, and how each came about', async () => {
    const { body } = await staff.get(`/api/v1/customers/${tenant.customerId}/months/${tenant.cycleId}`);
    const month = customerMonthDetailSchema.parse(body);
    expect(month.currency).toBe('EUR');
    expect(month.charges).toMatchObject([
      {
        party: 'retailer',
        code: 'contracted-power',
        weight: 125,
        totalWeight: 1_000,
        totalCents: 2_400,
        netCents: 300,
      },
      { party: 'bpo', code: 'fee-spot', spotName: '30-Aeiou', netCents: 200 },
    ]);
    expect(month.lines).toMatchObject([{ estimatedErrorWh: 0, isAveragePrice: false, priceParts: null }]);
    expect(month.adjustments).toEqual([]);
  });
});
