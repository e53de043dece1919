import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import ExcelJS from 'exceljs';

import { postInterest, postPayment, postWriteOff } from '#libs/ledger/post-events.js';
import { creditInvoice } from '#libs/payments/credit-invoice.js';
import { reissueInvoice } from '#libs/payments/reissue-invoice.js';
import { issueAll, seedGoldenJune } from '#test/data/documents.js';
import { TEST_SIGNER } from '#test/data/fiscal.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { managerMailFacts } from './manager-mail-facts.js';
import { loadManagerReport, type ManagerReportFacts } from './manager-report-facts.js';
import { receivedCents } from './manager-workbook-columns.js';
import { renderManagerWorkbook } from './manager-workbook.js';

const NOW = new Date('2026-07-01T05:00:00Z');

let database: TestDatabase;
let facts: ManagerReportFacts;
let book: ExcelJS.Workbook;

/** An invoice of 98,87 that was given back and issued again; 50,00 were paid, 1,00 of interest charged, the rest given up. */
beforeAll(async () => {
  database = await createTestDatabase();
  const { sql } = database;
  const { cycleId } = await seedGoldenJune(sql);
  const first = (await issueAll(sql, cycleId, NOW)).get('1001') ?? '';
  await sql.transaction().execute(async (trx) => {
    const common = { documentId: first, now: NOW, signer: TEST_SIGNER };
    await creditInvoice(trx, { ...common, key: 'a', choice: 'whole', reason: 'nome errado', reissue: true });
    const again = await reissueInvoice(trx, { ...common, workflowIdOf: (id) => id });
    if ('refused' in again) throw new Error(again.refused.code);
    const movement = (key: string, amountCents: number) => {
      return { key, documentId: again.documentId, amountCents, occurredAt: NOW };
    };
    await postPayment(trx, { ...movement('paid', 5_000), source: 'bank' });
    await postInterest(trx, movement('interest', 100));
    await postWriteOff(trx, movement('off', 4_987));
  });
  facts = await loadManagerReport(sql, cycleId);
  book = new ExcelJS.Workbook();
  await book.xlsx.load(Uint8Array.from(await renderManagerWorkbook(facts)).buffer);
});
afterAll(() => database.drop());

/** The summary's figure beside a label: its formula, and its result. */
function figure(label: string): { readonly formula: string; readonly result: unknown } {
  const sheet = book.getWorksheet('Resumo');
  for (const at of [1, 4]) {
    for (let row = 1; row <= (sheet?.rowCount ?? 0); row += 1) {
      const cell = sheet?.getCell(row, at + 1);
      if (sheet?.getCell(row, at).value === label) return { formula: cell?.formula ?? '', result: cell?.result };
    }
  }
  throw new Error(`the summary has no ${label}`);
}

describe('the month of an invoice that was given back, issued again and paid in part', () => {
  it('counts as received the money that came, not what was given up, and interest beside it', () => {
    expect(facts.invoices.map((row) => [row.number, row.state, receivedCents(row)])).toEqual([
      ['FT CZM2026/1', 'credited', 0],
      ['FT CZM2026/2', 'written-off', 5_000],
    ]);
    const shown = ['Recebido', 'Perdoado', 'Juros', 'Creditado', 'Por receber'].map((label) => figure(label).result);
    expect(shown).toEqual([50, 49.87, 1, 98.87, 0]);
    expect(figure('Total + juros = creditado + perdoado + recebido + por receber')).toMatchObject({ result: 'Certo' });
    expect(['Creditada', 'Perdoada', 'Paga'].map((state) => figure(state).result)).toEqual([1, 1, 0]);
  });

  it('is told in the mail as it was invoiced in the end', () => {
    const told = { invoices: 1, totalWh: 360_018, recoveredCents: 8_038, feesCents: 0, dueCents: 0 };
    expect(managerMailFacts(facts)).toMatchObject(told);
  });

  it('has its energy invoiced once', () => {
    expect(figure('Energia faturada')).toMatchObject({ formula: expect.stringMatching(/-360\.018$/), result: 360.018 });
    expect(figure('Energia sem fatura (lugar sem titular)')).toMatchObject({ result: 0 });
  });
});
