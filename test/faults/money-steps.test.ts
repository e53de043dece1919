import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { checkLedger } from '#libs/ledger/check-ledger.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { everythingStored } from './everything-stored.js';
import { killEverywhere } from './killed-database.js';
import { MONEY_STEPS, seedMoneyWorld } from './money-steps.js';

/** Three worlds with one story: told once, killed at every word, and told by two at once. */
let once: TestDatabase;
let killed: TestDatabase;
let twoAtOnce: TestDatabase;

beforeAll(async () => {
  [once, killed, twoAtOnce] = [await createTestDatabase(), await createTestDatabase(), await createTestDatabase()];
  for (const { sql } of [once, killed, twoAtOnce]) await seedMoneyWorld(sql);
});
afterAll(async () => {
  for (const world of [once, killed, twoAtOnce]) await world.drop();
});

describe.each(MONEY_STEPS)('$name', ({ before, run, isAllOrNothing }) => {
  beforeAll(async () => {
    for (const { sql } of [once, killed, twoAtOnce]) await before?.(sql);
    await run(once.sql);
  });

  it('killed before any statement and begun again it ends as if nothing had been, with nothing half', async () => {
    const start = await everythingStored(killed.sql);
    const kills = await killEverywhere(killed.sql, run, async () => {
      if (isAllOrNothing) expect(await everythingStored(killed.sql)).toEqual(start);
    });
    expect(kills).toBeGreaterThan(0);
    expect(await everythingStored(killed.sql)).toEqual(await everythingStored(once.sql));
  });

  it('done again it changes nothing', async () => {
    await run(killed.sql);
    expect(await everythingStored(killed.sql)).toEqual(await everythingStored(once.sql));
  });

  it('done by two at once it is done once, and both are told so', async () => {
    await Promise.all([run(twoAtOnce.sql), run(twoAtOnce.sql)]);
    expect(await everythingStored(twoAtOnce.sql)).toEqual(await everythingStored(once.sql));
  });
});

it('and in the end each document is there once, with its number, and the books balance', async () => {
  for (const { sql } of [once, killed, twoAtOnce]) {
    const rows = await sql
      .selectFrom('fiscal_document')
      .select(['number_text', 'customer_id', 'net_cents'])
      .orderBy('number_text')
      .execute();
    expect(rows.map(({ number_text: number, customer_id: id, net_cents: cents }) => [number, id, cents])).toEqual([
      // 100 kWh at 0,20 €, a third of 9 € of power, 5 € off
      ['FT CZM2026/1', '1001', 1_800],
      ['FT CZM2026/2', '1002', 1_800],
      // 100 kWh of July and as many of June that came late, 3,10 € of power, 5 € off
      ['FT CZM2026/3', '1001', 3_810],
      ['NC CZM2026/1', '1002', -800],
    ]);
    const carried = await sql
      .selectFrom('adjustment')
      .select('net_cents')
      .where('customer_id', '=', '1003')
      .orderBy('id')
      .execute();
    expect(carried).toEqual([{ net_cents: -200 }, { net_cents: -190 }]);
    expect(await checkLedger(sql)).toEqual({ balanced: true, problems: [] });
  }
});
