import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';

import { dueCents, prepaidBalanceCents } from '#libs/ledger/balances.js';
import { checkLedger } from '#libs/ledger/check-ledger.js';
import { killEverywhere } from '#test/faults/killed-database.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';
import { addCustomer, addInstallation, addInvoice } from '#test/stripe-sandbox/invoice-fixture.js';
import { startSandbox, type RunningSandbox } from '#test/stripe-sandbox/server.js';
import { TEST_IBANS } from '#test/stripe-sandbox/test-ibans.js';

import type { Sql } from '../persistence/database.js';
import { handleWebhook } from './handle-webhook.js';
import { recordTopUp } from './record-top-up.js';
import { recordTransfer } from './record-transfer.js';
import { recoverEvents } from './recover-events.js';
import { registerMandate } from './register-mandate.js';
import { startDebit } from './start-debit.js';
import { openStripe } from './stripe-client.js';
import { unhandledWebhooks } from './unhandled-webhooks.js';

const NOW = new Date('2026-07-15T09:00:00Z');
const PROCESSING_MS = 3_600_000;
const GROSS_CENTS = 5000;

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

async function debtor(id: string, iban: string) {
  const customerId = await addCustomer(database.sql, { id });
  const acceptance = { ipAddress: '203.0.113.7', userAgent: 'test', acceptedAt: NOW };
  await registerMandate({ sql: database.sql, stripe }, { customerId, key: id, acceptance, iban, now: NOW });
  return { customerId, documentId: await addInvoice(database.sql, { customerId, grossCents: GROSS_CENTS }) };
}

async function handleAll(sql: Sql, told: string[]): Promise<void> {
  const signals = {
    paymentChanged: async (documentId: string) => void told.push(`changed ${documentId}`),
    prepaidChanged: async () => undefined,
    ledgerChanged: async () => undefined,
    tell: async () => undefined,
    startArrears: async (documentId: string, cause: string) => void told.push(`arrears ${documentId} ${cause}`),
    topUpChanged: async ({ orderId }: { orderId: string }) => void told.push(`top-up ${orderId}`),
  };
  for (const id of await unhandledWebhooks(sql, { limit: 1000 }))
    await handleWebhook({ sql, stripe, signals }, id, NOW);
}

const kinds = async (documentId: string) =>
  (
    await database.sql
      .selectFrom('journal_entry')
      .select('kind')
      .where('document_id', '=', documentId)
      .where('phase', '=', 'posted')
      .orderBy('kind')
      .execute()
  ).map(({ kind }) => kind);

describe('killed before any statement, and begun again', () => {
  it('a debit is made once, of what was not paid ahead', async () => {
    const { customerId, documentId } = await debtor('killed-debit', TEST_IBANS.succeeds);
    await recordTopUp(database.sql, { customerId, source: 'bank', amountCents: 1500, key: 'ahead', now: NOW });
    const kills = await killEverywhere(database.sql, async (sql) => {
      const started = await startDebit({ sql, stripe }, { documentId, attemptNo: 1, now: NOW });
      expect(started).toMatchObject({ state: 'processing' });
    });
    expect(kills).toBeGreaterThan(10);
    expect(sandbox.counters().documents[documentId]?.created).toBe(1);
    expect(await dueCents(database.sql, documentId)).toBe(GROSS_CENTS - 1500);
    expect(await prepaidBalanceCents(database.sql, customerId)).toBe(0);
  });

  it.each([
    ['a success', 'succeeds', 0, ['invoice-issued', 'payment']],
    ['a dispute', 'disputed', GROSS_CENTS, ['invoice-issued', 'payment', 'payment-reversed']],
    ['a failure', 'insufficientFunds', GROSS_CENTS, ['invoice-issued']],
  ] as const)('%s is booked once, and its workflows are told', async (_name, iban, dueAfter, booked) => {
    const since = new Date(Date.now() - 60_000);
    const { documentId } = await debtor(`killed-${iban}`, TEST_IBANS[iban]);
    await startDebit({ sql: database.sql, stripe }, { documentId, attemptNo: 1, now: NOW });
    sandbox.advanceClock(PROCESSING_MS);
    const told: string[] = [];
    await killEverywhere(database.sql, async (sql) => {
      await recoverEvents({ sql, stripe }, { since, now: NOW });
      await handleAll(sql, told);
    });
    expect(await dueCents(database.sql, documentId)).toBe(dueAfter);
    expect(await kinds(documentId)).toEqual(booked);
    expect(told).toContain(`changed ${documentId}`);
    expect(told.includes(`arrears ${documentId} disputed`)).toBe(iban === 'disputed');
    expect(await unhandledWebhooks(database.sql)).toEqual([]);
  });

  it('a transfer beyond the debt is booked once, in both its parts', async () => {
    const { customerId, documentId } = await debtor('killed-transfer', TEST_IBANS.succeeds);
    await killEverywhere(database.sql, async (sql) => {
      await recordTransfer(sql, { documentId, amountCents: GROSS_CENTS + 700, key: 'killed', now: NOW });
    });
    expect(await dueCents(database.sql, documentId)).toBe(0);
    expect(await prepaidBalanceCents(database.sql, customerId)).toBe(700);
  });

  it('and the books balance', async () => {
    expect(await checkLedger(database.sql)).toEqual({ balanced: true, problems: [] });
  });
});
