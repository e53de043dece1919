import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql as raw } from 'kysely';

import { imputeCycle } from '#libs/imputation/impute-cycle.js';
import { reconciliationOf } from '#libs/imputation/reconcile-cycle.js';
import { enterRetailerInvoice } from '#libs/imputation/retailer-invoice.js';
import { creditAdjustment } from '#libs/invoicing/credit-adjustment.js';
import { decideProposals } from '#libs/invoicing/decide-adjustment.js';
import { proposeAdjustments } from '#libs/invoicing/propose-adjustments.js';
import type { Sql } from '#libs/persistence/database.js';
import { rateCycle } from '#libs/rating/rate-cycle.js';
import { TEST_SIGNER } from '#test/data/fiscal.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { seedCustomer } from '../data/documents.js';
import {
  calculate,
  charge,
  closed,
  cycleOf,
  ENTRY,
  importPrices,
  issue,
  PLAN,
  PRICES,
  seedMoneyWorld,
} from './money-steps.js';

const JULY = new Date('2026-07-01T04:00:00Z');
const AUGUST = new Date('2026-08-01T04:00:00Z');

let database: TestDatabase;
let sql: Sql;

beforeEach(async () => {
  database = await createTestDatabase();
  sql = database.sql;
  await seedMoneyWorld(sql);
  await importPrices(sql, PRICES);
  await charge(sql, 'zcs031903', '2026-06-15', 0);
  await charge(sql, 'zcs031974', '2026-06-16', 0);
  await closed(sql, '2026-06', JULY);
  await closed(sql, '2026-07', JULY);
});
afterEach(() => database.drop());

/** How many statements wait for somebody's lock. */
async function waiting(): Promise<number> {
  const { rows } = await raw<{ count: number }>`
    select count(distinct pid) from pg_locks where not granted and pid in (
      select pid from pg_locks where database = (select oid from pg_database where datname = current_database()))`.execute(
    sql,
  );
  return rows[0]?.count ?? 0;
}

async function until(count: number): Promise<void> {
  for (let look = 0; (await waiting()) < count; look += 1) {
    if (look > 1_000) throw new Error(`nothing came to wait as the ${count}th`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Work whose transaction is ready and stays open until it is let go. */
async function held<T>(work: (trx: Sql) => Promise<T>): Promise<{ letGo(): Promise<T> }> {
  const release = Promise.withResolvers<void>();
  const ready = Promise.withResolvers<void>();
  const ended = sql.transaction().execute(async (trx) => {
    const result = await work(trx);
    ready.resolve();
    await release.promise;
    return result;
  });
  await Promise.race([ready.promise, ended]);
  return {
    letGo: () => {
      release.resolve();
      return ended;
    },
  };
}

/** The other has come to wait for a lock, or has ended. */
const standsStill = (other: Promise<unknown>) => Promise.race([until(1), other]);

const enter = (trx: Sql, period = '2026-06') => enterRetailerInvoice(trx, { ...ENTRY, period, by: 'ines', now: JULY });

const billOf = async (period: string) => {
  const { billSource } = await reconciliationOf(sql, await cycleOf(sql, period));
  return billSource;
};

describe('the retailer’s invoice', () => {
  it('entered while its month is calculated is what the month is balanced with', async () => {
    const cycleId = await cycleOf(sql, '2026-06');
    const calculating = await held(async (trx) => {
      await rateCycle(trx, { cycleId, now: JULY });
      return await imputeCycle(trx, { cycleId });
    });
    const entering = sql.transaction().execute((trx) => enter(trx));
    await standsStill(entering);
    await calculating.letGo();
    await entering;
    expect(await billOf('2026-06')).toBe('retailer-invoice');
  });

  it('is it too where the calculation begins while it is entered', async () => {
    const entering = await held((trx) => enter(trx));
    const calculating = calculate(sql, '2026-06', JULY);
    await standsStill(calculating);
    await entering.letGo();
    await calculating;
    expect(await billOf('2026-06')).toBe('retailer-invoice');
  });

  it('entered by two at once for two months is the bill of one, and what stood before is told', async () => {
    await calculate(sql, '2026-06', JULY);
    await calculate(sql, '2026-07', AUGUST);
    const june = await held((trx) => enter(trx, '2026-06'));
    const july = sql.transaction().execute((trx) => enter(trx, '2026-07'));
    await standsStill(july);
    await june.letGo();
    expect(await july).toMatchObject({ ok: { before: { period: '2026-06', number: 'FT 26/1' } } });
    expect([await billOf('2026-06'), await billOf('2026-07')]).toEqual(['tariff', 'retailer-invoice']);
  });
});

it('of two price lists at once that contradict each other one is refused', async () => {
  const header = 'installation,plan,planFrom,calendar,bands,band,component,perKWh,from,to\n';
  const lists = [
    `${header}${PLAN},ponta,discount,"-0,02",2026-06-01,2026-08-31\n`,
    `${header}${PLAN},ponta,discount,"-0,03",2026-07-01,2026-07-31\n`,
  ];
  const results = await Promise.all(lists.map((csv) => importPrices(sql, csv)));
  expect(results.map(({ imported }) => imported).sort()).toEqual([false, true]);
  const discounts = await sql.selectFrom('band_price').select('id').where('component', '=', 'discount').execute();
  expect(discounts).toHaveLength(1);
});

describe('adjustments', () => {
  it('one given back by two at once, down to the last cent of the invoice, is one credit note', async () => {
    await calculate(sql, '2026-06', JULY);
    await issue(sql, '2026-06', '1002', JULY);
    const since = new Date('2026-05-01T00:00:00Z');
    await sql.updateTable('occupancy').set({ until: since }).where('customer_id', '=', '1002').execute();
    const cycleId = await cycleOf(sql, '2026-06');
    await sql.transaction().execute((trx) => proposeAdjustments(trx, { cycleId, now: AUGUST }));
    await decideProposals(sql, { cycleId, decision: 'accept', by: 'ines', now: AUGUST });
    const { id: adjustmentId } = await sql
      .selectFrom('adjustment')
      .select('id')
      .where('net_cents', '=', -1_800)
      .executeTakeFirstOrThrow();
    const credit = (trx: Sql) =>
      creditAdjustment(trx, { adjustmentId, reason: 'mudou-se', now: AUGUST, signer: TEST_SIGNER });
    const first = await held(credit);
    const second = sql.transaction().execute(credit);
    await until(1);
    const note = await first.letGo();
    expect(note).toMatchObject({ numberText: 'NC CZM2026/1' });
    expect(await second).toEqual(note);
  });

  it('accepted all at once while they are looked for again: neither stands in the other’s way', async () => {
    await calculate(sql, '2026-06', JULY);
    await issue(sql, '2026-06', '1001', JULY);
    const cycleId = await cycleOf(sql, '2026-06');
    for (const customerId of ['9', '10']) {
      await seedCustomer(sql, { id: customerId });
      const proposal = { cycle_id: cycleId, customer_id: customerId, net_cents: 5, found_at: JULY };
      await sql.insertInto('adjustment').values(proposal).execute();
    }
    // Dismissed and thought over, it is stored behind the other that was found after it.
    for (const state of ['dismissed', 'proposed']) {
      await sql.updateTable('adjustment').set({ state }).where('customer_id', '=', '9').execute();
    }
    const other = await held((trx) =>
      trx.selectFrom('adjustment').select('id').where('customer_id', '=', '10').forUpdate().execute(),
    );
    const deciding = decideProposals(sql, { cycleId, decision: 'accept', by: 'ines', now: AUGUST });
    await until(1);
    const proposing = sql.transaction().execute((trx) => proposeAdjustments(trx, { cycleId, now: AUGUST }));
    await until(2);
    await other.letGo();
    const [decided] = await Promise.all([deciding, proposing]);
    expect(decided).toHaveLength(2);
  });
});
