import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';

import { prepaidBalanceCents } from '#libs/ledger/balances.js';
import { importStatement } from '#libs/payments/bank/import-statement.js';
import { checkBooks } from '#libs/payments/check-books.js';
import { recordPayout } from '#libs/payments/provider-payouts/record-payout.js';
import { applyRefund } from '#libs/payments/refunds/apply-refund.js';
import { startRefund } from '#libs/payments/refunds/start-refund.js';
import { withdrawBatch } from '#libs/payments/sepa/batch-states.js';
import { createSepaBatch } from '#libs/payments/sepa/create-batch.js';
import { gatherDebits } from '#libs/payments/sepa/gather-debits.js';
import { lineCredits } from '#libs/payments/sepa/match-file-lines.js';
import { addCustomer } from '#test/stripe-sandbox/invoice-fixture.js';

import { killEverywhere } from '../killed-database.js';
import { ISSUER, statementOf, VAULT } from './bank-deeds.js';
import { credited, lastPayout } from './provider-deeds.js';
import { debtor, sentFile, start, terms } from './sepa-deeds.js';
import { done, openWorld, type OpenWorld, type World } from './world.js';

const NOW = new Date('2026-07-15T09:00:00Z');
const BY = 'ana';

let opened: OpenWorld;
let world: World;
beforeAll(async () => {
  opened = await openWorld();
  ({ world } = opened);
  await terms(world, 'statement');
});
afterAll(() => opened.close());

const debitOf = (documentId: string) =>
  world.sql
    .selectFrom('sepa_debit')
    .innerJoin('payment_attempt', 'payment_attempt.id', 'sepa_debit.attempt_id')
    .where('document_id', '=', documentId)
    .select(['attempt_id as attemptId', 'sepa_debit.state', 'batch_id as batchId'])
    .executeTakeFirstOrThrow();

const imported = (bytes: Buffer) =>
  importStatement(world.sql, VAULT, { issuerId: ISSUER, fileName: 'x', bytes, dryRun: false, by: BY, now: NOW });

describe('a direct debit file', () => {
  it.each([
    ['is written', async () => undefined, '2026-07-17'],
    [
      'is withdrawn',
      async (batchId: string) => void (await done(withdrawBatch(world.sql, { batchId, by: BY, now: NOW }))),
      '2026-07-20',
    ],
  ] as const)('that %s while another request still gathers for it takes no debit in any more', async (_, end, day) => {
    await debtor(world, `first-${day}`, 500);
    const order = { issuerId: ISSUER, collectionDate: day, key: day, by: BY, now: NOW };
    const { batch } = await done(createSepaBatch(world.sql, VAULT, order));
    await end(batch.id);
    const { documentId } = await debtor(world, `late-${day}`, 600);
    await start(world, documentId);
    expect(await gatherDebits(world.sql, { batch: { ...batch, state: 'gathering' }, now: NOW })).toEqual([]);
    expect(await debitOf(documentId)).toMatchObject({ state: 'waiting', batchId: null });
  });

  it('is paid by one line of a statement: another of the same sum, found for it at the same time, is left to people', async () => {
    const { documentId } = await debtor(world, 'two-lines', 77_700);
    await sentFile(world, '2026-07-22');
    const { attemptId } = await debitOf(documentId);
    await imported(
      statementOf('2026-07-14', [
        { cents: 77_700, text: 'a' },
        { cents: 77_700, text: 'b' },
      ]),
    );
    const lines = await world.sql.selectFrom('bank_line').selectAll().where('amount_cents', '=', 77_700).execute();
    const told = await Promise.all(
      lines.map((line) => lineCredits(world.sql, { line, attemptIds: [attemptId], now: NOW })),
    );
    expect(told.filter((one) => one !== null)).toMatchObject([[{ documentId }]]);
    expect(await world.sql.selectFrom('bank_decision').selectAll().execute()).toHaveLength(1);
  });
});

it('of one day’s statement in two formats at once one is refused', async () => {
  const csv = Buffer.from('Data;Descrição;Montante\n13-07-2026;transferência;10,00\n');
  const camt = statementOf('2026-07-13', [{ cents: 1_000, text: 'transferência' }]);
  const results = await Promise.all([imported(csv), imported(camt)]);
  expect(results.filter((result) => result.imported)).toHaveLength(1);
});

describe('an answer of the provider that was read before another and comes after it', () => {
  /** The provider as it was: everything but this is as it is now. */
  const saying = (payout: Stripe.Payout): Stripe =>
    Object.create(world.stripe, { payouts: { value: { retrieve: async () => payout } } }) as Stripe;

  it('leaves a payout that the bank sent back as it is', async () => {
    const now = new Date();
    const customerId = await addCustomer(world.sql, { id: 'paid-out', paymentMethod: 'prepaid' });
    await credited(world, customerId, { purpose: 'top-up', amountCents: 9_000 }, { now });
    await world.control.advance({ days: 8 });
    const payoutId = await lastPayout(world);
    const before = await world.stripe.payouts.retrieve(payoutId);
    await world.control.failPayout(payoutId);
    await recordPayout(world, { payoutId, now });
    await recordPayout({ ...world, stripe: saying(before) }, { payoutId, now });
    const row = await world.sql.selectFrom('processor_payout').selectAll().executeTakeFirstOrThrow();
    expect(row).toMatchObject({ state: 'failed', failed_at: now });
  });

  it('leaves a refund that has succeeded as it is', async () => {
    const row = await refunded('late', [3_000], 400);
    const made = await world.stripe.refunds.retrieve(row.provider_refund_id ?? '');
    const order = { refundId: row.id, now: new Date() };
    await applyRefund(world, { ...order, made: { ...made, status: 'succeeded' } });
    expect(await applyRefund(world, { ...order, made: { ...made, status: 'pending' } })).toBe('succeeded');
    await applyRefund(world, { ...order, made: { ...made, status: 'failed', failure_reason: 'declined' } });
    expect(await prepaidBalanceCents(world.sql, 'late')).toBe(3_000);
  });
});

/** Gives money back on the payments that it came by; killed before any statement, and begun again. */
async function refunded(customerId: string, paidCents: readonly number[], amountCents: number) {
  const now = new Date(Date.now() + 8 * 86_400_000);
  await addCustomer(world.sql, { id: customerId, paymentMethod: 'prepaid' });
  for (const [index, cents] of paidCents.entries()) {
    await credited(world, customerId, { purpose: 'top-up', amountCents: cents }, { key: `pay-${index}`, now });
  }
  const order = { customerId, key: 'back', amountCents, to: { way: 'stripe' }, reason: 'asked', by: BY, now } as const;
  await killEverywhere(world.sql, (sql) => done(startRefund({ ...world, sql }, order)));
  return world.sql.selectFrom('refund').selectAll().where('customer_id', '=', customerId).executeTakeFirstOrThrow();
}

it('a refund on several payments, killed before any statement, goes back once on each', async () => {
  await refunded('several', [3_000, 2_000, 1_000], 4_500);
  const rows = await world.sql.selectFrom('refund').selectAll().where('customer_id', '=', 'several').execute();
  expect(rows.length).toBeGreaterThan(1);
  expect(rows.reduce((sum, row) => sum + row.amount_cents, 0)).toBe(4_500);
  const made = (await world.stripe.refunds.list({ limit: 100 })).data.filter(({ metadata }) =>
    rows.some(({ id }) => id === metadata?.['refundId']),
  );
  expect(made.map(({ amount }) => amount).sort()).toEqual(rows.map((row) => row.amount_cents).sort());
  expect(await prepaidBalanceCents(world.sql, 'several')).toBe(1_500);
});

it('leaves books that balance', async () => {
  expect(await checkBooks(world.sql)).toEqual({ balanced: true, problems: [] });
});
