import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';

import { dueCents, openDebtCents, prepaidBalanceCents } from '#libs/ledger/balances.js';
import { checkLedger } from '#libs/ledger/check-ledger.js';
import { killEverywhere } from '#test/faults/killed-database.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';
import { addCustomer, addInstallation, addInvoice } from '#test/stripe-sandbox/invoice-fixture.js';
import { sandboxControl, type SandboxControl } from '#test/stripe-sandbox/sandbox-control.js';
import { startSandbox, type RunningSandbox } from '#test/stripe-sandbox/server.js';
import { TEST_IBANS } from '#test/stripe-sandbox/test-ibans.js';

import type { Sql } from '../../persistence/database.js';
import { handleWebhook, type PaymentNotice } from '../handle-webhook.js';
import { paymentMechanism } from '../receipts/payment-mechanism.js';
import { paymentsWithoutReceipt } from '../receipts/waiting-receipts.js';
import { recordTopUp } from '../record-top-up.js';
import { recordTransfer } from '../record-transfer.js';
import { recoverEvents } from '../recover-events.js';
import { registerMandate } from '../register-mandate.js';
import { startDebit } from '../start-debit.js';
import { openStripe } from '../stripe-client.js';
import { unhandledWebhooks } from '../unhandled-webhooks.js';
import { refreshCheckout } from './refresh-checkout.js';
import { startCheckout, type CheckoutOrder } from './start-checkout.js';

const NOW = new Date();
const LATER = { days: 30 };

let database: TestDatabase;
let sandbox: RunningSandbox;
let control: SandboxControl;
let stripe: Stripe;
let customers = 0;
let told: string[] = [];
let notices: PaymentNotice[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  await addInstallation(database.sql);
});
afterAll(() => database.drop());
beforeEach(async () => {
  sandbox = await startSandbox({ processingMs: 3_600_000 });
  control = sandboxControl(sandbox.url);
  stripe = openStripe({ secretKey: 'sk_test_x', apiBase: sandbox.url });
  told = [];
  notices = [];
  await database.sql.deleteFrom('webhook_event').execute();
});
afterEach(() => sandbox.close());

const deps = () => ({ sql: database.sql, stripe });
const due = (documentId: string) => dueCents(database.sql, documentId);
const balance = (customerId: string) => prepaidBalanceCents(database.sql, customerId);
const counted = async () => (await control.requests()).filter(({ path }) => path === '/v1/checkout/sessions').length;

async function payer(...grossCents: number[]) {
  customers += 1;
  const customerId = await addCustomer(database.sql, { id: `checkout-${customers}`, paymentMethod: 'transfer' });
  const documentIds: string[] = [];
  for (const cents of grossCents) documentIds.push(await addInvoice(database.sql, { customerId, grossCents: cents }));
  return { customerId, documentIds };
}

const orderOf = (
  customerId: string,
  pays: CheckoutOrder['pays'],
  more: Partial<CheckoutOrder> = {},
): CheckoutOrder => ({
  customerId,
  key: 'pay-1',
  pays,
  method: null,
  returnUrl: 'https://chazemo.example/money',
  by: 'test',
  now: NOW,
  ...more,
});

async function started(order: CheckoutOrder) {
  const answer = await startCheckout(deps(), order);
  if ('refused' in answer) throw new Error(answer.refused.code);
  return rowOf(answer.checkoutId);
}

const rowOf = (id: string) =>
  database.sql.selectFrom('checkout').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

async function handleAll(sql: Sql): Promise<void> {
  await recoverEvents({ sql, stripe }, { since: new Date(NOW.getTime() - 86_400_000), now: NOW });
  const signals = {
    paymentChanged: async (documentId: string) => void told.push(`payment ${documentId}`),
    prepaidChanged: async () => undefined,
    ledgerChanged: async (documentId: string) => void told.push(`ledger ${documentId}`),
    startArrears: async (documentId: string, cause: string) => void told.push(`arrears ${documentId} ${cause}`),
    topUpChanged: async () => undefined,
    tell: async (notice: PaymentNotice) => void notices.push(notice),
  };
  for (const id of await unhandledWebhooks(sql, { limit: 1000 }))
    await handleWebhook({ sql, stripe, signals }, id, NOW);
}

async function paid(order: CheckoutOrder, card = 'pm_card_visa') {
  const row = await started(order);
  const session = await control.payCheckout(row.provider_session_id ?? '', { method: 'card', card });
  await handleAll(database.sql);
  return { row: await rowOf(row.id), session };
}

describe('a one-off payment of invoices', () => {
  it('pays all that are due, the oldest first, when the payer says nothing else', async () => {
    const { customerId, documentIds } = await payer(1200, 3400);
    const { row } = await paid(orderOf(customerId, { purpose: 'invoices' }));
    expect(row).toMatchObject({ state: 'succeeded', amount_cents: 4600, url: null });
    expect(await Promise.all(documentIds.map(due))).toEqual([0, 0]);
    for (const documentId of documentIds) expect(told).toContain(`ledger ${documentId}`);
    const waiting = await paymentsWithoutReceipt(database.sql, { keys: [`checkout/${row.id}/${documentIds[0]}`] });
    expect(row.paid_method).toBe('card');
    expect(waiting.map(paymentMechanism)).toEqual(['CC']);
  });

  it('pays those that the payer chose, in their order and as far as the amount goes', async () => {
    const { customerId, documentIds } = await payer(1000, 2000, 3000);
    const [first = '', second = '', third = ''] = documentIds;
    await paid(orderOf(customerId, { purpose: 'invoices', documentIds: [third, first], amountCents: 3500 }));
    expect(await Promise.all([first, second, third].map(due))).toEqual([500, 2000, 0]);
  });

  it('of an invoice that was paid meanwhile becomes prepaid balance, and the payer is told', async () => {
    const { customerId, documentIds } = await payer(5000);
    const row = await started(orderOf(customerId, { purpose: 'invoices', documentIds }));
    await recordTransfer(database.sql, {
      documentId: documentIds[0] ?? '',
      amountCents: 4000,
      key: customerId,
      now: NOW,
    });
    await control.payCheckout(row.provider_session_id ?? '', { method: 'card' });
    await handleAll(database.sql);
    expect(await due(documentIds[0] ?? '')).toBe(0);
    expect(await balance(customerId)).toBe(4000);
    expect(notices).toContainEqual({ kind: 'paid-ahead', checkoutId: row.id });
  });

  it.each([
    [{ purpose: 'invoices', amountCents: 9999 }, null, 'CHECKOUT.AMOUNT_OUT_OF_RANGE'],
    [{ purpose: 'invoices', documentIds: ['00000000-0000-7000-8000-000000000000'] }, null, 'CHECKOUT.NOT_DUE'],
    [{ purpose: 'top-up', amountCents: 49 }, null, 'CHECKOUT.AMOUNT_OUT_OF_RANGE'],
    [{ purpose: 'top-up', amountCents: 500_001 }, 'mb_way', 'CHECKOUT.AMOUNT_OUT_OF_RANGE'],
    [{ purpose: 'top-up', amountCents: 9_999_901 }, 'multibanco', 'CHECKOUT.AMOUNT_OUT_OF_RANGE'],
    [{ purpose: 'top-up', amountCents: 12.5 }, null, 'CHECKOUT.AMOUNT_OUT_OF_RANGE'],
  ] as const)('is refused for %j by %s: %s', async (pays, method, code) => {
    const { customerId } = await payer(5000);
    expect(await startCheckout(deps(), orderOf(customerId, pays, { method }))).toMatchObject({ refused: { code } });
    expect(await counted()).toBe(0);
  });

  it('gameserverapp/Platform #1216: an invoice whose debit is with the bank is not offered, and refused when named', async () => {
    const { customerId, documentIds } = await payer(5000);
    const acceptance = { ipAddress: '203.0.113.7', userAgent: 'test', acceptedAt: NOW };
    await registerMandate(deps(), { customerId, key: customerId, acceptance, iban: TEST_IBANS.succeeds, now: NOW });
    await startDebit(deps(), { documentId: documentIds[0] ?? '', attemptNo: 1, now: NOW });
    const all = await startCheckout(deps(), orderOf(customerId, { purpose: 'invoices' }));
    expect(all).toMatchObject({ refused: { code: 'CHECKOUT.NOTHING_DUE' } });
    const named = await startCheckout(deps(), orderOf(customerId, { purpose: 'invoices', documentIds }));
    expect(named).toMatchObject({ refused: { code: 'CHECKOUT.DEBIT_IN_FLIGHT' } });
  });
});

describe('credit', () => {
  it('getlago/lago-api #4326: never lands before the payment: not on a page, not on a voucher', async () => {
    const { customerId, documentIds } = await payer(5000);
    const row = await started(orderOf(customerId, { purpose: 'invoices' }, { method: 'multibanco' }));
    const sessionId = row.provider_session_id ?? '';
    const session = await control.payCheckout(sessionId, { method: 'multibanco', email: 'a@example.com' });
    await handleAll(database.sql);
    expect(await rowOf(row.id)).toMatchObject({ state: 'pending', url: expect.stringContaining('voucher') });
    expect(await due(documentIds[0] ?? '')).toBe(5000);
    await control.payVoucher(String(session.payment_intent));
    await handleAll(database.sql);
    expect(await rowOf(row.id)).toMatchObject({ state: 'succeeded' });
    expect(await due(documentIds[0] ?? '')).toBe(0);
  });

  it('getlago/lago-api PR 3618: lands once when two settle it at the same time', async () => {
    const { customerId } = await payer();
    const row = await started(orderOf(customerId, { purpose: 'top-up', amountCents: 2500 }));
    const sessionId = row.provider_session_id ?? '';
    await control.payCheckout(sessionId, { method: 'card' });
    await Promise.all(Array.from({ length: 6 }, () => refreshCheckout(deps(), { sessionId, now: NOW })));
    expect(await balance(customerId)).toBe(2500);
  });

  it('getlago/lago-api PR 2243: lands once however often the webhook comes', async () => {
    const { customerId } = await payer();
    await paid(orderOf(customerId, { purpose: 'top-up', amountCents: 2500 }));
    await database.sql.updateTable('webhook_event').set({ handled_at: null }).execute();
    await handleAll(database.sql);
    expect(await balance(customerId)).toBe(2500);
  });

  it('getlago/lago-api #5870: a top-up that is asked for twice is one page and one payment', async () => {
    const { customerId } = await payer();
    const order = orderOf(customerId, { purpose: 'top-up', amountCents: 2500 });
    const all = await Promise.all([startCheckout(deps(), order), startCheckout(deps(), order)]);
    await startCheckout(deps(), order);
    const rows = await database.sql.selectFrom('checkout').selectAll().where('customer_id', '=', customerId).execute();
    expect(rows).toHaveLength(1);
    expect(new Set(all.map((one) => ('url' in one ? one.url : one.refused.code))).size).toBe(1);
    const other = await startCheckout(deps(), orderOf(customerId, { purpose: 'top-up', amountCents: 2600 }));
    expect(other).toMatchObject({ refused: { code: 'CHECKOUT.KEY_USED_FOR_OTHER_PAYMENT' } });
  });

  it('lands once when the process is killed before any statement', async () => {
    const { customerId, documentIds } = await payer(4000);
    const order = orderOf(customerId, { purpose: 'invoices' });
    await killEverywhere(database.sql, async (sql) => void (await startCheckout({ sql, stripe }, order)));
    const row = await rowOf(
      (
        await database.sql
          .selectFrom('checkout')
          .select('id')
          .where('customer_id', '=', customerId)
          .executeTakeFirstOrThrow()
      ).id,
    );
    expect((await stripe.checkout.sessions.list()).data).toHaveLength(1);
    await control.payCheckout(row.provider_session_id ?? '', { method: 'card' });
    const kills = await killEverywhere(database.sql, handleAll);
    expect(kills).toBeGreaterThan(5);
    expect(await due(documentIds[0] ?? '')).toBe(0);
    expect(await balance(customerId)).toBe(0);
  });
});

describe('a page', () => {
  it('whose answer was lost is found again after the idempotency key is forgotten', async () => {
    const { customerId } = await payer();
    const order = orderOf(customerId, { purpose: 'top-up', amountCents: 2500 });
    await control.failNext('lose-answer', { pathPrefix: '/v1/checkout/sessions', times: 2 });
    await expect(startCheckout(deps(), order)).rejects.toThrow();
    const found = await startCheckout(deps(), order);
    expect(found).toMatchObject({ state: 'open', url: expect.stringContaining('/c/pay/') });
    expect((await stripe.checkout.sessions.list()).data).toHaveLength(1);
  });

  it('that nobody uses expires, and another key begins again', async () => {
    const { customerId, documentIds } = await payer(5000);
    const order = orderOf(customerId, { purpose: 'invoices' });
    const row = await started(order);
    await control.advance({ days: 2 });
    await handleAll(database.sql);
    expect(await rowOf(row.id)).toMatchObject({ state: 'expired', url: null });
    expect(await due(documentIds[0] ?? '')).toBe(5000);
    const now = new Date(NOW.getTime() + 2 * 86_400_000);
    expect(await startCheckout(deps(), { ...order, key: 'pay-2', now })).toMatchObject({ state: 'open' });
  });

  it('with a voucher that ran out has failed', async () => {
    const { customerId } = await payer();
    const row = await started(orderOf(customerId, { purpose: 'top-up', amountCents: 2500 }, { method: 'multibanco' }));
    await control.payCheckout(row.provider_session_id ?? '', { method: 'multibanco', email: 'a@example.com' });
    await control.advance(LATER);
    await handleAll(database.sql);
    expect(await rowOf(row.id)).toMatchObject({ state: 'failed' });
    expect(await balance(customerId)).toBe(0);
  });
});

describe('a debit of the same invoice', () => {
  it('is not started while a payment that succeeded is still to be credited; a voucher blocks nothing', async () => {
    const { customerId, documentIds } = await payer(5000, 3000);
    const [first = '', second = ''] = documentIds;
    const acceptance = { ipAddress: '203.0.113.7', userAgent: 'test', acceptedAt: NOW };
    await registerMandate(deps(), { customerId, key: customerId, acceptance, iban: TEST_IBANS.succeeds, now: NOW });
    const card = await started(orderOf(customerId, { purpose: 'invoices', documentIds: [first] }));
    await control.payCheckout(card.provider_session_id ?? '', { method: 'card' });
    const voucher = await started(
      orderOf(customerId, { purpose: 'invoices', documentIds: [second] }, { key: 'pay-2' }),
    );
    await control.payCheckout(voucher.provider_session_id ?? '', { method: 'multibanco', email: 'a@example.com' });
    const debit = (documentId: string) => startDebit(deps(), { documentId, attemptNo: 1, now: NOW });
    expect(await debit(first)).toMatchObject({ refused: { code: 'DEBIT.NOTHING_DUE' } });
    expect(await debit(second)).toMatchObject({ state: 'processing' });
  });
});

describe('a payment that is taken back', () => {
  it('a disputed payment of invoices is owed again, and chased', async () => {
    const { customerId, documentIds } = await payer(1000, 2000);
    const { row } = await paid(orderOf(customerId, { purpose: 'invoices' }));
    await control.dispute(row.provider_payment_id ?? '', { reason: 'fraudulent' });
    await handleAll(database.sql);
    expect(await Promise.all(documentIds.map(due))).toEqual([1000, 2000]);
    for (const documentId of documentIds) expect(told).toContain(`arrears ${documentId} disputed`);
    expect(await rowOf(row.id)).toMatchObject({ state: 'disputed' });
  });

  it('woocommerce-gateway-stripe #1098: does not hang on a dispute: won, it is paid again', async () => {
    const { customerId, documentIds } = await payer(1000);
    const { row } = await paid(orderOf(customerId, { purpose: 'invoices' }));
    const dispute = await control.dispute(row.provider_payment_id ?? '', { reason: 'fraudulent' });
    await handleAll(database.sql);
    await control.closeDispute(dispute?.id ?? '', 'won');
    await handleAll(database.sql);
    expect(await due(documentIds[0] ?? '')).toBe(0);
    expect(await rowOf(row.id)).toMatchObject({ state: 'succeeded' });
  });

  it('was a top-up: goes from the balance as far as it is there; the rest is owed and paid by the next top-up', async () => {
    const { customerId, documentIds } = await payer(1800);
    const { row } = await paid(orderOf(customerId, { purpose: 'top-up', amountCents: 2500 }));
    await control.dispute(row.provider_payment_id ?? '', { reason: 'fraudulent' });
    await database.sql.transaction().execute(async (trx) => {
      const { payFromBalance } = await import('../deduct-prepaid.js');
      await payFromBalance(trx, { documentId: documentIds[0] ?? '', occasion: 'test', now: NOW });
    });
    await handleAll(database.sql);
    expect(await balance(customerId)).toBe(0);
    expect(await openDebtCents(database.sql, customerId)).toBe(1800);
    await paid(orderOf(customerId, { purpose: 'top-up', amountCents: 2000 }, { key: 'again' }));
    expect(await openDebtCents(database.sql, customerId)).toBe(0);
    expect(await balance(customerId)).toBe(200);
  });
});

it('leaves books that balance', async () => {
  await recordTopUp(database.sql, { customerId: 'checkout-1', source: 'bank', amountCents: 1, key: 'end', now: NOW });
  expect(await checkLedger(database.sql)).toEqual({ balanced: true, problems: [] });
});
