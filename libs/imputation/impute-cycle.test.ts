import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import type { Sql } from '#libs/persistence/database.js';
import { acceptAnomalies, checkCycle } from '#libs/rating/anomalies.js';
import { openCycle } from '#libs/rating/cycle.js';
import { billCycle } from '#test/data/cycles.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import type { RetailerInvoiceEntry } from './check-retailer-invoice.js';
import { billAnomalies, compareBill } from './compare-bill.js';
import { imputeCycle, imputedMonth } from './impute-cycle.js';
import { cycleEnergy, reconciliationOf } from './reconcile-cycle.js';
import { enterRetailerInvoice } from './retailer-invoice.js';

const NOW = new Date('2026-07-03T09:00:00Z');

let database: TestDatabase;
let sql: Sql;
let park = 0;
let site: string;
let planId: string;
let spots: Record<string, string>;
let cycleId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  sql = database.sql;
  const place = { address: 'Rua A 1', postal_code: '1000-001', city: 'Lisboa' };
  await sql
    .insertInto('issuer')
    .values({ id: 'i', name: 'I', nif: '501964843', email: 'i@x.pt', ...place })
    .execute();
  await sql
    .insertInto('condominium')
    .values({ id: 'c', name: 'C', nif: '501964843', manager_name: 'M', manager_email: 'm@x.pt', ...place })
    .execute();
  for (const id of ['ana', 'rui', 'eva']) {
    await sql.insertInto('customer').values({ id, condominium_id: 'c', name: id }).execute();
  }
});
afterAll(() => database.drop());

/**
 * June in a car park of its own: Ana owns 1 and 2, of one unit; 3 is vacant; Rui owns 4 and lets it to Eva from the
 * 12th at 18:30; 5 has an owner and no charger.
 */
beforeEach(async () => {
  park += 1;
  site = `park${park}`;
  spots = {};
  await sql.insertInto('installation').values({ id: site, condominium_id: 'c', issuer_id: 'i', name: site }).execute();
  await spotOf('1', 'A', 2000);
  await spotOf('2', 'A', 2000);
  await spotOf('3', 'B', 1000);
  await spotOf('4', 'C', 1500);
  await spotOf('5', 'D', 9000, false);
  await occupied('1', 'ana', '2025-01-01T00:00:00Z');
  await occupied('2', 'ana', '2025-01-01T00:00:00Z');
  await occupied('4', 'rui', '2025-01-01T00:00:00Z', 'owner');
  await occupied('4', 'eva', '2026-06-12T17:30:00Z', 'tenant');
  await occupied('5', 'rui', '2025-01-01T00:00:00Z', 'owner');
  const plan = { calendar_id: 'pt-mainland-weekly', bands: 1, valid_from: '2026-01-01' };
  ({ id: planId } = await sql
    .insertInto('price_plan')
    .values({ installation_id: site, name: 'simples', ...plan })
    .returning('id')
    .executeTakeFirstOrThrow());
  ({ cycleId } = await openCycle(sql, {
    installationId: site,
    period: '2026-06',
    workflowId: `bill/${site}`,
    now: NOW,
  }));
  await sql
    .updateTable('billing_cycle')
    .set({ rated_at: NOW, unattributed_wh: 1_000 })
    .where('id', '=', cycleId)
    .execute();
  await rated('1', 'ana', 60_000, 1200);
  await rated('4', 'rui', 10_000, 200);
  await rated('4', 'eva', 20_000, 400);
  await rated('3', null, 10_000, 200);
  await rated('1', 'ana', 5_000, -75, 'export');
});

async function spotOf(name: string, unit: string, permillageHundredths: number, hasCharger = true): Promise<void> {
  const { id: unitId } = await sql
    .insertInto('unit')
    .values({ installation_id: site, name: unit, permillage_hundredths: permillageHundredths })
    .onConflict((conflict) => conflict.columns(['installation_id', 'name']).doUpdateSet({ name: unit }))
    .returning('id')
    .executeTakeFirstOrThrow();
  const { id } = await sql
    .insertInto('spot')
    .values({ installation_id: site, name, unit_id: unitId })
    .returning('id')
    .executeTakeFirstOrThrow();
  spots[name] = id;
  const charger = `${site}-${name}`;
  await sql.insertInto('charger').values({ id: charger, installation_id: site, label: name }).execute();
  if (!hasCharger) return;
  await sql
    .insertInto('charger_placement')
    .values({ charger_id: charger, spot_id: id, from: new Date('2026-06-20T10:00:00Z') })
    .execute();
}

async function occupied(spot: string, customer: string, from: string, kind = 'owner'): Promise<void> {
  await sql
    .insertInto('occupancy')
    .values({ spot_id: spots[spot] ?? '', customer_id: customer, kind, from: new Date(from) })
    .execute();
}

async function rated(spot: string, customer: string | null, wh: number, cents: number, direction = 'import') {
  await sql
    .insertInto('rated_line')
    .values({
      cycle_id: cycleId,
      customer_id: customer,
      spot_id: spots[spot] ?? null,
      charger_id: `${site}-${spot}`,
      position: 1,
      season: 'Verão',
      day_type: 'Todos',
      band: 'simples',
      label: 'Simples',
      interval: '00.00-23.59',
      direction,
      wh,
      estimated_wh: 0,
      micros_per_kwh: 200_000,
      cents,
      calendar_id: 'pt-mainland-weekly',
    })
    .execute();
}

async function charged(code: string, unit: string, micros: number, shareBy: string, more: object = {}): Promise<void> {
  const terms = { party: 'retailer', label: code, valid_from: '2026-01-01', ...more };
  await sql
    .insertInto('plan_charge')
    .values({ plan_id: planId, code, unit, micros, share_by: shareBy, ...terms })
    .execute();
}

const impute = () => sql.transaction().execute((trx) => imputeCycle(trx, { cycleId }));

async function stored(): Promise<string[]> {
  const rows = await sql
    .selectFrom('imputed_line as l')
    .leftJoin('spot as s', 's.id', 'l.spot_id')
    .selectAll('l')
    .select('s.name as spot')
    .where('l.cycle_id', '=', cycleId)
    .orderBy('l.position')
    .execute();
  return rows.map((row) =>
    [row.party, row.code, row.customer_id ?? '-', row.spot ?? '', row.net_cents]
      .filter((part) => part !== '')
      .join(' '),
  );
}

const balance = async () => {
  const { billCents, billSource, lines } = await reconciliationOf(sql, cycleId);
  expect(lines.reduce((sum, { netCents }) => sum + netCents, 0)).toBe(billCents);
  return { billCents, billSource, lines: lines.map(({ code, netCents }) => `${code} ${netCents}`) };
};

const MINUTES = 30 * 1440;
const EVA_MINUTES = MINUTES - (11 * 1440 + 18 * 60 + 30);

describe('imputing a month', () => {
  test('divides each charge by its share, with a tenant from the 12th at 18:30, two spots and a vacant one', async () => {
    await charged('contracted-power', 'per-day', 1_000_000, 'spot');
    await charged('dgeg', 'per-month', 3_000_000, 'equal');
    await charged('fixed-term', 'per-month', 9_000_000, 'permillage');
    await charged('meter', 'per-month', 5_000_000, 'consumption');
    await charged('fee-spot', 'per-spot-month', 4_320_000, 'spot', { party: 'bpo' });
    const rui = MINUTES - EVA_MINUTES;
    const result = await impute();
    const exact = (wholeCents: number, weight: number, total: number) => Math.round((wholeCents * weight) / total);
    expect(await stored()).toEqual([
      'retailer contracted-power ana 1500',
      `retailer contracted-power eva ${exact(3000, EVA_MINUTES, 4 * MINUTES)}`,
      `retailer contracted-power rui ${exact(3000, rui, 4 * MINUTES)}`,
      'retailer contracted-power - 750',
      'retailer dgeg ana 150',
      `retailer dgeg eva ${exact(300, EVA_MINUTES, 2 * MINUTES)}`,
      `retailer dgeg rui ${exact(300, rui, 2 * MINUTES)}`,
      'retailer fixed-term ana 400',
      `retailer fixed-term eva ${exact(900 * 1500, EVA_MINUTES, 4500 * MINUTES)}`,
      `retailer fixed-term rui ${exact(900 * 1500, rui, 4500 * MINUTES)}`,
      'retailer fixed-term - 200',
      'retailer meter ana 300',
      'retailer meter eva 100',
      'retailer meter rui 50',
      'retailer meter - 50',
      'bpo fee-spot ana 1 432',
      'bpo fee-spot ana 2 432',
      `bpo fee-spot eva 4 ${exact(432, EVA_MINUTES, MINUTES)}`,
      `bpo fee-spot rui 4 ${exact(432, rui, MINUTES)}`,
    ]);
    const imputed = 'ok' in result ? result.ok : [];
    expect(imputed).toHaveLength(19);
    const kept = imputed.filter(({ customerId }) => customerId === null);
    expect(kept.reduce((sum, { netCents }) => sum + netCents, 0)).toBe(1000);
    expect(await balance()).toMatchObject({ billCents: 1925 + 4700, billSource: 'tariff' });
    const line = await sql
      .selectFrom('imputed_line')
      .selectAll()
      .where('cycle_id', '=', cycleId)
      .where('code', '=', 'contracted-power')
      .where('customer_id', '=', 'eva')
      .executeTakeFirstOrThrow();
    expect(line).toMatchObject({
      unit: 'per-day',
      micros: 1_000_000,
      from_date: '2026-06-01',
      days: 30,
      share_by: 'spot',
      total_cents: 3000,
      weight: EVA_MINUTES,
      total_weight: 4 * MINUTES,
    });
  });

  test('balances with what the tariff says while the retailer has not invoiced', async () => {
    await charged('contracted-power', 'per-day', 1_000_000, 'spot');
    await charged('fee-spot', 'per-spot-month', 4_320_000, 'spot', { party: 'bpo' });
    await impute();
    expect(await balance()).toEqual({
      billCents: 1925 + 3000,
      billSource: 'tariff',
      lines: ['energy 1725', 'charges 2250', 'spots-without-holder 200', 'unattributed-energy 0', 'charges-kept 750'],
    });
  });

  test('is the same when it is done again, and follows what changed in between', async () => {
    await charged('dgeg', 'per-month', 3_000_000, 'equal');
    await impute();
    const first = await stored();
    await impute();
    expect(await stored()).toEqual(first);
    await sql.updateTable('plan_charge').set({ micros: 30_000_000 }).where('plan_id', '=', planId).execute();
    await impute();
    expect((await stored())[0]).toBe('retailer dgeg ana 1500');
    expect(await balance()).toMatchObject({ billCents: 1925 + 3000, billSource: 'tariff' });
  });

  test('a new plan on the 17th: the charges of both count, each for its days', async () => {
    await charged('contracted-power', 'per-day', 1_000_000, 'none');
    const { id } = await sql
      .insertInto('price_plan')
      .values({
        installation_id: site,
        name: 'novo',
        calendar_id: 'pt-mainland-weekly',
        bands: 1,
        valid_from: '2026-06-17',
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    planId = id;
    await charged('contracted-power', 'per-day', 2_000_000, 'none', { valid_from: '2026-06-17' });
    await impute();
    expect(await stored()).toEqual(['retailer contracted-power - 1600', 'retailer contracted-power - 2800']);
  });

  test('a month an hour short is a whole month for whoever held a spot through it', async () => {
    await charged('fee-spot', 'per-spot-month', 4_320_000, 'spot', { party: 'bpo' });
    await charged('dgeg', 'per-month', 3_000_000, 'spot');
    await sql
      .updateTable('charger_placement')
      .set({ from: new Date('2026-01-01T00:00:00Z') })
      .execute();
    const month = {
      installationId: site,
      startsAt: new Date('2026-03-01T00:00:00Z'),
      endsAt: new Date('2026-03-31T23:00:00Z'),
    };
    const result = await imputedMonth(sql, month, []);
    expect('ok' in result && result.ok.map(({ code, customerId, netCents }) => [code, customerId, netCents])).toEqual([
      ['dgeg', 'ana', 150],
      ['dgeg', 'rui', 75],
      ['dgeg', null, 75],
      ['fee-spot', 'ana', 432],
      ['fee-spot', 'ana', 432],
      ['fee-spot', 'rui', 432],
    ]);
  });

  test('gives its lines without storing them, for what was rated again', async () => {
    await charged('meter', 'per-month', 5_000_000, 'consumption');
    await impute();
    const before = await stored();
    const cycle = await sql.selectFrom('billing_cycle').selectAll().where('id', '=', cycleId).executeTakeFirstOrThrow();
    const month = { installationId: site, startsAt: cycle.starts_at, endsAt: cycle.ends_at };
    const energy = (await cycleEnergy(sql, cycleId)).filter(({ customerId }) => customerId === 'eva');
    const result = await imputedMonth(sql, month, energy);
    expect(result).toMatchObject({ ok: [{ customerId: 'eva', code: 'meter', netCents: 500 }] });
    expect(await stored()).toEqual(before);
  });

  test('a charge of an unknown share is refused and nothing changes', async () => {
    await charged('dgeg', 'per-month', 3_000_000, 'equal');
    await impute();
    const before = await stored();
    await charged('cav', 'per-month', 3_000_000, 'by-floor');
    expect(await impute()).toEqual({
      refused: { code: 'CHARGE.UNKNOWN_TERM', charge: 'cav', field: 'shareBy', value: 'by-floor' },
    });
    expect(await stored()).toEqual(before);
  });

  test('throws before rating, outside a transaction, and once a document exists', async () => {
    await expect(imputeCycle(sql, { cycleId })).rejects.toThrow('inside a transaction');
    await sql.updateTable('billing_cycle').set({ rated_at: null }).where('id', '=', cycleId).execute();
    await expect(impute()).rejects.toThrow('is not rated');
    await sql.updateTable('billing_cycle').set({ rated_at: NOW }).where('id', '=', cycleId).execute();
    await billCycle(sql, cycleId, 'ana');
    await expect(impute()).rejects.toThrow('has document FT');
  });

  test('a month whose lines are carried forward is not imputed again: its lines are as good as billed', async () => {
    await charged('dgeg', 'per-month', 3_000_000, 'equal');
    await impute();
    const before = await stored();
    const carried = { net_cents: -100, reasons: ['credit-carried'], state: 'accepted', found_at: NOW };
    await sql
      .insertInto('adjustment')
      .values({ cycle_id: cycleId, customer_id: 'ana', ...carried })
      .execute();
    await sql.updateTable('plan_charge').set({ micros: 30_000_000 }).where('plan_id', '=', planId).execute();
    await expect(impute()).rejects.toThrow('carried forward');
    expect(await stored()).toEqual(before);
  });
});

describe('the retailer’s invoice of the month', () => {
  const invoice = (fields: Partial<RetailerInvoiceEntry> = {}): RetailerInvoiceEntry => ({
    installationId: site,
    period: '2026-06',
    number: 'FT 26/1',
    issueDate: '2026-07-02',
    periodFrom: '2026-06-01',
    periodTo: '2026-06-30',
    netCents: 5_200,
    vatCents: 1_196,
    totalCents: 6_396,
    lines: [
      { kind: 'energy', band: 'simples', code: null, label: 'Energia', wh: 110_000, netCents: 2_200 },
      { kind: 'charge', band: null, code: 'contracted-power', label: 'Potência', wh: null, netCents: 3_000 },
    ],
    ...fields,
  });
  const enter = (entry: RetailerInvoiceEntry) =>
    sql.transaction().execute((trx) => enterRetailerInvoice(trx, { ...entry, by: 'staff@x.pt', now: NOW }));

  beforeEach(async () => {
    await charged('contracted-power', 'per-day', 1_000_000, 'spot');
  });

  test('is what the month is balanced with, also when it comes after the documents', async () => {
    await impute();
    const lines = await stored();
    await billCycle(sql, cycleId, 'ana');
    expect(await enter(invoice())).toMatchObject({ ok: { before: null } });
    expect(await balance()).toEqual({
      billCents: 5_200,
      billSource: 'retailer-invoice',
      lines: [
        'energy 1725',
        'charges 2250',
        'spots-without-holder 200',
        'unattributed-energy 20',
        'common-areas-and-losses 180',
        'charges-kept 750',
        'price-differences 75',
      ],
    });
    expect(await stored()).toEqual(lines);
  });

  test('a corrected one takes its place and tells what was there; one for another month leaves this one to the tariff', async () => {
    await impute();
    await enter(invoice());
    const corrected = invoice({ netCents: 5_100, totalCents: 6_296 });
    const lines = corrected.lines.map((line, at) => (at === 0 ? { ...line, netCents: 2_100 } : line));
    expect(await enter({ ...corrected, lines })).toMatchObject({ ok: { before: invoice() } });
    expect(await balance()).toMatchObject({ billCents: 5_100 });
    await enter({ ...corrected, lines, period: '2026-07' });
    expect(await balance()).toMatchObject({ billCents: 1925 + 3000, billSource: 'tariff' });
  });

  test('two invoices of one month are one bill', async () => {
    await impute();
    await enter(invoice());
    await enter(
      invoice({
        number: 'NC 26/9',
        netCents: -200,
        vatCents: -46,
        totalCents: -246,
        lines: [{ kind: 'charge', band: null, code: null, label: 'Acerto', wh: null, netCents: -200 }],
      }),
    );
    expect(await balance()).toMatchObject({ billCents: 5_000 });
  });

  test.each([
    ['LINES_NOT_NET', 'netCents', { netCents: 5_201, totalCents: 6_397 }],
    ['NOT_TOTAL', 'totalCents', { totalCents: 6_397 }],
    ['INVALID', 'period', { period: '2026-13' }],
    ['INVALID', 'periodTo', { periodTo: '2026-05-31' }],
    ['INVALID', 'issueDate', { issueDate: '2026-02-30' }],
    ['INVALID', 'number', { number: ' ' }],
    ['INVALID', 'lines', { lines: [] }],
    ['INSTALLATION_NOT_FOUND', 'installationId', { installationId: 'nowhere' }],
  ])('one that does not hold together is refused: %s %s', async (code, field, fields) => {
    expect(await enter(invoice(fields))).toMatchObject({ refused: { code: `RETAILER_INVOICE.${code}`, field } });
    const rows = await sql.selectFrom('retailer_invoice').select('id').where('installation_id', '=', site).execute();
    expect(rows).toEqual([]);
  });

  test('a line of an unknown band is named', async () => {
    const [, power] = invoice().lines;
    const lines = [...(power === undefined ? [] : [power]), { ...invoice().lines[0], band: 'noite' }];
    expect(await enter(invoice({ lines: lines as RetailerInvoiceEntry['lines'] }))).toMatchObject({
      refused: { code: 'RETAILER_INVOICE.INVALID', field: 'band', line: 2 },
    });
  });

  test('is compared with what was measured and rated; beyond the tolerance the month waits for a person', async () => {
    await impute();
    expect(await compareBill(sql, cycleId)).toBeNull();
    expect(await billAnomalies(sql, cycleId)).toEqual([]);
    await enter(invoice());
    expect(await compareBill(sql, cycleId)).toMatchObject({
      invoices: [{ number: 'FT 26/1', netCents: 5_200, totalCents: 6_396 }],
      bands: [{ band: 'simples', measuredWh: 100_000, invoicedWh: 110_000, ratedCents: 2000, invoicedCents: 2_200 }],
      charges: [{ code: 'contracted-power', expectedCents: 3000, invoicedCents: 3000, meanings: [] }],
      expectedCents: 4_925,
      invoicedCents: 5_200,
      meanings: [],
    });
    expect(await billAnomalies(sql, cycleId)).toEqual([]);
    const [energy, power] = invoice().lines;
    if (energy === undefined || power === undefined) throw new Error('the invoice has two lines');
    const more = { ...energy, wh: 160_000, netCents: 3_200 };
    await enter(invoice({ lines: [more, power], netCents: 6_200, vatCents: 1_426, totalCents: 7_626 }));
    const check = () => checkCycle(sql, { cycleId, also: billAnomalies });
    const bill = async () => (await check()).filter(({ code }) => code === 'retailer-bill-differs');
    expect(await bill()).toMatchObject([
      { subject: '', detail: { measuredWh: 100_000, invoicedWh: 160_000, meanings: ['energy-beyond-sessions'] } },
    ]);
    await acceptAnomalies(sql, { cycleId, by: 'staff@x.pt', now: NOW });
    expect(await bill()).toEqual([]);
    await enter(invoice());
    expect(await check()).toEqual([]);
    const kept = await sql.selectFrom('anomaly').select('code').where('cycle_id', '=', cycleId).execute();
    expect(kept.map(({ code }) => code)).not.toContain('retailer-bill-differs');
  });
});
