import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { issueCreditNote } from '#libs/invoicing/issue-credit-note.js';
import { postInvoiceIssued } from '#libs/ledger/post-events.js';
import { openCollection } from '#libs/payments/open-collection.js';
import { issueAll, seedGoldenJune } from '#test/data/documents.js';
import { TEST_SIGNER } from '#test/data/fiscal.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { loadManagerReport } from './manager-report-facts.js';

const NOW = new Date('2026-07-01T05:00:00Z');

let database: TestDatabase;
let cycleId: string;
let invoiceId: string;
let noteId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  ({ cycleId } = await seedGoldenJune(database.sql));
  const fee = { party: 'bpo', code: 'fee-spot', label: 'Taxa por lugar', share_by: 'spot', vat_code: 'NOR' };
  const terms = { unit: 'per-month', micros: 2_500_000, from_date: '2026-06-01', days: 30 };
  const part = { position: 1, total_cents: 250, weight: 1, total_weight: 1, net_cents: 250 };
  await database.sql
    .insertInto('imputed_line')
    .values({ cycle_id: cycleId, customer_id: '1001', ...fee, ...terms, ...part })
    .execute();
  invoiceId = (await issueAll(database.sql, cycleId, NOW)).get('1001') ?? '';
  noteId = await database.sql.transaction().execute(async (trx) => {
    const order = {
      documentId: invoiceId,
      key: 'a',
      choice: [{ lineNo: 2 }],
      reason: 'erro',
      now: NOW,
      signer: TEST_SIGNER,
    };
    const note = await issueCreditNote(trx, order);
    if ('refused' in note) throw new Error(note.refused.code);
    await postInvoiceIssued(trx, { documentId: note.documentId });
    return note.documentId;
  });
});
afterAll(() => database.drop());

describe('a month whose invoice has fees and was credited later', () => {
  it('is told as it was invoiced: net with the fees apart, as the ledger says, and one invoice', async () => {
    const facts = await loadManagerReport(database.sql, cycleId);
    expect(facts.invoices.map(({ number, netCents }) => [number, netCents])).toEqual([['FT CZM2026/1', 8_288]]);
    expect([facts.ledgerRecoveredCents, facts.ledgerFeesCents]).toEqual([8_038, 250]);
    const [invoice] = facts.invoices;
    expect([invoice?.energyCents, invoice?.chargesCents, invoice?.feesCents]).toEqual([8_038, 0, 250]);
    expect(invoice?.creditedCents).toBe(6_220);
    expect(invoice?.dueCents).toBe((invoice?.grossCents ?? 0) - 6_220);
  });

  it('a credit note is nothing to collect', async () => {
    const collection = { documentId: noteId, workflowId: 'collection/x', now: NOW };
    await expect(openCollection(database.sql, collection)).rejects.toThrow('no invoice');
  });
});
