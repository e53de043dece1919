import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { planFor } from './price-plan-store.js';
import { parseTariff } from './tariff-file.js';
import { contractOn, pricePartsOn, sumOf } from './tariff.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  const { sql } = database;
  const place = { address: 'Rua A 1', postal_code: '1000-001', city: 'Lisboa' };
  await sql
    .insertInto('issuer')
    .values({ id: 'i', name: 'I', nif: '501964843', email: 'i@x.pt', ...place })
    .execute();
  await sql
    .insertInto('condominium')
    .values({ id: 'c', name: 'C', nif: '501964843', manager_name: 'M', manager_email: 'm@x.pt', ...place })
    .execute();
  await sql.insertInto('installation').values({ id: 'x', condominium_id: 'c', issuer_id: 'i', name: 'X' }).execute();
  for (const [validFrom, validTo, bands, band, micros] of [
    ['2025-01-01', '2025-12-31', 1, 'simples', 150_000],
    ['2026-01-01', '2026-06-16', 1, 'simples', 200_000],
    ['2026-06-17', null, 2, 'vazio', 100_000],
  ] as const) {
    const plan = await sql
      .insertInto('price_plan')
      .values({
        installation_id: 'x',
        name: 'plan',
        calendar_id: 'pt-mainland-daily',
        bands,
        valid_from: validFrom,
        valid_to: validTo,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await sql
      .insertInto('band_price')
      .values({ plan_id: plan.id, band, valid_from: validFrom, micros_per_kwh: micros })
      .execute();
  }
});
afterAll(() => database.drop());

function priceOn(...of: Parameters<typeof pricePartsOn>): number | null {
  const parts = pricePartsOn(...of);
  return parts === null ? null : sumOf(parts);
}

test('the contracts that hold on some day of the period, each with its own prices', async () => {
  const tariff = await planFor(database.sql, 'x', '2026-06-01', '2026-06-30');
  expect(tariff.contracts.map((contract) => [contract.validFrom, contract.bands])).toEqual([
    ['2026-01-01', 1],
    ['2026-06-17', 2],
  ]);
  const first = contractOn(tariff, '2026-06-16');
  const second = contractOn(tariff, '2026-06-17');
  expect(first && priceOn(first, 'simples', 'import', '2026-06-16')).toBe(200_000);
  expect(second && priceOn(second, 'vazio', 'import', '2026-06-17')).toBe(100_000);
  expect(second && priceOn(second, 'simples', 'import', '2026-06-17')).toBeNull();
});

test('has the structure that a tariff.json gives', async () => {
  const { contracts, timeZone } = await planFor(database.sql, 'x', '2026-01-01', '2026-01-31');
  const file = parseTariff({
    timeZone: 'Europe/Lisbon',
    calendar: 'pt-mainland-daily',
    bands: 1,
    prices: [{ from: '2026-01-01', to: null, band: 'simples', perKWh: '0.200000' }],
  });
  expect(file).toEqual({
    ok: {
      timeZone,
      holidays: expect.anything(),
      contracts: contracts.map((contract) => Object.assign(contract, { validFrom: null, validTo: null })),
    },
  });
});

test('no contract is an empty list; no installation is an error', async () => {
  expect((await planFor(database.sql, 'x', '2024-01-01', '2024-01-31')).contracts).toEqual([]);
  await expect(planFor(database.sql, 'y', '2026-01-01', '2026-01-31')).rejects.toThrow('no installation y');
});
