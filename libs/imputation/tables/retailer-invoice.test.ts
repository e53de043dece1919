import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { readSheet } from '#libs/registry/tabular/sheet.js';
import { importSheet } from '#libs/registry/tabular/table.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { findInvoice } from '../retailer-invoice.js';
import { retailerInvoiceTable } from './retailer-invoice.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  const { sql } = database;
  const place = { address: 'Rua A 1', postal_code: '1000-001', city: 'Lisboa' };
  await sql
    .insertInto('issuer')
    .values({ id: 'i', name: 'I', nif: '501964843', email: 'i@x.pt', ...place })
    .execute();
  await sql
    .insertInto('condominium')
    .values({ id: 'c', name: 'C', nif: '501964843', manager_name: 'M', manager_email: 'm@x.pt', ...place })
    .execute();
  await sql
    .insertInto('installation')
    .values({ id: 'aurora', condominium_id: 'c', issuer_id: 'i', name: 'A' })
    .execute();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.sql.deleteFrom('retailer_invoice_line').execute();
  await database.sql.deleteFrom('retailer_invoice').execute();
});

const HEAD = 'installation;number;period;issueDate;periodFrom;periodTo;kind;band;code;label;kWh;net;vat;total';
const JUNE = '2026-06;2026-07-02;2026-06-01;2026-06-30';
const GOOD = [
  `aurora;FT 1;${JUNE};energy;ponta;;Energia ponta;120,512;29,54;12,20;65,25`,
  'aurora;FT 1;;;;;energy;vazio;;Energia vazio;200.5;20.01;;',
  'aurora;FT 1;;;;;charge;;discount;Desconto;;-1,50;;',
  'aurora;FT 1;;;;;charge;;cav;CAV;;5;12,20;65,25',
];

async function importRows(rows: readonly string[], dryRun = false) {
  const sheet = await readSheet('fatura.csv', Buffer.from([HEAD, ...rows].join('\n')));
  return importSheet(database.sql, retailerInvoiceTable, sheet, {
    create: false,
    dryRun,
    installationId: null,
    now: new Date('2026-07-03T09:00:00Z'),
    by: 'staff@x.pt',
    hashPassword: async (password) => password,
  });
}
const stored = () => findInvoice(database.sql, 'aurora', 'FT 1');

describe('a retailer’s invoice as a sheet', () => {
  test('several rows are one invoice; kWh with three decimals, money with two, comma or point', async () => {
    const result = await importRows(GOOD);
    expect(result).toMatchObject({ imported: true, problems: [], changes: GOOD.map(() => ({ action: 'create' })) });
    expect(await stored()).toEqual({
      installationId: 'aurora',
      number: 'FT 1',
      period: '2026-06',
      issueDate: '2026-07-02',
      periodFrom: '2026-06-01',
      periodTo: '2026-06-30',
      netCents: 5305,
      vatCents: 1220,
      totalCents: 6525,
      lines: [
        { kind: 'energy', band: 'ponta', code: null, label: 'Energia ponta', wh: 120_512, netCents: 2954 },
        { kind: 'energy', band: 'vazio', code: null, label: 'Energia vazio', wh: 200_500, netCents: 2001 },
        { kind: 'charge', band: null, code: 'discount', label: 'Desconto', wh: null, netCents: -150 },
        { kind: 'charge', band: null, code: 'cav', label: 'CAV', wh: null, netCents: 500 },
      ],
    });
    const row = await database.sql.selectFrom('retailer_invoice').selectAll().executeTakeFirstOrThrow();
    expect(row.entered_by).toBe('staff@x.pt');
  });

  test('again is the same; a line that differs is a change', async () => {
    await importRows(GOOD);
    expect(await importRows(GOOD)).toMatchObject({ changes: GOOD.map(() => ({ action: 'same' })) });
    const other = GOOD.map((row) => row.replace('20.01', '20,00').replace('65,25', '65,24'));
    expect((await importRows(other)).changes.map(({ action }) => action)).toEqual(['same', 'change', 'same', 'same']);
    expect(await stored()).toMatchObject({ netCents: 5304, totalCents: 6524 });
  });

  test('a dry run checks the sum as well, and stores nothing', async () => {
    expect(await importRows(GOOD, true)).toMatchObject({ imported: false, problems: [] });
    const wrong = GOOD.map((row) => row.replace('65,25', '65,26'));
    expect(await importRows(wrong, true)).toMatchObject({
      problems: [{ row: 1, column: 'total', message: 'net and VAT come to 6525 cents, the invoice says 6526' }],
    });
    expect(await stored()).toBeNull();
  });

  test('one invoice that does not add up keeps the others out', async () => {
    const second = `aurora;FT 2;${JUNE};energy;ponta;;Energia;1;1,00;0,23;9,99`;
    expect(await importRows([...GOOD, second])).toMatchObject({
      imported: false,
      problems: [{ row: 5, column: 'total' }],
    });
    expect(await stored()).toBeNull();
  });

  test('each fault has its row and column', async () => {
    const rows = [
      `aurora;FT 1;${JUNE};energy;noite;;Energia;1;1,00;0,23;1,23`,
      `nowhere;FT 1;${JUNE};energy;ponta;;Energia;1;1,00;0,23;1,23`,
      `aurora;FT 1;${JUNE};energy;ponta;;Energia;1,2345;a consultar;0,23;1,23`,
    ];
    expect((await importRows(rows)).problems.map(({ row, column }) => [row, column])).toEqual([
      [1, 'band'],
      [2, 'installation'],
      [3, 'kWh'],
      [3, 'net'],
    ]);
  });

  test('rows of one invoice that contradict each other', async () => {
    const rows = [...GOOD.slice(0, 3), 'aurora;FT 1;2026-07;;;;charge;;cav;CAV;;5;;'];
    expect((await importRows(rows)).problems).toEqual([
      { row: 4, column: 'period', message: 'differs from "2026-06" in another row of FT 1' },
    ]);
  });

  test('what no row says is missed, and a charge with kWh is refused in its row', async () => {
    expect((await importRows(GOOD.slice(1, 3))).problems).toEqual([{ row: 1, column: 'period', message: 'is empty' }]);
    const rows = [...GOOD.slice(0, 3), 'aurora;FT 1;;;;;charge;;cav;CAV;3;5;;'];
    expect((await importRows(rows)).problems).toEqual([{ row: 4, column: 'kWh', message: 'a charge has no energy' }]);
  });
});
