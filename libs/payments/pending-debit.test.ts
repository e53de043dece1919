import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';

import { dueCents, pendingCentsOf, prepaidBalanceCents } from '#libs/ledger/balances.js';
import { checkLedger } from '#libs/ledger/check-ledger.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';
import { addCustomer, addInstallation, addInvoice } from '#test/stripe-sandbox/invoice-fixture.js';
import { startSandbox, type RunningSandbox } from '#test/stripe-sandbox/server.js';
import { TEST_IBANS } from '#test/stripe-sandbox/test-ibans.js';

import { recordTransfer } from './record-transfer.js';
import { readIntent, refreshAttempt } from './refresh-attempt.js';
import { registerMandate } from './register-mandate.js';
import { startDebit } from './start-debit.js';
import { openStripe } from './stripe-client.js';

const NOW = new Date('2026-07-15T09:00:00Z');
const PROCESSING_MS = 3_600_000;

let database: TestDatabase;
let sandbox: RunningSandbox;
let stripe: Stripe;

beforeAll(async () => {
  database = await createTestDatabase();
  await addInstallation(database.sql);
  sandbox = await startSandbox({ processingMs: PROCESSING_MS });
  stripe = openStripe({ secretKey: 'sk_test_x', apiBase: sandbox.url });
});
afterAll(async () => {
  await sandbox.close();
  await database.drop();
});

async function startedDebit(id: string, iban: string) {
  const deps = { sql: database.sql, stripe };
  const customerId = await addCustomer(database.sql, { id });
  const acceptance = { ipAddress: '203.0.113.7', userAgent: 'test', acceptedAt: NOW };
  await registerMandate(deps, { customerId, key: id, acceptance, iban, now: NOW });
  const documentId = await addInvoice(database.sql, { customerId, grossCents: 5000 });
  const started = await startDebit(deps, { documentId, attemptNo: 1, now: NOW });
  if ('refused' in started || started.providerPaymentId === null) throw new Error('the debit was not started');
  const providerPaymentId = started.providerPaymentId;
  const look = async () => {
    sandbox.advanceClock(PROCESSING_MS);
    await Promise.all([1, 2, 3].map(() => refreshAttempt(deps, { providerPaymentId, now: NOW })));
  };
  return { customerId, documentId, look };
}

const pending = async (documentId: string) => (await pendingCentsOf(database.sql, [documentId])).get(documentId);
const due = (documentId: string) => dueCents(database.sql, documentId);

describe('a debit in the books', () => {
  it('is pending while the bank has it, and paid when the bank says so', async () => {
    const { documentId, look } = await startedDebit('pending-paid', TEST_IBANS.succeeds);
    expect([await pending(documentId), await due(documentId)]).toEqual([5000, 5000]);
    await look();
    expect([await pending(documentId), await due(documentId)]).toEqual([0, 0]);
  });

  it('is released when it fails, and may be pending again under the next number', async () => {
    const { documentId, look } = await startedDebit('pending-failed', TEST_IBANS.insufficientFunds);
    await look();
    expect([await pending(documentId), await due(documentId)]).toEqual([0, 5000]);
    await startDebit({ sql: database.sql, stripe }, { documentId, attemptNo: 2, now: NOW });
    expect(await pending(documentId)).toBe(5000);
  });

  it('that comes after a transfer pays what is left and is paid ahead beyond; all of it is released', async () => {
    const { customerId, documentId, look } = await startedDebit('pending-late', TEST_IBANS.succeeds);
    await recordTransfer(database.sql, { documentId, amountCents: 4200, key: 'late', now: NOW });
    await look();
    expect([await pending(documentId), await due(documentId)]).toEqual([0, 0]);
    expect(await prepaidBalanceCents(database.sql, customerId)).toBe(4200);
  });

  it('that finds nothing due any more is wholly paid ahead', async () => {
    const { customerId, documentId, look } = await startedDebit('pending-none', TEST_IBANS.succeeds);
    await recordTransfer(database.sql, { documentId, amountCents: 5000, key: 'none', now: NOW });
    await look();
    expect([await pending(documentId), await due(documentId)]).toEqual([0, 0]);
    expect(await prepaidBalanceCents(database.sql, customerId)).toBe(5000);
  });
});

describe('the week’s limit', () => {
  it('postpones a debit that has no room, claims nothing, and two at once never both fit', async () => {
    const deps = { sql: database.sql, stripe };
    const now = new Date('2027-02-01T09:00:00Z');
    const documents: string[] = [];
    for (const id of ['week-1', 'week-2']) {
      const customerId = await addCustomer(database.sql, { id });
      const acceptance = { ipAddress: '203.0.113.7', userAgent: 'test', acceptedAt: now };
      await registerMandate(deps, { customerId, key: id, acceptance, iban: TEST_IBANS.succeeds, now });
      documents.push(await addInvoice(database.sql, { customerId, grossCents: 6000 }));
    }
    const order = { attemptNo: 1, weeklyLimitCents: 10_000, now };
    const states = await Promise.all(documents.map((documentId) => startDebit(deps, { ...order, documentId })));
    const until = new Date('2027-02-08T09:00:00Z');
    expect(states).toContainEqual(expect.objectContaining({ state: 'processing' }));
    const postponed = states.find((one) => 'until' in one);
    expect(postponed).toMatchObject({ state: 'postponed', until });
    const documentId = postponed !== undefined && 'documentId' in postponed ? postponed.documentId : '';
    expect(await pending(documentId)).toBe(0);
    expect(await startDebit(deps, { ...order, documentId, now: until })).toMatchObject({ state: 'processing' });
  });
});

describe('the day on which the bank is asked', () => {
  it('is the due date when that is far enough ahead', async () => {
    const deps = { sql: database.sql, stripe };
    const now = new Date();
    const customerId = await addCustomer(database.sql, { id: 'target' });
    const acceptance = { ipAddress: '203.0.113.7', userAgent: 'test', acceptedAt: now };
    await registerMandate(deps, { customerId, key: 'target', acceptance, iban: TEST_IBANS.succeeds, now });
    const dueAt = new Date(now.getTime() + 6 * 86_400_000);
    const documentId = await addInvoice(database.sql, { customerId, grossCents: 5000, dueAt });
    const started = await startDebit(deps, { documentId, attemptNo: 1, now });
    if ('refused' in started) throw new Error(started.refused.code);
    const intent = await readIntent(stripe, started.providerPaymentId ?? '');
    const charge = typeof intent.latest_charge === 'object' ? intent.latest_charge : null;
    const day = dueAt.toISOString().slice(0, 10);
    expect(charge?.payment_method_details?.sepa_debit).toMatchObject({ expected_debit_date: day });
  });
});

describe('all of this', () => {
  it('leaves books that balance', async () => {
    expect(await checkLedger(database.sql)).toEqual({ balanced: true, problems: [] });
  });
});
