import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { issueAll, seedGoldenJune } from '#test/data/documents.js';
import { TEST_SIGNER } from '#test/data/fiscal.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { postPayment } from '../ledger/post-events.js';
import { keepReceipts } from '../payments/receipts/keep-receipts.js';
import { queueReceiptMail, receiptsToMail } from './queue-receipt-mail.js';
import { readStoredFile } from './stored-files.js';

const NOW = new Date('2026-07-15T10:00:00Z');

let database: TestDatabase;
let documentId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  const { cycleId } = await seedGoldenJune(database.sql);
  await database.sql.updateTable('customer').set({ email: 'ana@example.org', language: 'pt' }).execute();
  documentId = (await issueAll(database.sql, cycleId, new Date('2026-07-01T05:00:00Z'))).get('1001') ?? '';
});
afterAll(() => database.drop());

async function paid(key: string, amountCents: number): Promise<string> {
  const payment = { key, documentId, source: 'bank', amountCents, occurredAt: NOW } as const;
  await database.sql.transaction().execute((trx) => postPayment(trx, payment));
  const { issued } = await keepReceipts(database.sql, { now: NOW, signer: TEST_SIGNER });
  return issued[0] ?? '';
}
const mailOf = (receiptId: string) =>
  database.sql.selectFrom('mail').selectAll().where('key', '=', `receipt/${receiptId}`).executeTakeFirstOrThrow();
const minutesLater = (minutes: number): Date => new Date(Date.now() + minutes * 60_000);

describe('the mail of a receipt', () => {
  it('comes once, with the PDF, and is found until the server took it', async () => {
    const receiptId = await paid('a', 5_000);
    expect(await receiptsToMail(database.sql, NOW)).toEqual({
      unstored: [receiptId],
      unqueued: [receiptId],
      unsent: [],
    });
    const first = await queueReceiptMail(database.sql, { receiptId });
    expect(await queueReceiptMail(database.sql, { receiptId })).toEqual(first);
    const mail = await mailOf(receiptId);
    expect(mail).toMatchObject({ recipient: 'ana@example.org', customer_id: '1001', installation_id: 'aurora' });
    expect(mail.body.replaceAll('\u00a0', ' ')).toContain(
      'Recebemos o seu pagamento de 50,00 € em 15/07/2026, de FT CZM2026/1.',
    );
    const [fileId = ''] = mail.attachment_ids;
    expect((await readStoredFile(database.sql, fileId))?.fileName).toBe('RG-CZM2026-1.pdf');

    const left = await receiptsToMail(database.sql, minutesLater(1));
    expect(left.unsent).toEqual([mail.id]);
    await database.sql.updateTable('mail').set({ attempts: 3 }).execute();
    expect((await receiptsToMail(database.sql, minutesLater(6))).unsent).toEqual([]);
    expect((await receiptsToMail(database.sql, minutesLater(8))).unsent).toEqual([mail.id]);
    await database.sql.updateTable('mail').set({ sent_at: NOW }).execute();
    expect(await receiptsToMail(database.sql, NOW)).toEqual({ unstored: [], unqueued: [], unsent: [] });
  });

  it("is in the customer's language, and whoever has no address gets none", async () => {
    await database.sql.updateTable('customer').set({ language: 'en' }).execute();
    const receiptId = await paid('b', 1_000);
    await queueReceiptMail(database.sql, { receiptId });
    expect((await mailOf(receiptId)).subject.replaceAll('\u00a0', ' ')).toBe('Receipt RG CZM2026/2 – 10,00 €');

    await database.sql.updateTable('customer').set({ email: null }).execute();
    const other = await paid('c', 500);
    expect(await queueReceiptMail(database.sql, { receiptId: other })).toEqual({ mailId: null });
    expect((await receiptsToMail(database.sql, NOW)).unqueued).toEqual([]);
  });
});
