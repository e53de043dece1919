import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { dueCents, prepaidBalanceCents } from '#libs/ledger/balances.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';
import { addCustomer, addInstallation, addInvoice } from '#test/stripe-sandbox/invoice-fixture.js';

import { collectionFacts } from './collection-facts.js';
import { deductPrepaid } from './deduct-prepaid.js';
import { openCollection } from './open-collection.js';
import { recordCollectionStep } from './record-collection-step.js';
import { recordTopUp } from './record-top-up.js';
import { recordTransfer } from './record-transfer.js';

const NOW = new Date('2026-07-15T09:00:00Z');
let database: TestDatabase;
let customers = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  await addInstallation(database.sql);
});
afterAll(() => database.drop());

async function prepaidCustomer(balanceCents: number): Promise<string> {
  customers += 1;
  const customerId = await addCustomer(database.sql, { id: `books-${customers}`, paymentMethod: 'prepaid' });
  if (balanceCents > 0) await topUp(customerId, balanceCents, 'start');
  return customerId;
}

const topUp = (customerId: string, amountCents: number, key: string) =>
  recordTopUp(database.sql, { customerId, source: 'bank', amountCents, key, now: NOW });
const invoice = (customerId: string, grossCents: number) => addInvoice(database.sql, { customerId, grossCents });
const balance = (customerId: string) => prepaidBalanceCents(database.sql, customerId);
const due = (documentId: string) => dueCents(database.sql, documentId);
const deduct = (documentId: string, occasion?: string) =>
  deductPrepaid(database.sql, { documentId, now: NOW, ...(occasion === undefined ? {} : { occasion }) });
const transfer = (documentId: string, amountCents: number, key: string) =>
  recordTransfer(database.sql, { documentId, amountCents, key, now: NOW });

describe('a prepaid balance', () => {
  it.each([
    [5000, 3000, { deductedCents: 3000, stillDueCents: 0 }, 2000],
    [3000, 3000, { deductedCents: 3000, stillDueCents: 0 }, 0],
    [1000, 3000, { deductedCents: 1000, stillDueCents: 2000 }, 0],
    [0, 3000, { deductedCents: 0, stillDueCents: 3000 }, 0],
  ])('of %i cents pays an invoice of %i as far as it goes', async (start, gross, deduction, left) => {
    const customerId = await prepaidCustomer(start);
    expect(await deduct(await invoice(customerId, gross))).toEqual(deduction);
    expect(await balance(customerId)).toBe(left);
  });

  it('is deducted once per document, also by two at a time', async () => {
    const customerId = await prepaidCustomer(9000);
    const documentId = await invoice(customerId, 3000);
    const all = await Promise.all([deduct(documentId), deduct(documentId), deduct(documentId)]);
    const once = { deductedCents: 3000, stillDueCents: 0 };
    expect(all).toEqual([once, once, once]);
    expect(await balance(customerId)).toBe(6000);
  });

  it('is never spent twice by invoices that are deducted at the same time, and never falls below zero', async () => {
    const customerId = await prepaidCustomer(5000);
    const documents: string[] = [];
    for (let count = 0; count < 8; count += 1) documents.push(await invoice(customerId, 900));
    const deducted = await Promise.all(documents.map((documentId) => deduct(documentId)));
    const sum = deducted.reduce((cents, one) => cents + one.deductedCents, 0);
    expect(sum).toBe(5000);
    expect(await balance(customerId)).toBe(0);
    const owed = await Promise.all(documents.map(due));
    expect(owed.reduce((cents, one) => cents + one, 0)).toBe(8 * 900 - 5000);
    expect(owed.every((cents) => cents >= 0)).toBe(true);
  });

  it('pitfall 14: topped up later, pays the rest on another occasion', async () => {
    const customerId = await prepaidCustomer(1000);
    const documentId = await invoice(customerId, 3000);
    await deduct(documentId);
    await topUp(customerId, 5000, 'later');
    expect(await deduct(documentId)).toEqual({ deductedCents: 1000, stillDueCents: 2000 });
    expect(await deduct(documentId, 'retry')).toEqual({ deductedCents: 2000, stillDueCents: 0 });
    expect(await balance(customerId)).toBe(3000);
  });
});

describe('a top-up', () => {
  it('pitfalls 10 and 11: is credited once by its key, also when settled at the same time', async () => {
    const customerId = await prepaidCustomer(0);
    const all = await Promise.all(Array.from({ length: 5 }, () => topUp(customerId, 2500, 'mb-1')));
    expect(all.filter((one) => 'posted' in one && one.posted)).toHaveLength(1);
    expect(await balance(customerId)).toBe(2500);
    expect(await topUp(customerId, 9999, 'mb-1')).toEqual({ refused: { code: 'KEY_USED_WITH_OTHER_AMOUNT' } });
    expect(await topUp(customerId, 0, 'mb-2')).toEqual({ refused: { code: 'AMOUNT_NOT_POSITIVE' } });
  });
});

describe('a transfer', () => {
  it('pays a part, then the rest; what is beyond the debt becomes prepaid', async () => {
    const customerId = await prepaidCustomer(0);
    const documentId = await invoice(customerId, 3000);
    expect(await transfer(documentId, 1000, 't-1')).toEqual({
      posted: true,
      appliedCents: 1000,
      creditedCents: 0,
      stillDueCents: 2000,
    });
    expect(await transfer(documentId, 2500, 't-2')).toMatchObject({ appliedCents: 2000, creditedCents: 500 });
    expect(await due(documentId)).toBe(0);
    expect(await balance(customerId)).toBe(500);
  });

  it('is recorded once by its key, and a key is not used for anything else', async () => {
    const customerId = await prepaidCustomer(0);
    const documentId = await invoice(customerId, 3000);
    const other = await invoice(customerId, 3000);
    await Promise.all([transfer(documentId, 4000, 't-3'), transfer(documentId, 4000, 't-3')]);
    expect(await transfer(documentId, 4000, 't-3')).toMatchObject({
      posted: false,
      appliedCents: 3000,
      creditedCents: 1000,
    });
    expect(await balance(customerId)).toBe(1000);
    expect(await transfer(other, 4000, 't-3')).toEqual({ refused: { code: 'KEY_USED_FOR_OTHER_DOCUMENT' } });
    expect(await transfer(documentId, 1, 't-3')).toEqual({ refused: { code: 'KEY_USED_WITH_OTHER_AMOUNT' } });
    expect(await transfer(documentId, -5, 't-4')).toEqual({ refused: { code: 'AMOUNT_NOT_POSITIVE' } });
    expect(await due(other)).toBe(3000);
  });

  it('for a paid invoice is all prepaid, once', async () => {
    const customerId = await prepaidCustomer(0);
    const documentId = await invoice(customerId, 3000);
    await transfer(documentId, 3000, 't-5');
    await Promise.all([transfer(documentId, 700, 't-6'), transfer(documentId, 700, 't-6')]);
    expect(await balance(customerId)).toBe(700);
    expect(await due(documentId)).toBe(0);
  });
});

describe('a collection', () => {
  it('is opened once, shows its steps, and knows what it needs', async () => {
    const customerId = await prepaidCustomer(0);
    const documentId = await invoice(customerId, 3000);
    const workflowId = `collection/${documentId}`;
    const open = () => openCollection(database.sql, { documentId, workflowId, now: NOW });
    expect([await open(), await open()]).toEqual([{ opened: true }, { opened: false }]);
    await recordCollectionStep(database.sql, documentId, {
      step: 'handed-to-arrears',
      since: NOW,
      waitsFor: null,
      nextActionAt: null,
      outcome: 'arrears',
      reason: 'prepaid-too-low',
    });
    const row = await database.sql
      .selectFrom('collection')
      .selectAll()
      .where('document_id', '=', documentId)
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({
      step: 'handed-to-arrears',
      outcome: 'arrears',
      method: 'prepaid',
      workflow_id: workflowId,
    });
    expect(await collectionFacts(database.sql, documentId)).toMatchObject({
      method: 'prepaid',
      dueCents: 3000,
      hasMandate: false,
      debitInFlight: false,
      nextAttemptNo: 1,
      timeZone: 'Europe/Lisbon',
      dueAt: new Date('2026-07-15T09:00:00Z'),
    });
  });

  it('that was never opened is not written to in silence', async () => {
    const documentId = await invoice(await prepaidCustomer(0), 100);
    const record = { step: 'debiting', since: NOW, waitsFor: null, nextActionAt: null };
    await expect(recordCollectionStep(database.sql, documentId, record)).rejects.toThrow('has no collection');
  });
});
