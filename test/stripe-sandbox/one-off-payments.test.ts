import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';

import { checkDigits } from './pay-by-voucher.js';
import { openBench, type SandboxBench } from './sandbox-bench.js';
import { TEST_PHONES } from './test-phones.js';

let bench: SandboxBench;
beforeEach(async () => void (bench = await openBench()));
afterEach(() => bench.close());

const retrieve = (id: string) => bench.stripe.paymentIntents.retrieve(id);

function pay(
  type: 'mb_way' | 'multibanco',
  billing: Stripe.PaymentIntentCreateParams.PaymentMethodData.BillingDetails,
) {
  return bench.stripe.paymentIntents.create({
    amount: 2599,
    currency: 'eur',
    allowed_payment_method_types: [type],
    payment_method_data: { type, billing_details: billing },
    confirm: true,
  });
}

const charge = (card: string, more: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
  bench.stripe.paymentIntents.create({
    amount: 2599,
    currency: 'eur',
    payment_method: card,
    confirm: true,
    return_url: 'http://127.0.0.1:1/back',
    ...more,
  });

describe('a Multibanco voucher', () => {
  it('has an entity, a reference with the right check digits and a week to be paid', async () => {
    const intent = await pay('multibanco', { email: 'ana@example.com' });
    expect(intent).toMatchObject({ status: 'requires_action', latest_charge: null });
    const voucher = intent.next_action?.multibanco_display_details;
    const { entity, reference } = { entity: String(voucher?.entity), reference: String(voucher?.reference) };
    expect(reference).toMatch(/^\d{9}$/);
    expect(reference.slice(7)).toBe(checkDigits(entity, reference.slice(0, 7), 2599));
    expect(voucher?.expires_at).toBe(intent.created + 7 * 86_400);
  });

  it('has check digits that a wrong amount or digit does not have', () => {
    // 98 - (3 * 11604999000000 00123456 mod 97), worked out by hand with the weights 3, 30, 9, 90, …
    const right = checkDigits('11604', '9990000', 123_456);
    expect(right).toBe(String(98n - ((11_604_999_000_000_123_456n * 3n) % 97n)).padStart(2, '0'));
    expect(checkDigits('11604', '9990000', 123_457)).not.toBe(right);
    expect(checkDigits('11604', '9990010', 123_456)).not.toBe(right);
  });

  it('is paid once, and confirmed when Stripe hears of it, even after the voucher has run out', async () => {
    const { id } = await pay('multibanco', { email: 'ana@example.com' });
    await bench.control.advance({ days: 6 });
    await bench.control.payVoucher(id, { days: 3 });
    await expect(bench.control.payVoucher(id)).rejects.toThrow('paid already');
    await expect(bench.stripe.paymentIntents.cancel(id)).rejects.toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
    await bench.control.advance({ days: 2 });
    expect((await retrieve(id)).status).toBe('requires_action');
    await bench.control.advance({ days: 1 });
    expect(await retrieve(id)).toMatchObject({ status: 'succeeded', amount_received: 2599 });
  });

  it('that is not paid fails after its week and cannot be paid any more', async () => {
    const { id } = await pay('multibanco', { email: 'ana@example.com' });
    await bench.control.advance({ days: 7 });
    const failed = await retrieve(id);
    expect(failed.status).toBe('requires_payment_method');
    expect(failed.last_payment_error?.code).toBe('payment_intent_payment_attempt_expired');
    await expect(bench.control.payVoucher(id)).rejects.toThrow('no open voucher');
  });

  it('knows no disputes', async () => {
    const { id } = await pay('multibanco', { email: 'ana@example.com' });
    await bench.control.payVoucher(id);
    await expect(bench.control.dispute(id)).rejects.toThrow('no disputes');
  });
});

describe('MB WAY', () => {
  it.each([
    ['confirms', 'succeeded', undefined],
    ['refuses', 'requires_payment_method', 'payment_method_customer_decline'],
    ['timesOut', 'requires_payment_method', 'payment_intent_payment_attempt_expired'],
  ] as const)('asks the phone, which %s', async (name, status, code) => {
    const intent = await pay('mb_way', { phone: TEST_PHONES[name] });
    expect(intent.status).toBe('requires_action');
    await bench.control.advance({ ms: 20 });
    const done = await retrieve(intent.id);
    expect(done.status).toBe(status);
    expect(done.last_payment_error?.code).toBe(code);
  });

  it('waits four minutes for any other phone', async () => {
    const { id } = await pay('mb_way', { phone: '+351930000000' });
    await bench.control.advance({ ms: 3 * 60_000 });
    expect((await retrieve(id)).status).toBe('requires_action');
    await bench.control.advance({ ms: 60_000 });
    expect((await retrieve(id)).last_payment_error?.code).toBe('payment_intent_payment_attempt_expired');
  });

  it('needs a phone, takes at most 5 000 euros, and nothing off session', async () => {
    await expect(pay('mb_way', { name: 'Ana' })).rejects.toMatchObject({ code: 'parameter_missing' });
    const more = { amount: 500_001, currency: 'eur', allowed_payment_method_types: ['mb_way' as const] };
    await expect(bench.stripe.paymentIntents.create(more)).rejects.toMatchObject({ code: 'amount_too_large' });
    const method = await bench.stripe.paymentMethods.create({
      type: 'mb_way',
      billing_details: { phone: '+351930000000' },
    });
    await expect(charge(method.id, { off_session: true })).rejects.toMatchObject({ param: 'off_session' });
  });
});

describe('a card', () => {
  it('is charged at once', async () => {
    const paid = await charge('pm_card_visa', { expand: ['latest_charge.balance_transaction'] });
    expect(paid.status).toBe('succeeded');
    expect(paid.latest_charge).toMatchObject({
      status: 'succeeded',
      payment_method_details: { type: 'card', card: { last4: '4242' } },
      balance_transaction: { type: 'charge', amount: 2599, fee: 64, net: 2535 },
    });
  });

  it('is declined with 402, once for one key, and the failure is written down', async () => {
    const create = () =>
      bench.stripe.paymentIntents.create(
        {
          amount: 2599,
          currency: 'eur',
          payment_method: 'pm_card_visa_chargeDeclinedInsufficientFunds',
          confirm: true,
        },
        { idempotencyKey: 'card-1' },
      );
    const declined = { type: 'StripeCardError', code: 'card_declined', decline_code: 'insufficient_funds' };
    await expect(create()).rejects.toMatchObject(declined);
    await expect(create()).rejects.toMatchObject(declined);
    const { data } = await bench.stripe.paymentIntents.list();
    expect(data).toMatchObject([{ status: 'requires_payment_method', last_payment_error: { code: 'card_declined' } }]);
  });

  it('asks for its holder, or is declined when the holder is away', async () => {
    const waiting = await charge('pm_card_authenticationRequired');
    expect(waiting.next_action).toMatchObject({
      type: 'redirect_to_url',
      redirect_to_url: { return_url: 'http://127.0.0.1:1/back' },
    });
    await bench.control.authenticateCard(waiting.id, true);
    expect((await retrieve(waiting.id)).status).toBe('succeeded');
    const other = await charge('pm_card_authenticationRequired');
    await bench.control.authenticateCard(other.id, false);
    expect((await retrieve(other.id)).last_payment_error?.code).toBe('payment_intent_authentication_failure');
    const away = charge('pm_card_authenticationRequired', { off_session: true, return_url: '' });
    await expect(away).rejects.toMatchObject({ code: 'authentication_required' });
  });
});
