import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { prepaidBalanceCents } from '#libs/ledger/balances.js';
import { checkBooks } from '#libs/payments/check-books.js';
import { creditInvoice } from '#libs/payments/credit-invoice.js';
import { checkPayouts } from '#libs/payments/payout/check-payouts.js';
import { approvePayout, markPayoutPaid } from '#libs/payments/payout/decide-on-payout.js';
import { proposePayout } from '#libs/payments/payout/propose-payout.js';
import { leaveOrder } from '#libs/payments/prepaid/leave-order.js';
import { makeRefundFile } from '#libs/payments/prepaid/refund-file.js';
import { decideRefund } from '#libs/payments/prepaid/refunds.js';
import type { Sql } from '#libs/persistence/database.js';
import { TEST_SIGNER } from '#test/data/fiscal.js';
import { TEST_IBANS } from '#test/stripe-sandbox/test-ibans.js';

import { MoneyStory, STORY_LIMIT_MS } from './money-story.js';
import { carPark, debited, invoiced } from './people.js';
import { printedLedger, tell } from './printed-ledger.js';

const BY = 'operador@example.org';
const PARTIES = { condominiumId: 'condo', issuerId: 'issuer', currency: 'EUR' };

const LEDGER = `\
invoice-issued: FT T2026/1: receivable/ana +50.00, recovered/condo -50.00
invoice-issued: FT T2026/2: receivable/rui +30.00, recovered/condo -30.00
payment (pending): FT T2026/1 by stripe: processor/stripe [+50.00], receivable/ana [-50.00]
payment (pending): FT T2026/2 by stripe: processor/stripe [+30.00], receivable/rui [-30.00]
payment: FT T2026/1 by stripe: processor/stripe +50.00, receivable/ana -50.00
payment: FT T2026/2 by stripe: processor/stripe +30.00, receivable/rui -30.00
processor-payout: payout of the provider: bank/issuer +49.65, processor-fees/issuer +0.35, processor/stripe -50.00
processor-payout: payout of the provider: bank/issuer +29.65, processor-fees/issuer +0.35, processor/stripe -30.00
condominium-payout: paid out to the condominium: recovered/condo +80.00, bank/issuer -80.00
credit-note-issued: NC ISSUER2030/1: recovered/condo +50.00, receivable/ana -50.00
credit-moved: FT T2026/1: receivable/ana +50.00, prepaid/ana -50.00
refund: refund by bank: prepaid/ana +50.00, bank/issuer -50.00
invoice-issued: FT T2026/3: receivable/rui +80.00, recovered/condo -80.00
payment (pending): FT T2026/3 by stripe: processor/stripe [+80.00], receivable/rui [-80.00]
payment: FT T2026/3 by stripe: processor/stripe +80.00, receivable/rui -80.00
processor-payout: payout of the provider: bank/issuer +79.65, processor-fees/issuer +0.35, processor/stripe -80.00
condominium-payout: paid out to the condominium: recovered/condo +30.00, bank/issuer -30.00
---
bank/issuer                -1.05
processor-fees/issuer      +1.05`;

let story: MoneyStory;
beforeAll(async () => {
  story = await MoneyStory.open();
}, 120_000);
afterAll(() => story.close());

const transact = <T>(run: (trx: Sql) => Promise<T>) => story.sql.transaction().execute(run);

async function isSettled(documentId: string): Promise<boolean> {
  const found = story.sql.selectFrom('collection').select('outcome').where('document_id', '=', documentId);
  return (await found.executeTakeFirst())?.outcome === 'settled';
}

/** What the provider held has come to the issuer's bank account. */
async function providerHasPaid(): Promise<void> {
  await story.until(
    async () => !(await printedLedger(story.sql)).includes('\nprocessor/stripe '),
    "the provider's payout",
  );
}

async function propose(key: string) {
  const now = await story.now();
  return transact((trx) => proposePayout(trx, { ...PARTIES, key, by: BY, now }));
}

/** Proposes, approves and pays; the cents that the condominium got, by line. */
async function paidOut(key: string): Promise<readonly number[]> {
  const proposed = await propose(key);
  if ('refused' in proposed) throw new Error(proposed.refused.code);
  const deed = { payoutId: proposed.payoutId, by: BY, now: await story.now() };
  await transact((trx) => approvePayout(trx, deed));
  const paidOn = deed.now.toISOString().slice(0, 10);
  const paid = await transact((trx) => markPayoutPaid(trx, { ...deed, paidOn, bankReference: null }));
  if ('refused' in paid) throw new Error(paid.refused.code);
  const lines = story.sql.selectFrom('payout_line').select('cents').where('payout_id', '=', proposed.payoutId);
  return (await lines.orderBy('line_no').execute()).map(({ cents }) => cents);
}

test(
  'credit note after payout: the customer gets the money back, the next payout carries the negative',
  async () => {
    const { sql } = story;
    await carPark(story);
    await debited(story, 'ana', TEST_IBANS.succeeds);
    await debited(story, 'rui', TEST_IBANS.succeeds);
    const ofAna = await invoiced(story, 'ana', 5_000);
    await story.advance(1);
    const ofRui = await invoiced(story, 'rui', 3_000);
    await story.until(async () => (await isSettled(ofAna)) && (await isSettled(ofRui)), 'both are debited');
    await providerHasPaid();
    expect(await paidOut('july')).toEqual([5_000, 3_000]);

    await story.advance(3);
    const now = await story.now();
    const whole = { documentId: ofAna, key: 'meter', choice: 'whole', reason: 'Contador trocado', now } as const;
    const credit = () => transact((trx) => creditInvoice(trx, { ...whole, signer: TEST_SIGNER }));
    const credited = await credit();
    expect(credited).toMatchObject({ grossCents: -5_000, movedCents: 5_000, dueCents: 0 });
    expect(await credit()).toMatchObject({ grossCents: -5_000, movedCents: 0 }); // told twice, given back once
    expect(await prepaidBalanceCents(sql, 'ana')).toBe(5_000);
    expect(await propose('too early')).toEqual({ refused: { code: 'PAYOUT.NOTHING_TO_PAY', carriedCents: -5_000 } });

    const leaving = { customerId: 'ana', occasion: 'credit', iban: TEST_IBANS.succeeds, by: BY } as const;
    const left = await leaveOrder(sql, { ...leaving, now });
    if ('refused' in left || left.refundOrderId === null) throw new Error('no refund was proposed');
    const orderId = left.refundOrderId;
    await decideRefund(sql, { orderId, decision: 'approve', by: BY, now });
    await story.advance(1);
    const sentAt = await story.now();
    expect(await makeRefundFile(sql, { issuerId: 'issuer', now: sentAt })).toMatchObject({ count: 1, sumCents: 5_000 });
    await decideRefund(sql, { orderId, decision: 'done', by: BY, now: sentAt });
    expect(await prepaidBalanceCents(sql, 'ana')).toBe(0);

    const nextOfRui = await invoiced(story, 'rui', 8_000);
    await story.until(() => isSettled(nextOfRui), 'the next month is debited');
    await providerHasPaid();
    expect(await paidOut('august')).toEqual([-5_000, 8_000]);
    expect(await propose('september')).toEqual({ refused: { code: 'PAYOUT.NOTHING_TO_PAY', carriedCents: 0 } });

    expect(tell('Credit note after payout', await printedLedger(sql))).toBe(LEDGER);
    expect(await checkBooks(sql)).toEqual({ balanced: true, problems: [] });
    expect(await checkPayouts(sql)).toEqual([]);
  },
  STORY_LIMIT_MS,
);
