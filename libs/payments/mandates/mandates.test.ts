import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';

import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';
import { addCustomer, addInstallation, addInvoice } from '#test/stripe-sandbox/invoice-fixture.js';
import { sandboxControl, type SandboxControl } from '#test/stripe-sandbox/sandbox-control.js';
import { startSandbox, type RunningSandbox } from '#test/stripe-sandbox/server.js';
import { TEST_IBANS } from '#test/stripe-sandbox/test-ibans.js';

import { registerMandate } from '../register-mandate.js';
import { startDebit } from '../start-debit.js';
import { openStripe } from '../stripe-client.js';
import { activeMandate, lapseMandates } from './active-mandate.js';
import { mandateHistory } from './mandate-history.js';
import { createMandateLink, refreshMandateLink } from './mandate-link.js';
import { lapsesAt, mandateText } from './mandate-text.js';
import { withdrawMandate } from './withdraw-mandate.js';

const NOW = new Date();
const ACCEPTANCE = { ipAddress: '203.0.113.7', userAgent: 'Mozilla/5.0', acceptedAt: NOW };

let database: TestDatabase;
let sandbox: RunningSandbox;
let control: SandboxControl;
let stripe: Stripe;
let customers = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  await addInstallation(database.sql);
  sandbox = await startSandbox({ processingMs: 3_600_000 });
  control = sandboxControl(sandbox.url);
  stripe = openStripe({ secretKey: 'sk_test_x', apiBase: sandbox.url });
});
afterAll(async () => {
  await sandbox.close();
  await database.drop();
});

const deps = () => ({ sql: database.sql, stripe });

async function newCustomer(language: 'pt' | 'en' = 'pt'): Promise<string> {
  customers += 1;
  return addCustomer(database.sql, { id: `mandates-${customers}`, language });
}

async function signed(language?: 'pt' | 'en') {
  const customerId = await newCustomer(language);
  const order = { customerId, key: customerId, acceptance: ACCEPTANCE, iban: TEST_IBANS.succeeds, now: NOW };
  const mandate = await registerMandate(deps(), order);
  if ('refused' in mandate) throw new Error(mandate.refused.code);
  return { customerId, mandateId: mandate.mandateId };
}

describe('the evidence of a mandate', () => {
  it.each(['pt', 'en'] as const)('keeps what was read, word for word (%s), when and from where', async (language) => {
    const { customerId } = await signed(language);
    const shown = mandateText(language, NOW.toISOString().slice(0, 10), 'Cobrança Lda');
    expect(shown.text).not.toMatch(/[{}]/);
    expect(await mandateHistory(database.sql, customerId)).toMatchObject([
      {
        status: 'active',
        ibanLast4: '0154',
        text: shown.text,
        textVersion: shown.version,
        language,
        ipAddress: '203.0.113.7',
        userAgent: 'Mozilla/5.0',
        confirmedAt: null,
      },
    ]);
  });
});

describe('a mandate that is withdrawn', () => {
  it('between notice and debit: no debit starts with it', async () => {
    const { customerId, mandateId } = await signed();
    const documentId = await addInvoice(database.sql, { customerId, grossCents: 5000 });
    const withdrawn = await withdrawMandate(deps(), { customerId, mandateId, now: NOW });
    expect(withdrawn).toEqual({ mandateId, debitsUnderWay: 0 });
    expect(await startDebit(deps(), { documentId, attemptNo: 1, now: NOW })).toMatchObject({
      refused: { code: 'MANDATE.NOT_FOUND' },
    });
    expect(await mandateHistory(database.sql, customerId)).toMatchObject([
      { status: 'inactive', endedAt: NOW, endedBecause: 'withdrawn' },
    ]);
    expect(await withdrawMandate(deps(), { customerId, mandateId, now: NOW })).toEqual(withdrawn);
  });

  it('between the claim of a debit and the provider: the claim is given up', async () => {
    const { customerId, mandateId } = await signed();
    const documentId = await addInvoice(database.sql, { customerId, grossCents: 5000 });
    await control.failNext('error-500', { pathPrefix: '/v1/payment_intents' });
    const debit = () => startDebit(deps(), { documentId, attemptNo: 1, now: NOW });
    await expect(debit()).rejects.toThrow();
    await withdrawMandate(deps(), { customerId, mandateId, now: NOW });
    expect(await debit()).toMatchObject({ refused: { code: 'MANDATE.NOT_FOUND' } });
    expect(sandbox.counters().documents[documentId]).toBeUndefined();
  });

  it('tells how many debits the bank has already', async () => {
    const { customerId, mandateId } = await signed();
    const documentId = await addInvoice(database.sql, { customerId, grossCents: 5000 });
    await startDebit(deps(), { documentId, attemptNo: 1, now: NOW });
    expect(await withdrawMandate(deps(), { customerId, mandateId, now: NOW })).toMatchObject({ debitsUnderWay: 1 });
  });

  it('of somebody else is not found', async () => {
    const { mandateId } = await signed();
    const other = await newCustomer();
    expect(await withdrawMandate(deps(), { customerId: other, mandateId, now: NOW })).toMatchObject({
      refused: { code: 'MANDATE.NOT_FOUND' },
    });
  });
});

describe('a mandate that is signed on the provider’s page', () => {
  it('is one link by its key, and one mandate with the provider’s evidence', async () => {
    const customerId = await newCustomer();
    const order = { customerId, key: 'link-1', returnUrl: 'https://chazemo.example/money', by: 'test', now: NOW };
    const link = await createMandateLink(deps(), order);
    expect(await createMandateLink(deps(), order)).toEqual(link);
    const { provider_session_id: sessionId } = await database.sql
      .selectFrom('mandate_link')
      .select('provider_session_id')
      .where('customer_id', '=', customerId)
      .executeTakeFirstOrThrow();
    const look = () => refreshMandateLink(deps(), { sessionId: sessionId ?? '', now: NOW });
    expect(await look()).toBeNull();
    const choice = { method: 'sepa_debit', iban: TEST_IBANS.succeeds, name: 'X', email: 'x@example.com' } as const;
    await control.payCheckout(sessionId ?? '', choice);
    await Promise.all([look(), look()]);
    expect(await look()).toMatchObject({ customerId, status: 'active' });
    const records = await mandateHistory(database.sql, customerId);
    expect(records).toMatchObject([{ origin: 'hosted', ibanLast4: '0154', ipAddress: '203.0.113.7' }]);
    expect(records[0]?.text).toContain('Cobrança Lda');
  });
});

describe('36 months without a collection', () => {
  it('end a mandate: no debit starts with it, and the nightly look writes it down', async () => {
    const { customerId, mandateId } = await signed();
    const almost = new Date(lapsesAt(NOW).getTime() - 1000);
    expect(await activeMandate(database.sql, customerId, almost)).toMatchObject({ mandateId });
    expect(await activeMandate(database.sql, customerId, lapsesAt(NOW))).toBeNull();
    expect(await lapseMandates(database.sql, lapsesAt(NOW))).toContain(mandateId);
    expect(await mandateHistory(database.sql, customerId)).toMatchObject([{ endedBecause: 'lapsed' }]);
  });

  it('count from the last debit, not from the signature', async () => {
    const { customerId } = await signed();
    const documentId = await addInvoice(database.sql, { customerId, grossCents: 5000 });
    const later = new Date(NOW.getTime() + 86_400_000);
    await startDebit(deps(), { documentId, attemptNo: 1, now: later });
    expect(await activeMandate(database.sql, customerId, lapsesAt(NOW))).not.toBeNull();
  });
});
