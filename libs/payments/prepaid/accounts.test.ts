import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { dueCents, lockCustomerBooks, prepaidBalanceCents } from '#libs/ledger/balances.js';
import { checkLedger } from '#libs/ledger/check-ledger.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';
import { addCustomer, addInstallation, addInvoice } from '#test/stripe-sandbox/invoice-fixture.js';

import { methodFor } from '../../registry/payment-method.js';
import { deductPrepaid } from '../deduct-prepaid.js';
import { recordTopUp } from '../record-top-up.js';
import { methodNow, orderConversion, orderedConversion } from './conversion.js';
import { leaveOrder } from './leave-order.js';
import { makeRefundFile, refundFile } from './refund-file.js';
import { decideRefund, giveRefundAccount } from './refunds.js';
import { setRules } from './settings.js';
import { spendableAtIssueCents } from './spendable.js';

const NOW = new Date('2026-07-15T09:00:00Z');
const IBAN = 'PT50000201231234567890154';
const BY = 'ana@chazemo.example';

let database: TestDatabase;
let customers = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  await addInstallation(database.sql);
});
afterAll(() => database.drop());

async function account(balanceCents: number, floorCents = 0): Promise<string> {
  customers += 1;
  const customerId = await addCustomer(database.sql, { id: `account-${customers}`, paymentMethod: 'prepaid' });
  if (balanceCents > 0) await topUp(customerId, balanceCents, 'start');
  const rules = { floorCents, lowBalanceCents: 0, autoTopUp: null, by: BY, now: new Date('2026-01-01T00:00:00Z') };
  await setRules(database.sql, { customerId, ...rules });
  return customerId;
}

const topUp = (customerId: string, amountCents: number, key: string) =>
  recordTopUp(database.sql, { customerId, source: 'bank', amountCents, key, now: NOW });
const balance = (customerId: string) => prepaidBalanceCents(database.sql, customerId);
const due = (documentId: string) => dueCents(database.sql, documentId);
const invoice = (customerId: string, grossCents: number) => addInvoice(database.sql, { customerId, grossCents });
const deduct = (documentId: string, occasion = 'due') =>
  deductPrepaid(database.sql, { documentId, now: NOW, occasion });
const leave = (customerId: string, iban?: string) =>
  leaveOrder(database.sql, { customerId, occasion: 'leaving/test', iban, by: BY, now: NOW });
const decide = (orderId: string, decision: 'approve' | 'cancel' | 'done' | 'fail') =>
  decideRefund(database.sql, { orderId, decision, by: BY, now: NOW });

async function refundOf(customerId: string, iban?: string): Promise<string> {
  const left = await leave(customerId, iban);
  if ('refused' in left || left.refundOrderId === null) throw new Error(`no refund: ${JSON.stringify(left)}`);
  return left.refundOrderId;
}

describe('the floor of an account', () => {
  it('is never gone below by a deduction; the rest stays due', async () => {
    const customerId = await account(5_000, 1_000);
    const documentId = await invoice(customerId, 4_500);
    expect(await deduct(documentId)).toEqual({ deductedCents: 4_000, stillDueCents: 500 });
    expect(await balance(customerId)).toBe(1_000);
    expect(await deduct(documentId, 'later')).toEqual({ deductedCents: 0, stillDueCents: 500 });
  });

  it('holds when many invoices are deducted at once', async () => {
    const customerId = await account(5_000, 700);
    const documents: string[] = [];
    for (let count = 0; count < 8; count += 1) documents.push(await invoice(customerId, 900));
    await Promise.all(documents.map((documentId) => deduct(documentId)));
    expect(await balance(customerId)).toBe(700);
  });

  it('lago-api PR 4642, PR 4273: no deduction leaves a negative balance or a negative debt', async () => {
    const customerId = await account(1_001);
    const documents = [await invoice(customerId, 334), await invoice(customerId, 334), await invoice(customerId, 334)];
    await Promise.all(documents.map((documentId) => deduct(documentId)));
    expect(await balance(customerId)).toBe(0);
    const dues = await Promise.all(documents.map(due));
    expect(dues.toSorted((a, b) => a - b)).toEqual([0, 0, 1]);
  });

  it('says what a new invoice may take: no older debt, nothing below the floor', async () => {
    const customerId = await account(5_000, 500);
    const spendable = () =>
      database.sql.transaction().execute(async (trx) => {
        await lockCustomerBooks(trx, customerId);
        return spendableAtIssueCents(trx, { customerId, currency: 'EUR', now: NOW });
      });
    expect(await spendable()).toBe(4_500);
    await invoice(customerId, 1_000);
    expect(await spendable()).toBe(3_500);
    await invoice(customerId, 9_000);
    expect(await spendable()).toBe(0);
  });
});

describe('lago-api #5870: a top-up', () => {
  it('that is asked for twice with its key, at once or later, is credited once', async () => {
    const customerId = await account(0);
    await Promise.all([1, 2, 3, 4].map(() => topUp(customerId, 1_500, 'same')));
    await topUp(customerId, 1_500, 'same');
    expect(await balance(customerId)).toBe(1_500);
  });
});

describe('leaving with a balance', () => {
  it('pays the open invoices, oldest first and without a floor, and proposes the rest', async () => {
    const customerId = await account(5_000, 1_000);
    const documents = [await invoice(customerId, 3_000), await invoice(customerId, 1_200)];
    const left = await leave(customerId, IBAN);
    expect(left).toMatchObject({ restCents: 800, stillDueCents: 0, reversibleUntil: null });
    expect(await Promise.all(documents.map(due))).toEqual([0, 0]);
    expect(await balance(customerId)).toBe(800);
    expect(await leave(customerId)).toEqual({ refused: { code: 'LEAVING.REFUND_OPEN' } });
  });

  it('of too little pays what it can, and proposes nothing', async () => {
    const customerId = await account(2_000);
    const [first, second] = [await invoice(customerId, 1_500), await invoice(customerId, 1_500)];
    expect(await leave(customerId)).toMatchObject({ restCents: 0, stillDueCents: 1_000, refundOrderId: null });
    expect([await due(first), await due(second)]).toEqual([0, 1_000]);
  });

  it('asked for by two at once makes one refund', async () => {
    const customerId = await account(2_000);
    await Promise.all([leave(customerId), leave(customerId), leave(customerId)]);
    const orders = await database.sql
      .selectFrom('refund_order')
      .selectAll()
      .where('customer_id', '=', customerId)
      .execute();
    expect(orders.map((order) => order.amount_cents)).toEqual([2_000]);
  });
});

describe('a refund', () => {
  it('goes the way proposed, approved, sent, done; money leaves the books once; the IBAN is forgotten', async () => {
    const customerId = await account(2_500);
    const orderId = await refundOf(customerId);
    expect(await decide(orderId, 'approve')).toEqual({ refused: { code: 'REFUND.NO_ACCOUNT' } });
    const wrong = { orderId, iban: 'PT50000201231234567890155' };
    expect(await giveRefundAccount(database.sql, wrong)).toEqual({ refused: { code: 'IBAN_INVALID' } });
    await giveRefundAccount(database.sql, { orderId, iban: IBAN });
    expect(await decide(orderId, 'approve')).toMatchObject({ ok: { state: 'approved' } });
    const files = await Promise.all([1, 2].map(() => makeRefundFile(database.sql, { issuerId: 'issuer', now: NOW })));
    const file = files.find((one) => 'content' in one);
    expect(files.filter((one) => 'content' in one)).toHaveLength(1);
    if (file === undefined || !('content' in file)) throw new Error('no file');
    expect(file).toMatchObject({ count: 1, sumCents: 2_500, notCovered: [] });
    expect(file.content).toContain(IBAN);
    expect(await balance(customerId)).toBe(0);
    expect(await refundFile(database.sql, file.messageId)).toMatchObject({ content: file.content });
    expect(await decide(orderId, 'cancel')).toMatchObject({ refused: { code: 'REFUND.WRONG_STATE', state: 'sent' } });
    expect(await decide(orderId, 'done')).toMatchObject({ ok: { state: 'done', iban: null, iban_last4: '0154' } });
    expect(await refundFile(database.sql, file.messageId)).toEqual({ refused: { code: 'REFUND.FILE_FORGOTTEN' } });
    expect((await checkLedger(database.sql)).problems).toEqual([]);
  });

  it('that fails is booked back once, and may be proposed again', async () => {
    const customerId = await account(900);
    const orderId = await refundOf(customerId, IBAN);
    await decide(orderId, 'approve');
    await makeRefundFile(database.sql, { issuerId: 'issuer', now: NOW });
    expect(await balance(customerId)).toBe(0);
    await Promise.all([decide(orderId, 'fail'), decide(orderId, 'fail'), decide(orderId, 'done')]);
    const { state } = await database.sql
      .selectFrom('refund_order')
      .select('state')
      .where('id', '=', orderId)
      .executeTakeFirstOrThrow();
    expect(await balance(customerId)).toBe(state === 'failed' ? 900 : 0);
  });

  it('that the balance does not cover any more stays behind', async () => {
    const customerId = await account(2_000);
    const orderId = await refundOf(customerId, IBAN);
    await decide(orderId, 'approve');
    await deduct(await invoice(customerId, 500));
    expect(await makeRefundFile(database.sql, { issuerId: 'issuer', now: NOW })).toEqual({
      refused: { code: 'REFUND.NOTHING_APPROVED' },
    });
    expect(await balance(customerId)).toBe(1_500);
    expect(await decide(orderId, 'cancel')).toMatchObject({ ok: { state: 'cancelled', iban: null } });
  });
});

describe('another way of paying', () => {
  const convert = (customerId: string, method: 'transfer' | 'prepaid' | 'direct-debit', now = NOW) =>
    orderConversion(database.sql, { customerId, method, rest: 'refund', by: BY, now });

  it('holds from the next month on; the months before keep theirs, whenever they are invoiced', async () => {
    const customerId = await account(0);
    const done = await convert(customerId, 'transfer');
    expect(done).toEqual({ ok: { fromPeriod: '2026-08', method: 'transfer', formerMethod: 'prepaid' } });
    const months = ['2026-06', '2026-07', '2026-08', '2027-01'];
    const methods = await Promise.all(months.map((period) => methodFor(database.sql, customerId, period)));
    expect(methods).toEqual(['prepaid', 'prepaid', 'transfer', 'transfer']);
    expect(await orderedConversion(database.sql, customerId, NOW)).toEqual({
      fromPeriod: '2026-08',
      method: 'transfer',
    });
    const august = new Date('2026-08-01T00:00:00Z');
    await database.sql.transaction().execute((trx) => methodNow(trx, customerId, august));
    expect(await methodFor(database.sql, customerId, '2026-07')).toBe('prepaid');
    expect(await orderedConversion(database.sql, customerId, august)).toBeNull();
  });

  it('may be taken back before its month, and is refused where nothing changes or nobody may debit', async () => {
    const customerId = await account(0);
    expect(await convert(customerId, 'prepaid')).toEqual({ refused: { code: 'CONVERSION.SAME_METHOD' } });
    expect(await convert(customerId, 'direct-debit')).toEqual({ refused: { code: 'MANDATE.NOT_FOUND' } });
    await convert(customerId, 'transfer');
    expect(await convert(customerId, 'prepaid')).toMatchObject({ ok: { method: 'prepaid' } });
    expect(await methodFor(database.sql, customerId, '2026-08')).toBe('prepaid');
    expect(await orderedConversion(database.sql, customerId, NOW)).toBeNull();
  });

  it('begins at local midnight of the month, not at that of UTC', async () => {
    const customerId = await account(0);
    expect(await convert(customerId, 'transfer', new Date('2026-07-31T23:30:00Z'))).toMatchObject({
      ok: { fromPeriod: '2026-09' },
    });
  });
});
