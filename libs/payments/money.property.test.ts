import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type Stripe from 'stripe';

import { dueCents, prepaidBalanceCents } from '#libs/ledger/balances.js';
import { checkLedger } from '#libs/ledger/check-ledger.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';
import { addCustomer, addInstallation, addInvoice } from '#test/stripe-sandbox/invoice-fixture.js';
import { startSandbox, type RunningSandbox } from '#test/stripe-sandbox/server.js';
import { TEST_IBANS } from '#test/stripe-sandbox/test-ibans.js';

import { deductPrepaid } from './deduct-prepaid.js';
import { recordDispute } from './record-dispute.js';
import { recordTopUp } from './record-top-up.js';
import { recordTransfer } from './record-transfer.js';
import { refreshAttempt } from './refresh-attempt.js';
import { registerMandate } from './register-mandate.js';
import { startDebit } from './start-debit.js';
import { openStripe } from './stripe-client.js';

const NOW = new Date('2026-07-15T09:00:00Z');
const PROCESSING_MS = 3_600_000;
const GROSS_CENTS = 5000;

let database: TestDatabase;
let sandbox: RunningSandbox;
let stripe: Stripe;
let customers = 0;

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

const cents = fc.integer({ min: 1, max: 9000 });
const reference = fc.integer({ min: 1, max: 3 });
const step = fc.oneof(
  fc.record({ kind: fc.constant('transfer' as const), cents, reference }),
  fc.record({ kind: fc.constant('top-up' as const), cents, reference }),
  fc.record({ kind: fc.constantFrom('debit' as const, 'bank-answers' as const, 'look' as const, 'dispute' as const) }),
  fc.record({ kind: fc.constant('deduct' as const), reference }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** One customer with one invoice, and every payment of it that the provider knows. */
interface Life {
  readonly customerId: string;
  readonly documentId: string;
  readonly payments: string[];
  attempts: number;
  /** What came in from outside less what went back, by our own count. */
  receivedCents: number;
}

async function newLife(): Promise<Life> {
  customers += 1;
  const customerId = await addCustomer(database.sql, { id: `life-${customers}` });
  const acceptance = { ipAddress: '203.0.113.7', userAgent: 'test', acceptedAt: NOW };
  const iban = TEST_IBANS.succeeds;
  await registerMandate({ sql: database.sql, stripe }, { customerId, key: customerId, acceptance, iban, now: NOW });
  const documentId = await addInvoice(database.sql, { customerId, grossCents: GROSS_CENTS });
  return { customerId, documentId, payments: [], attempts: 0, receivedCents: 0 };
}

async function take(life: Life, step: Step): Promise<void> {
  const { sql } = database;
  const { customerId, documentId } = life;
  switch (step.kind) {
    case 'transfer': {
      const key = `${customerId}/${step.reference}`;
      const done = await recordTransfer(sql, { documentId, amountCents: step.cents, key, now: NOW });
      if ('posted' in done && done.posted) life.receivedCents += step.cents;
      return;
    }
    case 'top-up': {
      const order = {
        customerId,
        source: 'bank',
        amountCents: step.cents,
        key: String(step.reference),
        now: NOW,
      } as const;
      const done = await recordTopUp(sql, order);
      if ('posted' in done && done.posted) life.receivedCents += step.cents;
      return;
    }
    case 'deduct':
      await deductPrepaid(sql, { documentId, now: NOW, occasion: String(step.reference) });
      return;
    case 'debit': {
      const attemptNo = life.attempts + 1;
      const started = await startDebit({ sql, stripe }, { documentId, attemptNo, now: NOW });
      if ('refused' in started || started.providerPaymentId === null) return;
      life.attempts = attemptNo;
      life.payments.push(started.providerPaymentId);
      return;
    }
    case 'bank-answers':
      sandbox.advanceClock(PROCESSING_MS);
      return;
    case 'look':
      await lookAtAll(life);
      return;
    case 'dispute':
      await disputeLast(life);
      return;
    default:
      step satisfies never;
  }
}

async function lookAtAll(life: Life): Promise<void> {
  for (const providerPaymentId of life.payments) {
    await refreshAttempt({ sql: database.sql, stripe }, { providerPaymentId, now: NOW });
  }
}

async function disputeLast(life: Life): Promise<void> {
  const last = life.payments.at(-1);
  if (last === undefined || (await stripe.paymentIntents.retrieve(last)).status !== 'succeeded') return;
  if ((await stripe.disputes.list({ payment_intent: last })).data.length > 0) return;
  const { id } = sandbox.order('disputes', { payment_intent: last }) as { id: string };
  await recordDispute({ sql: database.sql, stripe }, { disputeId: id, now: NOW });
}

/** What the provider holds for the customer: debits that succeeded and were not taken back. */
async function heldByProvider(life: Life): Promise<number> {
  let held = 0;
  for (const id of life.payments) {
    const intent = await stripe.paymentIntents.retrieve(id);
    const disputed = (await stripe.disputes.list({ payment_intent: id })).data.length > 0;
    if (intent.status === 'succeeded' && !disputed) held += intent.amount_received;
  }
  return held;
}

describe('whatever is paid, in whatever order and however often it is told', () => {
  it('every cent is either off the debt or prepaid, nothing is owed less than nothing, the books balance', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const life = await newLife();
        for (const one of steps) await take(life, one);
        await lookAtAll(life);
        const due = await dueCents(database.sql, life.documentId);
        const prepaid = await prepaidBalanceCents(database.sql, life.customerId);
        expect(due).toBeGreaterThanOrEqual(0);
        expect(prepaid).toBeGreaterThanOrEqual(0);
        expect(GROSS_CENTS - due + prepaid).toBe(life.receivedCents + (await heldByProvider(life)));
      }),
      { numRuns: 15 },
    );
    expect(await checkLedger(database.sql)).toEqual({ balanced: true, problems: [] });
  });
});
