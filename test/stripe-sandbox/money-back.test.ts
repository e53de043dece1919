import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { debit, openBench, signMandate, type SandboxBench } from './sandbox-bench.js';
import { TEST_IBANS } from './test-ibans.js';

let bench: SandboxBench;
beforeEach(async () => void (bench = await openBench()));
afterEach(() => bench.close());

async function paidDebit(amount = 1234): Promise<string> {
  const { id } = await debit(bench.stripe, await signMandate(bench.stripe, TEST_IBANS.succeeds), { amount });
  await bench.control.advance({ ms: 20 });
  return id;
}

async function paidCard(card = 'pm_card_visa'): Promise<string> {
  const paid = await bench.stripe.paymentIntents.create({
    amount: 1234,
    currency: 'eur',
    payment_method: card,
    confirm: true,
  });
  return paid.id;
}

async function chargeOf(intentId: string) {
  const { data } = await bench.stripe.charges.list({ payment_intent: intentId });
  return data[0];
}

describe('a dispute', () => {
  it('of a debit comes after 50 days, is lost at once, and takes the money and a fee', async () => {
    const id = await paidDebit();
    expect(await bench.control.dispute(id, { reason: 'debit_not_authorized', after: { days: 50 } })).toBeNull();
    await bench.control.advance({ days: 49 });
    expect((await bench.stripe.disputes.list()).data).toEqual([]);
    await bench.control.advance({ days: 1 });
    const [dispute] = (await bench.stripe.disputes.list({ payment_intent: id })).data;
    expect(dispute).toMatchObject({
      status: 'lost',
      reason: 'debit_not_authorized',
      evidence_details: { due_by: null },
      balance_transactions: [
        { type: 'adjustment', reporting_category: 'dispute', amount: -1234, fee: 750, net: -1984 },
      ],
    });
    await bench.settled();
    const told = bench.receiver.types().filter((type) => type.startsWith('charge.dispute.'));
    expect(told.sort()).toEqual(['charge.dispute.closed', 'charge.dispute.created', 'charge.dispute.funds_withdrawn']);
    await expect(bench.control.dispute(id)).rejects.toThrow('disputed already');
  });

  it('of a card waits for an answer: none is lost, a won one brings the money back and not the fee', async () => {
    const lost = await bench.control.dispute(await paidCard(), { reason: 'fraudulent' });
    expect(lost?.status).toBe('needs_response');
    await bench.control.advance({ days: 10 });
    expect((await bench.stripe.disputes.retrieve(String(lost?.id))).status).toBe('lost');
    const fought = await bench.control.dispute(await paidCard(), { reason: 'fraudulent' });
    const id = String(fought?.id);
    await bench.stripe.disputes.update(id, { evidence: { uncategorized_text: 'charged at the spot' } });
    await bench.control.advance({ days: 10 });
    expect((await bench.stripe.disputes.retrieve(id)).status).toBe('under_review');
    const won = await bench.control.closeDispute(id, 'won');
    expect(won.balance_transactions.map(({ net }) => net)).toEqual([-1234 - 2000, 1234]);
    await expect(bench.control.closeDispute(id, 'lost')).rejects.toThrow('already closed');
    await bench.settled();
    expect(bench.receiver.types()).toContain('charge.dispute.funds_reinstated');
  });

  it('may follow a refund: both leave the balance', async () => {
    const id = await paidDebit();
    await bench.stripe.refunds.create({ payment_intent: id });
    await bench.control.advance({ ms: 20 });
    const dispute = await bench.control.dispute(id);
    expect(dispute?.amount).toBe(1234);
  });
});

describe('a refund', () => {
  it('to a card is there at once, in parts, and never beyond the charge', async () => {
    const id = await paidCard();
    expect(await bench.stripe.refunds.create({ payment_intent: id, amount: 1000 })).toMatchObject({
      status: 'succeeded',
      amount: 1000,
    });
    await expect(bench.stripe.refunds.create({ payment_intent: id, amount: 235 })).rejects.toMatchObject({
      param: 'amount',
    });
    await bench.stripe.refunds.create({ payment_intent: id });
    expect(await chargeOf(id)).toMatchObject({ amount_refunded: 1234, refunded: true });
    await expect(bench.stripe.refunds.create({ payment_intent: id })).rejects.toMatchObject({
      code: 'charge_already_refunded',
    });
  });

  it('of a debit is pending first, then there, and says so', async () => {
    const id = await paidDebit();
    const refund = await bench.stripe.refunds.create({ payment_intent: id, amount: 234, reason: 'duplicate' });
    expect(refund).toMatchObject({ status: 'pending', pending_reason: 'processing', reason: 'duplicate' });
    await bench.control.advance({ ms: 20 });
    expect((await bench.stripe.refunds.retrieve(refund.id)).status).toBe('succeeded');
    expect(await chargeOf(id)).toMatchObject({ amount_refunded: 234, refunded: false });
    await bench.settled();
    expect(bench.receiver.types()).toEqual(
      expect.arrayContaining(['refund.created', 'charge.refunded', 'refund.updated', 'charge.refund.updated']),
    );
  });

  it('that fails brings the money back, and the charge is as before', async () => {
    const id = await paidDebit();
    await bench.control.failNextRefunds();
    const refund = await bench.stripe.refunds.create({ payment_intent: id });
    await bench.control.advance({ ms: 20 });
    const failed = await bench.stripe.refunds.retrieve(refund.id, { expand: ['failure_balance_transaction'] });
    expect(failed).toMatchObject({
      status: 'failed',
      failure_reason: 'declined',
      failure_balance_transaction: { type: 'refund_failure', amount: 1234 },
    });
    expect(await chargeOf(id)).toMatchObject({ amount_refunded: 0, refunded: false });
    const again = await bench.stripe.refunds.create({ payment_intent: id });
    await bench.control.advance({ ms: 20 });
    // A bank may send it back even after Stripe said that it was there.
    expect((await bench.control.failRefund(again.id)).status).toBe('failed');
    await bench.settled();
    expect(bench.receiver.types().filter((type) => type === 'refund.failed')).toHaveLength(2);
  });

  it('is refused for what did not come in, or was taken back by a dispute', async () => {
    const running = await debit(bench.stripe, await signMandate(bench.stripe, TEST_IBANS.succeedsSlowly));
    await expect(bench.stripe.refunds.create({ payment_intent: running.id })).rejects.toMatchObject({
      code: 'charge_not_refundable',
    });
    const disputed = await paidDebit();
    await bench.control.dispute(disputed);
    await expect(bench.stripe.refunds.create({ payment_intent: disputed })).rejects.toMatchObject({
      code: 'charge_disputed',
    });
  });
});

describe('the limits of a new account', () => {
  it('let a week have 10 000 euros of debits, and fail the one that goes beyond', async () => {
    await bench.control.setLimits({ weeklyCents: 1_000_000 });
    const first = await paidDebit(600_000);
    const beyond = await paidDebit(500_000);
    const fits = await paidDebit(400_000);
    const statuses = await Promise.all([first, beyond, fits].map((id) => bench.stripe.paymentIntents.retrieve(id)));
    expect(statuses.map(({ status }) => status)).toEqual(['succeeded', 'requires_payment_method', 'succeeded']);
    expect(statuses[1]?.last_payment_error?.code).toBe('charge_exceeds_weekly_limit');
    await bench.control.advance({ days: 7 });
    expect((await bench.stripe.paymentIntents.retrieve(await paidDebit(1_000_000))).status).toBe('succeeded');
  });
});

describe('a target date', () => {
  it('is the day on which the bank is asked, 3 to 15 days ahead', async () => {
    await bench.control.setClock(new Date('2027-03-01T10:00:00Z'));
    const signed = await signMandate(bench.stripe, TEST_IBANS.succeeds);
    const on = (target_date: string) =>
      debit(bench.stripe, signed, { payment_method_options: { sepa_debit: { target_date } } });
    await expect(on('2027-03-02')).rejects.toMatchObject({ statusCode: 400 });
    const made = await on('2027-03-09');
    expect(await chargeOf(made.id)).toMatchObject({
      payment_method_details: { sepa_debit: { expected_debit_date: '2027-03-09' } },
    });
    await bench.control.setClock(new Date('2027-03-08T23:59:59Z'));
    expect((await bench.stripe.paymentIntents.retrieve(made.id)).status).toBe('processing');
    await bench.control.setClock(new Date('2027-03-09T00:00:01Z'));
    expect((await bench.stripe.paymentIntents.retrieve(made.id)).status).toBe('succeeded');
  });
});
