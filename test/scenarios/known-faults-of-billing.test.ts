import { createReadStream } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { enterStage } from '#libs/arrears/enter-stage.js';
import { openCase } from '#libs/arrears/open-case.js';
import { stageLetter } from '#libs/arrears/stage-letter.js';
import { dueCents, lockCustomerBooks } from '#libs/ledger/balances.js';
import { checkLedger } from '#libs/ledger/check-ledger.js';
import { postPayment } from '#libs/ledger/post-events.js';
import { keepReceipts } from '#libs/payments/receipts/keep-receipts.js';
import { recordDispute } from '#libs/payments/record-dispute.js';
import { registerMandate } from '#libs/payments/register-mandate.js';
import { startDebit } from '#libs/payments/start-debit.js';
import { openStripe } from '#libs/payments/stripe-client.js';
import { checkSaft } from '#libs/reporting/saft/check-saft.js';
import { GOLDEN_LINES, issueAll, seedGoldenJune } from '#test/data/documents.js';
import { TEST_SIGNER } from '#test/data/fiscal.js';
import { saftFile } from '#test/data/saft.js';
import { everythingStored } from '#test/faults/everything-stored.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';
import { addCustomer, addInstallation, addInvoice } from '#test/stripe-sandbox/invoice-fixture.js';
import { sandboxControl } from '#test/stripe-sandbox/sandbox-control.js';
import { startSandbox } from '#test/stripe-sandbox/server.js';
import { TEST_IBANS } from '#test/stripe-sandbox/test-ibans.js';

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

/** An invoice of 50.00 € that was due yesterday, with its arrears case. */
async function overdue(): Promise<{ readonly documentId: string; readonly customerId: string }> {
  const { sql } = database;
  await addInstallation(sql);
  const customerId = await addCustomer(sql, { id: 'ana' });
  const dueAt = new Date(NOW.getTime() - DAY_MS);
  const documentId = await addInvoice(sql, { customerId, grossCents: 5_000, issuedAt: dueAt, dueAt });
  return { documentId, customerId };
}
const DAY_MS = 86_400_000;
const openDebt = (documentId: string, cause: string) =>
  openCase(database.sql, { documentId, cause, workflowId: `arrears/${documentId}`, now: NOW });
const later = new Date(NOW.getTime() + 2 * DAY_MS);
const enterNotice = (documentId: string) =>
  database.sql.transaction().execute((trx) => enterStage(trx, { documentId, stage: 'notice', now: later }));

describe('what is overdue', () => {
  it('killbill #472: is not decided before a payment that is being written is seen: nobody who has paid is written to', async () => {
    const { sql } = database;
    const { documentId, customerId } = await overdue();
    await openDebt(documentId, 'not-paid');
    let decided = false;
    const { entry } = await sql.transaction().execute(async (trx) => {
      await lockCustomerBooks(trx, customerId);
      const entering = enterNotice(documentId).finally(() => (decided = true));
      await pause(100);
      expect(decided).toBe(false); // it waits for whoever has the customer's books
      const payment = { key: 'transfer', documentId, source: 'bank', amountCents: 5_000, occurredAt: NOW } as const;
      await postPayment(trx, payment);
      return { entry: entering };
    });
    expect(await entry).toEqual({ entered: false, because: 'settled' });
    expect(await sql.selectFrom('mail').select('key').execute()).toEqual([]);
  });

  it('woocommerce-gateway-stripe PR 1108, woocommerce-payments #3909: a SEPA dispute has no day to answer by, and none in 1970 is told', async () => {
    const { sql } = database;
    const { documentId, customerId } = await overdue();
    const sandbox = await startSandbox({ processingMs: 1 });
    try {
      const stripe = openStripe({ secretKey: 'sk_test_x', apiBase: sandbox.url });
      const acceptance = { ipAddress: '203.0.113.7', userAgent: 'test', acceptedAt: NOW };
      const account = { customerId, key: 'a', acceptance, iban: TEST_IBANS.succeeds, now: NOW };
      await registerMandate({ sql, stripe }, account);
      const debit = await startDebit({ sql, stripe }, { documentId, attemptNo: 1, now: NOW });
      if ('refused' in debit || debit.providerPaymentId === null) throw new Error('nothing was debited');
      sandbox.advanceClock(1_000);
      const dispute = await sandboxControl(sandbox.url).dispute(debit.providerPaymentId);
      expect(dispute?.evidence_details.due_by).toBeNull();
      const disputeId = dispute?.id ?? '';
      expect(await recordDispute({ sql, stripe }, { disputeId, now: NOW })).toMatchObject({
        documents: [{ documentId, dueCents: 5_000 }],
      });
    } finally {
      await sandbox.close();
    }
    // It is not on hold for ever either: it is owed again, and chased.
    expect(await dueCents(sql, documentId)).toBe(5_000);
    await openDebt(documentId, 'disputed');
    expect(await enterNotice(documentId)).toMatchObject({ entered: true, look: { next: { stage: 'reminder' } } });
    for (const language of ['pt', 'en']) {
      await sql.updateTable('customer').set({ language }).execute();
      const letter = await stageLetter(sql, { documentId, stage: 'notice' });
      expect(letter?.body).toContain('2026');
      expect(letter?.body).not.toMatch(/1970|NaN|null|undefined/);
    }
    expect(JSON.stringify(await everythingStored(sql))).not.toContain('1970-01-');
  });
});
