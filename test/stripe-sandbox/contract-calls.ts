import type Stripe from 'stripe';

import { debit, openCheckout, signMandate } from './sandbox-bench.js';
import type { SandboxControl } from './sandbox-control.js';
import { TEST_IBANS } from './test-ibans.js';
import { TEST_PHONES } from './test-phones.js';

const RETURN_URL = 'https://example.com/back';

/** Mandates, debits and what becomes of them. */
async function playDebits(stripe: Stripe, control: SandboxControl): Promise<void> {
  const signed = await signMandate(stripe, TEST_IBANS.succeeds);
  const paid = await debit(stripe, signed);
  await debit(stripe, await signMandate(stripe, TEST_IBANS.insufficientFunds));
  const cancelled = await debit(stripe, signed, { confirm: false, off_session: false });
  await stripe.paymentIntents.cancel(cancelled.id, { cancellation_reason: 'abandoned' });
  await control.advance({ hours: 1 });
  await stripe.paymentIntents.retrieve(paid.id, { expand: ['latest_charge.balance_transaction'] });
  await stripe.paymentIntents.update(paid.id, { metadata: { attemptId: 'a-1' } });
  await stripe.paymentIntents.list({ customer: signed.customer, limit: 100 });
  await stripe.paymentIntents.search({ query: "metadata['documentId']:'doc-1'" });
  await stripe.customers.update(signed.customer, { name: 'Ana Exemplo' });
  await stripe.customers.retrieve(signed.customer);
  await stripe.paymentMethods.retrieve(signed.method);
  await stripe.setupIntents.retrieve(signed.intent.id);
  await stripe.mandates.retrieve(signed.mandate);
  const refund = await stripe.refunds.create({ payment_intent: paid.id, amount: 34, metadata: { key: 'r-1' } });
  await control.advance({ hours: 1 });
  await stripe.refunds.retrieve(refund.id);
  await stripe.refunds.list({ payment_intent: paid.id, limit: 100 });
  const dispute = await control.dispute(paid.id);
  await stripe.disputes.retrieve(String(dispute?.id));
  await stripe.disputes.list({ created: { gte: 1 }, limit: 100 });
  const [charge] = (await stripe.charges.list({ payment_intent: paid.id })).data;
  if (charge !== undefined) await stripe.charges.retrieve(charge.id);
  await control.failRefund(refund.id);
  const setup = await stripe.setupIntents.create({ customer: signed.customer, usage: 'off_session' });
  await stripe.setupIntents.cancel(setup.id);
  await control.withdrawMandate(signed.mandate);
  await stripe.paymentMethods.detach(signed.method);
}

/** One-off payments on the hosted page and by the API. */
async function playCheckouts(stripe: Stripe, control: SandboxControl): Promise<void> {
  const card = await openCheckout(stripe, 4250);
  await control.payCheckout(card.id, { method: 'card', card: 'pm_card_visa_chargeDeclined' });
  await control.payCheckout(card.id, { method: 'card' });
  const voucher = await openCheckout(stripe, 4250);
  await control.payCheckout(voucher.id, { method: 'multibanco', email: 'ana@example.com' });
  const phone = await openCheckout(stripe, 4250);
  await control.payCheckout(phone.id, { method: 'mb_way', phone: TEST_PHONES.confirms });
  const over = await openCheckout(stripe, 4250);
  await stripe.checkout.sessions.expire(over.id);
  await stripe.checkout.sessions.retrieve(voucher.id, { expand: ['line_items', 'payment_intent'] });
  await stripe.checkout.sessions.list({ limit: 100 });
  await stripe.checkout.sessions.listLineItems(card.id);
  const customer = await stripe.customers.create({ email: 'ana@example.com' });
  const mandate = await stripe.checkout.sessions.create({
    mode: 'setup',
    allowed_payment_method_types: ['sepa_debit'],
    customer: customer.id,
    locale: 'pt',
    setup_intent_data: { metadata: { customerId: 'c-1' } },
    success_url: RETURN_URL,
    cancel_url: RETURN_URL,
  });
  const holder = { name: 'Ana Exemplo', email: 'ana@example.com' };
  await control.payCheckout(mandate.id, { method: 'sepa_debit', iban: TEST_IBANS.succeeds, ...holder });
  const asked = await stripe.paymentIntents.create({
    amount: 2599,
    currency: 'eur',
    payment_method: 'pm_card_authenticationRequired',
    confirm: true,
    return_url: RETURN_URL,
  });
  await control.authenticateCard(asked.id);
  const dispute = String((await control.dispute(asked.id, { reason: 'fraudulent' }))?.id);
  await stripe.disputes.update(dispute, { evidence: { uncategorized_text: 'charged at the spot' } });
  await control.closeDispute(dispute, 'won');
}

/** What the money does afterwards. */
async function playBalance(stripe: Stripe, control: SandboxControl): Promise<void> {
  await control.advance({ days: 10 });
  const { data } = await stripe.payouts.list({ arrival_date: { gte: 1 }, status: 'paid', limit: 100 });
  const payout = String(data[0]?.id);
  await stripe.payouts.retrieve(payout);
  const moved = await stripe.balanceTransactions.list({ payout, limit: 100, expand: ['data.source'] });
  await stripe.balanceTransactions.retrieve(String(moved.data[0]?.id));
  await stripe.balance.retrieve();
  await control.failPayout(payout);
  await openCheckout(stripe, 4250);
  await stripe.paymentIntents.create({ amount: 500, currency: 'eur', payment_method: 'pm_card_visa', confirm: true });
  const events = await stripe.events.list({ types: ['payment_intent.succeeded'], created: { gte: 1 }, limit: 100 });
  await stripe.events.retrieve(String(events.data[0]?.id));
}

/** Calls that our code makes, or may make, of everything the sandbox plays. */
export async function playEverything(stripe: Stripe, control: SandboxControl): Promise<void> {
  await playDebits(stripe, control);
  await playCheckouts(stripe, control);
  await playBalance(stripe, control);
}
