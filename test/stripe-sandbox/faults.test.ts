import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { until } from '#test/setup/until.js';

import type { Forgery } from './forge-webhook.js';
import { debit, openBench, signMandate, type SandboxBench } from './sandbox-bench.js';
import { TEST_IBANS } from './test-ibans.js';

let bench: SandboxBench;
beforeEach(async () => void (bench = await openBench()));
afterEach(() => bench.close());

const customers = async (count: number) => {
  for (let n = 0; n < count; n += 1) await bench.stripe.customers.create({ name: `Cliente ${n}` });
};
const names = () => bench.receiver.events.map((event) => (event.data.object as { name: string }).name);

describe('webhooks', () => {
  it('of a type can be held, and come later, in any order', async () => {
    await bench.control.holdWebhooks({ type: 'customer.*' });
    await customers(4);
    expect(names()).toEqual([]);
    expect(await bench.control.releaseWebhooks({ order: 'reversed' })).toBe(4);
    await bench.settled();
    expect(names()).toEqual(['Cliente 3', 'Cliente 2', 'Cliente 1', 'Cliente 0']);
    await customers(1);
    await bench.settled();
    expect(names()).toHaveLength(5);
  });

  it('can be shuffled by a seed', async () => {
    await bench.control.holdWebhooks();
    await customers(6);
    await bench.control.releaseWebhooks({ order: 'shuffled', seed: 7 });
    await bench.settled();
    expect(names()).toHaveLength(6);
    expect(names()).not.toEqual([0, 1, 2, 3, 4, 5].map((n) => `Cliente ${n}`));
  });

  it('come late by the clock, twice, or never', async () => {
    await bench.control.delay({ days: 2 }, { type: 'customer.created', times: 1 });
    await bench.control.duplicate({ type: 'customer.updated', copies: 2, times: 1 });
    const { id } = await bench.stripe.customers.create({ name: 'Ana' });
    await bench.stripe.customers.update(id, { name: 'Ana Exemplo' });
    await until(() => bench.receiver.events.length === 3);
    expect(names()).toEqual(['Ana Exemplo', 'Ana Exemplo', 'Ana Exemplo']);
    expect(new Set(bench.receiver.events.map((event) => event.id)).size).toBe(1);
    await bench.control.advance({ days: 2 });
    await bench.settled();
    expect(names()[3]).toBe('Ana');
    await bench.control.lose({ type: 'customer.created', times: 2 });
    await customers(3);
    await bench.settled();
    expect(names().slice(4)).toEqual(['Cliente 2']);
  });

  it('fail by chance as the seed says, the same ones each time', async () => {
    const run = async () => {
      const from = bench.receiver.events.length;
      await bench.control.chaos({ seed: 42, losePercent: 30, duplicatePercent: 30, delayPercent: 30, mostDelayMs: 50 });
      await customers(20);
      await bench.control.clearWebhookRules();
      await bench.settled();
      return names().slice(from).sort();
    };
    const first = await run();
    expect(new Set(first).size).toBeLessThan(20);
    expect(first.length).toBeGreaterThan(new Set(first).size);
    expect(await run()).toEqual(first);
  });

  it.each([
    ['wrong-secret', 400],
    ['no-signature', 400],
    ['old-timestamp', 400],
    ['changed-body', 400],
    ['right-secret', 200],
  ] satisfies [Forgery, number][])('can be forged: %s', async (forgery, status) => {
    const forged = await bench.control.forge('payment_intent.succeeded', { id: 'pi_none' }, forgery);
    expect(forged.status).toBe(status);
    expect(bench.receiver.signatureErrors).toHaveLength(status === 400 ? 1 : 0);
    await expect(bench.stripe.events.retrieve(forged.eventId)).rejects.toMatchObject({ code: 'resource_missing' });
  });
});

describe('requests', () => {
  const failed = (error: unknown) => error;
  it.each([
    ['lose-answer', 'StripeConnectionError', 1],
    ['lose-request', 'StripeConnectionError', 0],
    ['error-500', 'StripeAPIError', 0],
    ['error-500-after', 'StripeAPIError', 1],
    ['error-429', 'StripeRateLimitError', 0],
  ] as const)('can go wrong by %s', async (mode, type, made) => {
    const signed = await signMandate(bench.stripe, TEST_IBANS.succeeds);
    // Twice: stripe-node itself asks again once after a broken connection, whatever maxNetworkRetries says.
    const times = mode.startsWith('lose') ? 2 : 1;
    await bench.control.failNext(mode, { pathPrefix: '/v1/payment_intents', times });
    expect(await debit(bench.stripe, signed, {}, 'key-1').catch(failed)).toMatchObject({ type });
    expect((await bench.control.counters()).paymentIntents).toBe(made);
    const after = await debit(bench.stripe, signed, {}, 'key-1').catch(failed);
    // A 500 is kept under its key; whatever happened, a second charge is not made by it.
    expect(after).toMatchObject(mode.startsWith('error-500') ? { type } : { status: 'processing' });
    expect((await bench.control.counters()).paymentIntents).toBe(mode === 'error-500' ? 0 : 1);
  });

  it('are refused beyond so many a second, for each endpoint by itself', async () => {
    await bench.control.setLimits({ requestsPerSecond: 1 });
    const asked = await Promise.allSettled([1, 2, 3].map(() => bench.stripe.balance.retrieve()));
    expect(asked.filter((one) => one.status === 'rejected').length).toBeGreaterThanOrEqual(1);
    await bench.stripe.customers.create({ name: 'Ana' });
    await bench.control.setLimits({ requestsPerSecond: 0 });
    await Promise.all([1, 2, 3].map(() => bench.stripe.balance.retrieve()));
  });

  it('are kept as they were sent, to be looked at', async () => {
    await bench.stripe.customers.create({ name: 'Ana' }, { idempotencyKey: 'customer-1' });
    expect(await bench.control.requests()).toEqual([
      { method: 'POST', path: '/v1/customers', body: 'name=Ana', idempotencyKey: 'customer-1', status: 200 },
    ]);
  });

  it('that expand what cannot be expanded are refused', async () => {
    const { id } = await bench.stripe.customers.create({ name: 'Ana' });
    await expect(bench.stripe.customers.retrieve(id, { expand: ['colour'] })).rejects.toMatchObject({
      param: 'expand',
    });
  });
});
