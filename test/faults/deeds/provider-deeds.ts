import { startCheckout, type CheckoutOrder } from '#libs/payments/checkout/start-checkout.js';
import { deductPrepaid } from '#libs/payments/deduct-prepaid.js';
import { handleWebhook } from '#libs/payments/handle-webhook.js';
import { setRules } from '#libs/payments/prepaid/settings.js';
import { startTopUpDebit } from '#libs/payments/prepaid/start-top-up-debit.js';
import { recordTransfer } from '#libs/payments/record-transfer.js';
import { startRefund } from '#libs/payments/refunds/start-refund.js';
import { registerMandate } from '#libs/payments/register-mandate.js';
import { addCustomer, addInvoice } from '#test/stripe-sandbox/invoice-fixture.js';
import { TEST_IBANS } from '#test/stripe-sandbox/test-ibans.js';

import { deed, done, type Deed, type World } from './world.js';

const DAYS = 8;
const START = new Date();
/** After the provider's first payouts have arrived. */
const NOW = new Date(START.getTime() + DAYS * 86_400_000);
const BY = 'ana';

const depsOf = ({ sql, stripe }: World) => ({ sql, stripe });

/** What is said by a webhook, which is stored and then handled; so is each that comes twice. */
const webhook = (name: string, type: string, objectOf: (world: World) => Promise<string>): Deed =>
  deed(
    name,
    async (world) => {
      const objectId = await objectOf(world);
      await keep(world, type, objectId);
      return `evt/${type}/${objectId}`;
    },
    handle,
  );

async function keep({ sql }: World, type: string, objectId: string): Promise<void> {
  const event = { id: `evt/${type}/${objectId}`, type, object_id: objectId, raw: '{}', received_at: NOW };
  await sql.insertInto('webhook_event').values(event).execute();
}

async function handle(world: World, eventId: string): Promise<void> {
  const { tell } = world;
  const signals = {
    paymentChanged: async (documentId: string) => tell(`payment ${documentId}`),
    ledgerChanged: async (documentId: string) => tell(`ledger ${documentId}`),
    startArrears: async (documentId: string, cause: string) => tell(`arrears ${documentId} ${cause}`),
    topUpChanged: async ({ orderId }: { readonly orderId: string }) => tell(`top-up ${orderId}`),
    prepaidChanged: async (customerId: string) => tell(`prepaid ${customerId}`),
    tell: async ({ kind }: { readonly kind: string }) => tell(`mail ${kind}`),
  };
  await handleWebhook({ ...depsOf(world), signals }, eventId, NOW);
}

type Pays = CheckoutOrder['pays'];

/** Opens a page; says how many the provider has of it. */
async function open(world: World, customerId: string, pays: Pays, { key = 'pay', now = NOW } = {}) {
  const order = { customerId, key, pays, method: null, returnUrl: 'https://chazemo.example/money', by: BY, now };
  const { checkoutId } = await done(startCheckout(depsOf(world), order));
  const { data } = await world.stripe.checkout.sessions.list({ limit: 100 });
  const pages = data.filter(({ metadata }) => metadata?.['checkoutId'] === checkoutId);
  world.tell(`pages of ${customerId}: ${pages.length}`);
  return { checkoutId, sessionId: pages[0]?.id ?? '' };
}

async function paid(world: World, customerId: string, pays: Pays, more: { key?: string; now?: Date } = {}) {
  const { checkoutId, sessionId } = await open(world, customerId, pays, more);
  await world.control.payCheckout(sessionId, { method: 'card' });
  return { checkoutId, sessionId };
}

/** A page that was paid and is credited; gives the provider's payment. */
export async function credited(world: World, customerId: string, pays: Pays, more: { key?: string; now?: Date } = {}) {
  const { sessionId } = await paid(world, customerId, pays, more);
  await keep(world, 'checkout.session.completed', sessionId);
  await handle(world, `evt/checkout.session.completed/${sessionId}`);
  return checkoutOf(world, customerId);
}

const checkoutOf = ({ sql }: World, customerId: string) =>
  sql
    .selectFrom('checkout')
    .where('customer_id', '=', customerId)
    .orderBy('id', 'desc')
    .select(['provider_session_id as sessionId', 'provider_payment_id as paymentId'])
    .executeTakeFirstOrThrow();

async function payer({ sql }: World, customerId: string, ...grossCents: number[]): Promise<string> {
  await addCustomer(sql, { id: customerId, paymentMethod: 'transfer' });
  for (const cents of grossCents) await addInvoice(sql, { customerId, grossCents: cents });
  return customerId;
}

export async function lastPayout({ stripe }: World): Promise<string> {
  const { data } = await stripe.payouts.list({ limit: 1 });
  return data[0]?.id ?? '';
}

async function disputeOf(world: World, customerId: string, reason: string): Promise<string> {
  const { paymentId } = await checkoutOf(world, customerId);
  const dispute = await world.control.dispute(paymentId ?? '', { reason });
  return dispute?.id ?? '';
}

async function lastDispute({ stripe }: World): Promise<string> {
  const { data } = await stripe.disputes.list({ limit: 1 });
  return data[0]?.id ?? '';
}

/** The provider's side of a refund, and how many it has of it. */
async function refund(world: World): Promise<void> {
  const to = { way: 'stripe' } as const;
  const order = { customerId: '5004', key: 'back', amountCents: 20, to, reason: 'asked', by: BY, now: NOW };
  const { refunds } = await done(startRefund(depsOf(world), order));
  const { data } = await world.stripe.refunds.list({ limit: 100 });
  const made = data.filter(({ metadata }) => metadata?.['refundId'] === refunds[0]?.refundId);
  world.tell(`refunds: ${made.length}`);
}

async function debtor(world: World, customerId: string): Promise<string> {
  await addCustomer(world.sql, { id: customerId, paymentMethod: 'prepaid' });
  const acceptance = { ipAddress: '203.0.113.7', userAgent: 'test', acceptedAt: NOW };
  const mandate = { customerId, key: customerId, acceptance, iban: TEST_IBANS.succeeds, now: NOW };
  const { mandateId } = await done(registerMandate(depsOf(world), mandate));
  const consent = { at: NOW.toISOString(), by: BY, evidence: 'agreed in the portal' };
  const autoTopUp = { belowCents: 1_000, amountCents: 2_000, monthMaximumCents: 6_000, consent };
  await done(setRules(world.sql, { customerId, floorCents: 0, lowBalanceCents: 500, autoTopUp, by: BY, now: NOW }));
  return mandateId;
}

/** Orders an automatic top-up, once, and debits it; says how many debits the provider has of it. */
async function topUp(world: World, mandateId: string): Promise<void> {
  const { sql, stripe, tell } = world;
  const order = { customer_id: '5005', occasion: 'auto/test', mandate_id: mandateId, amount_cents: 2_000 };
  await sql
    .insertInto('top_up_order')
    .values({ ...order, currency: 'EUR', debit_at: NOW, state: 'created', created_at: NOW })
    .onConflict((conflict) => conflict.columns(['customer_id', 'occasion']).doNothing())
    .execute();
  const { id: orderId } = await topUpOf(world);
  await startTopUpDebit({ sql, stripe }, { orderId, now: NOW });
  const { data } = await stripe.paymentIntents.list({ limit: 100 });
  tell(`debits: ${data.filter(({ metadata }) => metadata['topUpOrderId'] === orderId).length}`);
}

const topUpOf = ({ sql }: World) => sql.selectFrom('top_up_order').selectAll().executeTakeFirstOrThrow();

export const PROVIDER_DEEDS: readonly Deed[] = [
  webhook('a payout of the provider arrives', 'payout.paid', async (world) => {
    const customerId = await addCustomer(world.sql, { id: '5000', paymentMethod: 'prepaid' });
    await credited(world, customerId, { purpose: 'top-up', amountCents: 9_000 }, { now: START });
    await world.control.advance({ days: DAYS });
    return lastPayout(world);
  }),
  webhook('the bank sends that payout back', 'payout.failed', async (world) => {
    const payoutId = await lastPayout(world);
    await world.control.failPayout(payoutId);
    return payoutId;
  }),
  deed(
    'a page is opened for two invoices',
    (world) => payer(world, '5001', 1_000, 2_000),
    (world, customerId) => open(world, customerId, { purpose: 'invoices' }),
  ),
  webhook('it is paid, and one of them was paid in part meanwhile', 'checkout.session.completed', async (world) => {
    const { id: documentId } = await world.sql
      .selectFrom('fiscal_document')
      .where('customer_id', '=', '5001')
      .where('gross_cents', '=', 2_000)
      .select('id')
      .executeTakeFirstOrThrow();
    await recordTransfer(world.sql, { documentId, amountCents: 400, key: 'meanwhile', now: NOW });
    const { sessionId } = await paid(world, '5001', { purpose: 'invoices' });
    return sessionId;
  }),
  webhook('the payer disputes that payment', 'charge.dispute.created', (world) =>
    disputeOf(world, '5001', 'fraudulent'),
  ),
  webhook('the dispute is won', 'charge.dispute.closed', async (world) => {
    const disputeId = await lastDispute(world);
    await world.control.closeDispute(disputeId, 'won');
    return disputeId;
  }),
  webhook('a page expires', 'checkout.session.expired', async (world) => {
    const { sessionId } = await open(world, await payer(world, '5002', 1_500), { purpose: 'invoices' });
    await world.stripe.checkout.sessions.expire(sessionId);
    return sessionId;
  }),
  webhook('people give a payment back at the provider by hand', 'refund.created', async (world) => {
    const { paymentId } = await credited(world, await payer(world, '5003', 1_700), { purpose: 'invoices' });
    const { id } = await world.stripe.refunds.create({ payment_intent: paymentId ?? '', amount: 600 });
    return id;
  }),
  webhook('a top-up on a page is paid', 'payment_intent.succeeded', async (world) => {
    const customerId = await addCustomer(world.sql, { id: '5004', paymentMethod: 'prepaid' });
    const { sessionId } = await paid(world, customerId, { purpose: 'top-up', amountCents: 50_000 });
    const { payment_intent: paymentId } = await world.stripe.checkout.sessions.retrieve(sessionId);
    return String(paymentId);
  }),
  deed('what was paid ahead is given back on its payment', () => Promise.resolve(), refund),
  webhook('that refund comes back', 'refund.failed', async (world) => {
    const { provider_refund_id: id } = await world.sql.selectFrom('refund').selectAll().executeTakeFirstOrThrow();
    await world.control.failRefund(id ?? '');
    return id ?? '';
  }),
  deed('an automatic top-up is debited', (world) => debtor(world, '5005'), topUp),
  webhook('it succeeds', 'payment_intent.succeeded', async (world) => {
    await world.control.advance({ hours: 2 });
    return (await topUpOf(world)).provider_payment_id ?? '';
  }),
  webhook('it is taken back, in part spent', 'charge.dispute.created', async (world) => {
    const { provider_payment_id: paymentId, customer_id: customerId } = await topUpOf(world);
    const documentId = await addInvoice(world.sql, { customerId, grossCents: 1_500 });
    await deductPrepaid(world.sql, { documentId, now: NOW });
    const dispute = await world.control.dispute(paymentId ?? '', { reason: 'debit_not_authorized' });
    return dispute?.id ?? '';
  }),
];
