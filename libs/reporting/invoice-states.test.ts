import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { postPayment } from '#libs/ledger/post-events.js';
import { seedMixedJune, type MixedJune } from '#test/data/documents.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { invoiceState, invoiceStates, type StateFacts } from './invoice-states.js';

const OPEN: StateFacts = {
  grossCents: 100,
  dueCents: 100,
  lastAttempt: null,
  collectionOutcome: null,
  arrearsCause: null,
};

describe('invoiceState', () => {
  it.each([
    ['open', {}],
    ['partly-paid', { dueCents: 40 }],
    ['paid', { dueCents: 0 }],
    ['paid', { dueCents: -5 }],
    ['processing', { lastAttempt: 'processing' }],
    ['arrears', { collectionOutcome: 'arrears', lastAttempt: 'failed' }],
    ['arrears', { arrearsCause: 'not-paid', dueCents: 40 }],
    ['disputed', { lastAttempt: 'disputed' }],
    ['disputed', { arrearsCause: 'disputed', lastAttempt: 'failed' }],
  ] as const)('is %s for %j', (state, facts) => {
    expect(invoiceState({ ...OPEN, ...facts })).toBe(state);
  });

  it('pitfalls 13 and 14: what the ledger shows as paid is paid, whatever a case or collection still says', () => {
    expect(invoiceState({ ...OPEN, dueCents: 0, arrearsCause: 'not-paid', collectionOutcome: 'arrears' })).toBe('paid');
  });

  it('pitfall 19: a debit that is processing is not a failure, also when arrears asked for it', () => {
    expect(invoiceState({ ...OPEN, lastAttempt: 'processing', arrearsCause: 'insufficient_funds' })).toBe('processing');
  });
});

describe('invoiceStates', () => {
  let database: TestDatabase;
  let june: MixedJune;
  beforeAll(async () => {
    database = await createTestDatabase();
    june = await seedMixedJune(database.sql, 8);
  });
  afterAll(() => database.drop());

  it('tells the state of every invoice of the cycle, in the order of numbers', async () => {
    const rows = await invoiceStates(database.sql, { cycleId: june.cycleId });
    expect(rows.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((n) => `FT CZM2026/${n}`));
    expect(new Map(rows.map(({ customer, state }) => [customer, state]))).toEqual(june.endings);
    expect(rows[5]).toMatchObject({ customer: '1006', state: 'partly-paid', totalCents: 10_059, dueCents: 7_559 });
  });

  it('follows the ledger: a transfer that clears the debt clears the state', async () => {
    const row = (await invoiceStates(database.sql, june)).find(({ state }) => state === 'arrears');
    if (row === undefined) throw new Error('one invoice is in arrears');
    await database.sql.transaction().execute((trx) =>
      postPayment(trx, {
        key: 'transfer/1',
        documentId: row.documentId,
        source: 'bank',
        amountCents: row.dueCents,
        occurredAt: new Date('2026-08-01T00:00:00Z'),
      }),
    );
    const after = await invoiceStates(database.sql, june);
    expect(after.find(({ documentId }) => documentId === row.documentId)?.state).toBe('paid');
  });
});
