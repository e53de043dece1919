import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { checkBooks } from '#libs/payments/check-books.js';
import { recordTransfer } from '#libs/payments/record-transfer.js';
import { addCustomer } from '#test/stripe-sandbox/invoice-fixture.js';
import { TEST_IBANS } from '#test/stripe-sandbox/test-ibans.js';
import { arrearsWorkflowId, ledgerChangedSignal, retryDebitUpdate } from '#workflows/arrears/messages.js';

import { MoneyStory, STORY_LIMIT_MS } from './money-story.js';
import { carPark, debited, invoiced } from './people.js';
import { printedLedger, tell } from './printed-ledger.js';

let story: MoneyStory;
beforeEach(async () => {
  story = await MoneyStory.open();
  await carPark(story);
}, 120_000);
afterEach(() => story.close(), 60_000);

const arrearsOf = (documentId: string) => story.client.workflow.getHandle(arrearsWorkflowId(documentId));

/** The stages of a case on record, in their order. */
async function stages(documentId: string): Promise<string[]> {
  const rows = await story.sql
    .selectFrom('arrears_step')
    .select('stage')
    .where('document_id', '=', documentId)
    .orderBy('at')
    .execute();
  return rows.map(({ stage }) => stage);
}

async function attempts(documentId: string): Promise<string[]> {
  const rows = await story.sql
    .selectFrom('payment_attempt')
    .select(['state', 'failure_code'])
    .where('document_id', '=', documentId)
    .orderBy('attempt_no')
    .execute();
  return rows.map(({ state, failure_code: code }) => (code === null ? state : `${state}: ${code}`));
}

/** A bank transfer that staff saw on the statement; whoever waits is told. */
async function transfer(documentId: string, amountCents: number, key: string): Promise<void> {
  const paid = await recordTransfer(story.sql, { documentId, amountCents, key, now: await story.now() });
  if ('refused' in paid) throw new Error(paid.refused.code);
  await arrearsOf(documentId).signal(ledgerChangedSignal);
}

async function outcome(documentId: string): Promise<string | null> {
  const row = await story.sql
    .selectFrom('arrears_case')
    .select('outcome')
    .where('document_id', '=', documentId)
    .executeTakeFirst();
  return row?.outcome ?? null;
}

describe('a story of an unpaid invoice', () => {
  test(
    'three failed debits, then a transfer',
    async () => {
      await debited(story, '1', TEST_IBANS.insufficientFunds);
      const documentId = await invoiced(story, '1', 8_038);
      const failed = (times: number) => Array(times).fill('failed: insufficient-funds').join();
      await story.until(async () => (await attempts(documentId)).join() === failed(2), 'two failures');
      await story.advance(1);
      await arrearsOf(documentId).executeUpdate(retryDebitUpdate, { args: [{ by: 'ana@chazemo.example' }] });
      await story.until(
        async () => (await attempts(documentId)).join() === failed(3),
        'the third, which staff asked for',
      );
      await transfer(documentId, 8_038, 'bank-1');
      await story.until(async () => (await outcome(documentId)) === 'settled', 'the case to close');
      expect(await stages(documentId)).toEqual(['opened', 'notice', 'retry', 'reminder']);
      expect(tell('Three failed debits, then a transfer', await printedLedger(story.sql))).toBe(
        [
          'invoice-issued: FT T2026/1: receivable/1 +80.38, recovered/condo -80.38',
          'payment (pending): FT T2026/1 by stripe: processor/stripe [+80.38], receivable/1 [-80.38]',
          'payment (void): FT T2026/1 by stripe: receivable/1 [+80.38], processor/stripe [-80.38]',
          'payment (pending): FT T2026/1 by stripe: processor/stripe [+80.38], receivable/1 [-80.38]',
          'payment (void): FT T2026/1 by stripe: receivable/1 [+80.38], processor/stripe [-80.38]',
          'payment (pending): FT T2026/1 by stripe: processor/stripe [+80.38], receivable/1 [-80.38]',
          'payment (void): FT T2026/1 by stripe: receivable/1 [+80.38], processor/stripe [-80.38]',
          'payment: FT T2026/1 by bank: bank/issuer +80.38, receivable/1 -80.38',
          '---',
          'bank/issuer         +80.38',
          'recovered/condo     -80.38',
        ].join('\n'),
      );
      expect(await checkBooks(story.sql)).toEqual({ balanced: true, problems: [] });
    },
    STORY_LIMIT_MS,
  );

  test(
    'a dispute after 50 days',
    async () => {
      await debited(story, '1', TEST_IBANS.succeeds);
      const documentId = await invoiced(story, '1', 8_038);
      await story.until(async () => (await attempts(documentId)).includes('succeeded'), 'the debit');
      await story.advance(50);
      const { provider_payment_id: paymentId } = await story.sql
        .selectFrom('payment_attempt')
        .select('provider_payment_id')
        .executeTakeFirstOrThrow();
      await story.control.dispute(paymentId ?? '', { reason: 'debit_not_authorized' });
      await story.until(async () => (await stages(documentId)).includes('formal-notice'), 'the formal notice');
      expect(await attempts(documentId)).toEqual(['disputed: disputed']);
      expect(tell('A dispute after 50 days', await printedLedger(story.sql))).toBe(
        [
          'invoice-issued: FT T2026/1: receivable/1 +80.38, recovered/condo -80.38',
          'payment (pending): FT T2026/1 by stripe: processor/stripe [+80.38], receivable/1 [-80.38]',
          'payment: FT T2026/1 by stripe: processor/stripe +80.38, receivable/1 -80.38',
          'processor-payout: payout of the provider: bank/issuer +80.03, processor-fees/issuer +0.35, processor/stripe -80.38',
          'payment-reversed: FT T2026/1 by stripe: receivable/1 +80.38, processor/stripe -80.38',
          '---',
          'bank/issuer               +80.03',
          'processor-fees/issuer      +0.35',
          'processor/stripe          -80.38',
          'receivable/1              +80.38',
          'recovered/condo           -80.38',
        ].join('\n'),
      );
      expect(await checkBooks(story.sql)).toEqual({ balanced: true, problems: [] });
    },
    STORY_LIMIT_MS,
  );

  test(
    'the mandate is withdrawn between the notice and the debit',
    async () => {
      const mandateId = await debited(story, '1', TEST_IBANS.succeeds);
      const documentId = await invoiced(story, '1', 8_038);
      await story.advance(7);
      const mandate = await story.sql
        .selectFrom('mandate')
        .select('stripe_mandate_id')
        .where('id', '=', mandateId)
        .executeTakeFirstOrThrow();
      await story.control.withdrawMandate(mandate.stripe_mandate_id ?? '');
      await story.until(async () => (await stages(documentId)).includes('reminder'), 'the reminder');
      expect(await attempts(documentId)).toEqual([]);
      await transfer(documentId, 8_038, 'bank-1');
      await story.until(async () => (await outcome(documentId)) === 'settled', 'the case to close');
      expect(tell('A mandate withdrawn between notice and debit', await printedLedger(story.sql))).toBe(
        [
          'invoice-issued: FT T2026/1: receivable/1 +80.38, recovered/condo -80.38',
          'payment: FT T2026/1 by bank: bank/issuer +80.38, receivable/1 -80.38',
          '---',
          'bank/issuer         +80.38',
          'recovered/condo     -80.38',
        ].join('\n'),
      );
      expect(await checkBooks(story.sql)).toEqual({ balanced: true, problems: [] });
    },
    STORY_LIMIT_MS,
  );

  test(
    'a part payment in the middle of a formal notice skips no stage and repeats none (killbill #2297)',
    async () => {
      await addCustomer(story.sql, { id: '1', paymentMethod: 'transfer' });
      const documentId = await invoiced(story, '1', 8_038);
      await story.until(async () => (await stages(documentId)).includes('formal-notice'), 'the formal notice');
      await story.advance(10);
      await transfer(documentId, 3_000, 'bank-1');
      await story.until(async () => (await stages(documentId)).includes('suspension-proposed'), 'the proposal');
      expect(await stages(documentId)).toEqual([
        'opened',
        'notice',
        'reminder',
        'formal-notice',
        'suspension-proposed',
      ]);
      await transfer(documentId, 5_038, 'bank-2');
      await story.until(async () => (await outcome(documentId)) === 'settled', 'the case to close');
      expect(tell('A part payment in the middle of a formal notice', await printedLedger(story.sql))).toBe(
        [
          'invoice-issued: FT T2026/1: receivable/1 +80.38, recovered/condo -80.38',
          'payment: FT T2026/1 by bank: bank/issuer +30.00, receivable/1 -30.00',
          'payment: FT T2026/1 by bank: bank/issuer +50.38, receivable/1 -50.38',
          '---',
          'bank/issuer         +80.38',
          'recovered/condo     -80.38',
        ].join('\n'),
      );
      expect(await checkBooks(story.sql)).toEqual({ balanced: true, problems: [] });
    },
    STORY_LIMIT_MS,
  );
});
