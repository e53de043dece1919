import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import Stripe from 'stripe';

import { dueCents } from '#libs/ledger/balances.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';
import { addCustomer, addInstallation, addInvoice } from '#test/stripe-sandbox/invoice-fixture.js';
import { startSandbox, type RunningSandbox } from '#test/stripe-sandbox/server.js';
import { TEST_IBANS } from '#test/stripe-sandbox/test-ibans.js';

import { handleWebhook } from './handle-webhook.js';
import { recoverEvents } from './recover-events.js';
import { registerMandate } from './register-mandate.js';
import { startDebit } from './start-debit.js';
import { storeWebhook } from './store-webhook.js';
import { openStripe } from './stripe-client.js';
import { unhandledWebhooks } from './unhandled-webhooks.js';

const SECRET = 'whsec_test';
const NOW = new Date();

let database: TestDatabase;
let sandbox: RunningSandbox;
let stripe: Stripe;
let receiver: Server;
let customers = 0;
let told: string[] = [];

/** The endpoint as the back office has it: store first, answer, act later. */
function listen(): Promise<string> {
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const signature = request.headers['stripe-signature'];
      const rawBody = Buffer.concat(chunks);
      const delivery = { rawBody, signature: String(signature), secret: SECRET, now: new Date() };
      void storeWebhook(database.sql, delivery).then((result) => {
        response.writeHead('stored' in result ? 200 : 400).end();
      });
    });
  });
  return new Promise((resolve) => {
    receiver.listen(0, '127.0.0.1', () => {
      resolve(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/webhooks/stripe`);
    });
  });
}

beforeAll(async () => {
  database = await createTestDatabase();
  await addInstallation(database.sql);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.sql.deleteFrom('webhook_event').execute();
  told = [];
  sandbox = await startSandbox({ processingMs: 3_600_000, webhook: { url: await listen(), secret: SECRET } });
  stripe = openStripe({ secretKey: 'sk_test_x', apiBase: sandbox.url });
});
afterEach(async () => {
  await sandbox.close();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

const signals = {
  paymentChanged: async (documentId: string) => void told.push(`changed ${documentId}`),
  prepaidChanged: async () => undefined,
  ledgerChanged: async () => undefined,
  tell: async () => undefined,
  startArrears: async (documentId: string, cause: string) => void told.push(`arrears ${documentId} ${cause}`),
  topUpChanged: async ({ orderId }: { orderId: string }) => void told.push(`top-up ${orderId}`),
};
const deps = () => ({ sql: database.sql, stripe, signals });

async function debited(iban: string): Promise<string> {
  customers += 1;
  const customerId = await addCustomer(database.sql, { id: `hook-${customers}` });
  const acceptance = { ipAddress: '203.0.113.7', userAgent: 'test', acceptedAt: NOW };
  await registerMandate(deps(), { customerId, key: customerId, acceptance, iban, now: NOW });
  const documentId = await addInvoice(database.sql, { customerId, grossCents: 5000 });
  await startDebit(deps(), { documentId, attemptNo: 1, now: NOW });
  return documentId;
}

async function delivered(): Promise<void> {
  while (sandbox.counters().webhooksOwed > 0) await new Promise((resolve) => setTimeout(resolve, 10));
}

async function handleAll(order: (ids: string[]) => string[] = (ids) => ids): Promise<void> {
  for (const id of order(await unhandledWebhooks(database.sql))) await handleWebhook(deps(), id, NOW);
}

const due = (documentId: string) => dueCents(database.sql, documentId);

describe('a webhook is stored', () => {
  const event = { id: 'evt_1', object: 'event', type: 'payment_intent.succeeded', data: { object: { id: 'pi_1' } } };
  const rawBody = JSON.stringify(event);
  const store = (signature: string | undefined, now = NOW) =>
    storeWebhook(database.sql, { rawBody, signature, secret: SECRET, now });
  const sign = (secret = SECRET) =>
    Stripe.webhooks.generateTestHeaderString({
      payload: rawBody,
      secret,
      timestamp: Math.floor(NOW.getTime() / 1000),
    });

  it('raw, once, and counts repetitions', async () => {
    expect(await store(sign())).toEqual({ stored: { eventId: 'evt_1', type: event.type, times: 1 } });
    expect(await store(sign())).toEqual({ stored: { eventId: 'evt_1', type: event.type, times: 2 } });
    const rows = await database.sql.selectFrom('webhook_event').selectAll().execute();
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ raw: rawBody, object_id: 'pi_1', times: 2, handled_at: null });
  });

  it('only with our signature, of at most 300 seconds ago', async () => {
    const refused = { refused: { code: 'SIGNATURE_INVALID' } };
    expect(await store(sign('whsec_other'))).toEqual(refused);
    expect(await store(undefined)).toEqual(refused);
    expect(await store(sign(), new Date(NOW.getTime() + 299_000))).toHaveProperty('stored');
    expect(await store(sign(), new Date(NOW.getTime() + 302_000))).toEqual(refused);
    const tampered = { rawBody: rawBody.replace('pi_1', 'pi_2'), signature: sign(), secret: SECRET, now: NOW };
    expect(await storeWebhook(database.sql, tampered)).toEqual(refused);
  });
});

describe('webhooks are handled', () => {
  it('pitfall 10: a success is credited once however often it is delivered, and its workflow is told', async () => {
    Object.assign(sandbox.webhookFaults, { duplicates: 2 });
    const documentId = await debited(TEST_IBANS.succeeds);
    sandbox.advanceClock(3_600_000);
    await delivered();
    await handleAll();
    expect(await due(documentId)).toBe(0);
    const [event] = await database.sql
      .selectFrom('webhook_event')
      .selectAll()
      .where('type', '=', 'payment_intent.succeeded')
      .execute();
    expect(event).toMatchObject({ times: 3 });
    expect(await handleWebhook(deps(), event?.id ?? '', NOW)).toBe('done-before');
    expect(told).toContain(`changed ${documentId}`);
    expect(told.some((one) => one.startsWith('arrears'))).toBe(false);
  });

  it.each([
    ['as they come', (ids: string[]) => ids],
    ['in reverse, the dispute before the payment', (ids: string[]) => [...ids].reverse()],
  ])('in any order: %s', async (_name, order) => {
    const documentId = await debited(TEST_IBANS.disputed);
    sandbox.advanceClock(3_600_000);
    await delivered();
    await handleAll(order);
    expect(await due(documentId)).toBe(5000);
    expect(told).toContain(`arrears ${documentId} disputed`);
    const entries = await database.sql
      .selectFrom('journal_entry')
      .select('kind')
      .where('document_id', '=', documentId)
      .where('phase', '=', 'posted')
      .orderBy('kind')
      .execute();
    expect(entries.map((entry) => entry.kind)).toEqual(['invoice-issued', 'payment', 'payment-reversed']);
  });

  it('of a dispute that is closed weeks later do not take up again a case that people have closed', async () => {
    const documentId = await debited(TEST_IBANS.disputed);
    sandbox.advanceClock(3_600_000);
    await delivered();
    const late = await database.sql
      .selectFrom('webhook_event')
      .select('id')
      .where('type', '=', 'charge.dispute.closed')
      .executeTakeFirstOrThrow();
    await handleAll((ids) => ids.filter((id) => id !== late.id));
    expect(told).toContain(`arrears ${documentId} disputed`);
    told = [];
    expect(await handleWebhook(deps(), late.id, NOW)).toBe('handled');
    expect(told).toEqual([`changed ${documentId}`]);
  });

  it('pitfall 18: marked only after the effect; what failed stays, says why, and is done the next time', async () => {
    const documentId = await debited(TEST_IBANS.succeeds);
    sandbox.advanceClock(3_600_000);
    await delivered();
    const [event] = await database.sql
      .selectFrom('webhook_event')
      .select('id')
      .where('type', '=', 'payment_intent.succeeded')
      .execute();
    const id = event?.id ?? '';
    sandbox.order('api-faults', { method: 'GET', pathPrefix: '/v1/payment_intents', mode: 'error-429' });
    await expect(handleWebhook(deps(), id, NOW)).rejects.toThrow();
    expect(await unhandledWebhooks(database.sql)).toContain(id);
    const down = { ...signals, paymentChanged: () => Promise.reject(new Error('no workflow server')) };
    await expect(handleWebhook({ ...deps(), signals: down }, id, NOW)).rejects.toThrow('no workflow server');
    const row = await database.sql
      .selectFrom('webhook_event')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ handled_at: null, last_error: 'no workflow server' });
    expect(await handleWebhook(deps(), id, NOW)).toBe('handled');
    expect(await due(documentId)).toBe(0);
    expect(told).toEqual([`changed ${documentId}`]);
  });

  it('when the payment’s id was never stored here: it is found by our own id that it carries', async () => {
    const documentId = await debited(TEST_IBANS.succeeds);
    await database.sql
      .updateTable('payment_attempt')
      .set({ provider_payment_id: null, state: 'created' })
      .where('document_id', '=', documentId)
      .execute();
    sandbox.advanceClock(3_600_000);
    await delivered();
    await handleAll();
    expect(await due(documentId)).toBe(0);
  });

  it('and one that failed can be left out until its turn comes again, so that it stands before no other', async () => {
    await debited(TEST_IBANS.succeeds);
    sandbox.advanceClock(3_600_000);
    await delivered();
    const all = await unhandledWebhooks(database.sql);
    const [first = '', second = ''] = all;
    expect(await unhandledWebhooks(database.sql, { limit: 1, except: [first] })).toEqual([second]);
    expect(await unhandledWebhooks(database.sql, { except: all })).toEqual([]);
  });

  it('about payments that are none of ours are ignored', async () => {
    const customer = await stripe.customers.create({ name: 'X', email: 'x@example.com' });
    await stripe.paymentIntents.create({ amount: 500, currency: 'eur', customer: customer.id });
    await delivered();
    const [id = ''] = await unhandledWebhooks(database.sql);
    expect(await handleWebhook(deps(), id, NOW)).toBe('ignored');
    await handleAll();
    expect(await unhandledWebhooks(database.sql)).toEqual([]);
    expect(told).toEqual([]);
  });

  it('for what was dropped on the way, from the provider’s own list of events', async () => {
    Object.assign(sandbox.webhookFaults, { dropNext: 1000 });
    const since = new Date(Date.now() - 60_000);
    const documentId = await debited(TEST_IBANS.succeeds);
    sandbox.advanceClock(3_600_000);
    expect(await unhandledWebhooks(database.sql)).toEqual([]);
    const missed = await recoverEvents(deps(), { since, now: NOW });
    expect(missed.length).toBeGreaterThan(0);
    await handleAll();
    expect(await due(documentId)).toBe(0);
    expect(await recoverEvents(deps(), { since, now: NOW })).toEqual([]);
  });

  it('of which there may be more than a page', async () => {
    Object.assign(sandbox.webhookFaults, { dropNext: 1000 });
    const since = new Date(Date.now() - 60_000);
    for (let count = 0; count < 105; count += 1) {
      const { id } = await stripe.paymentIntents.create({ amount: 500, currency: 'eur' });
      await stripe.paymentIntents.cancel(id);
    }
    expect(await recoverEvents(deps(), { since, now: NOW })).toHaveLength(105);
    expect(await unhandledWebhooks(database.sql, { limit: 1000 })).toHaveLength(105);
  });
});
