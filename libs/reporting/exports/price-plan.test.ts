import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { stringify } from 'csv-stringify/sync';

import { readSheet } from '#libs/registry/tabular/sheet.js';
import { importSheet } from '#libs/registry/tabular/table.js';
import { pricePlanTable } from '#libs/tariff/tables/price-plan.js';
import { seedInstallation } from '#test/chargers/seed-installation.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { EXPORTS, exportRows } from './exports.js';

const databases: TestDatabase[] = [];
let from: TestDatabase;
let to: TestDatabase;
beforeAll(async () => {
  from = await createTestDatabase();
  to = await createTestDatabase();
  databases.push(from, to);
  const shape = { name: 'x', clock_zone: 'Europe/Madrid', resolution_minutes: 15 };
  for (const { sql } of databases) {
    await seedInstallation(sql, { chargers: ['zcs1'] });
    await sql
      .insertInto('price_series')
      .values([
        { id: 'omie-pt', kind: 'price', currency: 'EUR', ...shape },
        { id: 'perdas-bt', kind: 'factor', currency: null, ...shape },
      ])
      .execute();
  }
});
afterAll(async () => {
  for (const database of databases) await database.drop();
});

async function plan(validFrom: string, more: Record<string, unknown>): Promise<string> {
  const values = {
    installation_id: 'garagem',
    name: `Plano, "${validFrom}"`,
    calendar_id: 'pt-mainland-weekly',
    bands: 2,
  };
  const row = await from.sql
    .insertInto('price_plan')
    .values({ ...values, valid_from: validFrom, ...more })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

async function exported({ sql }: TestDatabase): Promise<string> {
  const list = EXPORTS['price-plan'];
  if (list === undefined) throw new Error('no such list');
  const rows: unknown[][] = [];
  for await (const row of exportRows(sql, list, { from: null, to: null })) rows.push([...row]);
  return stringify(rows, { header: true, columns: [...list.columns] });
}

async function imported({ sql }: TestDatabase, csv: string) {
  const sheet = await readSheet('x.csv', Buffer.from(csv));
  return importSheet(sql, pricePlanTable, sheet, {
    create: false,
    dryRun: false,
    installationId: null,
    now: new Date('2026-06-01T00:00:00Z'),
    hashPassword: async (password) => password,
  });
}

it('price plans come back as they went out: prices, charges, plans without either', async () => {
  const fixed = await plan('2026-01-01', {
    valid_to: '2026-12-31',
    calendar_changeover: '2026-08-01',
    holidays_as_sunday: true,
    retailer: 'Luz; S.A.',
    vat_code: 'ISE',
    exemption_code: 'M07',
    source: 'tabela',
  });
  const price = { plan_id: fixed, valid_from: '2026-01-01' };
  await from.sql
    .insertInto('band_price')
    .values([
      { ...price, band: 'vazio', micros_per_kwh: 108_700 },
      { ...price, band: 'fora-de-vazio', micros_per_kwh: 123_456_789 },
      { ...price, band: 'vazio', component: 'discount', micros_per_kwh: -1, valid_to: '2026-01-31' },
      { ...price, band: 'vazio', direction: 'export', micros_per_kwh: 0 },
    ])
    .execute();
  const charge = { plan_id: fixed, party: 'retailer', valid_from: '2026-01-01', share_by: 'equal' };
  await from.sql
    .insertInto('plan_charge')
    .values([
      { ...charge, code: 'cav', label: 'CAV', unit: 'per-month', micros: 2_850_000, vat_code: 'RED', source: 'lei' },
      {
        ...charge,
        code: 'iec',
        label: 'IEC, "especial"',
        unit: 'percent-of-energy',
        share_by: 'own',
        micros: -51_127,
        valid_to: '2026-06-30',
      },
    ])
    .execute();
  await plan('2027-01-01', {
    index_series_id: 'omie-pt',
    losses_series_id: 'perdas-bt',
    factor_ppm: 1_020_001,
    margin_micros: -4_000,
  });
  await plan('2028-01-01', { index_series_id: 'omie-pt', losses_ppm: 1_083_200, source: 'só encargos' }).then((id) =>
    from.sql
      .insertInto('plan_charge')
      .values({ ...charge, plan_id: id, code: 'dgeg', label: 'DGEG', unit: 'per-month', micros: 70_000 })
      .execute(),
  );
  const csv = await exported(from);
  const again = await imported(from, csv);
  expect(again.problems).toEqual([]);
  expect(again.changes.map(({ action }) => action)).toEqual(Array.from({ length: 9 }, () => 'same'));

  expect(await imported(to, csv)).toMatchObject({ imported: true, problems: [] });
  expect(lines(await exported(to))).toEqual(lines(csv));
});

const lines = (csv: string) => csv.split('\n').toSorted();
