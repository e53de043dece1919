import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';

import { openBench, openCheckout, type SandboxBench } from './sandbox-bench.js';
import { TEST_IBANS } from './test-ibans.js';
import { TEST_PHONES } from './test-phones.js';

let bench: SandboxBench;
beforeEach(async () => void (bench = await openBench()));
afterEach(() => bench.close());

const open = (cents: number, more: Partial<Stripe.Checkout.SessionCreateParams> = {}) =>
  openCheckout(bench.stripe, cents, more);
const again = (id: string) => bench.stripe.checkout.sessions.retrieve(id);
const types = () => bench.receiver.types().filter((type) => /^(checkout|payment_intent)\./.test(type));

/** Sends a form of the hosted page, as a browser without scripts does. */
function submit(
  session: Stripe.Checkout.Session,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
) {
  const body = new URLSearchParams(fields);
  return fetch(String(session.url), { method: 'POST', body, headers, redirect: 'manual' });
}

describe('a Checkout Session', () => {
  it('is open for 24 hours with what was ordered, and without a payment', async () => {
    const session = await open(4250, { expand: ['line_items'] });
    expect(session).toMatchObject({
      object: 'checkout.session',
      status: 'open',
      payment_status: 'unpaid',
      payment_intent: null,
      amount_total: 4250,
      currency: 'eur',
      client_reference_id: 'doc-1',
      metadata: { purpose: 'invoice' },
      payment_method_types: ['card', 'mb_way', 'multibanco'],
      expires_at: session.created + 24 * 3600,
    });
    expect(session.line_items?.data).toMatchObject([{ amount_total: 4250, quantity: 1, description: 'FT T2026/1' }]);
    expect(session.url).toContain(`/c/pay/${session.id}`);
  });

  it('paid by card is complete with its payment, which carries our metadata', async () => {
    const session = await open(4250);
    await bench.control.payCheckout(session.id, { method: 'card' });
    const done = await bench.stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent'] });
    expect(done).toMatchObject({ status: 'complete', payment_status: 'paid', url: null });
    expect(done.payment_intent).toMatchObject({
      status: 'succeeded',
      amount_received: 4250,
      metadata: { documentId: 'doc-1' },
    });
    await bench.settled();
    expect(types().sort()).toEqual([
      'checkout.session.completed',
      'payment_intent.created',
      'payment_intent.succeeded',
    ]);
  });

  it('stays open after a refused card, and is then paid by the same PaymentIntent', async () => {
    const session = await open(4250);
    const card = 'pm_card_visa_chargeDeclinedInsufficientFunds';
    const refused = await bench.control.payCheckout(session.id, { method: 'card', card });
    expect(refused).toMatchObject({ status: 'open', payment_status: 'unpaid' });
    const intent = await bench.stripe.paymentIntents.retrieve(String(refused.payment_intent));
    expect(intent.last_payment_error).toMatchObject({ code: 'card_declined', decline_code: 'insufficient_funds' });
    const paid = await bench.control.payCheckout(session.id, { method: 'card' });
    expect(paid).toMatchObject({ payment_status: 'paid', payment_intent: refused.payment_intent });
    await expect(bench.control.payCheckout(session.id, { method: 'card' })).rejects.toThrow('complete');
  });

  it('of a Multibanco voucher is complete and unpaid, and paid days later', async () => {
    const session = await open(4250);
    const issued = await bench.control.payCheckout(session.id, { method: 'multibanco', email: 'ana@example.com' });
    expect(issued).toMatchObject({ status: 'complete', payment_status: 'unpaid' });
    const intentId = String(issued.payment_intent);
    await bench.control.payVoucher(intentId, { days: 3 });
    expect((await again(session.id)).payment_status).toBe('unpaid');
    await bench.control.advance({ days: 3 });
    expect((await again(session.id)).payment_status).toBe('paid');
    await bench.settled();
    expect(types()).toContain('checkout.session.async_payment_succeeded');
    expect(types()).not.toContain('checkout.session.async_payment_failed');
  });

  it('of a voucher nobody pays fails a week later', async () => {
    const session = await open(4250);
    await bench.control.payCheckout(session.id, { method: 'multibanco', email: 'ana@example.com' });
    await bench.control.advance({ days: 7 });
    await bench.settled();
    expect(types()).toContain('checkout.session.async_payment_failed');
    expect(await again(session.id)).toMatchObject({ status: 'complete', payment_status: 'unpaid' });
  });

  it('waits for the phone with MB WAY, and may be paid otherwise after a refusal', async () => {
    const session = await open(4250);
    const pushed = await bench.control.payCheckout(session.id, { method: 'mb_way', phone: '+351930000000' });
    expect(pushed).toMatchObject({ status: 'open', payment_status: 'unpaid' });
    const intentId = String(pushed.payment_intent);
    await bench.control.answerPhone(intentId, 'refuse');
    expect(await again(session.id)).toMatchObject({ status: 'open', payment_status: 'unpaid' });
    await bench.control.payCheckout(session.id, { method: 'mb_way', phone: '+351930000000' });
    await bench.control.answerPhone(intentId, 'confirm');
    expect(await again(session.id)).toMatchObject({ status: 'complete', payment_status: 'paid' });
  });

  it('runs out by the clock, and what was begun on it is cancelled', async () => {
    const session = await open(4250);
    const begun = await bench.control.payCheckout(session.id, { method: 'card', card: 'pm_card_visa_chargeDeclined' });
    await bench.control.advance({ hours: 24 });
    expect(await again(session.id)).toMatchObject({ status: 'expired', url: null, payment_status: 'unpaid' });
    const intent = await bench.stripe.paymentIntents.retrieve(String(begun.payment_intent));
    expect(intent).toMatchObject({ status: 'canceled', cancellation_reason: 'automatic' });
    await expect(bench.control.payCheckout(session.id, { method: 'card' })).rejects.toThrow('expired');
    await bench.settled();
    expect(types()).toContain('checkout.session.expired');
  });

  it('can be ended by us while it is open, and only then', async () => {
    const session = await open(4250);
    expect((await bench.stripe.checkout.sessions.expire(session.id)).status).toBe('expired');
    await expect(bench.stripe.checkout.sessions.expire(session.id)).rejects.toMatchObject({ statusCode: 400 });
    const other = await open(1000);
    const found = await bench.stripe.checkout.sessions.list({ status: 'open' });
    expect(found.data.map(({ id }) => id)).toEqual([other.id]);
  });

  it('leaves out what cannot take the amount', async () => {
    expect((await open(600_000)).payment_method_types).toEqual(['card', 'multibanco']);
    await expect(open(600_000, { allowed_payment_method_types: ['mb_way'] })).rejects.toMatchObject({
      code: 'amount_too_large',
    });
  });

  it.each([
    ['payment_method_types', { payment_method_types: ['card'] }, 'payment_method_types_no_longer_supported'],
    ['a parameter that nobody knows', { colour: 'red' }, 'parameter_unknown'],
    ['a nested one that nobody knows', { payment_intent_data: { colour: 'red' } }, 'parameter_unknown'],
    ['an amount that is too small', { line_items: [] }, 'parameter_missing'],
    ['a life of ten minutes', { expires_at: Math.floor(Date.now() / 1000) + 600 }, undefined],
  ])('is refused for %s', async (_name, more, code) => {
    const refusal = open(4250, more as object).catch((error: unknown) => error);
    expect(await refusal).toMatchObject({ statusCode: 400, code });
  });
});

describe('a Checkout Session for a mandate', () => {
  it('gives an active mandate for the customer, with the evidence of its acceptance', async () => {
    const customer = await bench.stripe.customers.create({ name: 'Ana Exemplo', email: 'ana@example.com' });
    const session = await bench.stripe.checkout.sessions.create({
      mode: 'setup',
      allowed_payment_method_types: ['sepa_debit'],
      customer: customer.id,
      setup_intent_data: { metadata: { customerId: 'c-1' } },
      success_url: 'http://127.0.0.1:1/done',
    });
    expect(session).toMatchObject({ payment_status: 'no_payment_required', amount_total: null, status: 'open' });
    const fields = { method: 'sepa_debit', iban: TEST_IBANS.succeeds, name: 'Ana Exemplo', email: 'ana@example.com' };
    const answer = await submit(session, fields);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, 'http://127.0.0.1:1/done']);
    const intent = await bench.stripe.setupIntents.retrieve(String(session.setup_intent), {
      expand: ['mandate', 'payment_method'],
    });
    expect(intent).toMatchObject({
      status: 'succeeded',
      metadata: { customerId: 'c-1' },
      payment_method: { customer: customer.id, sepa_debit: { last4: '0154' } },
      mandate: { status: 'active', customer_acceptance: { type: 'online' } },
    });
    await bench.settled();
    expect(bench.receiver.types()).toContain('checkout.session.completed');
  });
});

describe('the hosted page', () => {
  it('says that it is the sandbox, speaks the language of the session and runs no scripts', async () => {
    const pages = await Promise.all(
      (['pt', 'en'] as const).map(async (locale) => fetch(String((await open(4250, { locale })).url))),
    );
    const [pt, en] = await Promise.all(pages.map((page) => page.text()));
    expect(pt).toContain('Sandbox do Stripe: nenhum dinheiro se move');
    expect(pt).toMatch(/42,50\s€/);
    expect(en).toContain('Stripe sandbox: no money moves');
    expect(en).toContain('€42.50');
    expect(pages[0]?.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(`${pt}${en}`).not.toContain('<script');
  });

  it('leads back to us with the session when it is paid', async () => {
    const session = await open(4250);
    const answer = await submit(session, { method: 'card', card: 'pm_card_visa' });
    expect(answer.headers.get('location')).toBe(`http://127.0.0.1:1/paid?session=${session.id}`);
  });

  it('shows why it was not paid, and escapes what we wrote', async () => {
    const name = '<b>Fatura</b>';
    const line = { price_data: { currency: 'eur', unit_amount: 100, product_data: { name } }, quantity: 1 };
    const session = await open(100, { line_items: [line] });
    await submit(session, { method: 'card', card: 'pm_card_visa_chargeDeclined' });
    const page = await (await fetch(String(session.url))).text();
    expect(page).toContain('Your card was declined.');
    expect(page).toContain('&lt;b&gt;Fatura');
    const bad = await submit(session, { method: 'mb_way', phone: '912' });
    expect([bad.status, await bad.text()]).toEqual([400, expect.stringContaining('phone number is not valid')]);
  });

  it('asks the holder of a card that must agree', async () => {
    const session = await open(4250);
    const asked = await submit(session, { method: 'card', card: 'pm_card_authenticationRequired' });
    const place = String(asked.headers.get('location'));
    expect(place).toContain('/c/authenticate/pi_');
    const body = new URLSearchParams({ answer: 'confirm' });
    const answer = await fetch(place, { method: 'POST', body, redirect: 'manual' });
    expect(answer.headers.get('location')).toContain('/paid?session=');
    expect((await again(session.id)).payment_status).toBe('paid');
  });

  it('shows the voucher, which can be paid there', async () => {
    const session = await open(4250);
    const issued = await bench.control.payCheckout(session.id, { method: 'multibanco', email: 'ana@example.com' });
    const intent = await bench.stripe.paymentIntents.retrieve(String(issued.payment_intent));
    const voucher = intent.next_action?.multibanco_display_details;
    const page = await (await fetch(String(voucher?.hosted_voucher_url))).text();
    expect(page.replaceAll(' ', '')).toContain(String(voucher?.reference));
    await fetch(String(voucher?.hosted_voucher_url), { method: 'POST' });
    await bench.control.advance({ hours: 1 });
    expect((await again(session.id)).payment_status).toBe('paid');
  });

  it('looks again by itself while the phone is asked', async () => {
    const session = await open(4250);
    await submit(session, { method: 'mb_way', phone: '+351930000000' });
    expect(await (await fetch(String(session.url))).text()).toContain('http-equiv="refresh"');
    const answered = await submit(session, { answer: 'confirm' });
    expect(answered.headers.get('location')).toContain('/paid?session=');
    const other = await open(1000);
    await submit(other, { method: 'mb_way', phone: TEST_PHONES.confirms });
    await bench.control.advance({ hours: 1 });
    expect((await again(other.id)).payment_status).toBe('paid');
  });
});
