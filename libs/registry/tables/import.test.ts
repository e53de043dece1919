import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import ExcelJS from 'exceljs';

import { pricePlanTable } from '#libs/tariff/tables/price-plan.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { readSheet } from '../tabular/sheet.js';
import { importSheet, type ImportResult, type Table } from '../tabular/table.js';
import { chargersTable } from './chargers.js';
import { customersTable } from './customers.js';
import { occupanciesTable } from './occupancies.js';
import { tokensTable } from './tokens.js';
import { unitsTable } from './units.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const options = {
  create: false,
  dryRun: false,
  installationId: null,
  now: new Date('2026-06-01T00:00:00Z'),
  hashPassword: async (password: string) => `hashed(${password})`,
};

async function importCsv<Row>(
  table: Table<Row>,
  csv: string,
  overrides: Partial<typeof options> = {},
): Promise<ImportResult> {
  const sheet = await readSheet('list.csv', Buffer.from(csv));
  return importSheet(database.sql, table, sheet, { ...options, ...overrides });
}

describe('imports', () => {
  it('create what a charger row names, once, and keep no password in clear', async () => {
    const csv = 'chargerId,installation,circuit,spot,password\nZCS031974,aurora,Piso -3 Circuito 2,3049,secret\n';
    const refused = await importCsv(chargersTable, csv);
    expect(refused).toMatchObject({ imported: false, problems: [{ row: 1, column: 'installation' }] });

    const done = await importCsv(chargersTable, csv, { create: true });
    expect(done).toMatchObject({ imported: true, changes: [{ row: 1, action: 'create' }] });
    await importCsv(chargersTable, csv, { create: true });
    const charger = await database.sql.selectFrom('charger').selectAll().executeTakeFirstOrThrow();
    expect(charger).toMatchObject({ id: 'zcs031974', label: 'ZCS031974', password_hash: 'hashed(secret)' });
    expect(await database.sql.selectFrom('charger_placement').selectAll().execute()).toHaveLength(1);
  });

  it('the first charger of a spot was there all along; one that moves, from now on', async () => {
    const head = 'chargerId,installation,spot\n';
    await importCsv(chargersTable, `${head}MOVES,aurora,M1\n`, { create: true });
    await importCsv(chargersTable, `${head}MOVES,aurora,M2\n`, { create: true });
    await importCsv(chargersTable, `${head}NEXT,aurora,M1\n`, { create: true });
    const rows = await database.sql
      .selectFrom('charger_placement as p')
      .innerJoin('spot as s', 's.id', 'p.spot_id')
      .select(['s.name', 'p.charger_id', 'p.from', 'p.until'])
      .where('s.name', 'like', 'M%')
      .orderBy('p.from')
      .orderBy('s.name')
      .orderBy('p.charger_id')
      .execute();
    expect(rows).toEqual([
      { name: 'M1', charger_id: 'moves', from: new Date('2015-01-01T00:00:00Z'), until: options.now },
      { name: 'M1', charger_id: 'next', from: options.now, until: null },
      { name: 'M2', charger_id: 'moves', from: options.now, until: null },
    ]);
  });

  it('a spot that is shared by card is so from now on, whatever charger hangs there', async () => {
    const head = 'chargerId,installation,spot,sharing\n';
    const later = new Date('2026-06-10T10:00:00Z');
    await importCsv(chargersTable, `${head}SH1,aurora,S1,\n`, { create: true });
    await importCsv(chargersTable, `${head}SH1,aurora,S1,token\n`, { now: later });
    await importCsv(chargersTable, `${head}SH1,aurora,S1,\n`, { now: new Date('2026-06-11T10:00:00Z') });
    const last = new Date('2026-06-20T10:00:00Z');
    await importCsv(chargersTable, `${head}SH2,aurora,S1,\n`, { now: last });
    const rows = await database.sql
      .selectFrom('charger_placement as p')
      .innerJoin('spot as s', 's.id', 'p.spot_id')
      .select(['p.charger_id', 'p.sharing', 'p.from', 'p.until'])
      .where('s.name', '=', 'S1')
      .orderBy('p.from')
      .execute();
    expect(rows).toEqual([
      { charger_id: 'sh1', sharing: 'occupant', from: new Date('2015-01-01T00:00:00Z'), until: later },
      { charger_id: 'sh1', sharing: 'token', from: later, until: last },
      { charger_id: 'sh2', sharing: 'token', from: last, until: null },
    ]);
  });

  it('a dry run shows the changes and makes none', async () => {
    const csv = 'customer,condominium,name,nif\n1001,aurora,Ana Silva,200079190\n';
    const dry = await importCsv(customersTable, csv, { dryRun: true });
    expect(dry).toMatchObject({
      imported: false,
      problems: [],
      changes: [{ action: 'create', what: 'customer 1001' }],
    });
    expect(await database.sql.selectFrom('customer').selectAll().execute()).toEqual([]);
    expect(await importCsv(customersTable, csv)).toMatchObject({ imported: true });
    expect(await importCsv(customersTable, csv)).toMatchObject({ changes: [{ action: 'same' }] });
  });

  it("takes a foreign customer's tax number with its country, and keeps the country where a file does not say", async () => {
    const csv = (country: string) => `customer,condominium,name,nif,country\n1001,aurora,Eva,X1234567L,${country}\n`;
    expect((await importCsv(customersTable, csv(''))).problems).toMatchObject([{ column: 'nif' }]);
    expect(await importCsv(customersTable, csv('ES'))).toMatchObject({ imported: true });
    expect(await importCsv(customersTable, csv(''))).toMatchObject({ changes: [{ action: 'same' }] });
  });

  it('one wrong row keeps every row out, and each fault has its row and column', async () => {
    const csv = 'customer;condominium;name;nif;email\n1002;aurora;Rui;;\n1003;aurora;Eva;123456780;not-an-address\n';
    const result = await importCsv(customersTable, csv);
    expect(result.imported).toBe(false);
    expect(result.problems).toEqual([
      { row: 2, column: 'nif', message: expect.any(String) },
      { row: 2, column: 'email', message: expect.any(String) },
    ]);
    expect(await database.sql.selectFrom('customer').where('id', '=', '1002').selectAll().execute()).toEqual([]);
  });

  it('a decimal comma without quotes is refused, not read as another number', async () => {
    const result = await importCsv(unitsTable, 'installation,unit,permillage\naurora,A,12,35\n');
    expect(result.problems).toEqual([{ row: 1, column: null, message: expect.stringContaining('in quotes') }]);
  });

  it('a day that is none is told as such, in a column that may be empty too', async () => {
    const csv = 'installation,spot,customer,kind,from,until\naurora,3049,1001,tenant,2026-01-01,30/06/2026\n';
    const { problems } = await importCsv(occupanciesTable, csv);
    expect(problems).toEqual([{ row: 1, column: 'until', message: expect.stringContaining('yyyy-mm-dd') }]);
  });

  it('a word that is not offered is answered with those that are, in a column that may be empty too', async () => {
    const customers = 'customer,condominium,name,language,paymentMethod\n1001,aurora,Ana,fr,cash\n';
    expect((await importCsv(customersTable, customers)).problems).toEqual([
      { row: 1, column: 'language', message: 'expected pt or en' },
      { row: 1, column: 'paymentMethod', message: 'expected direct-debit, prepaid or transfer' },
    ]);
    expect((await importCsv(chargersTable, 'chargerId,installation,sharing\nA1,aurora,card\n')).problems).toEqual([
      { row: 1, column: 'sharing', message: 'expected occupant or token' },
    ]);
  });

  it('a missing column is named before any row is read', async () => {
    const result = await importCsv(unitsTable, 'installation,unit\naurora,A\n');
    expect(result.problems).toEqual([{ row: 0, column: 'permillage', message: 'the column is missing in the header' }]);
  });

  it('permillage, spots, cards and occupancies find their owners', async () => {
    expect(
      await importCsv(unitsTable, 'installation,unit,permillage,spots\naurora,Fração A,"12,35",3049\n'),
    ).toMatchObject({
      imported: true,
    });
    expect(await importCsv(tokensTable, 'idTag,customer,status\nCARD1,1001,\nCARD2,,blocked\n')).toMatchObject({
      imported: true,
    });
    const occupancy =
      'installation,spot,customer,kind,from,until\naurora,3049,1001,tenant,2026-01-01,2026-06-12T18:30\n';
    expect(await importCsv(occupanciesTable, occupancy)).toMatchObject({ imported: true });
    expect(await importCsv(occupanciesTable, occupancy)).toMatchObject({ changes: [{ action: 'same' }] });
    const row = await database.sql.selectFrom('occupancy').selectAll().executeTakeFirstOrThrow();
    expect(row.until?.toISOString()).toBe('2026-06-12T17:30:00.000Z');
    const tokens = await database.sql.selectFrom('token').select(['id_tag', 'status']).orderBy('id_tag').execute();
    expect(tokens).toEqual([
      { id_tag: 'CARD1', status: 'active' },
      { id_tag: 'CARD2', status: 'blocked' },
    ]);
  });

  it('cards may be written in the words of OCPP, and name a customer that is not there yet', async () => {
    const csv = 'idTag,customer,status\nCARD3,newcomer,Accepted\nCARD4,newcomer,Blocked\n';
    expect(await importCsv(tokensTable, csv)).toMatchObject({ problems: [{ row: 1, column: 'customer' }, { row: 2 }] });
    expect(await importCsv(tokensTable, csv, { create: true })).toMatchObject({ imported: true });
    const tokens = await database.sql
      .selectFrom('token as t')
      .innerJoin('customer as c', 'c.id', 't.customer_id')
      .select(['t.id_tag', 't.status', 'c.name', 'c.condominium_id'])
      .where('c.id', '=', 'newcomer')
      .orderBy('t.id_tag')
      .execute();
    const newcomer = { name: 'newcomer', condominium_id: 'aurora' };
    expect(tokens).toEqual([
      { id_tag: 'CARD3', status: 'active', ...newcomer },
      { id_tag: 'CARD4', status: 'blocked', ...newcomer },
    ]);
    const wrong = await importCsv(tokensTable, 'idTag,customer,status\nCARD5,,maybe\n');
    expect(wrong.problems).toEqual([{ row: 1, column: 'status', message: 'expected active or blocked, got "maybe"' }]);
  });

  it('a binary file is refused in a few words', async () => {
    const bytes = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0x22, 0, 0x0a]);
    await expect(readSheet('list.csv', bytes)).rejects.toThrow('the file is no CSV: it is binary');
  });

  it('an Excel price list with a text where a price belongs is refused with its row and column, and nothing of it stays', async () => {
    const workbook = new ExcelJS.Workbook();
    const sheet = workbook.addWorksheet('Tarifário');
    sheet.addRow(['installation', 'plan', 'planFrom', 'calendar', 'bands', 'band', 'perKWh', 'from']);
    const plan = ['aurora', 'Tri 2026', '2026-01-01', 'pt-mainland-weekly', 3];
    sheet.addRow([...plan, 'ponta', 0.245102, new Date('2026-01-01T00:00:00Z')]);
    sheet.addRow([...plan, 'cheias', 'a consultar', '2026-01-01']);
    sheet.addRow([...plan, 'vazio', 0.108, '2026-01-01']);
    const file = await readSheet('prices.xlsx', new Uint8Array(await workbook.xlsx.writeBuffer()));
    const result = await importSheet(database.sql, pricePlanTable, file, options);
    expect(result).toMatchObject({ imported: false, problems: [{ row: 2, column: 'perKWh' }] });
    expect(result.problems[0]?.message).toContain('a consultar');
    expect(await database.sql.selectFrom('price_plan').selectAll().execute()).toEqual([]);

    sheet.getCell('G3').value = '0,227756';
    const mended = await readSheet('prices.xlsx', new Uint8Array(await workbook.xlsx.writeBuffer()));
    expect(await importSheet(database.sql, pricePlanTable, mended, options)).toMatchObject({ imported: true });
    const prices = await database.sql
      .selectFrom('band_price')
      .select(['band', 'micros_per_kwh'])
      .orderBy('band')
      .execute();
    expect(prices).toEqual([
      { band: 'cheias', micros_per_kwh: 227_756 },
      { band: 'ponta', micros_per_kwh: 245_102 },
      { band: 'vazio', micros_per_kwh: 108_000 },
    ]);
  });
});
