import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import ExcelJS from 'exceljs';

import { postPayment } from '#libs/ledger/post-events.js';
import { approvePayout } from '#libs/payments/payout/decide-on-payout.js';
import { proposePayout } from '#libs/payments/payout/propose-payout.js';
import type { Sql } from '#libs/persistence/database.js';
import { issueAll, seedGoldenJune } from '#test/data/documents.js';
import { validateXml } from '#test/schemas/validate-xml.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { loadPayoutStatement, renderPayoutStatement } from './payout-statement.js';
import { storePayoutFile, storePayoutStatement } from './store-payout-files.js';
import { readStoredFile } from './stored-files.js';

const NOW = new Date('2026-07-20T10:00:00Z');
const IBAN = 'PT50000201231234567890154';

let database: TestDatabase;
let payoutId: string;
let totalCents: number;
let feesCents: number;
let invoice: string;

const transact = <T>(run: (trx: Sql) => Promise<T>) => database.sql.transaction().execute(run);
const order = () =>
  transact((trx) => storePayoutFile(trx, { payoutId, by: 'ana', now: NOW, executionDate: '2026-07-21' }));
const textOf = async (fileId: string) =>
  Buffer.from((await readStoredFile(database.sql, fileId))?.bytes ?? '').toString('utf8');

beforeAll(async () => {
  database = await createTestDatabase();
  const { sql } = database;
  const { cycleId } = await seedGoldenJune(sql);
  await issueAll(sql, cycleId, new Date('2026-07-01T05:00:00Z'));
  const document = await sql.selectFrom('fiscal_document').selectAll().executeTakeFirstOrThrow();
  invoice = document.number_text;
  const { issuer_id: issuerId } = await sql.selectFrom('installation').select('issuer_id').executeTakeFirstOrThrow();
  await sql
    .insertInto('payout_policy')
    .values({ condominium_id: 'aurora', valid_from: '2026-07-01', fee_permyriad: 100, fee_per_month_cents: 500 })
    .execute();
  const payment = { key: 'p', documentId: document.id, source: 'stripe', amountCents: document.gross_cents } as const;
  await transact((trx) => postPayment(trx, { ...payment, occurredAt: NOW }));
  const proposed = await transact((trx) =>
    proposePayout(trx, { condominiumId: 'aurora', issuerId, currency: 'EUR', key: 'a', by: 'ana', now: NOW }),
  );
  if ('refused' in proposed) throw new Error(proposed.refused.code);
  ({ payoutId } = proposed);
  ({ total_cents: totalCents, fees_cents: feesCents } = await sql
    .selectFrom('payout')
    .selectAll()
    .executeTakeFirstOrThrow());
}, 60_000);
afterAll(() => database.drop());

describe('the statement of a payout', () => {
  it('has a row for each invoice and fee, and their sum is what is paid', async () => {
    const { fileId, fileName } = await storePayoutStatement(database.sql, payoutId);
    expect(fileName).toBe('entrega-aurora-1.xlsx');
    const book = new ExcelJS.Workbook();
    const bytes = (await readStoredFile(database.sql, fileId))?.bytes ?? Buffer.alloc(0);
    await book.xlsx.load(Uint8Array.from(bytes).buffer);
    const [sheet] = book.worksheets;
    const first = (sheet?.getColumn(1).values ?? []).map(String);
    expect(first).toContain(invoice);
    expect(first.filter((text) => text.startsWith('Serviço'))).toHaveLength(2);
    const amounts = (sheet?.getColumn(8).values ?? []).filter((value) => typeof value === 'number');
    const cents = amounts.map((value) => Math.round(Number(value) * 100));
    expect(cents.reduce((sum, value) => sum + value, 0)).toBe(totalCents);
    expect(cents.filter((value) => value < 0).reduce((sum, value) => sum - value, 0)).toBe(feesCents);
  });

  it('is the same bytes from the same payout', async () => {
    const made = async () => renderPayoutStatement(await loadPayoutStatement(database.sql, payoutId));
    expect((await made()).equals(await made())).toBe(true);
  });
});

describe('the bank’s order for a payout', () => {
  it('is refused before a person approved it, and without an account to pay to', async () => {
    expect(await order()).toMatchObject({ refused: { code: 'SEPA.IBAN_INVALID' } });
    await database.sql.updateTable('condominium').set({ iban: IBAN }).execute();
    await database.sql.updateTable('issuer').set({ iban: IBAN }).execute();
    expect(await order()).toMatchObject({ refused: { code: 'PAYOUT.STATE' } });
  });

  it('says amount, account and payout, is valid by the schema, and is made once', async () => {
    await transact((trx) => approvePayout(trx, { payoutId, by: 'ana', now: NOW }));
    const made = await order();
    if ('refused' in made) throw new Error(made.refused.code);
    const content = await textOf(made.file.fileId);
    expect(content).toContain(`>${(totalCents / 100).toFixed(2)}</InstdAmt>`);
    expect(content).toContain(`<EndToEndId>${payoutId.replaceAll('-', '')}</EndToEndId>`);
    expect(content).toContain(`<IBAN>${IBAN}</IBAN>`);
    expect(content).toContain('entrega 1');
    expect(await validateXml('pain.001.001.03', [content])).toEqual([]);
    const again = await order();
    expect(again).toMatchObject({ changed: false, file: { fileId: made.file.fileId } });
  });
});
