import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { seedMixedJune, type MixedJune } from '#test/data/documents.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { queueInvoiceMail as queueIt, queueManagerReport } from './queue-reports.js';
import { readStoredFile } from './stored-files.js';

let database: TestDatabase;
let june: MixedJune;
beforeAll(async () => {
  database = await createTestDatabase();
  june = await seedMixedJune(database.sql, 3);
});
afterAll(() => database.drop());

const documentOf = (customerId: string): string => june.documents.get(customerId) ?? '';
const queueInvoiceMail = (documentId: string) =>
  queueIt(database.sql, { documentId, payUrl: 'https://chazemo.example/my-money' });
const mailOf = (key: string) =>
  database.sql.selectFrom('mail').selectAll().where('key', '=', key).executeTakeFirstOrThrow();

describe('queueInvoiceMail', () => {
  it('queues the pre-notification with the PDF, once', async () => {
    const documentId = documentOf('1001');
    const first = await queueInvoiceMail(documentId);
    expect(first).toMatchObject({ queued: true });
    expect(await queueInvoiceMail(documentId)).toMatchObject({ queued: false });
    const mail = await mailOf(`prenotification/${documentId}`);
    expect(mail).toMatchObject({ recipient: '1001@example.org', customer_id: '1001', installation_id: 'aurora' });
    expect(mail.body).toContain('Ainda não temos uma autorização sua de débito direto em vigor');
    expect(mail.body).toContain('https://chazemo.example/my-money');
    const [fileId = ''] = mail.attachment_ids;
    expect((await readStoredFile(database.sql, fileId))?.fileName).toBe('FT-CZM2026-1.pdf');
  });

  it("writes in the customer's language", async () => {
    await database.sql.updateTable('customer').set({ language: 'en' }).where('id', '=', '1002').execute();
    await queueInvoiceMail(documentOf('1002'));
    expect((await mailOf(`prenotification/${documentOf('1002')}`)).body).toContain('from your prepaid balance');
  });

  it('refuses where there is no address, and queues nothing', async () => {
    await database.sql.updateTable('customer').set({ email: null }).where('id', '=', '1003').execute();
    const documentId = documentOf('1003');
    expect(await queueInvoiceMail(documentId)).toEqual({ refused: { code: 'NO_EMAIL' } });
    await expect(mailOf(`prenotification/${documentId}`)).rejects.toThrow();
  });
});

describe('queueManagerReport', () => {
  it('queues the workbook to the manager, once', async () => {
    expect(await queueManagerReport(database.sql, june)).toMatchObject({ queued: true });
    expect(await queueManagerReport(database.sql, june)).toMatchObject({ queued: false });
    const mail = await mailOf(`manager-report/${june.cycleId}`);
    expect(mail.recipient).toBe('gestora@example.org');
    expect(mail.subject).toBe('Edifício Aurora: relatório de carregamentos de junho de 2026');
    expect(mail.body).toContain('Faturas emitidas: 3');
    const [fileId = ''] = mail.attachment_ids;
    expect((await readStoredFile(database.sql, fileId))?.fileName).toBe('relatorio-aurora-2026-06.xlsx');
  });
});
