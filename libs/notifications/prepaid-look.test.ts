import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { setRules } from '#libs/payments/prepaid/settings.js';
import { recordTopUp } from '#libs/payments/record-top-up.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';
import { addCustomer, addInstallation } from '#test/stripe-sandbox/invoice-fixture.js';

import { lookAtPrepaid, prepaidCustomers } from './prepaid-look.js';

const START = new Date('2026-07-01T00:00:00Z');
const BY = 'ana@example.com';

let database: TestDatabase;
let customers = 0;
beforeAll(async () => {
  database = await createTestDatabase();
  await addInstallation(database.sql);
});
afterAll(() => database.drop());

const at = (day: number, hour = 9) => new Date(Date.UTC(2026, 6, day, hour));

/** Automatic top-up of 20 € below 10 €, at most 40 € a month. */
async function account(more: { email?: string | null; language?: 'pt' | 'en' } = {}): Promise<string> {
  customers += 1;
  const customerId = await addCustomer(database.sql, { id: `look-${customers}`, paymentMethod: 'prepaid', ...more });
  await database.sql
    .insertInto('mandate')
    .values({
      customer_id: customerId,
      stripe_setup_intent_id: `seti_${customerId}`,
      status: 'active',
      iban_last4: '0154',
      acceptance: {},
      active_at: START,
    })
    .execute();
  const consent = { at: START.toISOString(), by: BY, evidence: 'agreed' };
  const autoTopUp = { belowCents: 1_000, amountCents: 2_000, monthMaximumCents: 4_000, consent };
  const rules = { customerId, floorCents: 0, lowBalanceCents: 500, autoTopUp, by: BY, now: START };
  expect(await setRules(database.sql, rules)).toHaveProperty('ok');
  return customerId;
}

const look = (customerId: string, now: Date) => lookAtPrepaid(database.sql, { customerId, now, publicUrl: null });
const payIn = (customerId: string, amountCents: number, now: Date) =>
  recordTopUp(database.sql, { customerId, source: 'bank', amountCents, key: now.toISOString(), now });
const orders = (customerId: string) =>
  database.sql.selectFrom('top_up_order').selectAll().where('customer_id', '=', customerId).orderBy('id').execute();
const mails = (customerId: string) =>
  database.sql.selectFrom('mail').selectAll().where('customer_id', '=', customerId).orderBy('id').execute();
const endOf = (orderId: string, state: string, reason: string | null = null) =>
  database.sql.updateTable('top_up_order').set({ state, reason }).where('id', '=', orderId).execute();

describe('a look at a prepaid account', () => {
  it('orders one top-up for a fall, announced with its day, however many look at once', async () => {
    const customerId = await account();
    const looked = await Promise.all([1, 2, 3, 4].map(() => look(customerId, at(1))));
    await look(customerId, at(2));
    const [order, ...others] = await orders(customerId);
    expect(others).toEqual([]);
    expect(order).toMatchObject({ amount_cents: 2_000, state: 'created', debit_at: at(3) });
    expect(looked.some(({ topUpOrderIds }) => topUpOrderIds.length === 1)).toBe(true);
    const told = await mails(customerId);
    expect(told.map(({ key }) => key.split('/')[0])).toEqual(['prepaid-floor', 'prepaid-top-up']);
    expect(told[1]?.subject).toContain('03/07/2026');
    expect(told[1]?.body).toContain('0154');
  });

  it('orders again after the next fall, never beyond the maximum of a month', async () => {
    const customerId = await account();
    for (const day of [1, 5, 9]) {
      await look(customerId, at(day));
      for (const { id, state } of await orders(customerId)) if (state === 'created') await endOf(id, 'succeeded');
      await database.sql.updateTable('prepaid_watch').set({ auto_since: null }).execute();
    }
    expect(await orders(customerId)).toHaveLength(2);
    await look(customerId, new Date('2026-08-01T09:00:00Z'));
    expect(await orders(customerId)).toHaveLength(3);
  });

  it('tells of a top-up that failed once, in the language of the customer', async () => {
    const customerId = await account({ language: 'en' });
    await look(customerId, at(1));
    const [order] = await orders(customerId);
    await endOf(order?.id ?? '', 'failed', 'insufficient-funds');
    for (const day of [2, 3]) await look(customerId, at(day));
    const told = (await mails(customerId)).filter(({ key }) => key.startsWith('prepaid-auto-off/'));
    expect(told.map(({ subject }) => subject)).toEqual(['Automatic top-up is switched off']);
  });

  it('tells each fall once, also after it rose in between, and nobody who has no address', async () => {
    const customerId = await account();
    await database.sql
      .updateTable('mandate')
      .set({ status: 'inactive' })
      .where('customer_id', '=', customerId)
      .execute();
    await payIn(customerId, 300, at(1));
    for (const hour of [10, 11]) await look(customerId, at(1, hour));
    await payIn(customerId, 3_000, at(2));
    await look(customerId, at(2, 10));
    expect((await mails(customerId)).map(({ key }) => key.split('/')[0])).toEqual(['prepaid-low']);
    const silent = await account({ email: null });
    expect(await look(silent, at(1))).toMatchObject({ mailIds: [] });
    expect(await mails(silent)).toEqual([]);
  });

  it('is of those who pay ahead, a page at a time', async () => {
    const all = await prepaidCustomers(database.sql, null, 100);
    expect(all).toEqual([...all].sort());
    const [first] = await prepaidCustomers(database.sql, null, 1);
    expect(await prepaidCustomers(database.sql, first ?? null, 100)).toEqual(all.slice(1));
  });
});
