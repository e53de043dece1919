import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';

import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';
import { addCustomer, addInstallation } from '#test/stripe-sandbox/invoice-fixture.js';
import { startSandbox, type RunningSandbox } from '#test/stripe-sandbox/server.js';
import { TEST_IBANS } from '#test/stripe-sandbox/test-ibans.js';

import { isValidIban } from './iban.js';
import { refreshMandate } from './refresh-mandate.js';
import { registerMandate, type MandateOrder } from './register-mandate.js';
import { openStripe } from './stripe-client.js';

const NOW = new Date('2026-07-01T09:00:00Z');
const ACCEPTANCE = { ipAddress: '203.0.113.7', userAgent: 'Mozilla/5.0', acceptedAt: NOW };

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
  sandbox = await startSandbox();
  stripe = openStripe({ secretKey: 'sk_test_x', apiBase: sandbox.url });
});
afterEach(() => sandbox.close());

const deps = () => ({ sql: database.sql, stripe });

async function newCustomer(email?: null): Promise<string> {
  customers += 1;
  return addCustomer(database.sql, { id: `mandate-${customers}`, ...(email === null ? { email } : {}) });
}

function register(customerId: string, more: Partial<MandateOrder> = {}) {
  const key = `key-${customerId}`;
  return registerMandate(deps(), { customerId, key, acceptance: ACCEPTANCE, now: NOW, ...more });
}

function mandatesOf(customerId: string) {
  return database.sql.selectFrom('mandate').selectAll().where('customer_id', '=', customerId).orderBy('id').execute();
}

describe('a mandate', () => {
  it('with an IBAN is active at once, with the evidence of its acceptance here and at the provider', async () => {
    const customerId = await newCustomer();
    const mandate = await register(customerId, { iban: 'pt50 0002 0123 1234 5678 9015 4' });
    expect(mandate).toMatchObject({ status: 'active', ibanLast4: '0154', clientSecret: null });
    const [row] = await mandatesOf(customerId);
    expect(row).toMatchObject({ status: 'active', active_at: NOW, acceptance: { ipAddress: '203.0.113.7' } });
    const stored = await stripe.mandates.retrieve(String(row?.stripe_mandate_id));
    expect(stored.customer_acceptance).toMatchObject({
      type: 'online',
      accepted_at: NOW.getTime() / 1000,
      online: { ip_address: '203.0.113.7', user_agent: 'Mozilla/5.0' },
    });
  });

  it('leaves no IBAN in our database, only its last four', async () => {
    const customerId = await newCustomer();
    await register(customerId, { iban: TEST_IBANS.succeeds });
    const everything = JSON.stringify([
      await mandatesOf(customerId),
      await database.sql.selectFrom('customer').selectAll().execute(),
    ]);
    expect(everything).toContain('0154');
    expect(everything).not.toContain(TEST_IBANS.succeeds.slice(4));
  });

  it('is registered once by its key, also when we were killed half-way', async () => {
    const customerId = await newCustomer();
    const first = await register(customerId, { iban: TEST_IBANS.succeeds });
    const again = await register(customerId, { iban: TEST_IBANS.succeeds });
    expect(again).toEqual(first);
    expect(await mandatesOf(customerId)).toHaveLength(1);
    expect(sandbox.counters().requests['POST /v1/customers']).toBe(1);
  });

  it('takes the place of an older one', async () => {
    const customerId = await newCustomer();
    await register(customerId, { iban: TEST_IBANS.fails, key: 'old' });
    const { mandateId } = (await register(customerId, { iban: TEST_IBANS.succeeds, key: 'new' })) as {
      mandateId: string;
    };
    const [older, newer] = await mandatesOf(customerId);
    expect([older?.status, newer?.status, newer?.id]).toEqual(['inactive', 'active', mandateId]);
    await refreshMandate(deps(), { mandateId: older?.id ?? '', now: NOW });
    expect((await mandatesOf(customerId)).map((one) => one.status)).toEqual(['inactive', 'active']);
  });

  it('without an IBAN waits for the provider’s own page', async () => {
    const customerId = await newCustomer();
    const mandate = await register(customerId);
    expect(mandate).toMatchObject({
      status: 'pending',
      ibanLast4: null,
      clientSecret: expect.stringMatching(/^seti_/),
    });
    const [row] = await mandatesOf(customerId);
    const setupIntentId = String(row?.stripe_setup_intent_id);
    const method = await stripe.paymentMethods.create({
      type: 'sepa_debit',
      sepa_debit: { iban: TEST_IBANS.succeeds },
      billing_details: { name: 'X', email: 'x@example.com' },
    });
    await stripe.setupIntents.confirm(setupIntentId, {
      payment_method: method.id,
      mandate_data: { customer_acceptance: { type: 'online', online: { ip_address: '203.0.113.7', user_agent: 'x' } } },
    });
    expect(await refreshMandate(deps(), { setupIntentId, now: NOW })).toMatchObject({ customerId, status: 'active' });
    expect(await mandatesOf(customerId)).toMatchObject([{ status: 'active', iban_last4: '0154' }]);
  });

  it('that the bank ends is inactive here', async () => {
    const customerId = await newCustomer();
    await register(customerId, { iban: TEST_IBANS.succeeds });
    const [row] = await mandatesOf(customerId);
    const stripeMandateId = String(row?.stripe_mandate_id);
    sandbox.order(`mandates/${stripeMandateId}/revoke`, {});
    await refreshMandate(deps(), { stripeMandateId, now: NOW });
    expect(await mandatesOf(customerId)).toMatchObject([{ status: 'inactive', inactive_at: NOW }]);
    expect(await refreshMandate(deps(), { stripeMandateId: 'mandate_unknown', now: NOW })).toBeNull();
  });

  it('is refused for a wrong IBAN, without e-mail, and for nobody', async () => {
    const customerId = await newCustomer();
    const code = async (result: ReturnType<typeof register>) => (await result) as { refused: { code: string } };
    const wrong = register(customerId, { iban: 'PT50000201231234567890155' });
    expect(await code(wrong)).toEqual({ refused: { code: 'IBAN_INVALID' } });
    const silent = await newCustomer(null);
    expect(await code(register(silent))).toEqual({ refused: { code: 'EMAIL_MISSING' } });
    expect(await code(register('nobody'))).toEqual({ refused: { code: 'CUSTOMER_NOT_FOUND' } });
    expect(sandbox.counters().requests).toEqual({});
  });
});

describe('an IBAN', () => {
  it.each([
    ['PT50000201231234567890154', true],
    ['DE89 3704 0044 0532 0130 00', true],
    ['PT5000020123123456789015', false],
    ['PT50000201231234567890145', false],
    ['50000201231234567890154', false],
    ['', false],
  ])('%s: %s', (text, valid) => {
    expect(isValidIban(text)).toBe(valid);
  });
});
