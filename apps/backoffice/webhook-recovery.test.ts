import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import type Stripe from 'stripe';

import { dueCents } from '#libs/ledger/balances.js';
import { handleWebhook } from '#libs/payments/handle-webhook.js';
import { registerMandate } from '#libs/payments/register-mandate.js';
import { startDebit } from '#libs/payments/start-debit.js';
import { openStripe } from '#libs/payments/stripe-client.js';
import { unhandledWebhooks } from '#libs/payments/unhandled-webhooks.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';
import { addCustomer, addInstallation, addInvoice } from '#test/stripe-sandbox/invoice-fixture.js';
import { startSandbox, type RunningSandbox } from '#test/stripe-sandbox/server.js';
import { TEST_IBANS } from '#test/stripe-sandbox/test-ibans.js';

import { WebhookRecovery } from './webhook-recovery.js';

const HOUR_MS = 3_600_000;
const LOG = pino({ level: 'silent' });

let database: TestDatabase;
let sandbox: RunningSandbox;
let stripe: Stripe;
let nowMs = Date.now();
const told: string[] = [];
const signals = {
  paymentChanged: async (documentId: string) => void told.push(`changed ${documentId}`),
  prepaidChanged: async () => undefined,
  ledgerChanged: async () => undefined,
  tell: async () => undefined,
  startArrears: async (documentId: string, cause: string) => void told.push(`arrears ${documentId} ${cause}`),
  topUpChanged: async ({ orderId }: { orderId: string }) => void told.push(`top-up ${orderId}`),
};
const now = () => new Date(nowMs);

beforeAll(async () => {
  database = await createTestDatabase();
  await addInstallation(database.sql);
  sandbox = await startSandbox({ processingMs: HOUR_MS });
  stripe = openStripe({ secretKey: 'sk_test_x', apiBase: sandbox.url });
});
afterAll(async () => {
  await sandbox.close();
  await database.drop();
});

async function debtor(id: string, iban: string): Promise<string> {
  const { sql } = database;
  const customerId = await addCustomer(sql, { id });
  const acceptance = { ipAddress: '203.0.113.7', userAgent: 'test', acceptedAt: now() };
  await registerMandate({ sql, stripe }, { customerId, key: id, acceptance, iban, now: now() });
  return addInvoice(sql, { customerId, grossCents: 5000 });
}

function pass(ms: number): void {
  nowMs += ms;
  sandbox.advanceClock(ms);
}

const debit = (documentId: string) =>
  startDebit({ sql: database.sql, stripe }, { documentId, attemptNo: 1, now: now() });
const recovery = () =>
  new WebhookRecovery({ sql: database.sql, stripe, signals, log: LOG, now, wake: () => undefined });

describe('what webhooks missed', () => {
  it('three weeks long is found when we come back: events, attempts, and the chase of a dispute', async () => {
    const paid = await debtor('paid', TEST_IBANS.succeeds);
    const disputed = await debtor('disputed', TEST_IBANS.disputed);
    const never = await debtor('never', TEST_IBANS.succeeds);
    await debit(paid);
    await debit(disputed);
    sandbox.order('api-faults', { pathPrefix: '/v1/payment_intents', mode: 'error-429' });
    await expect(debit(never)).rejects.toThrow();
    pass(21 * 24 * HOUR_MS);

    const recovering = recovery();
    await recovering.run();
    expect(await dueCents(database.sql, paid)).toBe(0);
    expect(await dueCents(database.sql, disputed)).toBe(5000);
    expect(told).toContain(`changed ${paid}`);
    expect(told).toContain(`arrears ${disputed} disputed`);
    const attempt = await database.sql
      .selectFrom('payment_attempt')
      .select('state')
      .where('document_id', '=', never)
      .executeTakeFirstOrThrow();
    expect(attempt.state).toBe('cancelled');
    const ids = await unhandledWebhooks(database.sql);
    expect(ids.length).toBeGreaterThan(0);
    for (const id of ids) await handleWebhook({ sql: database.sql, stripe, signals }, id, now());
    expect(await dueCents(database.sql, disputed)).toBe(5000);
    await recovering.close();
  });

  it('is looked for part by part: a provider that is away does not hide a dispute that stands in our books', async () => {
    told.length = 0;
    sandbox.order('api-faults', { method: 'GET', pathPrefix: '/v1/', mode: 'error-500', times: 50 });
    await recovery().run();
    expect(told).toEqual([expect.stringMatching(/^arrears .* disputed$/)]);
  });
});
