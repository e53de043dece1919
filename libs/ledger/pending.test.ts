import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql as raw } from 'kysely';

import {
  GOLDEN_GROSS as GROSS,
  LEDGER_CUSTOMER as CUSTOMER,
  LEDGER_NOW as NOW,
  openGoldenLedger,
  type GoldenLedger,
} from '#test/data/golden-ledger.js';
import type { TestDatabase } from '#test/setup/database.js';

import { dueCents, openDebtCents, pendingCentsOf, prepaidAvailableCents, prepaidBalanceCents } from './balances.js';
import { checkLedger } from './check-ledger.js';
import {
  postCreditMoved,
  postInterest,
  postInvoiceIssued,
  postPayment,
  postWriteOff,
  postWriteOffReversed,
} from './post-events.js';
import {
  postCondominiumPayout,
  postMatched,
  postOpenDebtPaid,
  postProcessorPayout,
  postRefund,
  postTopUp,
  postTopUpReversed,
  postUnmatched,
  postUnmatchedReturned,
} from './post-money.js';
import { postPaymentPending, postReversal, settlePending, voidPending } from './post-pending.js';
import { statement } from './statement.js';

let ledger: GoldenLedger;
let database: TestDatabase;
let documentId: string;
beforeEach(async () => {
  ledger = await openGoldenLedger();
  ({ database, documentId } = ledger);
  await post((trx) => postInvoiceIssued(trx, { documentId }));
});
afterEach(() => database.drop());

const post: GoldenLedger['post'] = (run) => ledger.post(run);
const balances = () => ledger.balances();
const pend = (key: string, amountCents = GROSS, source: 'stripe' | 'prepaid' = 'stripe') =>
  post((trx) => postPaymentPending(trx, { key, documentId, source, amountCents, occurredAt: NOW }));
const settle = (key: string, pendingKey: string, amountCents = GROSS) =>
  post((trx) => settlePending(trx, { key, pendingKey, amountCents, occurredAt: NOW }));
const release = (key: string, pendingKey: string) =>
  post((trx) => voidPending(trx, { key, pendingKey, occurredAt: NOW }));
const topUp = (key: string, amountCents: number) =>
  post((trx) => postTopUp(trx, { key, customerId: CUSTOMER, source: 'stripe', amountCents, occurredAt: NOW }));
const pending = async () => (await pendingCentsOf(database.sql, [documentId])).get(documentId);
const isBalanced = async () => expect(await checkLedger(database.sql)).toEqual({ balanced: true, problems: [] });

describe('pending, posted, void', () => {
  it('pending money pays nothing until it is posted', async () => {
    expect(await pend('pending/a')).toEqual({ posted: true });
    expect(await pend('pending/a')).toEqual({ posted: false });
    expect(await dueCents(database.sql, documentId)).toBe(GROSS);
    expect(await pending()).toBe(GROSS);
    expect(await settle('settle/a', 'pending/a')).toEqual({ posted: true });
    expect(await settle('settle/a', 'pending/a')).toEqual({ posted: false });
    expect(await dueCents(database.sql, documentId)).toBe(0);
    expect(await pending()).toBe(0);
    await isBalanced();
  });

  it('a part is posted, and all of it is released', async () => {
    await pend('pending/a');
    await settle('settle/a', 'pending/a', 5_000);
    expect(await dueCents(database.sql, documentId)).toBe(GROSS - 5_000);
    expect(await pending()).toBe(0);
    await isBalanced();
  });

  it('what is void moves nothing', async () => {
    await pend('pending/a');
    await release('void/a', 'pending/a');
    expect(await dueCents(database.sql, documentId)).toBe(GROSS);
    expect(await pending()).toBe(0);
    await isBalanced();
  });

  it('is resolved once, however many try at once', async () => {
    await pend('pending/a');
    const results = await Promise.allSettled([
      settle('settle/a', 'pending/a'),
      settle('settle/a', 'pending/a'),
      release('void/a', 'pending/a'),
      settle('settle/b', 'pending/a'),
    ]);
    const posted = results.filter((one) => one.status === 'fulfilled' && one.value.posted);
    expect(posted).toHaveLength(1);
    expect(await pending()).toBe(0);
    await isBalanced();
  });

  it('refuses more than is pending, and what is not pending', async () => {
    await pend('pending/a', 100);
    await expect(settle('settle/a', 'pending/a', 101)).rejects.toThrow('101 cents of the 100');
    await expect(settle('settle/a', 'pending/b', 100)).rejects.toThrow('no pending entry pending/b');
    await expect(release('void/a', 'issue/x')).rejects.toThrow('no pending entry');
  });

  it('a reservation of the prepaid balance is not spent twice', async () => {
    await topUp('top-up/1', 6_000);
    await pend('pending/a', 5_000, 'prepaid');
    expect(await prepaidBalanceCents(database.sql, CUSTOMER)).toBe(6_000);
    expect(await prepaidAvailableCents(database.sql, CUSTOMER)).toBe(1_000);
    await release('void/a', 'pending/a');
    expect(await prepaidAvailableCents(database.sql, CUSTOMER)).toBe(6_000);
  });

  it('an entry that is out of balance in what is pending is refused by the database', async () => {
    await pend('pending/a');
    const tilt = database.sql.transaction().execute(async (trx) => {
      const { id } = await trx
        .insertInto('journal_entry')
        .values({ key: 'k', kind: 'payment', phase: 'pending', description: '', occurred_at: NOW })
        .returning('id')
        .executeTakeFirstOrThrow();
      const account = await trx.selectFrom('ledger_account').select('id').executeTakeFirstOrThrow();
      await trx
        .insertInto('posting')
        .values({ entry_id: id, account_id: account.id, amount_cents: 0, pending_cents: 1 })
        .execute();
    });
    await expect(tilt).rejects.toThrow('pending by 1');
  });

  it('the check finds a release that is not whole, and a pending entry that moves money', async () => {
    await pend('pending/a');
    await settle('settle/a', 'pending/a');
    const release = raw`(select id from journal_entry where key = 'settle/a')`;
    await database.tamper((trx) =>
      raw`update posting set pending_cents = sign(pending_cents) where entry_id = ${release}`.execute(trx),
    );
    const codes = (await checkLedger(database.sql)).problems.map(({ code }) => code);
    expect(codes).toEqual(['PENDING_NOT_RELEASED', 'PENDING_NOT_RELEASED']);
  });
});

describe('bank, provider and condominium', () => {
  const money = { issuerId: 'czm', currency: 'EUR', occurredAt: NOW };
  const receive = (key: string, amountCents: number) =>
    post((trx) => postUnmatched(trx, { ...money, key, amountCents }));

  it('money of the bank waits until somebody is found for it', async () => {
    await receive('bank/1', 12_000);
    await post((trx) => postMatched(trx, { ...money, key: 'match/1/a', amountCents: GROSS, documentId }));
    await post((trx) => postMatched(trx, { ...money, key: 'match/1/b', amountCents: 1_000, customerId: CUSTOMER }));
    await post((trx) => postUnmatchedReturned(trx, { ...money, key: 'return/1', amountCents: 12_000 - GROSS - 1_000 }));
    expect(await balances()).toMatchObject({
      'bank/czm': GROSS + 1_000,
      'unmatched/czm': 0,
      'receivable/1001': 0,
      'prepaid/1001': -1_000,
    });
    await isBalanced();
  });

  it('a wrong match is taken back by its opposite', async () => {
    await receive('bank/1', GROSS);
    await post((trx) => postMatched(trx, { ...money, key: 'match/1', amountCents: GROSS, documentId }));
    const undo = () => post((trx) => postReversal(trx, { key: 'unmatch/1', reversesKey: 'match/1', occurredAt: NOW }));
    expect(await undo()).toEqual({ posted: true });
    expect(await undo()).toEqual({ posted: false });
    expect(await dueCents(database.sql, documentId)).toBe(GROSS);
    expect(await balances()).toMatchObject({ 'unmatched/czm': -GROSS, 'bank/czm': GROSS });
    await isBalanced();
  });

  it('the check finds more matched than came', async () => {
    await post((trx) => postMatched(trx, { ...money, key: 'match/1', amountCents: 1, documentId }));
    expect((await checkLedger(database.sql)).problems.map(({ code }) => code)).toEqual(['UNMATCHED_BELOW_ZERO']);
  });

  it('another issuer’s bank pays no invoice', async () => {
    const match = { ...money, issuerId: 'other', key: 'match/1', amountCents: 1, documentId };
    await expect(post((trx) => postMatched(trx, match))).rejects.toThrow('not of issuer other');
  });

  it('the provider pays out what it held, less its fee, and the condominium receives what was recovered', async () => {
    const source = 'stripe' as const;
    await post((trx) => postPayment(trx, { key: 'settle/a', documentId, source, amountCents: GROSS, occurredAt: NOW }));
    const payout = { ...money, key: 'provider-payout/po_1', grossCents: GROSS, feeCents: 35 };
    await post((trx) => postProcessorPayout(trx, payout));
    const condominium = { ...money, condominiumId: 'aurora', key: 'payout/1', amountCents: 8_038 };
    await post((trx) => postCondominiumPayout(trx, condominium));
    expect(await balances()).toMatchObject({
      'processor/stripe': 0,
      'processor-fees/czm': 35,
      'bank/czm': GROSS - 35 - 8_038,
      'recovered/aurora': 0,
      'vat/2300': -1_849,
    });
    await isBalanced();
  });
});

describe('credit, refunds and what nobody pays', () => {
  it('what a customer has paid ahead is given back, never more', async () => {
    await topUp('top-up/1', 1_000);
    const refund = (key: string, amountCents: number) =>
      post((trx) => postRefund(trx, { key, customerId: CUSTOMER, to: 'bank', amountCents, occurredAt: NOW }));
    const results = await Promise.allSettled([refund('refund/1', 700), refund('refund/2', 700)]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await prepaidBalanceCents(database.sql, CUSTOMER)).toBe(300);
    await isBalanced();
  });

  it('what is paid beyond an invoice moves to what is paid ahead, once', async () => {
    const source = 'bank' as const;
    await post((trx) =>
      postPayment(trx, { key: 'settle/a', documentId, source, amountCents: 10_000, occurredAt: NOW }),
    );
    const move = (key: string) => post((trx) => postCreditMoved(trx, { key, documentId, occurredAt: NOW }));
    expect(await Promise.all([move('move/1'), move('move/1')])).toContainEqual({ movedCents: 113 });
    expect(await move('move/2')).toEqual({ movedCents: 0 });
    expect(await prepaidBalanceCents(database.sql, CUSTOMER)).toBe(113);
    expect(await dueCents(database.sql, documentId)).toBe(0);
    await isBalanced();
  });

  it('a top-up that is taken back after it was spent is owed, and paid from the next one', async () => {
    await topUp('top-up/1', 1_000);
    const source = 'prepaid' as const;
    await post((trx) => postPayment(trx, { key: 'deduct/1', documentId, source, amountCents: 800, occurredAt: NOW }));
    const back = {
      key: 'reverse/1',
      customerId: CUSTOMER,
      source: 'stripe',
      amountCents: 1_000,
      occurredAt: NOW,
    } as const;
    expect(await post((trx) => postTopUpReversed(trx, back))).toEqual({ posted: true });
    expect(await post((trx) => postTopUpReversed(trx, back))).toEqual({ posted: false });
    expect(await prepaidBalanceCents(database.sql, CUSTOMER)).toBe(0);
    expect(await openDebtCents(database.sql, CUSTOMER)).toBe(800);
    await topUp('top-up/2', 2_000);
    const pay = () =>
      post((trx) => postOpenDebtPaid(trx, { key: 'open-debt/1', customerId: CUSTOMER, occurredAt: NOW }));
    expect(await pay()).toEqual({ paidCents: 800 });
    expect(await pay()).toEqual({ paidCents: 0 });
    expect(await openDebtCents(database.sql, CUSTOMER)).toBe(0);
    expect(await prepaidBalanceCents(database.sql, CUSTOMER)).toBe(1_200);
    await isBalanced();
  });

  it('interest is due with the invoice; a write-off ends the debt and is reversed when money comes', async () => {
    await post((trx) => postInterest(trx, { key: 'interest/1', documentId, amountCents: 13, occurredAt: NOW }));
    expect(await dueCents(database.sql, documentId)).toBe(GROSS + 13);
    const off = (amountCents: number) =>
      post((trx) => postWriteOff(trx, { key: `write-off/${amountCents}`, documentId, amountCents, occurredAt: NOW }));
    await expect(off(GROSS + 14)).rejects.toThrow('would leave -1 cents due');
    await off(GROSS + 13);
    expect(await dueCents(database.sql, documentId)).toBe(0);
    const again = { key: 'write-off-reversed/1', documentId, amountCents: 5_000, occurredAt: NOW };
    await post((trx) => postWriteOffReversed(trx, again));
    expect(await balances()).toMatchObject({
      'receivable/1001': 5_000,
      'write-off/aurora': GROSS + 13 - 5_000,
      'interest/aurora': -13,
    });
    await isBalanced();
  });
});

describe('a statement', () => {
  const span = { from: new Date('2026-07-01T00:00:00Z'), to: new Date('2026-08-01T00:00:00Z'), currency: 'EUR' };
  const at = (day: number) => new Date(Date.UTC(2026, 6, day));

  it('of a customer: what was owed and paid, line by line, with the balance after each', async () => {
    const source = 'bank' as const;
    await post((trx) => postPayment(trx, { key: 'p/1', documentId, source, amountCents: 5_000, occurredAt: at(3) }));
    await post((trx) =>
      postTopUp(trx, { key: 't/1', customerId: CUSTOMER, source, amountCents: 2_000, occurredAt: at(5) }),
    );
    await post((trx) =>
      postPayment(trx, { key: 'd/1', documentId, source: 'prepaid', amountCents: 2_000, occurredAt: at(6) }),
    );
    await pend('pending/a', 100);
    const of = { kind: 'customer', customerId: CUSTOMER } as const;
    const whole = await statement(database.sql, { of, ...span, limit: 100 });
    expect(whole).toMatchObject({ openingCents: 0, closingCents: 7_000 - GROSS });
    expect(whole.lines.map(({ kind, amountCents, balanceCents }) => [kind, amountCents, balanceCents])).toEqual([
      ['invoice-issued', -GROSS, -GROSS],
      ['payment', 5_000, 5_000 - GROSS],
      ['top-up', 2_000, 7_000 - GROSS],
    ]);
    const [{ movement, number } = {}, ...others] = whole.lines;
    expect([movement, number]).toEqual(['invoice', 'FT CZM2026/1']);
    expect(others.map((line) => line.movement)).toEqual(['transfer', 'transfer']);
    const [first] = whole.lines;
    if (first === undefined) throw new Error('no line');
    const rest = await statement(database.sql, { of, ...span, limit: 100, after: first });
    expect(rest.lines).toEqual(whole.lines.slice(1));
    const later = await statement(database.sql, { of, ...span, from: at(4), limit: 100 });
    expect(later).toMatchObject({ openingCents: 5_000 - GROSS, closingCents: 7_000 - GROSS });
    expect(later.lines).toHaveLength(1);
  });

  it('of a condominium: what was recovered and paid out', async () => {
    const out = { key: 'payout/1', condominiumId: 'aurora', issuerId: 'czm', amountCents: 8_000, currency: 'EUR' };
    await post((trx) => postCondominiumPayout(trx, { ...out, occurredAt: at(20) }));
    const of = { kind: 'condominium', condominiumId: 'aurora' } as const;
    const { closingCents, lines } = await statement(database.sql, { of, ...span, limit: 100 });
    expect(closingCents).toBe(38);
    expect(lines.map(({ kind, movement, amountCents }) => [kind, movement, amountCents])).toEqual([
      ['invoice-issued', 'invoice', 8_038],
      ['condominium-payout', 'payout', -8_000],
    ]);
  });
});
