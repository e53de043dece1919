import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { insertAdjustment } from '#libs/invoicing/adjustments.js';
import { fixedCharge } from '#libs/invoicing/stored-line.js';
import { seedCycle } from '#test/data/cycles.js';
import { INSTALLATION_ID, issueAll, seedGoldenJune } from '#test/data/documents.js';
import { TEST_SIGNER } from '#test/data/fiscal.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { verifyFiscalChain } from '../invoicing/fiscal/verify-chain.js';
import { dueCents } from '../ledger/balances.js';
import { checkLedger } from '../ledger/check-ledger.js';
import { creditInvoice } from './credit-invoice.js';
import { leaveOrder } from './prepaid/leave-order.js';
import { collectionsToStart, reissueInvoice } from './reissue-invoice.js';

const NOW = new Date('2026-08-20T05:00:00Z');
const later = (ms: number): Date => new Date(NOW.getTime() + ms);

let database: TestDatabase;
let cycleId: string;
let documentId: string;
beforeEach(async () => {
  database = await createTestDatabase();
  ({ cycleId } = await seedGoldenJune(database.sql));
  documentId = (await issueAll(database.sql, cycleId, new Date('2026-07-01T05:00:00Z'))).get('1001') ?? '';
  // the month's workflow is long past invoicing
  await database.sql.updateTable('billing_cycle').set({ step: 'done', outcome: 'settled' }).execute();
});
afterEach(() => database.drop());

const giveBack = (reissue: boolean) =>
  database.sql.transaction().execute((trx) =>
    creditInvoice(trx, {
      documentId,
      key: 'a',
      choice: 'whole',
      reason: 'erro',
      reissue,
      now: NOW,
      signer: TEST_SIGNER,
    }),
  );
const reissue = (now = NOW) =>
  database.sql.transaction().execute((trx) =>
    reissueInvoice(trx, {
      documentId,
      now,
      signer: TEST_SIGNER,
      by: 'ines',
      workflowIdOf: (id) => `collection/${id}`,
    }),
  );
const chargeOf = (netCents: number) => {
  const charge = { party: 'retailer', spotName: null, code: null, vatCode: 'NOR', exemptionCode: null } as const;
  return fixedCharge({ ...charge, label: 'Cheia 1', netCents });
};
const documentsOf = () =>
  database.sql
    .selectFrom('fiscal_document')
    .select(['id', 'number_text', 'gross_cents', 'issued_by'])
    .where('type', '<>', 'NC')
    .orderBy('id')
    .execute();

describe('a month invoiced again', () => {
  it('has one new document, however often and at once it is asked: posted, due, its collection open', async () => {
    await giveBack(true);
    const [first, ...others] = await Promise.all([reissue(), reissue(), reissue()]);
    for (const other of others) expect(other).toEqual(first);
    const documents = await documentsOf();
    expect(documents.map((row) => [row.number_text, row.gross_cents, row.issued_by])).toEqual([
      ['FT CZM2026/1', 9_887, 'chazemo'],
      ['FT CZM2026/2', 9_887, 'ines'],
    ]);
    expect(first).toMatchObject({ documentId: documents[1]?.id, numberText: 'FT CZM2026/2' });
    expect(await dueCents(database.sql, documents[1]?.id ?? '')).toBe(9_887);
    expect(await dueCents(database.sql, documentId)).toBe(0);
    expect(await checkLedger(database.sql)).toEqual({ balanced: true, problems: [] });
    expect(await verifyFiscalChain(database.sql)).toEqual({ documents: 3, problems: [] });
  });

  it('is refused while its invoice stands, and after a note that does not open the month', async () => {
    expect(await reissue()).toEqual({ refused: { code: 'REISSUE.NOT_GIVEN_BACK' } });
    await giveBack(false);
    expect(await reissue()).toEqual({ refused: { code: 'REISSUE.NOT_GIVEN_BACK' } });
    expect(await documentsOf()).toHaveLength(1);
  });

  it('whose collection nobody started, as the program ended in between, is found until it has begun', async () => {
    await giveBack(true);
    const issued = await reissue();
    if ('refused' in issued) throw new Error('refused');
    expect(await collectionsToStart(database.sql, NOW)).toEqual([]);
    expect(await collectionsToStart(database.sql, later(60_000))).toEqual([issued.documentId]);
    expect(await reissue(later(61_000))).toMatchObject({ documentId: issued.documentId });
    await database.sql
      .updateTable('collection')
      .set({ step: 'awaiting-due-date' })
      .where('document_id', '=', issued.documentId)
      .execute();
    expect(await collectionsToStart(database.sql, later(60_000))).toEqual([]);
  });

  it('is all there or not at all: nothing is left of one that was not kept', async () => {
    await giveBack(true);
    await expect(
      database.sql.transaction().execute(async (trx) => {
        await reissueInvoice(trx, { documentId, now: NOW, signer: TEST_SIGNER, workflowIdOf: (id) => id });
        throw new Error('crash before commit');
      }),
    ).rejects.toThrow('crash');
    expect(await documentsOf()).toHaveLength(1);
    expect(await reissue()).toMatchObject({ numberText: 'FT CZM2026/2' });
  });

  it('is corrected once by the next invoice, though it has two invoices', async () => {
    await giveBack(true);
    await reissue();
    const lines = [chargeOf(1_000)];
    const adjustment = { cycleId, customerId: '1001', netCents: 1_000, lines, reasons: ['late-readings'] };
    await database.sql
      .transaction()
      .execute((trx) => insertAdjustment(trx, { ...adjustment, state: 'accepted', now: NOW }));
    const july = await seedCycle(database.sql, INSTALLATION_ID, '2026-07');
    const next = (await issueAll(database.sql, july, later(60_000))).get('1001') ?? '';
    const of = database.sql.selectFrom('fiscal_document').select('net_cents').where('id', '=', next);
    expect(await of.executeTakeFirst()).toEqual({ net_cents: 1_000 });
  });

  it('is not billed while it waits: who leaves gets nothing back before, nor before what was found since is billed', async () => {
    const leave = () => {
      const order = { customerId: '1001', occasion: 'leaving', untilPeriod: '2026-07', by: 'ines', now: NOW };
      return leaveOrder(database.sql, order);
    };
    const notBilled = { refused: { code: 'LEAVING.NOT_BILLED' } };
    await giveBack(true);
    expect(await leave()).toEqual(notBilled);
    await reissue();
    expect(await leave()).toMatchObject({ restCents: 0, stillDueCents: 9_887 });
    const lines = [chargeOf(1_000)];
    const adjustment = { cycleId, customerId: '1001', netCents: 1_000, lines, reasons: ['late-readings'] };
    await database.sql
      .transaction()
      .execute((trx) => insertAdjustment(trx, { ...adjustment, state: 'accepted', now: NOW }));
    expect(await leave()).toEqual(notBilled);
  });
});
