import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';

import { until } from '#test/setup/until.js';

import { debit as debitOf, signMandate as sign, stripeOf, type SignedMandate } from './sandbox-bench.js';
import { startSandbox, type RunningSandbox, type SandboxOptions } from './server.js';
import { behaviourOf, hasValidCheckDigits, TEST_IBANS } from './test-ibans.js';
import { SECRET, WebhookReceiver } from './webhook-receiver.js';

const MINUTE_MS = 60_000;

let receiver: WebhookReceiver;
let sandbox: RunningSandbox;
let stripe: Stripe;

async function start(options: SandboxOptions = {}): Promise<void> {
  sandbox = await startSandbox({ processingMs: 20, webhook: { url: receiver.url, secret: SECRET }, ...options });
  stripe = stripeOf(sandbox.url);
}

beforeEach(async () => {
  receiver = new WebhookReceiver();
  await receiver.listen();
  await start();
});
afterEach(async () => {
  await sandbox.close();
  await receiver.close();
});

const signMandate = (iban: string) => sign(stripe, iban);
const debit = (signed: SignedMandate, more: Partial<Stripe.PaymentIntentCreateParams> = {}, key?: string) =>
  debitOf(stripe, signed, more, key);

async function settled(id: string): Promise<Stripe.PaymentIntent> {
  await until(async () => (await stripe.paymentIntents.retrieve(id)).status !== 'processing');
  return stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] });
}

describe('a mandate', () => {
  it('is active once a SetupIntent with online acceptance is confirmed', async () => {
    const signed = await signMandate(TEST_IBANS.succeeds);
    expect(signed.intent.status).toBe('succeeded');
    const mandate = await stripe.mandates.retrieve(signed.mandate);
    expect(mandate).toMatchObject({ status: 'active', payment_method: signed.method, type: 'multi_use' });
    await until(() => receiver.types().includes('setup_intent.succeeded'));
  });

  it('shows the last four of the IBAN and never the IBAN', async () => {
    const signed = await signMandate(TEST_IBANS.succeeds);
    const method = await stripe.paymentMethods.retrieve(signed.method);
    expect(method.sepa_debit?.last4).toBe('0154');
    expect(JSON.stringify(method)).not.toContain(TEST_IBANS.succeeds);
  });

  it('is not given for an IBAN with wrong check digits', async () => {
    await expect(signMandate('PT50000201231234567890155')).rejects.toMatchObject({ code: 'invalid_bank_account_iban' });
  });

  it('that was revoked debits nothing', async () => {
    const signed = await signMandate(TEST_IBANS.succeeds);
    sandbox.order(`mandates/${signed.mandate}/revoke`, {});
    await expect(debit(signed)).rejects.toMatchObject({ code: 'payment_intent_mandate_invalid' });
    expect(sandbox.counters().paymentIntents).toBe(0);
    await until(() => receiver.types().includes('mandate.updated'));
  });
});

describe('a debit', () => {
  it('is processing first, then succeeds, and tells so by signed webhooks', async () => {
    const signed = await signMandate(TEST_IBANS.succeeds);
    const made = await debit(signed);
    expect(made.status).toBe('processing');
    const done = await settled(made.id);
    expect(done).toMatchObject({ status: 'succeeded', amount_received: 1234, last_payment_error: null });
    expect(done.latest_charge).toMatchObject({ object: 'charge', status: 'succeeded', disputed: false });
    await until(() => receiver.types().includes('payment_intent.succeeded'));
    expect(receiver.types()).toContain('payment_intent.processing');
    expect(receiver.signatureErrors).toEqual([]);
  });

  it.each([
    ['fails', 'generic_could_not_process'],
    ['insufficientFunds', 'insufficient_funds'],
    ['exceedsSourceLimit', 'charge_exceeds_source_limit'],
    ['exceedsWeeklyLimit', 'charge_exceeds_weekly_limit'],
  ] as const)('from the account that %s ends with %s', async (name, code) => {
    const made = await debit(await signMandate(TEST_IBANS[name]));
    const done = await settled(made.id);
    expect(done.status).toBe('requires_payment_method');
    expect(done.last_payment_error?.code).toBe(code);
    expect(done.latest_charge).toMatchObject({ status: 'failed', failure_code: code });
    await until(() => receiver.types().includes('payment_intent.payment_failed'));
  });

  it.each(['succeedsSlowly', 'failsSlowly'] as const)('from the account that %s takes three minutes', async (name) => {
    const made = await debit(await signMandate(TEST_IBANS[name]));
    sandbox.advanceClock(3 * MINUTE_MS - 10_000);
    expect((await stripe.paymentIntents.retrieve(made.id)).status).toBe('processing');
    sandbox.advanceClock(10_000);
    expect((await stripe.paymentIntents.retrieve(made.id)).status).toBe(
      name === 'succeedsSlowly' ? 'succeeded' : 'requires_payment_method',
    );
  });

  it('may succeed and be disputed at once', async () => {
    const made = await debit(await signMandate(TEST_IBANS.disputed));
    await settled(made.id);
    await until(() => receiver.types().includes('charge.dispute.created'));
    const { data } = await stripe.disputes.list({ payment_intent: made.id });
    expect(data).toHaveLength(1);
    expect(data[0]).toMatchObject({ amount: 1234, payment_intent: made.id, reason: 'customer_initiated' });
    expect((await stripe.paymentIntents.retrieve(made.id)).status).toBe('succeeded');
  });

  it('of less than 50 cents, of more than 10 000 euros, or with an unknown parameter is refused', async () => {
    const signed = await signMandate(TEST_IBANS.succeeds);
    await expect(debit(signed, { amount: 49 })).rejects.toMatchObject({ code: 'amount_too_small' });
    await expect(debit(signed, { amount: 1_000_001 })).rejects.toMatchObject({ code: 'amount_too_large' });
    const unknown = { amount: 100, currency: 'eur', colour: 'red' };
    await expect(stripe.rawRequest('POST', '/v1/payment_intents', unknown)).rejects.toMatchObject({
      code: 'parameter_unknown',
    });
    const old = { amount: 100, currency: 'eur', payment_method_types: ['sepa_debit'] };
    await expect(stripe.rawRequest('POST', '/v1/payment_intents', old)).rejects.toMatchObject({
      code: 'payment_method_types_no_longer_supported',
    });
  });

  it('is found by its metadata, and not before the search has caught up', async () => {
    const signed = await signMandate(TEST_IBANS.succeeds);
    const made = await debit(signed, { metadata: { attemptId: 'a-1' } });
    const query = "metadata['attemptId']:'a-1'";
    expect((await stripe.paymentIntents.search({ query })).data.map((one) => one.id)).toEqual([made.id]);
    expect((await stripe.paymentIntents.search({ query: "metadata['attemptId']:'a-2'" })).data).toEqual([]);
    sandbox.order('search-lag', { ms: MINUTE_MS });
    expect((await stripe.paymentIntents.search({ query })).data).toEqual([]);
  });

  it('can be cancelled before it is confirmed, not while it is processing', async () => {
    const signed = await signMandate(TEST_IBANS.succeedsSlowly);
    const idle = await debit(signed, { confirm: false, off_session: false });
    expect((await stripe.paymentIntents.cancel(idle.id)).status).toBe('canceled');
    const running = await debit(signed);
    await expect(stripe.paymentIntents.cancel(running.id)).rejects.toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
  });

  it('is given back by refunds up to what came in', async () => {
    const made = await debit(await signMandate(TEST_IBANS.succeeds));
    await settled(made.id);
    expect(await stripe.refunds.create({ payment_intent: made.id, amount: 1000 })).toMatchObject({ amount: 1000 });
    await expect(stripe.refunds.create({ payment_intent: made.id, amount: 300 })).rejects.toMatchObject({
      param: 'amount',
    });
  });
});

describe('an Idempotency-Key', () => {
  it('answers a repetition with the first answer and makes nothing new', async () => {
    const signed = await signMandate(TEST_IBANS.succeeds);
    const first = await debit(signed, {}, 'key-1');
    const again = await debit(signed, {}, 'key-1');
    expect(again.id).toBe(first.id);
    expect(again.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect(sandbox.counters().documents['doc-1']?.created).toBe(1);
  });

  it('with other parameters is refused', async () => {
    const signed = await signMandate(TEST_IBANS.succeeds);
    await debit(signed, {}, 'key-1');
    await expect(debit(signed, { amount: 999 }, 'key-1')).rejects.toMatchObject({
      type: 'StripeIdempotencyError',
      statusCode: 400,
    });
  });

  it('is forgotten after 24 hours: trusting the key alone would then debit twice', async () => {
    const signed = await signMandate(TEST_IBANS.succeeds);
    await debit(signed, {}, 'key-1');
    sandbox.advanceClock(24 * 60 * MINUTE_MS);
    await debit(signed, {}, 'key-1');
    expect(sandbox.counters().documents['doc-1']?.created).toBe(2);
  });

  it('keeps a 500 too, and survives an answer that was lost', async () => {
    const signed = await signMandate(TEST_IBANS.succeeds);
    sandbox.order('api-faults', { pathPrefix: '/v1/payment_intents', mode: 'error-500' });
    await expect(debit(signed, {}, 'key-500')).rejects.toMatchObject({ statusCode: 500 });
    await expect(debit(signed, {}, 'key-500')).rejects.toMatchObject({ statusCode: 500 });
    // Twice: stripe-node itself asks again once after a broken connection, whatever maxNetworkRetries says.
    sandbox.order('api-faults', { pathPrefix: '/v1/payment_intents', mode: 'lose-answer', times: 2 });
    await expect(debit(signed, {}, 'key-lost')).rejects.toMatchObject({ type: 'StripeConnectionError' });
    await debit(signed, {}, 'key-lost');
    expect(sandbox.counters().documents['doc-1']?.created).toBe(1);
  });
});

describe('the limits', () => {
  it('answer 429 beyond so many requests a second and endpoint', async () => {
    await sandbox.close();
    await start({ rateLimitPerSecond: 2 });
    const asked = await Promise.allSettled(Array.from({ length: 5 }, () => stripe.balance.retrieve()));
    const refused = asked.filter((one) => one.status === 'rejected');
    expect(refused.length).toBeGreaterThanOrEqual(1);
    expect(refused[0]).toMatchObject({ reason: { statusCode: 429, type: 'StripeRateLimitError' } });
  });

  it('let nobody in without a key', async () => {
    const answer = await fetch(`${sandbox.url}/v1/balance`);
    expect(answer.status).toBe(401);
  });
});

describe('webhooks', () => {
  it('are sent again until the receiver, which was down, accepts them', async () => {
    const port = receiver.port;
    await receiver.close();
    const made = await debit(await signMandate(TEST_IBANS.succeeds));
    await settled(made.id);
    expect(sandbox.counters().webhooksSent).toBe(0);
    await receiver.listen(port);
    await until(() => receiver.types().includes('payment_intent.succeeded'));
  });

  it('can be duplicated, reordered, delayed and dropped', async () => {
    Object.assign(sandbox.webhookFaults, { duplicates: 1 });
    await signMandate(TEST_IBANS.succeeds);
    await until(() => receiver.types().filter((type) => type === 'setup_intent.succeeded').length === 2);
    sandbox.order('webhook-faults', { dropNext: 100 });
    await signMandate(TEST_IBANS.succeeds);
    await until(() => sandbox.counters().webhooksOwed === 0);
    expect(receiver.types().filter((type) => type === 'customer.created')).toHaveLength(2);
    sandbox.order('webhook-faults', { reorderWindow: 4 });
    const before = receiver.events.length;
    await signMandate(TEST_IBANS.succeeds);
    await until(() => receiver.events.length >= before + 4);
    const arrived = receiver.events.slice(before).map((event) => event.type);
    expect(arrived.indexOf('customer.created')).toBeGreaterThan(0);
  });

  it('can be caught up with from the list of events', async () => {
    sandbox.order('webhook-faults', { dropNext: 100 });
    const made = await debit(await signMandate(TEST_IBANS.succeeds));
    await settled(made.id);
    const found = await stripe.events.list({ types: ['payment_intent.succeeded'], limit: 100 });
    expect(found.data.map((event) => (event.data.object as { id: string }).id)).toEqual([made.id]);
    expect(await stripe.events.retrieve(found.data[0]?.id ?? '')).toMatchObject({ type: 'payment_intent.succeeded' });
  });
});

describe('a restart', () => {
  it('keeps objects, running debits, keys and the webhooks that are owed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'stripe-sandbox-'));
    await sandbox.close();
    const port = receiver.port;
    await receiver.close();
    const dataFile = join(folder, 'journal.jsonl');
    await start({ dataFile });
    const signed = await signMandate(TEST_IBANS.succeedsSlowly);
    const made = await debit(signed, {}, 'key-1');
    await sandbox.close();
    await start({ dataFile });
    expect((await debit(signed, {}, 'key-1')).id).toBe(made.id);
    sandbox.advanceClock(3 * MINUTE_MS);
    expect((await settled(made.id)).status).toBe('succeeded');
    await receiver.listen(port);
    for (const type of ['payment_intent.succeeded', 'setup_intent.succeeded']) {
      await until(() => receiver.types().includes(type));
    }
    rmSync(folder, { recursive: true });
  });
});

describe('the test IBANs', () => {
  it('are eight valid ones, each with its behaviour; any other valid one is a good account', () => {
    const ibans = Object.values(TEST_IBANS);
    expect(new Set(ibans).size).toBe(8);
    expect(ibans.filter((iban) => !hasValidCheckDigits(iban))).toEqual([]);
    expect(behaviourOf('DE89370400440532013000')).toEqual({ outcome: 'succeeded' });
  });
});
