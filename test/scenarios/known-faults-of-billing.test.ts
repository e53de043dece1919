import { createReadStream } from 'node:fs';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { checkLedger } from '#libs/ledger/check-ledger.js';
import { postPayment } from '#libs/ledger/post-events.js';
import { keepReceipts } from '#libs/payments/receipts/keep-receipts.js';
import { checkSaft } from '#libs/reporting/saft/check-saft.js';
import { GOLDEN_LINES, issueAll, seedGoldenJune } from '#test/data/documents.js';
import { TEST_SIGNER } from '#test/data/fiscal.js';
import { saftFile } from '#test/data/saft.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

/** Faults that peers shipped and we must not: each test names the report it comes from. */

const NOW = new Date('2026-07-01T05:00:00Z');

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

describe('VAT', () => {
  it.each([
    // 23 % of 0,02 € is 0,0046 €: on the sum of eight such lines 4 cents, line by line none.
    ['group', 4],
    ['line', 0],
  ])(
    'lago-api PR 3956: rounded by %s it is the same cents in document, books, receipts and SAF-T',
    async (way, cents) => {
      const { sql } = database;
      const { cycleId } = await seedGoldenJune(sql);
      await sql.updateTable('issuer').set({ vat_rounding: way }).execute();
      await sql.updateTable('rated_line').set({ cents: 2 }).execute();
      const documentId = (await issueAll(sql, cycleId, NOW)).get('1001') ?? '';
      const document = await sql.selectFrom('fiscal_document').selectAll().executeTakeFirstOrThrow();
      const netCents = 2 * GOLDEN_LINES.length;
      expect(document).toMatchObject({ net_cents: netCents, vat_cents: cents, gross_cents: netCents + cents });
      for (const [key, amountCents] of [
        ['first', 7],
        ['rest', netCents + cents - 7],
      ] as const) {
        const payment = { key, documentId, source: 'bank', amountCents, occurredAt: NOW } as const;
        await sql.transaction().execute((trx) => postPayment(trx, payment));
        await keepReceipts(sql, { now: NOW, signer: TEST_SIGNER });
      }
      const receipts = await sql.selectFrom('receipt').select('vat_cents').execute();
      expect(receipts.reduce((sum, receipt) => sum + receipt.vat_cents, 0)).toBe(cents);
      expect(await checkLedger(sql)).toMatchObject({ balanced: true });
      const { path, written } = await saftFile(sql, '2026-07');
      expect(written).toMatchObject({ sales: { creditCents: netCents }, payments: { creditCents: netCents } });
      expect(await checkSaft(sql, createReadStream(path))).toMatchObject({ ok: { problemCount: 0 } });
    },
  );
});
