import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';

import { debit, openBench, signMandate, type SandboxBench } from './sandbox-bench.js';
import { TEST_IBANS } from './test-ibans.js';

let bench: SandboxBench;
beforeEach(async () => {
  bench = await openBench();
  // A Monday.
  await bench.control.setClock(new Date('2027-03-01T10:00:00Z'));
  await bench.control.freeze();
});
afterEach(() => bench.close());

async function paidDebit(amount: number): Promise<string> {
  const { id } = await debit(bench.stripe, await signMandate(bench.stripe, TEST_IBANS.succeeds), { amount });
  await bench.control.advance({ ms: 20 });
  return id;
}

const payouts = async () => (await bench.stripe.payouts.list({ limit: 100 })).data;
const movements = async (payout: string) =>
  (await bench.stripe.balanceTransactions.list({ payout, limit: 100 })).data.map(({ type, net }) => [type, net]);
const netOf = (list: readonly Stripe.BalanceTransaction[]) => list.reduce((sum, one) => sum + one.net, 0);

describe('the balance', () => {
  it('is pending for three days, then paid out automatically with what went into it', async () => {
    await paidDebit(10_000);
    await paidDebit(5_000);
    expect(await bench.stripe.balance.retrieve()).toMatchObject({
      pending: [{ amount: 14_930, currency: 'eur' }],
      available: [{ amount: 0 }],
    });
    await bench.control.setClock(new Date('2027-03-04T00:00:00Z'));
    const [payout] = await payouts();
    expect(payout).toMatchObject({
      amount: 14_930,
      automatic: true,
      status: 'pending',
      arrival_date: Date.parse('2027-03-05T00:00:00Z') / 1000,
    });
    const early = bench.stripe.balanceTransactions.list({ payout: String(payout?.id) });
    await expect(early).rejects.toMatchObject({ code: 'payout_reconciliation_not_ready' });
    await bench.control.setClock(new Date('2027-03-04T12:00:00Z'));
    expect((await payouts())[0]).toMatchObject({ status: 'in_transit', reconciliation_status: 'completed' });
    expect(await movements(String(payout?.id))).toEqual([
      ['payout', -14_930],
      ['payment', 4_965],
      ['payment', 9_965],
    ]);
    await bench.control.setClock(new Date('2027-03-05T12:00:00Z'));
    expect((await payouts())[0]?.status).toBe('paid');
    await bench.settled();
    expect(bench.receiver.types()).toEqual(
      expect.arrayContaining(['payout.created', 'payout.reconciliation_completed', 'payout.paid']),
    );
  });

  it('carries what refunds, disputes and fees take into the next payout, and pays nothing out below zero', async () => {
    const first = await paidDebit(10_000);
    await bench.control.advance({ days: 5 });
    await bench.stripe.refunds.create({ payment_intent: first, amount: 4_000 });
    await bench.control.dispute(await paidDebit(2_000));
    await bench.control.chargeAccountFee(100, 'Radar');
    await bench.control.advance({ days: 5 });
    expect(await payouts()).toHaveLength(1);
    const debt = -4_000 + (2_000 - 35) + (-2_000 - 750) - 100;
    expect((await bench.stripe.balance.retrieve()).available[0]?.amount).toBe(debt);
    await paidDebit(9_000);
    await bench.control.advance({ days: 5 });
    const [latest] = await payouts();
    expect(latest?.amount).toBe(debt + 9_000 - 35);
    const all = await bench.stripe.balanceTransactions.list({ limit: 100 });
    expect(netOf(all.data)).toBe(0);
  });

  it('has the money of a payout that the bank sent back, and pays it out again', async () => {
    await bench.control.failNextPayouts();
    await paidDebit(10_000);
    await bench.control.advance({ days: 5 });
    const [second, failed] = await payouts();
    expect(failed).toMatchObject({ status: 'failed', failure_code: 'account_closed' });
    expect(second).toMatchObject({ amount: 9_965 });
    await bench.control.advance({ days: 1 });
    expect(await movements(String(second?.id))).toEqual([
      ['payout', -9_965],
      ['payout_failure', 9_965],
    ]);
    await bench.settled();
    expect(bench.receiver.types()).toContain('payout.failed');
  });

  it('never pays a payout out on a weekend', async () => {
    await bench.control.setClock(new Date('2027-03-02T10:00:00Z'));
    await paidDebit(10_000);
    await bench.control.advance({ days: 5 });
    // Available on Friday the 5th: arrives on Monday.
    expect((await payouts())[0]?.arrival_date).toBe(Date.parse('2027-03-08T00:00:00Z') / 1000);
  });
});

describe('the clock', () => {
  it('stands still while it is frozen, and plays each thing at its own time when it is moved', async () => {
    const { id } = await debit(bench.stripe, await signMandate(bench.stripe, TEST_IBANS.succeedsSlowly));
    const frozen = await bench.control.freeze();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(await bench.control.freeze()).toEqual(frozen);
    expect((await bench.stripe.paymentIntents.retrieve(id)).status).toBe('processing');
    await bench.control.advance({ days: 30 });
    const [event] = (await bench.stripe.events.list({ type: 'payment_intent.succeeded' })).data;
    expect(event?.created).toBe(Math.floor((frozen.now.getTime() + 180_000) / 1000));
    const goOn = await bench.control.unfreeze();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect((await bench.control.unfreeze()).now.getTime()).toBeGreaterThan(goOn.now.getTime());
  });

  it('never goes back once something has happened', async () => {
    await bench.control.setClock(new Date('2026-07-01T00:00:00Z'));
    await bench.stripe.customers.create({ name: 'Ana Exemplo' });
    await expect(bench.control.setClock(new Date('2026-06-30T00:00:00Z'))).rejects.toThrow('cannot go back');
  });
});
