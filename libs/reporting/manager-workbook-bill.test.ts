import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import ExcelJS from 'exceljs';

import { imputeCycle } from '#libs/imputation/impute-cycle.js';
import { enterRetailerInvoice } from '#libs/imputation/retailer-invoice.js';
import { issueCreditNote } from '#libs/invoicing/issue-credit-note.js';
import type { ChargeLine } from '#libs/invoicing/plan-invoice.js';
import { NO_ENERGY } from '#libs/invoicing/stored-line.js';
import { checkLedger } from '#libs/ledger/check-ledger.js';
import { postInvoiceIssued, postPayment } from '#libs/ledger/post-events.js';
import { issueAll, seedFormerMonth, seedGoldenJune, seedSpot } from '#test/data/documents.js';
import { TEST_SIGNER } from '#test/data/fiscal.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { managerMailFacts } from './manager-mail-facts.js';
import { loadManagerReport, type ManagerReportFacts } from './manager-report-facts.js';
import { renderManagerWorkbook } from './manager-workbook.js';

const NOW = new Date('2026-07-01T05:00:00Z');

let database: TestDatabase;
let cycleId: string;
let facts: ManagerReportFacts;
let book: ExcelJS.Workbook;

async function seedPlan(): Promise<void> {
  const plan = await database.sql
    .insertInto('price_plan')
    .values({
      installation_id: 'aurora',
      name: 'Tetra-horário semanal',
      calendar_id: 'pt-mainland-weekly',
      bands: 4,
      valid_from: '2026-01-01',
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const common = { plan_id: plan.id, valid_from: '2026-01-01', vat_code: 'NOR' };
  const power = { code: 'contracted-power', label: 'Potência contratada', unit: 'per-day', micros: 1_040_000 };
  const cav = { code: 'cav', label: 'Contribuição audiovisual', unit: 'per-month', micros: 2_850_000, vat_code: 'RED' };
  const fee = { code: 'fee-spot', label: 'Serviço por lugar', unit: 'per-spot-month', micros: 1_500_000 };
  await database.sql
    .insertInto('plan_charge')
    .values([
      { ...common, ...power, party: 'retailer', share_by: 'permillage' },
      { ...common, ...cav, party: 'retailer', share_by: 'none' },
      { ...common, ...fee, party: 'bpo', share_by: 'spot' },
    ])
    .execute();
}

/** The retailer counted 5 kWh more, and has a line that the plan does not know. */
async function enterInvoice(): Promise<void> {
  const energy = (band: string, wh: number, netCents: number) => {
    return { kind: 'energy' as const, band, code: null, label: band, wh, netCents };
  };
  const charge = (code: string | null, label: string, netCents: number) => {
    return { kind: 'charge' as const, band: null, code, label, wh: null, netCents };
  };
  const lines = [
    energy('ponta', 45_730, 1_121),
    energy('cheias', 237_043, 5_399),
    energy('vazio-normal', 80_988, 1_607),
    energy('super-vazio', 1_257, 25),
    charge('contracted-power', 'Potência contratada', 3_120),
    charge('cav', 'Contribuição audiovisual', 285),
    charge(null, 'Acesso ao portal', 150),
  ];
  const netCents = lines.reduce((sum, line) => sum + line.netCents, 0);
  const days = { period: '2026-06', issueDate: '2026-07-01', periodFrom: '2026-06-01', periodTo: '2026-06-30' };
  const sums = { netCents, vatCents: 2_700, totalCents: netCents + 2_700 };
  const entry = { installationId: 'aurora', number: 'FT 2026/77123', ...days, ...sums, lines, by: 'staff', now: NOW };
  const entered = await database.sql.transaction().execute((trx) => enterRetailerInvoice(trx, entry));
  if ('refused' in entered) throw new Error(entered.refused.message);
}

async function seedMay(): Promise<void> {
  const common = { ...NO_ENERGY, spotName: '3012', vatCode: 'NOR', exemptionCode: null } as const;
  const energy = { kind: 'energy', party: 'retailer', season: 'Verão', dayType: 'Semana', band: 'cheias' } as const;
  const late: ChargeLine = { ...common, ...energy, label: 'Cheia 2', interval: '12.15-23.59', wh: 2_000, netCents: 46 };
  const fee: ChargeLine = { ...common, kind: 'fixed-charge', party: 'bpo', label: 'Serviço', netCents: -25 };
  await seedFormerMonth(database.sql, '2026-05', [late, fee], NOW);
}

async function settle(documentId: string): Promise<void> {
  await database.sql.transaction().execute(async (trx) => {
    const order = { documentId, key: 'a', choice: [{ lineNo: 3 }], reason: 'erro', now: NOW, signer: TEST_SIGNER };
    const note = await issueCreditNote(trx, order);
    if ('refused' in note) throw new Error(note.refused.code);
    await postInvoiceIssued(trx, { documentId: note.documentId });
    const paid = { key: 'p', documentId, source: 'stripe', amountCents: 5_000, occurredAt: NOW } as const;
    await postPayment(trx, paid);
  });
}

beforeAll(async () => {
  database = await createTestDatabase();
  ({ cycleId } = await seedGoldenJune(database.sql));
  await seedSpot(database.sql, { name: '3013', chargerId: 'zcs031904', unit: '4.º Dto.' });
  await database.sql
    .updateTable('rated_line')
    .set({ estimated_wh: 350, estimated_error_wh: 120 })
    .where('label', '=', 'Ponta')
    .execute();
  await seedPlan();
  await seedMay();
  await enterInvoice();
  const imputed = await database.sql.transaction().execute((trx) => imputeCycle(trx, { cycleId }));
  if ('refused' in imputed) throw new Error(imputed.refused.code);
  await settle((await issueAll(database.sql, cycleId, NOW)).get('1001') ?? '');
  facts = await loadManagerReport(database.sql, cycleId);
  book = await open(await renderManagerWorkbook(facts));
});
afterAll(() => database.drop());

async function open(bytes: Buffer): Promise<ExcelJS.Workbook> {
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.load(Uint8Array.from(bytes).buffer);
  return workbook;
}

/** The rows of a sheet as what they show: results of formulas, texts and numbers, by their first cell. */
function rowsOf(name: string, workbook = book): Map<string, unknown[]> {
  const rows = new Map<string, unknown[]>();
  const sheet = workbook.getWorksheet(name);
  if (sheet === undefined) throw new Error(`no sheet ${name}`);
  sheet.eachRow((row) => {
    const shown = Array.from({ length: sheet.columnCount }, (_, index) => {
      const cell = row.getCell(index + 1);
      return cell.formula === undefined ? cell.value : cell.result;
    });
    rows.set(String(shown[0]), shown);
  });
  return rows;
}
const inRow = (name: string, label: string, column: number, workbook = book): unknown =>
  rowsOf(name, workbook).get(label)?.[column];

describe("the month's reconciliation in the workbook", () => {
  it("says where each cent of the retailer's bill went, and its check is zero", async () => {
    expect((await checkLedger(database.sql)).balanced).toBe(true);
    expect(book.worksheets.map(({ name }) => name)).toEqual([
      'Resumo',
      'Conciliação',
      'Imputação',
      'Encargos',
      'Tarifário',
      'Sessões',
      'Acertos de meses anteriores',
      'Cobranças e dívidas',
      'Notas de crédito',
      'Entregas ao condomínio',
    ]);
    const shown = (label: string) => inRow('Conciliação', label, 2);
    expect(shown('Fatura do comercializador FT 2026/77123')).toBe(117.07);
    expect(shown('Energia carregada pelos clientes')).toBe(80.38);
    expect(shown('Encargos imputados aos clientes')).toBe(15.6);
    expect(shown('Encargos que ficam com o condomínio')).toBe(18.45);
    expect(shown('Recuperado dos clientes')).toBe(95.98);
    expect(shown('Residual: fica com o condomínio')).toBe(21.09);
    expect(shown('Controlo: fatura – recuperado – residual')).toBe(0);
    expect(shown('Faturado aos clientes neste mês, sem acertos')).toBe(95.98);
    expect(shown('Recuperado que ainda não foi faturado')).toBe(0);
  });

  it('compares with the invoice by band and charge, and says what a difference may be', async () => {
    expect(rowsOf('Conciliação').get('Cheias')).toEqual(['Cheias', 232.043, 52.85, 237.043, 53.99, 5, 1.14, '']);
    expect(inRow('Conciliação', 'Potência contratada', 6)).toBe(0);
    expect(inRow('Conciliação', 'Acesso ao portal', 6)).toBe(1.5);
    expect(inRow('Conciliação', 'Total', 5)).toBe(5);
    const strict = { ...facts, comparison: facts.comparison && { ...facts.comparison, meanings: ['price'] as const } };
    expect(inRow('Conciliação', 'Total', 7, await open(await renderManagerWorkbook(strict)))).toBe('outro preço');
  });

  it('says that the bill is by the tariff where none is entered', async () => {
    const { lines, billCents } = facts.reconciliation;
    const reconciliation = { billSource: 'tariff', billCents, lines };
    const workbook = await open(await renderManagerWorkbook({ ...facts, comparison: null, reconciliation }));
    const rows = rowsOf('Conciliação', workbook);
    expect([...rows.keys()].some((label) => label.startsWith('Segundo o tarifário'))).toBe(true);
    expect(rows.has('Total')).toBe(false);
  });

  it('has the fees apart from what is recovered, and both agree with the ledger', () => {
    const shown = (label: string) => inRow('Resumo', label, 1);
    expect(shown('Recuperado (sem IVA)')).toBe(96.44);
    expect(shown('Serviço (sem IVA)')).toBe(1.25);
    for (const check of ['Imputação = contabilidade', 'Serviço = contabilidade', 'Imputação = faturas']) {
      expect([check, shown(check)]).toEqual([check, 'Certo']);
    }
    expect(shown('Fatura do comercializador = recuperado + residual')).toBe('Certo');
  });

  it('counts as received only what was paid: what was credited stands apart', () => {
    const [invoice] = facts.invoices;
    const shown = (label: string) => inRow('Resumo', label, 1);
    expect(shown('Creditado')).toBe(13.79);
    expect(shown('Recebido')).toBe(50);
    expect(shown('Por receber')).toBe(((invoice?.grossCents ?? 0) - 6_379) / 100);
    expect(shown('Total = creditado + recebido + por receber')).toBe('Certo');
  });

  it('says of each charge how it was divided', () => {
    const sheet = book.getWorksheet('Encargos');
    const rows = [5, 6, 7].map((row) => [1, 2, 3, 4, 6, 7, 8, 9, 12].map((at) => sheet?.getCell(row, at).value));
    expect(rows[0]).toEqual([
      'Comercializador',
      'Contribuição audiovisual',
      null,
      'Condomínio',
      '2,85\u00a0€ por mês',
      2.85,
      'não dividido',
      'fica com o condomínio',
      2.85,
    ]);
    expect(rows[1]?.slice(1)).toEqual([
      'Potência contratada',
      '3.º Esq.',
      '1001 Ana Silva',
      '1,04\u00a0€ por dia × 30 dias',
      31.2,
      'por permilagem',
      '500,000\u00a0‰',
      15.6,
    ]);
    expect(rows[2]?.slice(2, 4)).toEqual([null, 'Condomínio']);
  });

  it('lists what this month corrects of former ones, and the worst case of estimates', () => {
    expect(rowsOf('Acertos de meses anteriores').get('maio de 2026')?.slice(1, 5)).toEqual([
      'FT CZM2026/1',
      '1001 Ana Silva',
      '3012',
      'Serviço',
    ]);
    expect(inRow('Acertos de meses anteriores', 'Total', 11)).toBe(0.21);
    const sheet = book.getWorksheet('Sessões');
    expect([8, 9].map((column) => sheet?.getCell(5, column).value)).toEqual([0.35, 0.12]);
  });

  it('speaks English where the installation does', async () => {
    const english = await open(await renderManagerWorkbook({ ...facts, language: 'en', currency: 'NOK' }));
    expect(english.worksheets.map(({ name }) => name)).toEqual([
      'Summary',
      'Reconciliation',
      'Imputation',
      'Charges',
      'Tariff',
      'Sessions',
      'Adjustments of former months',
      'Collections and arrears',
      'Credit notes',
      'Payouts',
    ]);
    expect(inRow('Summary', 'Recovered (without VAT)', 1, english)).toBe(96.44);
    expect(inRow('Reconciliation', 'Check: bill – recovered – residual', 2, english)).toBe(0);
    expect(english.getWorksheet('Imputation')?.getCell('F5').numFmt).toBe('#,##0.00 "NOK"');
    const texts = english.worksheets.map((sheet) => JSON.stringify(sheet.getSheetValues())).join('\n');
    expect(texts).not.toMatch(/Recuperado|Faturado|Semana|Certo|Recebido|Comercializador/);
  });

  it('is the same bytes for the same facts', async () => {
    const first = await renderManagerWorkbook(facts);
    expect(first.equals(await renderManagerWorkbook(await loadManagerReport(database.sql, cycleId)))).toBe(true);
  });

  it('gives the mail its line on the bill', () => {
    expect(managerMailFacts(facts)).toMatchObject({
      recoveredCents: 9_644,
      feesCents: 125,
      bill: { isEntered: true, billCents: 11_707, recoveredCents: 9_598, residualCents: 2_109 },
    });
  });
});
