import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type Stripe from 'stripe';

import { dueCents, openDebtCents, prepaidBalanceCents } from '#libs/ledger/balances.js';
import { checkLedger } from '#libs/ledger/check-ledger.js';
import { postTopUp, postTopUpReversed } from '#libs/ledger/post-money.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';
import { addCustomer, addInstallation, addInvoice } from '#test/stripe-sandbox/invoice-fixture.js';
import { sandboxControl, type SandboxControl } from '#test/stripe-sandbox/sandbox-control.js';
import { startSandbox, type RunningSandbox } from '#test/stripe-sandbox/server.js';
import { TEST_IBANS } from '#test/stripe-sandbox/test-ibans.js';

import { refreshCheckout } from '../checkout/refresh-checkout.js';
import { startCheckout } from '../checkout/start-checkout.js';
import { handleWebhook } from '../handle-webhook.js';
import { refreshTopUpIfOurs } from '../prepaid/apply-top-up-intent.js';
import { leaveOrder } from '../prepaid/leave-order.js';
import { setRules } from '../prepaid/settings.js';
import { startTopUpDebit } from '../prepaid/start-top-up-debit.js';
import { checkProviderPayouts } from '../provider-payouts/check-provider-payouts.js';
import { compareBalance } from '../provider-payouts/compare-balance.js';
import { recordTopUp } from '../record-top-up.js';
import { recordTransfer } from '../record-transfer.js';
import { recoverEvents } from '../recover-events.js';
import { registerMandate } from '../register-mandate.js';
import { startDebit } from '../start-debit.js';
import { openStripe } from '../stripe-client.js';
import { unhandledWebhooks } from '../unhandled-webhooks.js';
import { splitRefund } from './refundable-payments.js';
import { startRefund, type RefundOrder } from './start-refund.js';

const START = new Date();
let now = START;
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
const balance = (customerId: string) => prepaidBalanceCents(database.sql, customerId);

async function newCustomer(): Promise<string> {
  customers += 1;
  return addCustomer(database.sql, { id: `refund-${customers}`, paymentMethod: 'prepaid' });
}

async function toppedUp(customerId: string, amountCents: number, key = 'top-up'): Promise<string> {
  const order = {
    customerId,
    key,
    pays: { purpose: 'top-up', amountCents },
    method: 'card',
    returnUrl: 'https://chazemo.example/money',
    by: 'test',
    now,
  } as const;
  const started = await startCheckout(deps(), order);
  if ('refused' in started) throw new Error(started.refused.code);
  const row = await database.sql
    .selectFrom('checkout')
    .selectAll()
    .where('id', '=', started.checkoutId)
    .executeTakeFirstOrThrow();
  const sessionId = row.provider_session_id ?? '';
  await control.payCheckout(sessionId, { method: 'card' });
  const state = await refreshCheckout(deps(), { sessionId, now });
  return state?.providerPaymentId ?? '';
}

const refund = (customerId: string, amountCents: number, more: Partial<RefundOrder> = {}) =>
  startRefund(deps(), {
    customerId,
    key: 'back',
    amountCents,
    to: { way: 'stripe' },
    reason: 'moved out',
    by: 'test',
    now,
    ...more,
  });

async function handleAll(): Promise<void> {
  const signals = {
    paymentChanged: async () => undefined,
    prepaidChanged: async () => undefined,
    ledgerChanged: async () => undefined,
    startArrears: async () => undefined,
    topUpChanged: async () => undefined,
    tell: async () => undefined,
  };
  await recoverEvents(deps(), { since: new Date(START.getTime() - 86_400_000), now });
  for (const id of await unhandledWebhooks(database.sql, { limit: 1000 })) {
    await handleWebhook({ ...deps(), signals }, id, now);
  }
}

async function pass(days: number): Promise<void> {
  await control.advance({ days });
  now = new Date(now.getTime() + days * 86_400_000);
  await handleAll();
}

/** An automatic top-up that the debtor's bank has paid; gives the provider's payment. */
async function debitedTopUp(amountCents: number): Promise<string> {
  const customerId = await newCustomer();
  const acceptance = { ipAddress: '203.0.113.7', userAgent: 'test', acceptedAt: now };
  const mandate = await registerMandate(deps(), {
    customerId,
    key: customerId,
    acceptance,
    iban: TEST_IBANS.succeeds,
    now,
  });
  if ('refused' in mandate) throw new Error('no mandate');
  const consent = { at: now.toISOString(), by: 'ana@example.com', evidence: 'agreed in the portal' };
  const autoTopUp = { belowCents: 1_000, amountCents, monthMaximumCents: amountCents, consent };
  const rules = { floorCents: 0, lowBalanceCents: 500, autoTopUp, by: 'ana@example.com' };
  await setRules(database.sql, { customerId, ...rules, now });
  const { id: orderId } = await database.sql
    .insertInto('top_up_order')
    .values({
      customer_id: customerId,
      mandate_id: mandate.mandateId,
      amount_cents: amountCents,
      currency: 'EUR',
      occasion: 'auto/test',
      debit_at: now,
      state: 'created',
      created_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const { providerPaymentId } = await startTopUpDebit(deps(), { orderId, now });
  if (providerPaymentId === null) throw new Error('nothing was debited');
  await control.advance({ days: 1 });
  now = new Date(now.getTime() + 86_400_000);
  await refreshTopUpIfOurs(deps(), { providerPaymentId, now });
  return providerPaymentId;
}

const rowsOf = (customerId: string) =>
  database.sql.selectFrom('refund').selectAll().where('customer_id', '=', customerId).orderBy('part_no').execute();

describe('a refund through the provider', () => {
  it('goes back on the payments it came by, the newest first, once by its key', async () => {
    const customerId = await newCustomer();
    const first = await toppedUp(customerId, 3000, 'first');
    now = new Date(now.getTime() + 1000);
    const second = await toppedUp(customerId, 2000, 'second');
    const all = await Promise.all([refund(customerId, 2500), refund(customerId, 2500)]);
    expect(all[0]).toEqual(await refund(customerId, 2500));
    expect(await balance(customerId)).toBe(2500);
    expect(await rowsOf(customerId)).toMatchObject([
      { provider_payment_id: second, amount_cents: 2000, state: 'succeeded' },
      { provider_payment_id: first, amount_cents: 500, state: 'succeeded' },
    ]);
    expect(
      (await stripe.refunds.list({ limit: 100 })).data.filter((one) => one.payment_intent === second),
    ).toHaveLength(1);
    expect(await refund(customerId, 2600)).toMatchObject({ refused: { code: 'REFUND.KEY_USED_FOR_OTHER_REFUND' } });
  });

  it.each([
    [0, {}, 'AMOUNT_NOT_POSITIVE'],
    [9_999, {}, 'REFUND.BEYOND_BALANCE'],
    [100, { to: { way: 'bank', iban: 'PT50' } }, 'IBAN_INVALID'],
    [100, { customerId: 'nobody' }, 'CUSTOMER_NOT_FOUND'],
  ] as const)('of %i cents with %j is refused: %s', async (amountCents, more, code) => {
    const customerId = await newCustomer();
    await toppedUp(customerId, 1000);
    expect(await refund(customerId, amountCents, more)).toMatchObject({ refused: { code } });
  });

  it('is refused for what came by the bank, or too long ago', async () => {
    const customerId = await newCustomer();
    await recordTopUp(database.sql, { customerId, source: 'bank', amountCents: 1000, key: 'b', now });
    expect(await refund(customerId, 500)).toMatchObject({ refused: { code: 'REFUND.BEYOND_PAYMENTS' } });
    await toppedUp(customerId, 1000);
    const late = new Date(now.getTime() + 181 * 86_400_000);
    expect(await refund(customerId, 500, { now: late })).toMatchObject({ refused: { code: 'REFUND.BEYOND_PAYMENTS' } });
  });

  it('that comes back after it had succeeded is booked back, once', async () => {
    const customerId = await newCustomer();
    await toppedUp(customerId, 1000);
    await refund(customerId, 400);
    const [row] = await rowsOf(customerId);
    await control.failRefund(row?.provider_refund_id ?? '');
    await handleAll();
    await database.sql.updateTable('webhook_event').set({ handled_at: null }).where('type', '^@', 'refund.').execute();
    await handleAll();
    expect(await balance(customerId)).toBe(1000);
    expect(await rowsOf(customerId)).toMatchObject([{ state: 'failed', failure_code: 'declined' }]);
  });

  it('that people made at the provider by hand makes its invoice owed again', async () => {
    const customerId = await newCustomer();
    const documentId = await addInvoice(database.sql, { customerId, grossCents: 1500 });
    const order = { customerId, key: 'pay', pays: { purpose: 'invoices' }, method: 'card' } as const;
    const started = await startCheckout(deps(), { ...order, returnUrl: 'https://x.example', by: 'test', now });
    const row = await database.sql
      .selectFrom('checkout')
      .selectAll()
      .where('id', '=', 'checkoutId' in started ? started.checkoutId : '')
      .executeTakeFirstOrThrow();
    const sessionId = row.provider_session_id ?? '';
    await control.payCheckout(sessionId, { method: 'card' });
    const paid = await refreshCheckout(deps(), { sessionId, now });
    expect(await dueCents(database.sql, documentId)).toBe(0);
    await stripe.refunds.create({ payment_intent: paid?.providerPaymentId ?? '', amount: 600 });
    await handleAll();
    expect(await dueCents(database.sql, documentId)).toBe(600);
  });
});

/** Invoices paid at once on the provider's page; gives the provider's payment. */
async function paidOnPage(customerId: string): Promise<string> {
  const order = { customerId, key: 'pay', pays: { purpose: 'invoices' }, method: 'card' } as const;
  const started = await startCheckout(deps(), { ...order, returnUrl: 'https://x.example', by: 'test', now });
  if ('refused' in started) throw new Error(started.refused.code);
  const row = await database.sql
    .selectFrom('checkout')
    .selectAll()
    .where('id', '=', started.checkoutId)
    .executeTakeFirstOrThrow();
  const sessionId = row.provider_session_id ?? '';
  await control.payCheckout(sessionId, { method: 'card' });
  return (await refreshCheckout(deps(), { sessionId, now }))?.providerPaymentId ?? '';
}

describe('a refund that people made at the provider by hand', () => {
  const byHand = (paymentId: string, amount: number) => stripe.refunds.create({ payment_intent: paymentId, amount });
  const duesOf = (documentIds: readonly string[]) =>
    Promise.all(documentIds.map((documentId) => dueCents(database.sql, documentId)));

  it('in parts takes of no invoice more than was paid of it', async () => {
    const customerId = await newCustomer();
    const add = (grossCents: number) => addInvoice(database.sql, { customerId, grossCents });
    const documentIds = [await add(1000), await add(2000)];
    const paymentId = await paidOnPage(customerId);
    await byHand(paymentId, 1500);
    await handleAll();
    expect(await duesOf(documentIds)).toEqual([0, 1500]);
    await byHand(paymentId, 900);
    await handleAll();
    expect(await duesOf(documentIds)).toEqual([400, 2000]);
    await byHand(paymentId, 600);
    await handleAll();
    await database.sql.updateTable('webhook_event').set({ handled_at: null }).where('type', '^@', 'refund.').execute();
    await handleAll();
    expect(await duesOf(documentIds)).toEqual([1000, 2000]);
    expect(await openDebtCents(database.sql, customerId)).toBe(0);
  });

  it('and that fails leaves its invoice paid, once', async () => {
    const customerId = await newCustomer();
    const documentIds = [await addInvoice(database.sql, { customerId, grossCents: 1500 })];
    const refund = await byHand(await paidOnPage(customerId), 600);
    await handleAll();
    expect(await duesOf(documentIds)).toEqual([600]);
    await control.failRefund(refund.id);
    await handleAll();
    await database.sql.updateTable('webhook_event').set({ handled_at: null }).where('type', '^@', 'refund.').execute();
    await handleAll();
    expect(await duesOf(documentIds)).toEqual([0]);
    expect(await balance(customerId)).toBe(0);
  });

  it('of a debit that came after a transfer takes back what it had paid ahead: nobody owes what they have paid', async () => {
    const customerId = await addCustomer(database.sql, { id: `refund-${(customers += 1)}` });
    const documentId = await addInvoice(database.sql, { customerId, grossCents: 1500 });
    const acceptance = { ipAddress: '203.0.113.7', userAgent: 'test', acceptedAt: now };
    await registerMandate(deps(), { customerId, key: customerId, acceptance, iban: TEST_IBANS.succeeds, now });
    const debit = await startDebit(deps(), { documentId, attemptNo: 1, now });
    const paymentId = 'refused' in debit ? '' : (debit.providerPaymentId ?? '');
    await recordTransfer(database.sql, { documentId, amountCents: 1500, key: 'twice', now });
    await pass(1);
    expect(await balance(customerId)).toBe(1500);
    await byHand(paymentId, 1500);
    await handleAll();
    expect(await dueCents(database.sql, documentId)).toBe(0);
    expect(await balance(customerId)).toBe(0);
  });

  it('that comes back pays first what is owed for no invoice', async () => {
    const customerId = await newCustomer();
    const paymentId = await toppedUp(customerId, 1000);
    await refund(customerId, 400);
    const [row] = await rowsOf(customerId);
    const taken = {
      key: `taken/${paymentId}`,
      customerId,
      source: 'stripe',
      amountCents: 900,
      occurredAt: now,
    } as const;
    await database.sql.transaction().execute((trx) => postTopUpReversed(trx, taken));
    expect(await openDebtCents(database.sql, customerId)).toBe(300);
    await control.failRefund(row?.provider_refund_id ?? '');
    await handleAll();
    expect(await openDebtCents(database.sql, customerId)).toBe(0);
    expect(await balance(customerId)).toBe(100);
    // the provider has taken nothing: the books agree with it again
    await database.sql.transaction().execute((trx) => postTopUp(trx, { ...taken, key: `given/${paymentId}` }));
  });
});

describe('a refund by the bank', () => {
  const to = { way: 'bank', iban: 'PT50 0002 0123 1234 5678 9015 4' } as const;
  const ordersOf = (customerId: string) =>
    database.sql.selectFrom('refund_order').selectAll().where('customer_id', '=', customerId).execute();

  it('is an order for staff to approve, once by its key; it leaves the balance with its file', async () => {
    const customerId = await newCustomer();
    await recordTopUp(database.sql, { customerId, source: 'bank', amountCents: 1000, key: 'b', now });
    const all = await Promise.all([refund(customerId, 700, { to }), refund(customerId, 700, { to })]);
    expect(all[0]).toEqual(all[1]);
    expect(await refund(customerId, 600, { to })).toMatchObject({
      refused: { code: 'REFUND.KEY_USED_FOR_OTHER_REFUND' },
    });
    expect(await refund(customerId, 100, { to, key: 'other' })).toMatchObject({
      refused: { code: 'REFUND.ORDER_OPEN' },
    });
    const [order, ...others] = await ordersOf(customerId);
    expect(others).toEqual([]);
    expect(order).toMatchObject({ state: 'proposed', iban: 'PT50000201231234567890154', issuer_id: 'issuer' });
    expect(await balance(customerId)).toBe(1000);
  });

  it('and one through the provider never promise the same money twice, however they meet', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ cents: fc.integer({ min: 1, max: 1200 }), byBank: fc.boolean() }), {
          minLength: 2,
          maxLength: 5,
        }),
        fc.boolean(),
        async (asked, leaves) => {
          const customerId = await newCustomer();
          await toppedUp(customerId, 1000);
          const work = asked.map(async ({ cents, byBank }, index) => {
            const made = await refund(customerId, cents, { key: `k${index}`, ...(byBank ? { to } : {}) });
            return 'refused' in made ? 0 : cents;
          });
          const leaving = leaves
            ? leaveOrder(database.sql, { customerId, occasion: 'leaving/x', by: 'test', now })
            : Promise.resolve(null);
          const given = (await Promise.all(work)).reduce((sum, cents) => sum + cents, 0);
          await leaving;
          const open = (await ordersOf(customerId)).reduce((sum, order) => sum + order.amount_cents, 0);
          expect(given).toBeLessThanOrEqual(1000);
          expect(await balance(customerId)).toBeGreaterThanOrEqual(open);
        },
      ),
      { numRuns: 12 },
    );
  });
});

describe('splitting', () => {
  it('takes payments in their order, and says what none can take', () => {
    const payments = [
      { providerPaymentId: 'a', leftCents: 300 },
      { providerPaymentId: 'b', leftCents: 500 },
    ];
    expect(splitRefund(payments, 400).parts).toEqual([
      { providerPaymentId: 'a', amountCents: 300 },
      { providerPaymentId: 'b', amountCents: 100 },
    ]);
    expect(splitRefund(payments, 900).restCents).toBe(100);
  });
});

describe('payouts of the provider', () => {
  it('are matched to the cent with what went into them, refunds and disputes too; and so is what is not paid out', async () => {
    await compareBalance(deps(), now);
    expect(await checkProviderPayouts(database.sql)).toEqual([]);
    const customerId = await newCustomer();
    const payment = await toppedUp(customerId, 9000);
    await control.chargeAccountFee(150);
    await pass(6);
    await control.dispute(payment, { reason: 'fraudulent' });
    await toppedUp(await newCustomer(), 20_000);
    await pass(6);
    await compareBalance(deps(), now);
    expect(await checkProviderPayouts(database.sql)).toEqual([]);
    const payouts = await database.sql.selectFrom('processor_payout').selectAll().execute();
    expect(payouts.length).toBeGreaterThan(1);
    for (const { amount_cents: net, gross_cents: gross, fee_cents: fee } of payouts) expect(gross - fee).toBe(net);
  });

  it('know an automatic top-up by mandate, its charge and what was taken back of it', async () => {
    const paymentId = await debitedTopUp(2_000);
    await pass(8);
    await control.dispute(paymentId, { reason: 'debit_not_authorized' });
    await toppedUp(await newCustomer(), 20_000);
    await pass(8);
    await compareBalance(deps(), now);
    expect(await checkProviderPayouts(database.sql)).toEqual([]);
    const subjects = await database.sql
      .selectFrom('processor_transaction')
      .where('subject', '^@', 'top-up/')
      .where('payout_id', 'is not', null)
      .select('type')
      .orderBy('happened_at')
      .execute();
    expect(subjects.length).toBeGreaterThanOrEqual(2);
  });

  it('that the bank sends back are held by the provider again, and paid out with the next', async () => {
    const [payout] = (await stripe.payouts.list({ limit: 1 })).data;
    await control.failPayout(payout?.id ?? '');
    await handleAll();
    await compareBalance(deps(), now);
    expect(await checkProviderPayouts(database.sql)).toEqual([]);
    await pass(6);
    await compareBalance(deps(), now);
    expect(await checkProviderPayouts(database.sql)).toEqual([]);
  });

  it('that do not fit are told with their figures', async () => {
    const [payout] = await database.sql.selectFrom('processor_payout').selectAll().execute();
    const id = payout?.id ?? '';
    const change = (cents: number) =>
      database.sql
        .updateTable('processor_payout')
        .set((set) => ({ amount_cents: set('amount_cents', '+', cents) }))
        .where('id', '=', id)
        .execute();
    await change(1);
    expect(await checkProviderPayouts(database.sql)).toMatchObject([
      { code: 'PAYOUT_UNMATCHED', subject: `payout/${id}` },
    ]);
    await change(-1);
    await database.sql
      .insertInto('processor_balance')
      .values({
        compared_at: new Date(now.getTime() + 1000),
        currency: 'EUR',
        provider_cents: 5,
        unpaid_net_cents: 5,
        unpaid_gross_cents: 6,
        books_cents: 7,
      })
      .execute();
    const figures = expect.stringMatching(/5.*6.*7/);
    expect(await checkProviderPayouts(database.sql)).toMatchObject([{ subject: 'processor/stripe', detail: figures }]);
  });

  it('leave books that balance', async () => {
    expect(await checkLedger(database.sql)).toEqual({ balanced: true, problems: [] });
  });
});
