import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';

import { openDebtCents, prepaidBalanceCents } from '#libs/ledger/balances.js';
import { checkLedger } from '#libs/ledger/check-ledger.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';
import { addCustomer, addInstallation, addInvoice } from '#test/stripe-sandbox/invoice-fixture.js';
import { startSandbox, type RunningSandbox } from '#test/stripe-sandbox/server.js';
import { TEST_IBANS } from '#test/stripe-sandbox/test-ibans.js';

import { debitsOfWeek } from '../debit-week.js';
import { deductPrepaid } from '../deduct-prepaid.js';
import { handleWebhook } from '../handle-webhook.js';
import { recordDispute } from '../record-dispute.js';
import { registerMandate } from '../register-mandate.js';
import { openStripe } from '../stripe-client.js';
import { refreshTopUpIfOurs } from './apply-top-up-intent.js';
import { recordTopUpDispute } from './record-top-up-dispute.js';
import { rulesAt, setRules } from './settings.js';
import { startTopUpDebit } from './start-top-up-debit.js';
import { topUpById } from './top-up-orders.js';

const NOW = new Date('2026-07-15T09:00:00Z');
const LATER = new Date('2026-07-20T09:00:00Z');
const PROCESSING_MS = 3_600_000;

let database: TestDatabase;
let sandbox: RunningSandbox;
let stripe: Stripe;
let customers = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  await addInstallation(database.sql);
});
afterAll(() => database.drop());
beforeEach(async () => {
  sandbox = await startSandbox({ processingMs: PROCESSING_MS });
  stripe = openStripe({ secretKey: 'sk_test_x', apiBase: sandbox.url });
});
afterEach(() => sandbox.close());

const deps = () => ({ sql: database.sql, stripe });
const balance = (customerId: string) => prepaidBalanceCents(database.sql, customerId);
const isOn = async (customerId: string, at = LATER) => (await rulesAt(database.sql, customerId, at)).autoTopUp !== null;

/** A customer with automatic top-up on and an order that may be debited now. */
async function ordered(iban: string, { debitAt = NOW }: { debitAt?: Date } = {}) {
  customers += 1;
  const customerId = await addCustomer(database.sql, { id: `top-${customers}`, paymentMethod: 'prepaid' });
  const acceptance = { ipAddress: '203.0.113.7', userAgent: 'test', acceptedAt: NOW };
  const mandate = await registerMandate(deps(), { customerId, key: customerId, acceptance, iban, now: NOW });
  if ('refused' in mandate) throw new Error('no mandate');
  const consent = { at: NOW.toISOString(), by: 'ana@example.com', evidence: 'agreed in the portal' };
  const autoTopUp = { belowCents: 1_000, amountCents: 2_000, monthMaximumCents: 6_000, consent };
  const rules = { customerId, floorCents: 0, lowBalanceCents: 500, autoTopUp, by: 'ana@example.com', now: NOW };
  expect(await setRules(database.sql, rules)).toMatchObject({ ok: { autoTopUp: { amountCents: 2_000 } } });
  const { id: orderId } = await database.sql
    .insertInto('top_up_order')
    .values({
      customer_id: customerId,
      mandate_id: mandate.mandateId,
      amount_cents: 2_000,
      currency: 'EUR',
      occasion: 'auto/test',
      debit_at: debitAt,
      state: 'created',
      created_at: NOW,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { customerId, orderId };
}

async function debited(iban: string) {
  const made = await ordered(iban);
  const { providerPaymentId } = await startTopUpDebit(deps(), { orderId: made.orderId, now: NOW });
  if (providerPaymentId === null) throw new Error('nothing was debited');
  return { ...made, providerPaymentId };
}

async function paymentsOf(orderId: string) {
  const { data } = await stripe.paymentIntents.list({ limit: 100 });
  return data.filter(({ metadata }) => metadata['topUpOrderId'] === orderId);
}

async function disputed(payment: string): Promise<string> {
  const { id } = sandbox.order('disputes', { payment_intent: payment }) as { id: string };
  return id;
}

describe('an automatic top-up by mandate', () => {
  it('is credited when it succeeded and never before (openmeter, lago #4326: no credit on a promise)', async () => {
    const { customerId, providerPaymentId } = await debited(TEST_IBANS.succeeds);
    await refreshTopUpIfOurs(deps(), { providerPaymentId, now: NOW });
    expect(await balance(customerId)).toBe(0);
    sandbox.advanceClock(PROCESSING_MS);
    expect(await refreshTopUpIfOurs(deps(), { providerPaymentId, now: LATER })).toMatchObject({ state: 'succeeded' });
    expect(await balance(customerId)).toBe(2_000);
    expect(await isOn(customerId)).toBe(true);
  });

  it('lago-api PR 3618, PR 2243: is credited once by concurrent settlements and repeated webhooks', async () => {
    const { customerId, providerPaymentId } = await debited(TEST_IBANS.succeeds);
    sandbox.advanceClock(PROCESSING_MS);
    const look = () => refreshTopUpIfOurs(deps(), { providerPaymentId, now: LATER });
    await Promise.all(Array.from({ length: 6 }, look));
    await look();
    expect(await balance(customerId)).toBe(2_000);
  });

  it('is made once however often it is asked for, also when the answer of the provider was lost', async () => {
    const { customerId, orderId } = await debited(TEST_IBANS.succeeds);
    await database.sql
      .updateTable('top_up_order')
      .set({ provider_payment_id: null, state: 'created' })
      .where('id', '=', orderId)
      .execute();
    const again = await Promise.all([1, 2, 3].map(() => startTopUpDebit(deps(), { orderId, now: LATER })));
    expect(new Set(again.map(({ providerPaymentId }) => providerPaymentId)).size).toBe(1);
    expect(await paymentsOf(orderId)).toHaveLength(1);
    sandbox.advanceClock(PROCESSING_MS);
    await startTopUpDebit(deps(), { orderId, now: LATER });
    await refreshTopUpIfOurs(deps(), { providerPaymentId: again[0]?.providerPaymentId ?? '', now: LATER });
    expect(await balance(customerId)).toBe(2_000);
  });

  it('that fails credits nothing and is switched off', async () => {
    const { customerId, orderId, providerPaymentId } = await debited(TEST_IBANS.insufficientFunds);
    sandbox.advanceClock(PROCESSING_MS);
    const failed = await refreshTopUpIfOurs(deps(), { providerPaymentId, now: LATER });
    expect(failed).toMatchObject({ state: 'failed', reason: 'insufficient-funds' });
    expect(await balance(customerId)).toBe(0);
    expect(await isOn(customerId)).toBe(false);
    expect(await isOn(customerId, NOW)).toBe(true);
    expect(await topUpById(database.sql, orderId)).toMatchObject({ state: 'failed', settled_at: LATER });
  });

  it('is not debited when it was switched off, or enough came in, between the notice and the debit', async () => {
    const off = await ordered(TEST_IBANS.succeeds);
    const rules = { floorCents: 0, lowBalanceCents: 500, autoTopUp: null, by: 'ana@example.com', now: NOW };
    await setRules(database.sql, { ...rules, customerId: off.customerId });
    expect(await startTopUpDebit(deps(), { orderId: off.orderId, now: LATER })).toMatchObject({
      state: 'cancelled',
      reason: 'switched-off',
    });
    expect(await paymentsOf(off.orderId)).toEqual([]);
  });

  it('whose mandate was withdrawn fails at once and is switched off', async () => {
    const { customerId, orderId } = await ordered(TEST_IBANS.succeeds);
    const { stripe_mandate_id: mandate } = await database.sql
      .selectFrom('mandate')
      .select('stripe_mandate_id')
      .where('customer_id', '=', customerId)
      .executeTakeFirstOrThrow();
    sandbox.order(`mandates/${mandate}/deactivate`, {});
    expect(await startTopUpDebit(deps(), { orderId, now: LATER })).toMatchObject({ state: 'failed' });
    expect(await isOn(customerId)).toBe(false);
  });
});

describe('the week’s limit of debits', () => {
  it('counts top-ups, and postpones one that has no room; two at once never both fit', async () => {
    const now = new Date('2027-03-01T09:00:00Z');
    const orders = [await ordered(TEST_IBANS.succeeds), await ordered(TEST_IBANS.succeeds)];
    const order = { weeklyLimitCents: 3_000, now };
    const states = await Promise.all(orders.map(({ orderId }) => startTopUpDebit(deps(), { ...order, orderId })));
    const until = new Date('2027-03-08T09:00:00Z');
    const postponed = states.filter((state) => 'until' in state);
    expect(postponed).toMatchObject([{ state: 'processing', providerPaymentId: null, until }]);
    expect(await debitsOfWeek(database.sql, now)).toEqual([{ at: now, amountCents: 2_000 }]);
    const { orderId } = postponed[0] ?? { orderId: '' };
    expect(await paymentsOf(orderId)).toEqual([]);
    await startTopUpDebit(deps(), { ...order, orderId, now: until });
    expect(await paymentsOf(orderId)).toHaveLength(1);
  });

  it('gives up one that never fits', async () => {
    const { orderId } = await ordered(TEST_IBANS.succeeds);
    const state = await startTopUpDebit(deps(), { orderId, weeklyLimitCents: 1_999, now: LATER });
    expect(state).toMatchObject({ state: 'cancelled', reason: 'weekly-limit' });
  });
});

describe('a top-up that is taken back', () => {
  it('leaves the balance, owes what was spent of it, and is switched off; told twice it counts once', async () => {
    const { customerId, orderId, providerPaymentId } = await debited(TEST_IBANS.succeeds);
    sandbox.advanceClock(PROCESSING_MS);
    await refreshTopUpIfOurs(deps(), { providerPaymentId, now: NOW });
    const documentId = await addInvoice(database.sql, { customerId, grossCents: 1_500 });
    await deductPrepaid(database.sql, { documentId, now: NOW });
    expect(await balance(customerId)).toBe(500);
    const disputeId = await disputed(providerPaymentId);
    expect(await recordDispute(deps(), { disputeId, now: LATER })).toBeNull();
    for (let times = 0; times < 2; times += 1) {
      const state = await recordTopUpDispute(deps(), { disputeId, now: LATER });
      expect(state).toMatchObject({ orderId, state: 'failed', reason: 'disputed' });
    }
    expect(await balance(customerId)).toBe(0);
    expect(await openDebtCents(database.sql, customerId)).toBe(1_500);
    expect(await isOn(customerId)).toBe(false);
    expect((await checkLedger(database.sql)).problems).toEqual([]);
  });

  it('is credited before it is taken back, when the webhook of the dispute comes first', async () => {
    const { customerId, providerPaymentId } = await debited(TEST_IBANS.succeeds);
    sandbox.advanceClock(PROCESSING_MS);
    const disputeId = await disputed(providerPaymentId);
    await recordTopUpDispute(deps(), { disputeId, now: LATER });
    await refreshTopUpIfOurs(deps(), { providerPaymentId, now: LATER });
    expect(await balance(customerId)).toBe(0);
    expect(await openDebtCents(database.sql, customerId)).toBe(0);
  });

  it('the debt it left is paid first by the next top-up', async () => {
    const { customerId, providerPaymentId, orderId } = await debited(TEST_IBANS.succeeds);
    sandbox.advanceClock(PROCESSING_MS);
    await refreshTopUpIfOurs(deps(), { providerPaymentId, now: NOW });
    const documentId = await addInvoice(database.sql, { customerId, grossCents: 1_200 });
    await deductPrepaid(database.sql, { documentId, now: NOW });
    await recordTopUpDispute(deps(), { disputeId: await disputed(providerPaymentId), now: NOW });
    const first = await topUpById(database.sql, orderId);
    const next = { ...first, id: crypto.randomUUID(), occasion: 'auto/next', state: 'created', reason: null };
    await database.sql
      .insertInto('top_up_order')
      .values({ ...next, provider_payment_id: null, settled_at: null, provider_failure_code: null })
      .execute();
    const acceptedAt = NOW.toISOString();
    const consent = { at: acceptedAt, by: 'ana@example.com', evidence: 'agreed again' };
    const autoTopUp = { belowCents: 1_000, amountCents: 2_000, monthMaximumCents: 6_000, consent };
    const again = { customerId, floorCents: 0, lowBalanceCents: 500, autoTopUp, by: 'ana@example.com', now: LATER };
    await setRules(database.sql, again);
    const started = await startTopUpDebit(deps(), { orderId: next.id, now: LATER });
    sandbox.advanceClock(PROCESSING_MS);
    await refreshTopUpIfOurs(deps(), { providerPaymentId: started.providerPaymentId ?? '', now: LATER });
    expect(await openDebtCents(database.sql, customerId)).toBe(0);
    expect(await balance(customerId)).toBe(800);
  });
});

describe('a dispute of a top-up that we win', () => {
  it('pays first what it had left owing for no invoice', async () => {
    const { customerId, providerPaymentId } = await debited(TEST_IBANS.succeeds);
    sandbox.advanceClock(PROCESSING_MS);
    await refreshTopUpIfOurs(deps(), { providerPaymentId, now: NOW });
    const documentId = await addInvoice(database.sql, { customerId, grossCents: 1_200 });
    await deductPrepaid(database.sql, { documentId, now: NOW });
    const disputeId = await disputed(providerPaymentId);
    await recordTopUpDispute(deps(), { disputeId, now: NOW });
    expect(await openDebtCents(database.sql, customerId)).toBe(1_200);
    // A SEPA dispute is lost as it is made; what may be won one day is a top-up by another way.
    const dispute = await stripe.disputes.retrieve(disputeId);
    const disputes = { retrieve: async () => ({ ...dispute, status: 'won' }) };
    const won = { sql: database.sql, stripe: Object.assign(Object.create(stripe), { disputes }) };
    await recordTopUpDispute(won, { disputeId, now: LATER });
    await recordTopUpDispute(won, { disputeId, now: LATER });
    expect(await openDebtCents(database.sql, customerId)).toBe(0);
    expect(await balance(customerId)).toBe(800);
  });
});

describe('webhooks about a top-up', () => {
  it('tell its workflow, and are none of an invoice', async () => {
    const { customerId, orderId, providerPaymentId } = await debited(TEST_IBANS.succeeds);
    sandbox.advanceClock(PROCESSING_MS);
    const told: unknown[] = [];
    const signals = {
      prepaidChanged: async () => undefined,
      ledgerChanged: async () => undefined,
      tell: async () => undefined,
      paymentChanged: async () => void told.push('invoice'),
      startArrears: async () => void told.push('arrears'),
      topUpChanged: async (topUp: { orderId: string; customerId: string }) =>
        void told.push([topUp.orderId, topUp.customerId]),
    };
    await database.sql
      .insertInto('webhook_event')
      .values({
        id: `evt_${orderId}`,
        type: 'payment_intent.succeeded',
        object_id: providerPaymentId,
        raw: '{}',
        received_at: NOW,
      })
      .execute();
    expect(await handleWebhook({ ...deps(), signals }, `evt_${orderId}`, LATER)).toBe('handled');
    expect(told).toEqual([[orderId, customerId]]);
    expect(await balance(customerId)).toBe(2_000);
  });
});

describe('rules of an account', () => {
  it('are refused below zero, and automatic top-up without a mandate or beyond its own maximum', async () => {
    const customerId = await addCustomer(database.sql, { id: 'rules-1', paymentMethod: 'prepaid' });
    const consent = { at: NOW.toISOString(), by: 'staff', evidence: 'paper' };
    const autoTopUp = { belowCents: 1_000, amountCents: 2_000, monthMaximumCents: 6_000, consent };
    const rules = { customerId, floorCents: 0, lowBalanceCents: 500, autoTopUp, by: 'staff', now: NOW };
    const set = async (change: object) => {
      const done = await setRules(database.sql, { ...rules, ...change });
      return 'refused' in done ? done.refused.code : 'set';
    };
    expect(await set({ floorCents: -1 })).toBe('PREPAID.FLOOR_NEGATIVE');
    expect(await set({ autoTopUp: { ...autoTopUp, amountCents: 49 } })).toBe('TOP_UP.AMOUNT_TOO_SMALL');
    expect(await set({ autoTopUp: { ...autoTopUp, monthMaximumCents: 1_999 } })).toBe('TOP_UP.MONTH_MAXIMUM_TOO_SMALL');
    expect(await set({})).toBe('MANDATE.NOT_FOUND');
    expect(await set({ autoTopUp: null })).toBe('set');
  });
});
