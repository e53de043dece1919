import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type Stripe from 'stripe';

import { dueCents, openDebtCents, prepaidBalanceCents } from '#libs/ledger/balances.js';
import { checkLedger } from '#libs/ledger/check-ledger.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';
import { addCustomer, addInstallation, addInvoice } from '#test/stripe-sandbox/invoice-fixture.js';
import { startSandbox, type RunningSandbox } from '#test/stripe-sandbox/server.js';
import { TEST_IBANS } from '#test/stripe-sandbox/test-ibans.js';

import { deductPrepaid } from '../deduct-prepaid.js';
import { recordTopUp } from '../record-top-up.js';
import { registerMandate } from '../register-mandate.js';
import { openStripe } from '../stripe-client.js';
import { refreshTopUpIfOurs } from './apply-top-up-intent.js';
import { leaveOrder } from './leave-order.js';
import { recordTopUpDispute } from './record-top-up-dispute.js';
import { makeRefundFile } from './refund-file.js';
import { decideRefund } from './refunds.js';
import { setRules } from './settings.js';
import { startTopUpDebit } from './start-top-up-debit.js';

const NOW = new Date('2026-07-15T09:00:00Z');
const IBAN = 'PT50000201231234567890154';
const PROCESSING_MS = 3_600_000;
const FLOOR_CENTS = 500;
const GROSS_CENTS = 4_000;
const TOP_UP_CENTS = 2_000;

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

const step = fc.oneof(
  fc.record({ kind: fc.constant('pay-in' as const), cents: fc.integer({ min: 1, max: 5_000 }), key: fc.nat(2) }),
  fc.record({ kind: fc.constant('deduct' as const), key: fc.nat(2) }),
  fc.record({
    kind: fc.constantFrom('top-up' as const, 'bank-answers' as const, 'look' as const, 'dispute' as const),
  }),
  fc.record({ kind: fc.constantFrom('refund' as const, 'refund-fails' as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Life {
  readonly customerId: string;
  readonly documentId: string;
  readonly mandateId: string;
  readonly payments: string[];
  /** What was paid in by transfer and refunded, by our own count. */
  paidInCents: number;
  refundedCents: number;
}

const deps = () => ({ sql: database.sql, stripe });
const balance = ({ customerId }: Life) => prepaidBalanceCents(database.sql, customerId);

async function newLife(): Promise<Life> {
  customers += 1;
  const customerId = await addCustomer(database.sql, { id: `life-${customers}`, paymentMethod: 'prepaid' });
  const acceptance = { ipAddress: '203.0.113.7', userAgent: 'test', acceptedAt: NOW };
  const iban = TEST_IBANS.succeeds;
  const mandate = await registerMandate(deps(), { customerId, key: customerId, acceptance, iban, now: NOW });
  if ('refused' in mandate) throw new Error('no mandate');
  const documentId = await addInvoice(database.sql, { customerId, grossCents: GROSS_CENTS });
  return { customerId, documentId, mandateId: mandate.mandateId, payments: [], paidInCents: 0, refundedCents: 0 };
}

/** Automatic top-up on again, whatever switched it off, and one order of it. */
async function topUp(life: Life): Promise<void> {
  const { customerId, mandateId } = life;
  const consent = { at: NOW.toISOString(), by: 'test', evidence: 'test' };
  const autoTopUp = { belowCents: 1_000_000, amountCents: TOP_UP_CENTS, monthMaximumCents: 1_000_000, consent };
  await setRules(database.sql, {
    customerId,
    floorCents: FLOOR_CENTS,
    lowBalanceCents: 0,
    autoTopUp,
    by: 't',
    now: NOW,
  });
  const row = await database.sql
    .insertInto('top_up_order')
    .values({
      customer_id: customerId,
      mandate_id: mandateId,
      amount_cents: TOP_UP_CENTS,
      currency: 'EUR',
      occasion: `auto/${life.payments.length}`,
      debit_at: NOW,
      state: 'created',
      created_at: NOW,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (row === undefined) return; // one is in flight
  const asked = await Promise.all([1, 2].map(() => startTopUpDebit(deps(), { orderId: row.id, now: NOW })));
  const { providerPaymentId } = asked[0] ?? { providerPaymentId: null };
  if (providerPaymentId !== null) life.payments.push(providerPaymentId);
}

async function look(life: Life): Promise<void> {
  for (const providerPaymentId of life.payments) {
    await Promise.all([1, 2].map(() => refreshTopUpIfOurs(deps(), { providerPaymentId, now: NOW })));
  }
}

async function dispute(life: Life): Promise<void> {
  const last = life.payments.at(-1);
  if (last === undefined || (await stripe.paymentIntents.retrieve(last)).status !== 'succeeded') return;
  if ((await stripe.disputes.list({ payment_intent: last })).data.length > 0) return;
  const { id: disputeId } = sandbox.order('disputes', { payment_intent: last }) as { id: string };
  await Promise.all([1, 2].map(() => recordTopUpDispute(deps(), { disputeId, now: NOW })));
}

async function refund(life: Life, fails: boolean): Promise<void> {
  const { customerId } = life;
  const occasion = `leaving/${crypto.randomUUID()}`;
  const left = await leaveOrder(database.sql, { customerId, occasion, iban: IBAN, by: 't', now: NOW });
  if ('refused' in left || left.refundOrderId === null) return;
  const decide = (decision: 'approve' | 'fail' | 'done') =>
    decideRefund(database.sql, { orderId: left.refundOrderId ?? '', decision, by: 't', now: NOW });
  await decide('approve');
  const file = await makeRefundFile(database.sql, { issuerId: 'issuer', now: NOW });
  if (!('content' in file)) throw new Error(`no file: ${JSON.stringify(file)}`);
  await decide(fails ? 'fail' : 'done');
  if (!fails) life.refundedCents += left.restCents;
}

async function take(life: Life, one: Step): Promise<void> {
  const { customerId, documentId } = life;
  switch (one.kind) {
    case 'pay-in': {
      const order = { customerId, source: 'bank', amountCents: one.cents, key: String(one.key), now: NOW } as const;
      const done = await recordTopUp(database.sql, order);
      if ('posted' in done && done.posted) life.paidInCents += one.cents;
      return;
    }
    case 'deduct': {
      const before = await balance(life);
      const order = { documentId, now: NOW, occasion: String(one.key) };
      await Promise.all([1, 2].map(() => deductPrepaid(database.sql, order)));
      expect(await balance(life)).toBeGreaterThanOrEqual(Math.min(before, FLOOR_CENTS));
      return;
    }
    case 'top-up':
      return topUp(life);
    case 'bank-answers':
      sandbox.advanceClock(PROCESSING_MS);
      return;
    case 'look':
      return look(life);
    case 'dispute':
      return dispute(life);
    case 'refund':
    case 'refund-fails':
      return refund(life, one.kind === 'refund-fails');
    default:
      one satisfies never;
  }
}

/** What the provider holds: top-ups that succeeded and were not taken back. */
async function heldByProvider(life: Life): Promise<number> {
  let held = 0;
  for (const id of life.payments) {
    const intent = await stripe.paymentIntents.retrieve(id);
    const disputed = (await stripe.disputes.list({ payment_intent: id })).data.length > 0;
    if (intent.status === 'succeeded' && !disputed) held += intent.amount_received;
  }
  return held;
}

it('whatever happens in whatever order, a balance is never below its floor by a deduction, nor below zero, and every cent is counted once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const life = await newLife();
      const floor = { floorCents: FLOOR_CENTS, lowBalanceCents: 0, autoTopUp: null, by: 't' };
      await setRules(database.sql, { customerId: life.customerId, ...floor, now: NOW });
      for (const one of steps) {
        await take(life, one);
        expect(await balance(life)).toBeGreaterThanOrEqual(0);
      }
      await look(life);
      const due = await dueCents(database.sql, life.documentId);
      const owed = await openDebtCents(database.sql, life.customerId);
      const cameIn = life.paidInCents + (await heldByProvider(life)) - life.refundedCents;
      expect(GROSS_CENTS - due + (await balance(life)) - owed).toBe(cameIn);
      expect(due).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 12 },
  );
  expect(await checkLedger(database.sql)).toEqual({ balanced: true, problems: [] });
}, 180_000);
