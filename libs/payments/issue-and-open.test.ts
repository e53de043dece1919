import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { prepaidBalanceCents } from '#libs/ledger/balances.js';
import { seedGoldenJune } from '#test/data/documents.js';
import { TEST_SIGNER } from '#test/data/fiscal.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { checkBooks } from './check-books.js';
import { issueAndOpen } from './issue-and-open.js';
import { setRules } from './prepaid/settings.js';
import { recordTopUp } from './record-top-up.js';

const NOW = new Date('2026-07-01T05:00:00Z');
const CUSTOMER = '1001';
const GROSS_CENTS = 9_887;

let database: TestDatabase;
let cycleId: string;
beforeEach(async () => {
  database = await createTestDatabase();
  ({ cycleId } = await seedGoldenJune(database.sql));
  await database.sql.updateTable('customer').set({ payment_method: 'prepaid' }).execute();
});
afterEach(() => database.drop());

const paidAhead = (amountCents: number) =>
  recordTopUp(database.sql, { customerId: CUSTOMER, source: 'bank', amountCents, key: 'ahead', now: NOW });
const floor = (floorCents: number) =>
  setRules(database.sql, {
    customerId: CUSTOMER,
    floorCents,
    lowBalanceCents: floorCents,
    autoTopUp: null,
    by: 'staff',
    now: NOW,
  });
const issue = () =>
  database.sql
    .transaction()
    .execute((trx) =>
      issueAndOpen(trx, { cycleId, customerId: CUSTOMER, now: NOW, signer: TEST_SIGNER, workflowIdOf: (id) => id }),
    );

describe('the invoice of a prepaid month', () => {
  it('is its own receipt where the balance pays it down to its floor', async () => {
    await paidAhead(GROSS_CENTS + 100);
    await floor(100);
    expect(await issue()).toMatchObject({ type: 'FR', grossCents: GROSS_CENTS });
    expect(await prepaidBalanceCents(database.sql, CUSTOMER)).toBe(100);
    expect(await checkBooks(database.sql)).toEqual({ balanced: true, problems: [] });
  });

  it('never takes the balance below its floor: it is collected when it is due', async () => {
    await paidAhead(GROSS_CENTS + 99);
    await floor(100);
    expect(await issue()).toMatchObject({ type: 'FT' });
    expect(await prepaidBalanceCents(database.sql, CUSTOMER)).toBe(GROSS_CENTS + 99);
  });
});
