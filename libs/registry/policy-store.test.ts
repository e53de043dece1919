import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { policyAt } from './policy-store.js';
import { DEFAULT_POLICY } from './policy.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  const { sql } = database;
  const place = { address: 'Rua A 1', postal_code: '1000-001', city: 'Lisboa' };
  await sql
    .insertInto('issuer')
    .values({ id: 'i', name: 'I', nif: '501964843', email: 'i@example.pt', ...place })
    .execute();
  await sql
    .insertInto('condominium')
    .values({ id: 'c', name: 'C', nif: '501964843', manager_name: 'M', manager_email: 'm@example.pt', ...place })
    .execute();
  await sql.insertInto('installation').values({ id: 'x', condominium_id: 'c', issuer_id: 'i', name: 'X' }).execute();
  for (const [from, days] of [
    ['2026-06-01', 10],
    ['2026-07-01', 20],
  ] as const) {
    await sql
      .insertInto('installation_policy')
      .values({ installation_id: 'x', valid_from: from, policy: { ...DEFAULT_POLICY, preNotification: { days } } })
      .execute();
  }
});
afterAll(() => database.drop());

describe('policyAt', () => {
  test('the default holds before any row', async () => {
    expect(await policyAt(database.sql, 'x', new Date('2026-05-31T22:59:59Z'))).toEqual(DEFAULT_POLICY);
  });

  test('a row holds from local midnight of its date, not from midnight UTC', async () => {
    const days = async (at: string) => (await policyAt(database.sql, 'x', new Date(at))).preNotification;
    expect(await days('2026-05-31T23:00:00Z')).toEqual({ days: 10 });
    expect(await days('2026-06-30T22:59:59Z')).toEqual({ days: 10 });
    expect(await days('2026-06-30T23:00:00Z')).toEqual({ days: 20 });
  });

  test('a row from before there was a tolerance for the retailer’s invoice has the default one', async () => {
    const { retailerBillTolerance, ...anomaly } = DEFAULT_POLICY.anomaly;
    await database.sql
      .insertInto('installation_policy')
      .values({ installation_id: 'x', valid_from: '2026-08-01', policy: { ...DEFAULT_POLICY, anomaly } as never })
      .execute();
    const policy = await policyAt(database.sql, 'x', new Date('2026-08-15T00:00:00Z'));
    expect(policy.anomaly.retailerBillTolerance).toEqual(retailerBillTolerance);
  });

  test('a row from before there were all stages of the chase has the default ones', async () => {
    const { reminderAfter, retryAfter, formalNoticeAfter, suspensionProposalAfterNotice } = DEFAULT_POLICY.arrears;
    const arrears = { reminderAfter, retryAfter, formalNoticeAfter, suspensionProposalAfterNotice };
    await database.sql
      .insertInto('installation_policy')
      .values({ installation_id: 'x', valid_from: '2026-09-01', policy: { ...DEFAULT_POLICY, arrears } as never })
      .execute();
    const policy = await policyAt(database.sql, 'x', new Date('2026-09-15T00:00:00Z'));
    expect(policy.arrears).toEqual(DEFAULT_POLICY.arrears);
  });

  test('an unknown installation is an error', async () => {
    await expect(policyAt(database.sql, 'nowhere', new Date())).rejects.toThrow('no installation nowhere');
  });
});
