import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { issueAll, seedGoldenJune } from '#test/data/documents.js';
import { TEST_SIGNER } from '#test/data/fiscal.js';
import { textOf } from '#test/data/pdf-text.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { postPayment } from '../ledger/post-events.js';
import { keepReceipts } from '../payments/receipts/keep-receipts.js';
import { loadReceiptFacts } from './receipt-facts.js';
import { renderReceiptPdf } from './receipt-pdf.js';
import { storeReceiptPdf } from './store-receipt-pdf.js';

const NOW = new Date('2026-07-15T10:00:00Z');

let database: TestDatabase;
let receiptId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  const { cycleId } = await seedGoldenJune(database.sql);
  const documentId = (await issueAll(database.sql, cycleId, new Date('2026-07-01T05:00:00Z'))).get('1001') ?? '';
  const payment = { key: 'transfer/a', documentId, source: 'bank', amountCents: 5_000, occurredAt: NOW } as const;
  await database.sql.transaction().execute((trx) => postPayment(trx, payment));
  receiptId = (await keepReceipts(database.sql, { now: NOW, signer: TEST_SIGNER })).issued[0] ?? '';
});
afterAll(() => database.drop());

describe('the receipt as PDF', () => {
  it('says what was received, when, how and for which document', async () => {
    const text = textOf(await renderReceiptPdf(await loadReceiptFacts(database.sql, receiptId)));
    for (const part of [
      'RECIBO',
      'RG CZM2026/1',
      '50,00 €',
      'Recebido em 15/07/2026',
      'Transferência bancária ou débito direto autorizado',
      'FT CZM2026/1\n01/07/2026',
      'ATCUD:0',
      'Processado por programa não certificado',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).not.toContain('IVA incluído');
  });

  it('states the VAT only where it is owed when it is paid, and says so in its QR code', async () => {
    const facts = await loadReceiptFacts(database.sql, receiptId);
    expect(facts.fiscalMark?.qrText).toMatch(/\*D:RG\*.*\*I1:0\*N:0\.00\*O:50\.00\*R:0$/);
    expect(textOf(await renderReceiptPdf({ ...facts, statesVat: true }))).toContain('9,35 €');
  });

  it('is the same bytes for the same receipt, made once', async () => {
    const facts = await loadReceiptFacts(database.sql, receiptId);
    expect((await renderReceiptPdf(facts)).equals(await renderReceiptPdf(facts))).toBe(true);
    const first = await storeReceiptPdf(database.sql, { receiptId });
    expect(first.fileName).toBe('RG-CZM2026-1.pdf');
    expect(await storeReceiptPdf(database.sql, { receiptId })).toEqual(first);
  });
});
