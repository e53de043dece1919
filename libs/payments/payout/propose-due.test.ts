import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { postPayment } from '#libs/ledger/post-events.js';
import type { Sql } from '#libs/persistence/database.js';
import { issueAll, seedGoldenJune } from '#test/data/documents.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { holidayBook } from '../../registry/holidays.js';
import { payoutDay } from './payout-day.js';
import { payoutPolicies, setPayoutPolicy, type PayoutPolicy } from './payout-policy.js';
import { BY_CALENDAR, makePayoutRound, payoutRoundsDue } from './propose-due.js';

const PORTUGAL = holidayBook({ country: 'PT', municipality: 'Lisboa' });

describe('the day of a payout', () => {
  it.each([
    ['2026-07', 10, '2026-07-10', 'a Friday'],
    ['2026-07', 11, '2026-07-13', 'a Saturday: the Monday after'],
    ['2026-06', 10, '2026-06-11', 'Portugal’s national day'],
    ['2026-02', 31, '2026-02-27', 'the last day is a Saturday: the Friday before, not another month'],
    ['2026-05', 31, '2026-05-29', 'a Sunday at the end'],
    ['2027-01', 1, '2027-01-04', 'New Year before a weekend'],
  ])('of %s, day %i, is %s: %s', (period, day, expected) => {
    expect(payoutDay(period, day, PORTUGAL).toString()).toBe(expected);
  });
});

describe('payouts proposed by the calendar', () => {
  let database: TestDatabase;
  let documentId: string;
  let grossCents: number;

  const transact = <T>(run: (trx: Sql) => Promise<T>) => database.sql.transaction().execute(run);
  const pay = (key: string, amountCents: number) =>
    transact((trx) =>
      postPayment(trx, {
        key,
        documentId,
        source: 'stripe',
        amountCents,
        occurredAt: new Date('2026-07-05T10:00:00Z'),
      }),
    );
  const payouts = () => database.sql.selectFrom('payout').select(['key', 'period', 'proposed_by', 'state']).execute();
  const rule = (policy: Partial<PayoutPolicy> & { validFrom: string }, now = new Date('2026-07-01T12:00:00Z')) =>
    transact((trx) =>
      setPayoutPolicy(trx, {
        condominiumId: 'aurora',
        policy: { feePermyriad: 0, feePerMonthCents: 0, proposeOnDay: 11, ...policy },
        now,
      }),
    );

  async function look(at: string): Promise<void> {
    const now = new Date(at);
    for (const round of await payoutRoundsDue(database.sql, now)) await makePayoutRound(database.sql, round, now);
  }

  beforeEach(async () => {
    database = await createTestDatabase();
    const { cycleId } = await seedGoldenJune(database.sql);
    const documents = await issueAll(database.sql, cycleId, new Date('2026-07-01T05:00:00Z'));
    documentId = documents.get('1001') ?? '';
    ({ gross_cents: grossCents } = await database.sql
      .selectFrom('fiscal_document')
      .where('id', '=', documentId)
      .select('gross_cents')
      .executeTakeFirstOrThrow());
  });
  afterEach(() => database.drop());

  it('come on the business day in local time, once a month, and wait for a person', async () => {
    await rule({ validFrom: '2026-07-01' });
    await pay('settle/1', grossCents);
    await look('2026-07-12T22:59:59Z'); // 23:59:59 of Sunday in Lisbon
    expect(await payouts()).toEqual([]);
    await look('2026-07-12T23:00:00Z');
    await look('2026-07-12T23:10:00Z');
    expect(await payouts()).toMatchObject([{ period: '2026-07', proposed_by: BY_CALENDAR, state: 'proposed' }]);
  });

  it('are made up for when nothing ran on the day, and are one when several workers look at once', async () => {
    await rule({ validFrom: '2026-07-01' });
    await pay('settle/1', grossCents);
    const now = new Date('2026-07-28T10:00:00Z');
    const [round] = await payoutRoundsDue(database.sql, now);
    if (round === undefined) throw new Error('no round is due');
    const made = await Promise.all([1, 2, 3].map(() => makePayoutRound(database.sql, round, now)));
    expect(made.filter(({ made: isMade }) => isMade)).toHaveLength(1);
    expect(new Set(made.map(({ payoutId }) => payoutId)).size).toBe(1);
    expect(await payouts()).toHaveLength(1);
  });

  it('are not made for money that comes after a day on which nothing was owed: it waits for the next month', async () => {
    await rule({ validFrom: '2026-07-01' });
    await look('2026-07-13T10:00:00Z');
    await pay('settle/1', grossCents);
    await look('2026-07-14T10:00:00Z');
    expect(await payouts()).toEqual([]);
    await look('2026-08-11T10:00:00Z');
    expect(await payouts()).toMatchObject([{ period: '2026-08' }]);
  });

  it('begin with the contract: a row that begins after the day has its first round in the next month', async () => {
    await rule({ validFrom: '2026-07-14' });
    await pay('settle/1', grossCents);
    await look('2026-07-20T10:00:00Z');
    expect(await payouts()).toEqual([]);
  });

  it('end when the contract names no day any more', async () => {
    await rule({ validFrom: '2026-07-01' });
    await rule({ validFrom: '2026-07-10', proposeOnDay: null });
    await pay('settle/1', grossCents);
    await look('2026-07-20T10:00:00Z');
    expect(await payouts()).toEqual([]);
  });

  it('keep the rules of months that are over', async () => {
    const later = new Date('2026-08-01T00:00:00Z');
    expect(await rule({ validFrom: '2026-07-31' }, later)).toEqual({ refused: { code: 'PAYOUT.POLICY_OF_THE_PAST' } });
    expect(await rule({ validFrom: '2026-08-01' }, later)).toEqual({ before: null });
    const first = { validFrom: '2026-08-01', feePermyriad: 0, feePerMonthCents: 0, proposeOnDay: 11 };
    expect(await rule({ validFrom: '2026-08-01', feePermyriad: 250 }, later)).toEqual({ before: first });
    expect(await payoutPolicies(database.sql, 'aurora')).toEqual([{ ...first, feePermyriad: 250 }]);
  });
});
