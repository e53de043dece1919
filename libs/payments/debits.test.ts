import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';

import { dueCents, prepaidBalanceCents } from '#libs/ledger/balances.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';
import { addCustomer, addInstallation, addInvoice } from '#test/stripe-sandbox/invoice-fixture.js';
import { startSandbox, type RunningSandbox } from '#test/stripe-sandbox/server.js';
import { TEST_IBANS } from '#test/stripe-sandbox/test-ibans.js';

import { collectionFacts } from './collection-facts.js';
import { reconcileAttempts } from './reconcile-attempts.js';
import { recordDispute } from './record-dispute.js';
import { recordTopUp } from './record-top-up.js';
import { recordTransfer } from './record-transfer.js';
import { refreshAttempt } from './refresh-attempt.js';
import { registerMandate } from './register-mandate.js';
import { startDebit } from './start-debit.js';
import { openStripe } from './stripe-client.js';

const NOW = new Date('2026-07-15T09:00:00Z');
const DAY_MS = 86_400_000;
/** Long enough that nothing settles by itself: the clock is advanced by hand. */
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

async function customerWithMandate(iban: string): Promise<string> {
  customers += 1;
  const customerId = await addCustomer(database.sql, { id: `debit-${customers}` });
  const acceptance = { ipAddress: '203.0.113.7', userAgent: 'test', acceptedAt: NOW };
  const mandate = await registerMandate(deps(), { customerId, key: `m-${customers}`, acceptance, iban, now: NOW });
  expect(mandate).toMatchObject({ status: 'active' });
  return customerId;
}

async function invoiceFor(iban: string, grossCents = 5000) {
  const customerId = await customerWithMandate(iban);
  return { customerId, documentId: await addInvoice(database.sql, { customerId, grossCents }) };
}

async function startedPayment(documentId: string, attemptNo = 1): Promise<string> {
  const started = await startDebit(deps(), { documentId, attemptNo, now: NOW });
  if ('refused' in started || started.providerPaymentId === null) throw new Error('the debit was not started');
  return started.providerPaymentId;
}

const due = (documentId: string) => dueCents(database.sql, documentId);
const made = (documentId: string) => sandbox.counters().documents[documentId]?.created ?? 0;

function attemptOf(documentId: string) {
  return database.sql
    .selectFrom('payment_attempt')
    .selectAll()
    .where('document_id', '=', documentId)
    .executeTakeFirstOrThrow();
}

describe('a debit that goes through', () => {
  it('is processing, then succeeded, and is credited once however often it is looked at', async () => {
    const { documentId } = await invoiceFor(TEST_IBANS.succeeds);
    const providerPaymentId = await startedPayment(documentId);
    expect(await refreshAttempt(deps(), { providerPaymentId, now: NOW })).toMatchObject({ state: 'processing' });
    expect(await due(documentId)).toBe(5000);
    sandbox.advanceClock(PROCESSING_MS);
    const looks = await Promise.all(
      Array.from({ length: 5 }, () => refreshAttempt(deps(), { providerPaymentId, now: NOW })),
    );
    expect(looks.map((look) => look.state)).toEqual(Array(5).fill('succeeded'));
    expect(await due(documentId)).toBe(0);
  });

  it('carries our ids and no personal data to the provider', async () => {
    const { documentId, customerId } = await invoiceFor(TEST_IBANS.succeeds);
    const intent = await stripe.paymentIntents.retrieve(await startedPayment(documentId));
    const attempt = await attemptOf(documentId);
    expect(intent.metadata).toEqual({ documentId, attemptId: attempt.id, attemptNo: '1' });
    expect(JSON.stringify(intent)).not.toContain(`${customerId}@`);
  });
});

describe('pitfall 19: a SEPA debit that is processing', () => {
  it('is never taken for failed, and nothing else is debited meanwhile', async () => {
    const { documentId } = await invoiceFor(TEST_IBANS.succeedsSlowly);
    const providerPaymentId = await startedPayment(documentId);
    const second = await startDebit(deps(), { documentId, attemptNo: 2, now: NOW });
    expect(second).toMatchObject({ refused: { code: 'DEBIT.IN_FLIGHT' } });
    expect(await refreshAttempt(deps(), { providerPaymentId, now: NOW })).toMatchObject({
      state: 'processing',
      failureCode: null,
    });
    expect(await collectionFacts(database.sql, documentId)).toMatchObject({ debitInFlight: true, nextAttemptNo: 2 });
    expect(made(documentId)).toBe(1);
  });
});

describe('a debit that fails', () => {
  it.each([
    ['insufficientFunds', 'insufficient-funds', 'insufficient_funds'],
    ['fails', 'bank-unreachable', 'generic_could_not_process'],
    ['exceedsWeeklyLimit', 'limit-exceeded', 'charge_exceeds_weekly_limit'],
  ] as const)('(%s) has our cause %s and leaves the debt', async (name, cause, providerCode) => {
    const { documentId } = await invoiceFor(TEST_IBANS[name]);
    const providerPaymentId = await startedPayment(documentId);
    sandbox.advanceClock(PROCESSING_MS);
    const look = await refreshAttempt(deps(), { providerPaymentId, now: NOW });
    expect(look).toMatchObject({ state: 'failed', failureCode: cause });
    expect(await attemptOf(documentId)).toMatchObject({ provider_failure_code: providerCode, settled_at: NOW });
    expect(await due(documentId)).toBe(5000);
  });

  it('may be tried again under the next number', async () => {
    const { documentId } = await invoiceFor(TEST_IBANS.insufficientFunds);
    const providerPaymentId = await startedPayment(documentId);
    sandbox.advanceClock(PROCESSING_MS);
    await refreshAttempt(deps(), { providerPaymentId, now: NOW });
    expect(await startedPayment(documentId, 2)).not.toBe(providerPaymentId);
  });

  it('because its mandate was ended is over at once, and the mandate is known to be inactive', async () => {
    const { documentId, customerId } = await invoiceFor(TEST_IBANS.succeeds);
    const mandate = await database.sql
      .selectFrom('mandate')
      .selectAll()
      .where('customer_id', '=', customerId)
      .executeTakeFirstOrThrow();
    sandbox.order(`mandates/${String(mandate.stripe_mandate_id)}/revoke`, {});
    const started = await startDebit(deps(), { documentId, attemptNo: 1, now: NOW });
    const expected = { state: 'failed', failureCode: 'mandate-inactive', providerPaymentId: null };
    expect(started).toMatchObject(expected);
    expect(await startDebit(deps(), { documentId, attemptNo: 1, now: NOW })).toMatchObject(expected);
    expect(await startDebit(deps(), { documentId, attemptNo: 2, now: NOW })).toMatchObject({
      refused: { code: 'MANDATE.NOT_FOUND' },
    });
    expect(made(documentId)).toBe(0);
  });
});

describe('a debit that is refused here', () => {
  it('needs a mandate', async () => {
    const customerId = await addCustomer(database.sql, { id: 'no-mandate' });
    const documentId = await addInvoice(database.sql, { customerId, grossCents: 1000 });
    expect(await startDebit(deps(), { documentId, attemptNo: 1, now: NOW })).toMatchObject({
      refused: { code: 'MANDATE.NOT_FOUND' },
    });
  });

  it('needs a debt, of at least 50 cents and at most 10 000 euros', async () => {
    const customerId = await customerWithMandate(TEST_IBANS.succeeds);
    const order = async (grossCents: number) => {
      const documentId = await addInvoice(database.sql, { customerId, grossCents });
      if (grossCents === 777)
        await recordTransfer(database.sql, { documentId, amountCents: 777, key: 'paid', now: NOW });
      const result = await startDebit(deps(), { documentId, attemptNo: 1, now: NOW });
      return 'refused' in result ? result.refused.code : result.state;
    };
    expect(await order(777)).toBe('DEBIT.NOTHING_DUE');
    expect(await order(49)).toBe('DEBIT.AMOUNT_TOO_SMALL');
    expect(await order(1_000_001)).toBe('DEBIT.AMOUNT_TOO_LARGE');
    expect(await order(50)).toBe('processing');
  });
});

describe('no debit is made twice', () => {
  it('when it is asked for again and at the same time', async () => {
    const { documentId } = await invoiceFor(TEST_IBANS.succeeds);
    const order = { documentId, attemptNo: 1, now: NOW };
    const started = await Promise.all(Array.from({ length: 4 }, () => startDebit(deps(), order)));
    const again = await startDebit(deps(), order);
    const ids = [...started, again].map((one) => ('refused' in one ? one.refused.code : one.providerPaymentId));
    expect(new Set(ids).size).toBe(1);
    expect(made(documentId)).toBe(1);
  });

  it('when we were killed after the provider made it and before we knew its id: the attempt row came first', async () => {
    const { documentId } = await invoiceFor(TEST_IBANS.succeeds);
    sandbox.order('api-faults', { pathPrefix: '/v1/payment_intents', mode: 'lose-answer', times: 2 });
    await expect(startDebit(deps(), { documentId, attemptNo: 1, now: NOW })).rejects.toThrow();
    expect(await attemptOf(documentId)).toMatchObject({ state: 'created', provider_payment_id: null });
    expect(made(documentId)).toBe(1);
    await startedPayment(documentId);
    expect(made(documentId)).toBe(1);
    expect(await attemptOf(documentId)).toMatchObject({ state: 'processing' });
  });

  it('when the search has not caught up yet: the idempotency key, our attempt id, covers that gap', async () => {
    const { documentId } = await invoiceFor(TEST_IBANS.succeeds);
    sandbox.order('search-lag', { ms: DAY_MS });
    sandbox.order('api-faults', { pathPrefix: '/v1/payment_intents', mode: 'lose-answer', times: 2 });
    await expect(startDebit(deps(), { documentId, attemptNo: 1, now: NOW })).rejects.toThrow();
    await startedPayment(documentId);
    expect(made(documentId)).toBe(1);
  });

  it('when we come back days later and the provider has forgotten the key: our id in its metadata is found', async () => {
    const { documentId } = await invoiceFor(TEST_IBANS.succeeds);
    sandbox.order('api-faults', { pathPrefix: '/v1/payment_intents', mode: 'lose-answer', times: 2 });
    await expect(startDebit(deps(), { documentId, attemptNo: 1, now: NOW })).rejects.toThrow();
    sandbox.advanceClock(3 * DAY_MS);
    const started = await startDebit(deps(), { documentId, attemptNo: 1, now: NOW });
    expect(started).toMatchObject({ state: 'succeeded' });
    expect(made(documentId)).toBe(1);
    expect(await due(documentId)).toBe(0);
  });

  it('when the customer changes the account meanwhile: the attempt keeps the mandate it was made with', async () => {
    const { documentId, customerId } = await invoiceFor(TEST_IBANS.succeeds);
    sandbox.order('search-lag', { ms: DAY_MS });
    sandbox.order('api-faults', { pathPrefix: '/v1/payment_intents', mode: 'lose-answer', times: 2 });
    await expect(startDebit(deps(), { documentId, attemptNo: 1, now: NOW })).rejects.toThrow();
    const acceptance = { ipAddress: '203.0.113.8', userAgent: 'test', acceptedAt: NOW };
    const iban = TEST_IBANS.fails;
    await registerMandate(deps(), { customerId, key: `new-${customerId}`, acceptance, iban, now: NOW });
    await startedPayment(documentId);
    expect(made(documentId)).toBe(1);
  });

  it('and a 429, a 500 or our own mistake is not the debtor’s failure: it is thrown, the attempt stays open', async () => {
    const { documentId } = await invoiceFor(TEST_IBANS.succeeds);
    sandbox.order('api-faults', { pathPrefix: '/v1/payment_intents', mode: 'error-429' });
    await expect(startDebit(deps(), { documentId, attemptNo: 1, now: NOW })).rejects.toMatchObject({ statusCode: 429 });
    expect(await attemptOf(documentId)).toMatchObject({ state: 'created' });
    await startedPayment(documentId);
    expect(made(documentId)).toBe(1);
  });
});

describe('a debit that an outage held up', () => {
  it('is not made when the debt was paid meanwhile', async () => {
    const { documentId } = await invoiceFor(TEST_IBANS.succeeds);
    sandbox.order('api-faults', { pathPrefix: '/v1/payment_intents', mode: 'error-429' });
    await expect(startDebit(deps(), { documentId, attemptNo: 1, now: NOW })).rejects.toThrow();
    await recordTransfer(database.sql, { documentId, amountCents: 5000, key: 'in-the-outage', now: NOW });
    const order = { documentId, attemptNo: 1, now: NOW };
    expect(await startDebit(deps(), order)).toMatchObject({ refused: { code: 'DEBIT.NOTHING_DUE' } });
    expect(await startDebit(deps(), order)).toMatchObject({ state: 'failed', failureCode: 'cancelled' });
    expect(made(documentId)).toBe(0);
    expect(await collectionFacts(database.sql, documentId)).toMatchObject({ debitInFlight: false, nextAttemptNo: 2 });
  });

  it('but was made is followed, also when the debt was paid, the key is forgotten and the search lags', async () => {
    const { documentId, customerId } = await invoiceFor(TEST_IBANS.succeeds);
    sandbox.order('search-lag', { ms: 30 * DAY_MS });
    sandbox.order('api-faults', { pathPrefix: '/v1/payment_intents', mode: 'lose-answer', times: 2 });
    await expect(startDebit(deps(), { documentId, attemptNo: 1, now: NOW })).rejects.toThrow();
    await recordTransfer(database.sql, { documentId, amountCents: 5000, key: 'after-the-debit', now: NOW });
    sandbox.advanceClock(2 * DAY_MS);
    expect(await startDebit(deps(), { documentId, attemptNo: 1, now: NOW })).toMatchObject({ state: 'succeeded' });
    expect(made(documentId)).toBe(1);
    expect(await prepaidBalanceCents(database.sql, customerId)).toBe(5000);
  });

  it('and whose workflow is gone is taken up by the next one, under its own number', async () => {
    const { documentId } = await invoiceFor(TEST_IBANS.succeeds);
    sandbox.order('api-faults', { pathPrefix: '/v1/payment_intents', mode: 'error-429' });
    await expect(startDebit(deps(), { documentId, attemptNo: 1, now: NOW })).rejects.toThrow();
    const { nextAttemptNo } = await collectionFacts(database.sql, documentId);
    expect(nextAttemptNo).toBe(1);
    await startedPayment(documentId, nextAttemptNo);
    expect(await collectionFacts(database.sql, documentId)).toMatchObject({ nextAttemptNo: 2 });
    expect(made(documentId)).toBe(1);
  });

  it('and was given up here, but is with the bank nevertheless, blocks another one and is credited', async () => {
    const { documentId } = await invoiceFor(TEST_IBANS.succeeds);
    const providerPaymentId = await startedPayment(documentId);
    await database.sql
      .updateTable('payment_attempt')
      .set({ state: 'cancelled', failure_code: 'cancelled', provider_payment_id: null, settled_at: NOW })
      .where('document_id', '=', documentId)
      .execute();
    await refreshAttempt(deps(), { providerPaymentId, now: NOW });
    expect(await attemptOf(documentId)).toMatchObject({ state: 'processing', failure_code: null, settled_at: null });
    expect(await startDebit(deps(), { documentId, attemptNo: 2, now: NOW })).toMatchObject({
      refused: { code: 'DEBIT.IN_FLIGHT' },
    });
    sandbox.advanceClock(PROCESSING_MS);
    await refreshAttempt(deps(), { providerPaymentId, now: NOW });
    expect(await due(documentId)).toBe(0);
  });
});

describe('what was paid ahead', () => {
  it.each([
    [2000, 3000, 0],
    [5000, 0, 0],
    [6000, 0, 1000],
    [4980, 50, 30],
  ])('(%i cents) is used first: %i of 5000 are debited, %i stay', async (aheadCents, debitedCents, leftCents) => {
    const { documentId, customerId } = await invoiceFor(TEST_IBANS.succeeds);
    await recordTopUp(database.sql, { customerId, source: 'bank', amountCents: aheadCents, key: 'twice', now: NOW });
    const started = await startDebit(deps(), { documentId, attemptNo: 1, now: NOW });
    if (debitedCents === 0) expect(started).toMatchObject({ refused: { code: 'DEBIT.NOTHING_DUE' } });
    else expect(await attemptOf(documentId)).toMatchObject({ amount_cents: debitedCents, state: 'processing' });
    expect(await due(documentId)).toBe(debitedCents);
    expect(await prepaidBalanceCents(database.sql, customerId)).toBe(leftCents);
    await startDebit(deps(), { documentId, attemptNo: 1, now: NOW });
    expect(await prepaidBalanceCents(database.sql, customerId)).toBe(leftCents);
  });
});

describe('money beyond the debt', () => {
  it('(a transfer came while the debit was processing) is paid ahead, not lost', async () => {
    const { documentId, customerId } = await invoiceFor(TEST_IBANS.succeeds);
    const providerPaymentId = await startedPayment(documentId);
    await recordTransfer(database.sql, { documentId, amountCents: 2000, key: 'meanwhile', now: NOW });
    sandbox.advanceClock(PROCESSING_MS);
    await refreshAttempt(deps(), { providerPaymentId, now: NOW });
    expect(await due(documentId)).toBe(0);
    expect(await prepaidBalanceCents(database.sql, customerId)).toBe(2000);
    const dispute = sandbox.order('disputes', { payment_intent: providerPaymentId }) as { id: string };
    await recordDispute(deps(), { disputeId: dispute.id, now: NOW });
    expect(await due(documentId)).toBe(3000);
    expect(await prepaidBalanceCents(database.sql, customerId)).toBe(0);
  });
});

describe('a dispute', () => {
  it('takes the money back once, and the payment then counts as failed', async () => {
    const { documentId } = await invoiceFor(TEST_IBANS.disputed);
    const providerPaymentId = await startedPayment(documentId);
    sandbox.advanceClock(PROCESSING_MS);
    const [dispute] = (await stripe.disputes.list({ payment_intent: providerPaymentId })).data;
    const order = { disputeId: dispute?.id ?? '', now: NOW };
    const recorded = await Promise.all([recordDispute(deps(), order), recordDispute(deps(), order)]);
    const once = { providerPaymentId, reversed: true, documents: [{ documentId, dueCents: 5000 }] };
    expect(recorded).toMatchObject([once, once]);
    expect(recorded.filter((one) => one?.reversedNow === true)).toHaveLength(1);
    expect(await due(documentId)).toBe(5000);
    expect(await refreshAttempt(deps(), { providerPaymentId, now: NOW })).toMatchObject({
      state: 'failed',
      failureCode: 'disputed',
    });
    expect(await due(documentId)).toBe(5000);
  });
});

describe('a dispute that is won', () => {
  it('is credited again once; what was paid meanwhile makes it paid ahead', async () => {
    const { documentId, customerId } = await invoiceFor(TEST_IBANS.disputed);
    const providerPaymentId = await startedPayment(documentId);
    sandbox.advanceClock(PROCESSING_MS);
    const [dispute] = (await stripe.disputes.list({ payment_intent: providerPaymentId })).data;
    const order = { disputeId: dispute?.id ?? '', now: NOW };
    await recordDispute(deps(), order);
    await recordTransfer(database.sql, { documentId, amountCents: 2000, key: 'while-disputed', now: NOW });
    const disputes = { retrieve: async () => ({ ...dispute, status: 'won' }) };
    const won = { sql: database.sql, stripe: { disputes, paymentIntents: stripe.paymentIntents } as unknown as Stripe };
    await Promise.all([recordDispute(won, order), recordDispute(won, order)]);
    expect(await due(documentId)).toBe(0);
    expect(await prepaidBalanceCents(database.sql, customerId)).toBe(2000);
  });
});

describe('reconciliation', () => {
  it('finds what webhooks missed: a success, a payment whose id was lost, a dispute; and gives up what never was', async () => {
    const paid = await invoiceFor(TEST_IBANS.succeeds, 1100);
    await startedPayment(paid.documentId);
    const lost = await invoiceFor(TEST_IBANS.fails, 1200);
    sandbox.order('api-faults', { pathPrefix: '/v1/payment_intents', mode: 'lose-answer', times: 2 });
    await expect(startDebit(deps(), { documentId: lost.documentId, attemptNo: 1, now: NOW })).rejects.toThrow();
    const never = await invoiceFor(TEST_IBANS.succeeds, 1300);
    sandbox.order('api-faults', { pathPrefix: '/v1/payment_intents', mode: 'error-429' });
    await expect(startDebit(deps(), { documentId: never.documentId, attemptNo: 1, now: NOW })).rejects.toThrow();
    const disputed = await invoiceFor(TEST_IBANS.disputed, 1400);
    const disputedPayment = await startedPayment(disputed.documentId);
    sandbox.advanceClock(PROCESSING_MS);
    await refreshAttempt(deps(), { providerPaymentId: disputedPayment, now: NOW });

    const now = new Date(NOW.getTime() + 3 * DAY_MS);
    const found = await reconcileAttempts(deps(), { olderThan: now, now });
    const stateOf = (id: string) => found.changed.find((one) => one.documentId === id)?.state;
    expect(stateOf(paid.documentId)).toBe('succeeded');
    expect(stateOf(lost.documentId)).toBe('failed');
    // Attempts of the other tests are unknown to this provider: they are told and stop nobody.
    expect(found.problems.length).toBeGreaterThan(0);
    expect(found.abandoned.map((one) => one.documentId)).toContain(never.documentId);
    expect(found.disputes).toEqual([{ documentId: disputed.documentId, dueCents: 1400 }]);
    expect(await due(paid.documentId)).toBe(0);

    const again = await reconcileAttempts(deps(), { olderThan: now, now });
    expect([again.abandoned, again.disputes]).toEqual([[], []]);
    expect(again.changed.map((one) => one.documentId)).not.toContain(paid.documentId);
  });
});
