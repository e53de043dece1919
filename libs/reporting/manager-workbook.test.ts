import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import ExcelJS from 'exceljs';
import { sql as raw } from 'kysely';

import { checkLedger } from '#libs/ledger/check-ledger.js';
import { seedMixedJune, type MixedJune } from '#test/data/documents.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { loadManagerReport, type ManagerReportFacts } from './manager-report-facts.js';
import { renderManagerWorkbook } from './manager-workbook.js';
import { pagesOf } from './row-pages.js';
import { storeManagerWorkbook } from './store-manager-workbook.js';
import { readStoredFile } from './stored-files.js';
import { wrappedLines } from './workbook-rows.js';

let database: TestDatabase;
let june: MixedJune;
let facts: ManagerReportFacts;
let book: ExcelJS.Workbook;
beforeAll(async () => {
  database = await createTestDatabase();
  june = await seedMixedJune(database.sql, 16);
  facts = await loadManagerReport(database.sql, june.cycleId);
  book = await open(await renderManagerWorkbook(facts));
});
afterAll(() => database.drop());

async function open(bytes: Buffer): Promise<ExcelJS.Workbook> {
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.load(Uint8Array.from(bytes).buffer);
  return workbook;
}

function sheetOf(name: string, workbook = book): ExcelJS.Worksheet {
  const sheet = workbook.getWorksheet(name);
  if (sheet === undefined) throw new Error(`no sheet ${name}`);
  return sheet;
}

/** The numbers or texts of `'Sheet'!$E$5:$E$20`. */
function cellsOf(range: string): unknown[] {
  const match = /^'(.+)'!\$([A-Z])\$(\d+):\$([A-Z])\$(\d+)$/.exec(range);
  if (match === null) throw new Error(`no range: ${range}`);
  const [, name = '', letter = '', first, , last] = match;
  const rows = Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => Number(first) + index);
  return rows.map((row) => sheetOf(name).getCell(`${letter}${row}`).value);
}

const RANGE = `'[^']+'!\\$[A-Z]\\$\\d+:\\$[A-Z]\\$\\d+`;

/** Cents (or Wh) of a formula of ours: SUM(range), SUMIF(range,"text",range), or a sum of these. */
function calculate(formula: string, scale: number): number {
  const pattern = new RegExp(`SUM\\((${RANGE})\\)|SUMIF\\((${RANGE}),"([^"]+)",(${RANGE})\\)`, 'g');
  expect(formula.replace(pattern, '').replaceAll('+', '')).toBe('');
  let total = 0;
  for (const [, plain, criteria, text, summed] of formula.matchAll(pattern)) {
    const values = cellsOf(plain ?? summed ?? '');
    const keys = criteria === undefined ? null : cellsOf(criteria);
    values.forEach((value, index) => {
      if (keys === null || keys[index] === text) total += Math.round(Number(value) * scale);
    });
  }
  return total;
}

/** The summary's row with a label: its formula and the result it carries. */
function summary(label: string): { formula: string; result: unknown } {
  const sheet = sheetOf('Resumo');
  for (let row = 1; row <= sheet.rowCount; row += 1) {
    if (sheet.getCell(row, 1).value === label) {
      const cell = sheet.getCell(row, 2);
      return { formula: cell.formula, result: cell.result };
    }
  }
  throw new Error(`the summary has no ${label}`);
}

async function ledgerSum(where: ReturnType<typeof raw<boolean>>): Promise<number> {
  const { rows } = await raw<{ cents: number }>`
    select coalesce(sum(posting.amount_cents), 0)::bigint as cents
    from posting join ledger_account account on account.id = posting.account_id
    join journal_entry entry on entry.id = posting.entry_id where ${where}`.execute(database.sql);
  return rows[0]?.cents ?? Number.NaN;
}

describe("the manager's workbook", () => {
  it('has its sheets in the order a manager reads them', () => {
    expect(book.worksheets.map(({ name }) => name)).toEqual([
      'Resumo',
      'Imputação',
      'Tarifário',
      'Sessões',
      'Cobranças e dívidas',
      'Quem deve',
      'Entregas ao condomínio',
    ]);
  });

  it("sums by live formulas, and their ranges sum to the ledger's figures", async () => {
    expect((await checkLedger(database.sql)).balanced).toBe(true);
    const issued = raw<boolean>`entry.kind = 'invoice-issued'`;
    const expected = {
      'Recuperado (sem IVA)': -(await ledgerSum(raw<boolean>`account.kind = 'recovered'`)),
      IVA: -(await ledgerSum(raw<boolean>`account.kind = 'vat'`)),
      'Total faturado': await ledgerSum(raw<boolean>`account.kind = 'receivable' and ${issued}`),
      Recebido: -(await ledgerSum(raw<boolean>`account.kind = 'receivable' and not ${issued}`)),
      'Por receber': await ledgerSum(raw<boolean>`account.kind = 'receivable'`),
    };
    for (const [label, cents] of Object.entries(expected)) {
      const { formula, result } = summary(label);
      expect([label, calculate(formula, 100)]).toEqual([label, cents]);
      expect([label, result]).toEqual([label, cents / 100]);
    }
    expect(expected['Por receber']).toBeGreaterThan(0);
  });

  it('counts what is in arrears or disputed apart', () => {
    const chased = facts.invoices.filter(({ state }) => state === 'arrears' || state === 'disputed');
    const cents = chased.reduce((sum, row) => sum + row.dueCents, 0);
    const { formula, result } = summary('do qual em dívida');
    expect(chased).toHaveLength(4);
    expect([calculate(formula, 100), result]).toEqual([cents, cents / 100]);
  });

  it('shows the energy that nobody is invoiced for, and what the meters moved outside sessions', () => {
    const rated = summary('Energia tarifada');
    const invoiced = summary('Energia faturada');
    const nobody = calculate(rated.formula, 1000) - calculate(invoiced.formula, 1000);
    expect(nobody).toBeGreaterThan(360_000);
    expect(summary('Energia sem fatura (lugar sem titular)').result).toBe(nobody / 1000);
    expect([rated.result, invoiced.result]).toEqual([
      calculate(rated.formula, 1000) / 1000,
      calculate(invoiced.formula, 1000) / 1000,
    ]);
    const values = sheetOf('Resumo').getColumn(2).values;
    expect(values).toContain(0.412);
  });

  it('checks itself against the ledger', async () => {
    expect(summary('Imputação = contabilidade').result).toBe('Certo');
    const wrong = await open(await renderManagerWorkbook({ ...facts, ledgerRecoveredCents: 1 }));
    const values: unknown[] = [];
    sheetOf('Resumo', wrong).eachRow((row) => values.push(row.getCell(2).result));
    expect(values).toContain('Verificar');
  });

  it('says per unit and customer what is due; a customer with two spots has one row', () => {
    const sheet = sheetOf('Imputação');
    const rows = cellsOf(`'Imputação'!$B$5:$B$20`);
    const row = 5 + rows.indexOf('1005');
    const cells = [1, 2, 3, 4, 11].map((column) => sheet.getCell(row, column).value);
    expect(cells).toEqual(['3.º Esq., Loja 2', '1005', 'Ana Silva', '3016, 3102', 'Em aberto']);
  });

  it('says per invoice where its collection stands and what comes next', () => {
    const sheet = sheetOf('Cobranças e dívidas');
    const rowOf = (customerId: string) => {
      const names = cellsOf(`'Cobranças e dívidas'!$D$5:$D$20`);
      const at = 5 + names.findIndex((name) => String(name).startsWith(customerId));
      return [8, 9, 10, 11, 12].map((column) => sheet.getCell(at, column).value);
    };
    expect(rowOf('1001')).toEqual(['Débito direto', 'Paga', 'Liquidada', null, null]);
    const arrears = ['Débito direto', 'Em dívida', 'Lembrete', 'Aviso formal', new Date('2026-08-04T09:00:00Z')];
    expect(rowOf('1004')).toEqual(arrears);
  });

  it('tells sessions in totals per spot; single sessions only when asked, and never whose they are', async () => {
    const text = (workbook: ExcelJS.Workbook, name: string) => JSON.stringify(sheetOf(name, workbook).model);
    expect(text(book, 'Sessões')).not.toContain('Silva');
    expect(cellsOf(`'Sessões'!$B$5:$B$22`)).toContain('3092');
    const detailed = await open(await renderManagerWorkbook(facts, { sessionDetail: true }));
    const sheet = sheetOf('Sessões (detalhe)', detailed);
    expect(sheet.getCell('C5').value).toEqual(new Date('2026-06-03T19:00:00Z'));
    expect(sheet.getCell('E5').value).toBe(17.44);
    expect(text(detailed, 'Sessões (detalhe)')).not.toContain('Silva');
  });

  it('is ready for paper: A4 landscape, fit to width, titles repeated, header frozen, filters, formats', () => {
    for (const sheet of book.worksheets) {
      expect(sheet.pageSetup).toMatchObject({ paperSize: 9, orientation: 'landscape', fitToWidth: 1, fitToHeight: 0 });
      expect(sheet.views[0]).toMatchObject({ state: 'frozen', ySplit: 4 });
    }
    for (const sheet of book.worksheets.slice(1)) {
      expect(sheet.pageSetup.printTitlesRow).toBe('4:4');
      expect(sheet.autoFilter).toBeTruthy();
    }
    expect(sheetOf('Imputação').getCell('F5').numFmt).toBe('#,##0.00 "€"');
    expect(sheetOf('Imputação').getCell('E5').numFmt).toBe('#,##0.000 "kWh"');
    expect(sheetOf('Cobranças e dívidas').getCell('B5').numFmt).toBe('dd/mm/yyyy');
  });

  it('gives a row with a text that wraps the height of its lines', async () => {
    expect(
      ['Fração D', 'Fração D, Fração K', 'a b c', 'Supercalifragilístico'].map((text) => wrappedLines(text, 13)),
    ).toEqual([1, 2, 1, 3]);
    const [first, ...others] = facts.invoices;
    if (first === undefined) throw new Error('no invoice');
    const wide = { ...first, units: ['Fração D', 'Fração K', 'Loja 2', 'Arrecadação 14'] };
    const workbook = await open(await renderManagerWorkbook({ ...facts, invoices: [wide, ...others] }));
    const sheet = sheetOf('Imputação', workbook);
    const rows = Array.from({ length: facts.invoices.length }, (_, index) => sheet.getRow(5 + index));
    const row = rows.find((one) => String(one.getCell(1).value).startsWith('Fração D'));
    expect(sheet.getColumn(1).width).toBe(23);
    expect(row?.height).toBeGreaterThan(28);
    expect(rows.filter((one) => one !== row).map((one) => one.height)).toEqual(Array(rows.length - 1).fill(16.5));
  });

  it('is the same bytes for the same facts', async () => {
    const first = await renderManagerWorkbook(facts);
    await new Promise((resolve) => {
      setTimeout(resolve, 2_100); // zip counts time in steps of two seconds
    });
    expect(first.equals(await renderManagerWorkbook(await loadManagerReport(database.sql, june.cycleId)))).toBe(true);
  });

  it('opens for a month without a single line', async () => {
    const empty = {
      ...facts,
      invoices: [],
      tariff: [],
      spots: [],
      sessions: pagesOf<never>([]),
      ledgerRecoveredCents: 0,
    };
    const workbook = await open(await renderManagerWorkbook(empty));
    expect(sheetOf('Resumo', workbook).getCell('B5').result).toBe(0);
  });

  it('is made once and kept: it shows collections as they stood then', async () => {
    const first = await storeManagerWorkbook(database.sql, june);
    expect(first.fileName).toBe('relatorio-aurora-2026-06.xlsx');
    await database.sql.updateTable('collection').set({ step: 'parked' }).execute();
    expect(await storeManagerWorkbook(database.sql, june)).toEqual(first);
    const file = await readStoredFile(database.sql, first.fileId);
    expect(file?.bytes.equals(await renderManagerWorkbook(facts))).toBe(true);
  });

  it('is made a second time when every collection has ended; the first one stays as it was sent', async () => {
    const first = await storeManagerWorkbook(database.sql, june);
    const final = await storeManagerWorkbook(database.sql, { ...june, final: true });
    expect(final.fileName).toBe('relatorio-aurora-2026-06-final.xlsx');
    expect(final.fileId).not.toBe(first.fileId);
    const kept = await readStoredFile(database.sql, final.fileId);
    expect(kept?.key).toBe(`manager-excel-final/${june.cycleId}`);
    expect(await storeManagerWorkbook(database.sql, { ...june, final: true })).toEqual(final);
    expect(await storeManagerWorkbook(database.sql, june)).toEqual(first);
    const detailed = await storeManagerWorkbook(database.sql, { ...june, final: true, sessionDetail: true });
    expect(detailed.fileName).toBe('relatorio-aurora-2026-06-final-sessoes.xlsx');
  });
});
