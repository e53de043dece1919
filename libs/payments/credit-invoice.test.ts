import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { issueAll, seedGoldenJune } from '#test/data/documents.js';
import { TEST_SIGNER } from '#test/data/fiscal.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { insertAdjustment } from '../invoicing/adjustments.js';
import { billedLines } from '../invoicing/billed-lines.js';
import { customersToInvoice } from '../invoicing/customers-to-invoice.js';
import { verifyFiscalChain } from '../invoicing/fiscal/verify-chain.js';
import type { CreditNoteOrder } from '../invoicing/issue-credit-note.js';
import { fixedCharge } from '../invoicing/stored-line.js';
import { dueCents, openDebtCents, prepaidBalanceCents } from '../ledger/balances.js';
import { checkLedger } from '../ledger/check-ledger.js';
import { postPayment, postWriteOff } from '../ledger/post-events.js';
import { postTopUpReversed } from '../ledger/post-money.js';
import { checkBooks } from './check-books.js';
import { creditInvoice, giveBackAdjustment } from './credit-invoice.js';
import { writtenOffCents } from './written-off.js';

const NOW = new Date('2026-07-02T05:00:00Z');

let database: TestDatabase;
let cycleId: string;
let documentId: string;
beforeEach(async () => {
  database = await createTestDatabase();
  ({ cycleId } = await seedGoldenJune(database.sql));
  documentId = (await issueAll(database.sql, cycleId, new Date('2026-07-01T05:00:00Z'))).get('1001') ?? '';
});
afterEach(() => database.drop());

const credit = (order: Partial<CreditNoteOrder> = {}) =>
  database.sql.transaction().execute((trx) =>
    creditInvoice(trx, {
      documentId,
      key: 'a',
      choice: 'whole',
      reason: 'erro',
      now: NOW,
      signer: TEST_SIGNER,
      by: 'ines',
      ...order,
    }),
  );
const pay = (amountCents: number) =>
  database.sql
    .transaction()
    .execute((trx) => postPayment(trx, { key: 'pay', documentId, source: 'bank', amountCents, occurredAt: NOW }));

describe('an invoice given back', () => {
  it('in part: what is owed is less, once however often it is asked', async () => {
    const choice = [{ lineNo: 2, netCents: 1_000 }];
    const [first, second] = await Promise.all([credit({ choice }), credit({ choice })]);
    expect(first).toMatchObject({ grossCents: -1_230, dueCents: 8_657, movedCents: 0 });
    expect(second).toEqual(first);
    expect(await checkLedger(database.sql)).toEqual({ balanced: true, problems: [] });
  });

  it('after it was paid: the money is what the customer has paid ahead (killbill #695: nothing stays overdue)', async () => {
    await pay(9_887);
    expect(await credit()).toMatchObject({ grossCents: -9_887, dueCents: 0, movedCents: 9_887 });
    expect(await credit()).toMatchObject({ movedCents: 0 });
    expect(await prepaidBalanceCents(database.sql, '1001')).toBe(9_887);
    expect(await dueCents(database.sql, documentId)).toBe(0);
    expect(await checkLedger(database.sql)).toEqual({ balanced: true, problems: [] });
  });

  it('after it was written off: nobody is given what nobody paid', async () => {
    const { sql } = database;
    await pay(1_887);
    const writeOff = { key: 'off', documentId, amountCents: 8_000, occurredAt: NOW };
    await sql.transaction().execute((trx) => postWriteOff(trx, writeOff));
    expect(await credit()).toMatchObject({ dueCents: 0, movedCents: 1_887 });
    expect(await credit()).toMatchObject({ dueCents: 0, movedCents: 0 });
    expect(await writtenOffCents(sql, documentId)).toBe(0);
    expect(await prepaidBalanceCents(sql, '1001')).toBe(1_887);
    expect(await checkLedger(sql)).toEqual({ balanced: true, problems: [] });
  });

  it('after it was written off, in part: what was given up stays given up as far as it is owed', async () => {
    const { sql } = database;
    const writeOff = { key: 'off', documentId, amountCents: 9_887, occurredAt: NOW };
    await sql.transaction().execute((trx) => postWriteOff(trx, writeOff));
    expect(await credit({ choice: [{ lineNo: 2, netCents: 1_000 }] })).toMatchObject({ dueCents: 0, movedCents: 0 });
    expect(await writtenOffCents(sql, documentId)).toBe(8_657);
    expect(await prepaidBalanceCents(sql, '1001')).toBe(0);
  });

  it('after it was paid: what is owed for no invoice is paid first', async () => {
    const { sql } = database;
    await pay(9_887);
    const taken = { key: 'taken', customerId: '1001', source: 'stripe', amountCents: 887, occurredAt: NOW } as const;
    await sql.transaction().execute((trx) => postTopUpReversed(trx, taken));
    expect(await credit()).toMatchObject({ movedCents: 9_887 });
    expect(await openDebtCents(sql, '1001')).toBe(0);
    expect(await prepaidBalanceCents(sql, '1001')).toBe(9_000);
  });

  it('is told by the check of the books when money was left on it', async () => {
    await pay(9_888);
    const overpaid = { code: 'INVOICE_OVERPAID', subject: 'FT CZM2026/1', detail: '-1 cents due, 0 written off' };
    expect(await checkBooks(database.sql)).toEqual({ balanced: false, problems: [overpaid] });
  });

  it('as a whole, to be issued again: the month is billable once more, then not again', async () => {
    expect(await customersToInvoice(database.sql, { cycleId })).toEqual([]);
    expect(await credit({ choice: [{ lineNo: 1 }], reissue: true })).toEqual({ refused: { code: 'CREDIT.NOT_WHOLE' } });
    await credit({ reissue: true });
    await credit({ reissue: true });
    expect(await customersToInvoice(database.sql, { cycleId })).toEqual(['1001']);
    await issueAll(database.sql, cycleId, NOW);
    expect(await customersToInvoice(database.sql, { cycleId })).toEqual([]);
    const documents = await database.sql
      .selectFrom('fiscal_document')
      .select(['number_text', 'key', 'gross_cents', 'issued_by'])
      .orderBy('id')
      .execute();
    expect(documents.map((row) => [row.number_text, row.gross_cents, row.issued_by])).toEqual([
      ['FT CZM2026/1', 9_887, 'chazemo'],
      ['NC CZM2026/1', -9_887, 'ines'],
      ['FT CZM2026/2', 9_887, 'chazemo'],
    ]);
    expect(documents[2]?.key).toBe(`invoice/${cycleId}/1001/2`);
    expect(await checkLedger(database.sql)).toEqual({ balanced: true, problems: [] });
    expect(await verifyFiscalChain(database.sql)).toEqual({ documents: 3, problems: [] });
  });

  it('without asking for it: the month stays billed', async () => {
    await credit();
    expect(await customersToInvoice(database.sql, { cycleId })).toEqual([]);
  });

  it('opens the adjustments again that it had billed', async () => {
    await database.sql
      .insertInto('adjustment')
      .values({
        cycle_id: cycleId,
        customer_id: '1001',
        net_cents: -100,
        state: 'billed',
        found_at: NOW,
        document_id: documentId,
      })
      .execute();
    expect(await credit({ reissue: true })).toMatchObject({ reopenedAdjustments: 1 });
    expect(await credit({ reissue: true })).toMatchObject({ reopenedAdjustments: 0 });
    expect(await database.sql.selectFrom('adjustment').select(['state', 'document_id']).execute()).toEqual([
      { state: 'accepted', document_id: null },
    ]);
  });
});

describe('an adjustment given back at once', () => {
  const giveBack = () =>
    database.sql.transaction().execute(async (trx) => {
      const { id: adjustmentId } = await trx.selectFrom('adjustment').select('id').executeTakeFirstOrThrow();
      return giveBackAdjustment(trx, { adjustmentId, reason: 'mudou-se', now: NOW, signer: TEST_SIGNER });
    });
  beforeEach(async () => {
    const charge = { party: 'retailer', spotName: null, code: null, vatCode: 'NOR', exemptionCode: null } as const;
    const lines = [fixedCharge({ ...charge, label: 'Cheia 2', netCents: -1_000 })];
    const adjustment = { cycleId, customerId: '1001', netCents: -1_000, lines, reasons: ['late-readings'] };
    await database.sql
      .transaction()
      .execute((trx) => insertAdjustment(trx, { ...adjustment, state: 'accepted', now: NOW }));
  });

  it('of an invoice that was paid: the money is what the customer has paid ahead, once', async () => {
    await pay(9_887);
    expect(await giveBack()).toMatchObject({
      invoiceId: documentId,
      grossCents: -1_230,
      dueCents: 0,
      movedCents: 1_230,
    });
    expect(await giveBack()).toMatchObject({ invoiceId: documentId, grossCents: -1_230, dueCents: 0, movedCents: 0 });
    expect(await dueCents(database.sql, documentId)).toBe(0);
    expect(await prepaidBalanceCents(database.sql, '1001')).toBe(1_230);
  });

  it('of an invoice that is owed: less is owed', async () => {
    expect(await giveBack()).toMatchObject({ dueCents: 8_657, movedCents: 0 });
  });

  it('of an invoice that is given back to be issued again waits for the next one: the new one has the old amount', async () => {
    await giveBack();
    expect(await credit({ reissue: true })).toMatchObject({ grossCents: -8_657, dueCents: 0, reopenedAdjustments: 1 });
    expect(await database.sql.selectFrom('adjustment').select(['state', 'document_id']).execute()).toEqual([
      { state: 'accepted', document_id: null },
    ]);
    await issueAll(database.sql, cycleId, NOW);
    const billed = (await billedLines(database.sql, cycleId)).get('1001') ?? [];
    expect(billed.reduce((sum, { netCents }) => sum + netCents, 0)).toBe(7_038);
  });
});
