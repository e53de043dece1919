import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import ExcelJS from 'exceljs';

import type { Sql } from '#libs/persistence/database.js';
import { readSheet } from '#libs/registry/tabular/sheet.js';
import { importSheet, type ImportResult } from '#libs/registry/tabular/table.js';
import { seedInstallation } from '#test/chargers/seed-installation.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { pricePlanTable } from './price-plan.js';

let database: TestDatabase;
let sql: Sql;
let site: string;
let sites = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  sql = database.sql;
  const shape = { name: 'x', clock_zone: 'Europe/Madrid', resolution_minutes: 15 };
  await sql
    .insertInto('price_series')
    .values([
      { id: 'omie-pt', kind: 'price', currency: 'EUR', ...shape },
      { id: 'nordpool-no1', kind: 'price', currency: 'NOK', ...shape },
      { id: 'perdas-bt', kind: 'factor', currency: null, ...shape },
    ])
    .execute();
});
afterAll(() => database.drop());
beforeEach(async () => {
  sites += 1;
  site = await seedInstallation(sql, {
    installationId: `site${sites}`,
    chargers: [`zcs${sites}`],
    tokens: { [`C${sites}`]: 'active' },
  });
});

const importOptions = {
  create: false,
  installationId: null,
  now: new Date('2026-06-01T00:00:00Z'),
  hashPassword: async (password: string) => password,
};

/** Rows by column; the plan's columns are filled in where a row does not say them. */
type Cells = Readonly<Record<string, string>>;
const plan = (): Cells => ({
  installation: site,
  plan: 'Bi 2026',
  planFrom: '2026-01-01',
  calendar: 'pt-mainland-daily',
  bands: '2',
  from: '2026-01-01',
});
const bi = (more: Cells = {}): Cells[] => [
  { band: 'vazio', perKWh: '0,1087', ...more },
  { band: 'fora-de-vazio', perKWh: '0,1988', ...more },
];

function csvOf(rows: readonly Cells[]): string {
  const all = rows.map((row): Cells => Object.assign({}, plan(), row));
  const header = [...new Set([...Object.keys(plan()), 'band', 'perKWh', ...all.flatMap((row) => Object.keys(row))])];
  const lines = all.map((row) => header.map((name) => `"${row[name] ?? ''}"`).join(','));
  return [header.join(','), ...lines].join('\n');
}

async function importRows(rows: readonly Cells[], dryRun = false): Promise<ImportResult> {
  const sheet = await readSheet('x.csv', Buffer.from(csvOf(rows)));
  return importSheet(sql, pricePlanTable, sheet, { ...importOptions, dryRun });
}

const storedPlan = () => sql.selectFrom('price_plan').selectAll().where('installation_id', '=', site).execute();

test('prices by component, charges and the plan’s own terms go in; again all is the same and nothing is touched', async () => {
  const rows = [
    ...bi(),
    { band: 'vazio', component: 'network-access', perKWh: '0,0158' },
    { band: 'vazio', component: 'discount', perKWh: '-0,01', from: '2026-03-01', to: '2026-03-31' },
    { band: 'vazio', direction: 'export', perKWh: '0,05' },
    {
      row: 'charge',
      party: 'retailer',
      code: 'contracted-power',
      label: 'Potência',
      unit: 'per-day',
      amount: '1,3248',
      shareBy: 'permillage',
      vatCode: 'ISE',
      exemptionCode: 'M07',
    },
    {
      row: 'charge',
      party: 'bpo',
      code: 'fee',
      label: 'Gestão',
      unit: 'percent-of-energy',
      amount: '5,1127',
      shareBy: 'own',
    },
  ].map((row): Cells => Object.assign({ retailer: 'Luz, S.A.', source: 'tabela', vatCode: 'NOR' }, row));
  expect(await importRows(rows)).toMatchObject({ imported: true, problems: [] });
  const [stored] = await storedPlan();
  expect(stored).toMatchObject({ retailer: 'Luz, S.A.', source: 'tabela', vat_code: 'NOR', exemption_code: null });
  const charges = await sql
    .selectFrom('plan_charge')
    .selectAll()
    .where('plan_id', '=', stored?.id ?? '')
    .orderBy('code')
    .execute();
  expect(charges).toMatchObject([
    { code: 'contracted-power', micros: 1_324_800, share_by: 'permillage', vat_code: 'ISE', exemption_code: 'M07' },
    { code: 'fee', micros: 51_127, unit: 'percent-of-energy', vat_code: 'NOR', party: 'bpo' },
  ]);
  const prices = () =>
    sql
      .selectFrom('band_price')
      .selectAll()
      .where('plan_id', '=', stored?.id ?? '')
      .execute();
  const before = [await storedPlan(), await prices()];
  const again = await importRows(rows);
  expect(again.changes.map(({ action }) => action)).toEqual(rows.map(() => 'same'));
  expect([await storedPlan(), await prices()]).toEqual(before);
});

test('says what changes from which day, of prices and of the plan', async () => {
  await importRows(bi());
  const [low = {}, high = {}] = bi();
  const result = await importRows([
    { ...low, perKWh: '0,12', retailer: 'Luz' },
    { ...high, retailer: 'Luz' },
    { ...high, perKWh: '0,21', from: '2026-07-01', retailer: 'Luz' },
  ]);
  expect(result.changes).toEqual([
    {
      row: 1,
      action: 'change',
      what: 'Bi 2026: vazio 0.120000 per kWh from 2026-01-01, was 0.108700; retailer none → Luz',
    },
    { row: 2, action: 'same', what: 'Bi 2026: fora-de-vazio 0.198800 per kWh from 2026-01-01' },
    { row: 3, action: 'create', what: 'Bi 2026: fora-de-vazio 0.210000 per kWh from 2026-07-01' },
  ]);
});

test('a column that the file lacks leaves what the plan has; an empty cell takes it away', async () => {
  await importRows(bi({ retailer: 'Luz', calendarChangeover: '2027-08-01' }));
  expect(await importRows(bi())).toMatchObject({ changes: [{ action: 'same' }, { action: 'same' }] });
  expect(await storedPlan()).toMatchObject([{ retailer: 'Luz', calendar_changeover: '2027-08-01' }]);
  await importRows(bi({ retailer: '', calendarChangeover: '' }));
  expect(await storedPlan()).toMatchObject([{ retailer: null, calendar_changeover: null }]);
});

test('an indexed plan needs no prices; its terms are kept exactly', async () => {
  const row = {
    row: 'plan',
    from: '',
    indexSeries: 'omie-pt',
    lossesSeries: 'perdas-bt',
    factor: '1,02',
    margin: '-0,004',
  };
  expect(await importRows([row])).toMatchObject({ imported: true, problems: [] });
  expect(await storedPlan()).toMatchObject([
    { index_series_id: 'omie-pt', losses_series_id: 'perdas-bt', factor_ppm: 1_020_000, margin_micros: -4_000 },
  ]);
});

test('a plan on another’s days: the newer holds, and that is told', async () => {
  await importRows(bi());
  const newer = await importRows(bi({ plan: 'Bi 2027', planFrom: '2027-01-01', from: '2027-01-01' }));
  expect(newer.changes[0]?.what).toContain('from 2027-01-01 it holds instead of "Bi 2026"');
});

describe('what is wrong is named by row and column, and nothing of it stays', () => {
  const charge = {
    row: 'charge',
    party: 'bpo',
    code: 'fee',
    label: 'Taxa',
    unit: 'per-month',
    amount: '1',
    shareBy: 'equal',
  };
  test.each<[string, () => Cells[], number, string, string]>([
    ['no such installation', () => bi({ installation: 'x' }), 1, 'installation', '"x"'],
    ['no such calendar', () => bi({ calendar: 'x' }), 1, 'calendar', 'no known calendar'],
    ['bands that the calendar has no contracts of', () => bi({ calendar: 'es-20td' }), 1, 'bands', '1 or 3'],
    ['a band of other contracts', () => [...bi(), { band: 'ponta', perKWh: '0,2' }], 3, 'band', 'fora-de-vazio, vazio'],
    [
      'a calendar of another country’s holidays',
      () => [{ calendar: 'no-day-night', band: 'dag', perKWh: '1' }],
      1,
      'calendar',
      'holidays of NO, the installation is in PT',
    ],
    ['a band without a price', () => bi().slice(0, 1), 1, 'band', 'no price for fora-de-vazio from 2026-01-01'],
    [
      'a gap',
      () => [...bi({ to: '2026-05-31' }), ...bi({ from: '2026-06-02' })],
      3,
      'from',
      '2026-06-01 to 2026-06-01',
    ],
    ['an overlap', () => [...bi({ to: '2026-06-30' }), ...bi({ from: '2026-06-01' })], 3, 'from', 'overlaps row 1'],
    [
      'a changeover to no newer hours',
      () => bi({ calendar: 'pt-azores-daily', calendarChangeover: '2027-07-01' }),
      1,
      'calendarChangeover',
      'no newer hours',
    ],
    [
      'two rows that call one plan otherwise',
      () => bi().map((row, at) => Object.assign(row, { retailer: `R${at}` })),
      2,
      'retailer',
      'row 1',
    ],
    ['the same price twice', () => [...bi(), ...bi().slice(1)], 3, 'from', 'row 2'],
    [
      'a negative energy price',
      () => [...bi().slice(1), { band: 'vazio', perKWh: '-0,1' }],
      2,
      'perKWh',
      'only a discount',
    ],
    [
      'a discount that adds',
      () => [...bi(), { band: 'vazio', component: 'discount', perKWh: '0,1' }],
      3,
      'perKWh',
      'minus sign',
    ],
    [
      'a charge that names a band',
      () => [...bi(), { ...charge, band: 'vazio' }],
      3,
      'band',
      'is empty in a row of kind charge',
    ],
    ['a charge without amount', () => [...bi(), { ...charge, amount: '' }], 3, 'amount', 'expected an amount'],
    [
      'a percentage too fine',
      () => [...bi(), { ...charge, unit: 'percent-of-energy', amount: '1,23456' }],
      3,
      'amount',
      'four decimals',
    ],
    ['an unknown unit', () => [...bi(), { ...charge, unit: 'per-week' }], 3, 'unit', 'per-spot-month'],
    ['an exemption without reason', () => bi({ vatCode: 'ISE' }), 1, 'exemptionCode', 'M07'],
    ['no such series', () => [{ row: 'plan', from: '', indexSeries: 'x' }], 1, 'indexSeries', 'price-series'],
    [
      'a series in another currency',
      () => [{ row: 'plan', from: '', indexSeries: 'nordpool-no1' }],
      1,
      'indexSeries',
      'NOK',
    ],
    [
      'a loss profile for a price',
      () => [{ row: 'plan', from: '', indexSeries: 'perdas-bt' }],
      1,
      'indexSeries',
      'prices',
    ],
    ['a margin on fixed prices', () => bi({ margin: '0,01' }), 1, 'margin', 'indexed'],
    ['a plan that ends before it begins', () => bi({ planTo: '2025-12-31' }), 1, 'planTo', 'before'],
    ['a day as people write it', () => bi({ planTo: '31/12/2026' }), 1, 'planTo', 'yyyy-mm-dd'],
    ['a kind of row that is none', () => [{ row: 'fee' }], 1, 'row', 'price, charge, plan'],
  ])('%s', async (_, rows, row, column, words) => {
    const result = await importRows(rows());
    expect(result).toMatchObject({ imported: false });
    expect(result.problems[0]).toEqual({ row, column, message: expect.stringContaining(words) });
    expect(await storedPlan()).toEqual([]);
  });

  test('an amendment that contradicts a stored price names its row', async () => {
    const [low = {}] = bi();
    await importRows(bi({ to: '2026-12-31' }));
    const result = await importRows([{ ...low, from: '2026-06-01', to: '2026-12-31' }]);
    expect(result.problems).toEqual([
      { row: 1, column: 'from', message: expect.stringContaining('overlaps the one from 2026-01-01') },
    ]);
  });
});

test('an Excel sheet of numbers and dates comes out exactly', async () => {
  const workbook = new ExcelJS.Workbook();
  const sheet = workbook.addWorksheet('Preços');
  sheet.addRow(['installation', 'plan', 'planFrom', 'calendar', 'bands', 'band', 'component', 'perKWh', 'from']);
  const date = new Date('2026-01-01T00:00:00Z');
  const own = [site, 'Tri', date, 'pt-mainland-weekly', 3];
  const cells: [string, string, number | ExcelJS.CellFormulaValue, number][] = [
    ['ponta', '', 0.245102, 245_102],
    ['cheias', '', 0.1 + 0.2, 300_000],
    ['vazio', '', { formula: '0.7/7', result: 0.7 / 7, date1904: false }, 100_000],
    ['vazio', 'discount', -0.000001, -1],
    ['vazio', 'levy', 0.001, 1_000],
  ];
  for (const [band, component, value] of cells) sheet.addRow([...own, band, component, value, date]);
  const file = await readSheet('x.xlsx', new Uint8Array(await workbook.xlsx.writeBuffer()));
  const result = await importSheet(sql, pricePlanTable, file, { ...importOptions, dryRun: false });
  expect(result.problems).toEqual([]);
  const stored = await sql
    .selectFrom('band_price as b')
    .innerJoin('price_plan as p', 'p.id', 'b.plan_id')
    .select(['b.band', 'b.component', 'b.micros_per_kwh', 'b.valid_from'])
    .where('p.installation_id', '=', site)
    .execute();
  expect(stored).toHaveLength(cells.length);
  for (const [band, component, , micros] of cells) {
    expect(stored).toContainEqual({
      band,
      component: component === '' ? 'energy' : component,
      micros_per_kwh: micros,
      valid_from: '2026-01-01',
    });
  }
});
