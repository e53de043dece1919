import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { prepaidBalanceCents } from '#libs/ledger/balances.js';
import { checkBooks } from '#libs/payments/check-books.js';
import { refreshTopUpIfOurs } from '#libs/payments/prepaid/apply-top-up-intent.js';
import { setRules } from '#libs/payments/prepaid/settings.js';
import { recoverEvents } from '#libs/payments/recover-events.js';
import { DEFAULT_POLICY } from '#libs/registry/policy.js';
import { lookAtPrepaidAccount } from '#temporal/start-workflows.js';
import { TEST_IBANS } from '#test/stripe-sandbox/test-ibans.js';

import { DAY_MS, MoneyStory, STORY_LIMIT_MS } from './money-story.js';
import { carPark, debited, invoiced } from './people.js';
import { printedLedger, tell } from './printed-ledger.js';

const SUCCEEDED = 'payment_intent.succeeded';
const COPIES = 5;
/** Longer than what is told here takes: only webhooks and recovery bring news. */
const NO_POLL = { days: 12 };

const LEDGER = `\
top-up: top-up by stripe: processor/stripe +20.00, prepaid/ana -20.00
invoice-issued: FT T2026/1: receivable/ana +15.00, recovered/condo -15.00
processor-payout: payout of the provider: bank/issuer +19.65, processor-fees/issuer +0.35, processor/stripe -20.00
top-up: top-up by stripe: processor/stripe +20.00, prepaid/ana -20.00
processor-payout: payout of the provider: bank/issuer +19.65, processor-fees/issuer +0.35, processor/stripe -20.00
payment: FT T2026/1 by prepaid: prepaid/ana +15.00, receivable/ana -15.00
---
bank/issuer               +39.30
prepaid/ana               -25.00
processor-fees/issuer      +0.70
recovered/condo           -15.00`;

let story: MoneyStory;
beforeAll(async () => {
  story = await MoneyStory.open();
  await carPark(story, { ...DEFAULT_POLICY, processingPoll: NO_POLL });
  await debited(story, 'ana', TEST_IBANS.succeeds);
  await story.sql.updateTable('customer').set({ payment_method: 'prepaid' }).where('id', '=', 'ana').execute();
  const by = 'ana@example.com';
  const now = await story.now();
  const consent = { at: now.toISOString(), by, evidence: 'agreed in the portal' };
  const autoTopUp = { belowCents: 1_000, amountCents: 2_000, monthMaximumCents: 6_000, consent };
  await setRules(story.sql, { customerId: 'ana', floorCents: 0, lowBalanceCents: 500, autoTopUp, by, now });
}, 120_000);
afterAll(() => story.close());

const balance = () => prepaidBalanceCents(story.sql, 'ana');
const topUps = () => story.sql.selectFrom('top_up_order').selectAll().orderBy('created_at').execute();

/**
 * The provider's id of the so manieth top-up, once it is in a state there. However busy the machine is, it is asked for
 * at once and made at its own instant: no day passes meanwhile.
 */
async function untilAtProvider(index: number, status: string): Promise<string> {
  const order = async () => {
    const found = (await topUps())[index];
    return found === undefined ? null : { dueAt: found.debit_at, id: found.provider_payment_id };
  };
  await story.soon(async () => (await order()) !== null, 'the top-up is asked for');
  const dueAt = (await order())?.dueAt ?? new Date(0);
  await story.until(async () => dueAt <= (await story.now()), 'the top-up is due');
  await story.soon(async () => typeof (await order())?.id === 'string', 'the top-up is made');
  const id = (await order())?.id ?? '';
  await story.until(
    async () => (await story.stripe.paymentIntents.retrieve(id)).status === status,
    `top-up ${index + 1} is ${status}`,
  );
  return id;
}

async function timesCame(objectId: string): Promise<number | undefined> {
  const event = story.sql.selectFrom('webhook_event').select('times').where('object_id', '=', objectId);
  return (await event.where('type', '=', SUCCEEDED).executeTakeFirst())?.times;
}

test(
  'top-up webhook twice and concurrently, out of order, forged and lost: each top-up is credited once',
  async () => {
    const { sql, stripe, control } = story;
    const deps = { sql, stripe };
    await lookAtPrepaidAccount(story.client, 'ana');
    const first = await untilAtProvider(0, 'processing');
    const intent = await stripe.paymentIntents.retrieve(first);
    for (const forgery of ['wrong-secret', 'changed-body', 'old-timestamp'] as const) {
      const told = await control.forge(
        SUCCEEDED,
        { ...intent, status: 'succeeded', amount_received: 999_999 },
        forgery,
      );
      expect(told.status).toBe(400);
    }
    await story.settled();
    expect(await balance()).toBe(0);

    // All that the provider says of the success comes together, the latest first, and the success itself five times.
    await control.holdWebhooks();
    await control.duplicate({ type: SUCCEEDED, copies: COPIES - 1 });
    await untilAtProvider(0, 'succeeded');
    expect(await balance()).toBe(0);
    const now = await story.now();
    const look = () => refreshTopUpIfOurs(deps, { providerPaymentId: first, now });
    await Promise.all([control.releaseWebhooks({ order: 'reversed' }), look(), look(), look()]);
    await story.settled();
    expect(await timesCame(first)).toBe(COPIES);
    expect(await balance()).toBe(2_000);

    // With a month's invoice less than the threshold is left: the next one, of whose success no webhook comes.
    await control.clearWebhookRules();
    await control.lose({ type: SUCCEEDED, times: 1 });
    await invoiced(story, 'ana', 1_500);
    await lookAtPrepaidAccount(story.client, 'ana');
    const second = await untilAtProvider(1, 'succeeded');
    await story.advance(1);
    expect(await timesCame(second)).toBeUndefined();
    expect(await balance()).toBe(2_000);
    const recover = async () => {
      const at = await story.now();
      return recoverEvents(deps, { since: new Date(at.getTime() - 3 * DAY_MS), now: at });
    };
    await Promise.all([recover(), recover()]);
    await story.settled();
    expect(await balance()).toBe(4_000);
    expect(await recover()).toEqual([]);
    await story.advance(NO_POLL.days + 1);
    expect(await balance()).toBe(2_500);
    expect((await topUps()).map(({ state }) => state)).toEqual(['succeeded', 'succeeded']);

    expect(tell('Top-up webhook twice and concurrently', await printedLedger(sql))).toBe(LEDGER);
    expect(await checkBooks(sql)).toEqual({ balanced: true, problems: [] });
  },
  STORY_LIMIT_MS,
);
