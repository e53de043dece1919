import { expect, it } from '@jest/globals';
import fc from 'fast-check';

import { ApiError } from './api-error.js';
import { retrieveBalance, unpaid } from './balance.js';
import { closeDispute, disputePayment } from './disputes.js';
import type { Form } from './form.js';
import { Params } from './params.js';
import { createPaymentIntent } from './payment-intents.js';
import { createPaymentMethod } from './payment-methods.js';
import { failPayout } from './payouts.js';
import { performDue } from './play-due.js';
import { createRefund, failRefund } from './refunds.js';
import { Store } from './store.js';
import { TEST_IBANS } from './test-ibans.js';
import { DAY_MS, World } from './world.js';

const acceptance = {
  customer_acceptance: { type: 'online', online: { ip_address: '203.0.113.7', user_agent: 'test' } },
};

function openWorld(): World {
  const world = new World(new Store(undefined), 3_600_000);
  world.setClock(Date.parse('2027-03-01T10:00:00Z'));
  world.freeze(true);
  return world;
}

const post = (fields: Form) => new Params(fields);

function payByCard(world: World, amount: number): void {
  const fields = { amount: String(amount), currency: 'eur', payment_method: 'pm_card_visa', confirm: 'true' };
  createPaymentIntent(world, post(fields));
}

function payByDebit(world: World, amount: number, iban: string): void {
  const billing = { name: 'Ana', email: 'ana@example.com' };
  const method = createPaymentMethod(
    world,
    post({ type: 'sepa_debit', sepa_debit: { iban }, billing_details: billing }),
  );
  const fields = { amount: String(amount), currency: 'eur', payment_method: method.id, confirm: 'true' };
  createPaymentIntent(world, post({ ...fields, mandate_data: acceptance }));
}

/** What may befall the account; `pick` chooses among what is there, a refusal changes nothing. */
type Deed = (world: World) => void;

function one<T>(list: readonly T[], pick: number): T | undefined {
  return list[pick % Math.max(1, list.length)];
}

const amounts = fc.integer({ min: 50, max: 1_000_000 });
const picks = fc.nat({ max: 50 });
const deeds: fc.Arbitrary<Deed> = fc.oneof(
  amounts.map(
    (amount): Deed =>
      (world) =>
        payByCard(world, amount),
  ),
  fc.tuple(amounts, fc.constantFrom(...Object.values(TEST_IBANS))).map(
    ([amount, iban]): Deed =>
      (world) =>
        payByDebit(world, amount, iban),
  ),
  fc.tuple(picks, amounts).map(([pick, amount]): Deed => (world) => {
    const intent = one(world.store.list('payment_intent'), pick);
    if (intent !== undefined) createRefund(world, post({ payment_intent: intent.id, amount: String(amount) }));
  }),
  picks.map((pick): Deed => (world) => {
    const intent = one(world.store.list('payment_intent'), pick);
    if (intent !== undefined) disputePayment(world, intent.id, 'fraudulent');
  }),
  fc.tuple(picks, fc.constantFrom('won' as const, 'lost' as const)).map(([pick, status]): Deed => (world) => {
    const dispute = one(world.store.list('dispute'), pick);
    if (dispute !== undefined) closeDispute(world, dispute.id, status);
  }),
  picks.map((pick): Deed => (world) => {
    const refund = one(world.store.list('refund'), pick);
    if (refund !== undefined) failRefund(world, refund.id, 'declined');
  }),
  picks.map((pick): Deed => (world) => {
    const payout = one(world.store.list('payout'), pick);
    if (payout !== undefined) failPayout(world, payout.id, 'account_closed');
  }),
  fc.integer({ min: 1, max: 20 * DAY_MS }).map(
    (ms): Deed =>
      (world) =>
        world.advance(ms),
  ),
);

const sum = (list: readonly { readonly net: number }[]) => list.reduce((total, { net }) => total + net, 0);

function perform(world: World, deed: Deed): void {
  try {
    deed(world);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
  world.play((due) => performDue(world, due));
}

function balanceCents(world: World): number {
  const { available, pending } = retrieveBalance(world, post({}));
  return [...available, ...pending].reduce((total, { amount }) => total + amount, 0);
}

it('whatever happens, the balance is what came in less what went out, and a payout is what went into it', () => {
  fc.assert(
    fc.property(fc.array(deeds, { minLength: 1, maxLength: 40 }), (story) => {
      const world = openWorld();
      for (const deed of story) {
        perform(world, deed);
        expect(balanceCents(world)).toBe(sum(world.store.list('balance_transaction')));
        expect(sum(unpaid(world))).toBe(balanceCents(world));
      }
      for (const { id } of world.store.list('payout')) {
        const parts = world.store.list('balance_transaction').filter((moved) => {
          return world.store.get('paid_out', moved.id)?.payout === id;
        });
        expect(sum(parts)).toBe(0);
      }
      for (const charge of world.store.list('charge')) {
        expect(charge.amount_refunded).toBeGreaterThanOrEqual(0);
        expect(charge.amount_refunded).toBeLessThanOrEqual(charge.amount);
      }
    }),
    { numRuns: 150 },
  );
});

it('a payment intent moves its amount once: as many succeeded charges as succeeded payments', () => {
  fc.assert(
    fc.property(fc.array(deeds, { minLength: 1, maxLength: 40 }), (story) => {
      const world = openWorld();
      for (const deed of story) perform(world, deed);
      const paid = world.store.list('charge').filter(({ status }) => status === 'succeeded');
      expect(new Set(paid.map(({ payment_intent }) => payment_intent)).size).toBe(paid.length);
      const succeeded = world.store.list('payment_intent').filter(({ status }) => status === 'succeeded');
      expect(paid.reduce((total, { amount }) => total + amount, 0)).toBe(
        succeeded.reduce((total, intent) => total + intent.amount_received, 0),
      );
    }),
    { numRuns: 100 },
  );
});
