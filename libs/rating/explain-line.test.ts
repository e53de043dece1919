import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import type { Sql } from '#libs/persistence/database.js';
import { INSTALLATION_ID, seedCustomer, seedInstallation, seedSpot, seedTransaction } from '#test/data/documents.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { openCycle } from './cycle.js';
import { explainLine } from './explain-line.js';
import { rateCycle } from './rate-cycle.js';

const NOW = new Date('2026-07-02T06:00:00Z');

let database: TestDatabase;
let sql: Sql;
let cycleId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  sql = database.sql;
  await seedInstallation(sql);
  for (const id of ['ana', 'rui']) await seedCustomer(sql, { id });
  await seedSpot(sql, {
    name: '3012',
    chargerId: 'zcs1',
    holders: [
      { customerId: 'ana', until: new Date('2026-06-12T17:30:00Z') },
      { customerId: 'rui', from: new Date('2026-06-12T17:30:00Z') },
    ],
  });
  const plan = await sql
    .insertInto('price_plan')
    .values({
      installation_id: INSTALLATION_ID,
      name: 'Bi',
      calendar_id: 'pt-mainland-daily',
      bands: 2,
      valid_from: '2020-01-01',
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await sql
    .insertInto('band_price')
    .values(
      ['vazio', 'fora-de-vazio'].map((band) => ({
        plan_id: plan.id,
        band,
        micros_per_kwh: 200_001,
        valid_from: '2020-01-01',
      })),
    )
    .execute();
  // Over the beginning of the month; over a change of band and of tenant, coarsely; a plain one.
  await seedTransaction(sql, {
    chargerId: 'zcs1',
    readings: [
      ['2026-05-31T22:50:00Z', 1_000],
      ['2026-05-31T23:03:00Z', 2_001],
      ['2026-06-01T00:00:00Z', 9_000],
    ],
  });
  await seedTransaction(sql, {
    chargerId: 'zcs1',
    readings: [
      ['2026-06-12T15:00:00Z', 9_000],
      ['2026-06-12T23:00:00Z', 33_333],
    ],
  });
  await seedTransaction(sql, {
    chargerId: 'zcs1',
    readings: Array.from({ length: 30 }, (_, index) => {
      const at = new Date(Date.parse('2026-06-20T10:00:00Z') + index * 600_000);
      return [at.toISOString(), 33_333 + index * 117] as const;
    }),
  });
  ({ cycleId } = await openCycle(sql, {
    installationId: INSTALLATION_ID,
    period: '2026-06',
    workflowId: 'w',
    now: NOW,
  }));
  await sql.transaction().execute((trx) => rateCycle(trx, { cycleId, now: NOW }));
  const last = await sql
    .selectFrom('meter_reading')
    .select('id')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  await sql.updateTable('billing_cycle').set({ rated_up_to_reading_id: last.id }).execute();
});
afterAll(() => database.drop());

function lines() {
  return sql.selectFrom('rated_line').selectAll().where('cycle_id', '=', cycleId).orderBy('position').execute();
}

async function explain(lineId: string, cursor = 0, limit = 500) {
  const explanation = await explainLine(sql, { lineId, cursor, limit });
  if (explanation === null) throw new Error('there is such a line');
  return explanation;
}

describe('a rated line explained', () => {
  test('each line of the month is exactly the sum of its pieces, and all pieces are the registers’ difference', async () => {
    let total = 0;
    const rated = await lines();
    expect(new Set(rated.map((line) => line.customer_id))).toEqual(new Set(['ana', 'rui']));
    for (const line of rated) {
      const { wh, differenceWh, pieces, consumptions, nextCursor } = await explain(line.id);
      expect({ wh, differenceWh, nextCursor }).toEqual({ wh: line.wh, differenceWh: 0, nextCursor: null });
      expect(pieces.reduce((sum, piece) => sum + piece.wh, 0)).toBe(line.wh);
      expect(consumptions.reduce((sum, one) => sum + one.wh, 0)).toBe(line.wh);
      expect(consumptions.reduce((sum, one) => sum + one.estimatedWh, 0)).toBe(line.estimated_wh);
      total += wh;
    }
    // At the beginning of the month the register is between 1 000 and 2 001, ten minutes of thirteen along.
    expect(total).toBe(33_333 + 29 * 117 - (1_000 + Math.round((1_001 * 10) / 13)));
  });

  test('a piece names the readings around it, the interpolated registers and the raw messages', async () => {
    const line = (await lines()).find((one) => one.customer_id === 'ana' && one.band === 'vazio');
    const { pieces, messages, line: told } = await explain(line?.id ?? '');
    expect(told).toMatchObject({ customerId: 'ana', chargerId: 'zcs1', cents: line?.cents });
    const [first] = pieces;
    expect(first).toMatchObject({
      startsAt: new Date('2026-05-31T23:00:00Z'),
      endsAt: new Date('2026-05-31T23:03:00Z'),
      startWh: 1_770,
      endWh: 2_001,
      isStartInterpolated: true,
      isEndInterpolated: false,
      isEstimated: false,
      before: { at: new Date('2026-05-31T22:50:00Z'), registerWh: 1_000, context: 'Sample.Clock' },
      after: { at: new Date('2026-05-31T23:03:00Z'), registerWh: 2_001 },
    });
    expect(messages.map((message) => message.id)).toContain(first?.before.messageId);
    expect(messages[0]).toMatchObject({ action: 'MeterValues', payload: {}, answer: {} });
  });

  test('energy between readings hours apart is said to be estimated, on both sides of a change of tenant', async () => {
    const rated = (await lines()).filter((line) => line.estimated_wh > 0);
    expect(new Set(rated.map((line) => line.customer_id))).toEqual(new Set(['ana', 'rui']));
    for (const line of rated) {
      const { pieces } = await explain(line.id);
      const estimated = pieces.filter((piece) => piece.isEstimated);
      expect(estimated.reduce((sum, piece) => sum + piece.wh, 0)).toBe(line.estimated_wh);
      for (const piece of estimated) expect(piece.isStartInterpolated || piece.isEndInterpolated).toBe(true);
    }
  });

  test('in pages: each piece once, with the messages of its page alone', async () => {
    const explanations = await Promise.all((await lines()).map((line) => explain(line.id)));
    const most = explanations.reduce((a, b) => (a.pieces.length > b.pieces.length ? a : b));
    const paged = [];
    for (let cursor: number | null = 0; cursor !== null;) {
      const page = await explain(most.line.id, cursor, 7);
      expect(page.pieces.length).toBeLessThanOrEqual(7);
      expect(page.wh).toBe(most.wh);
      paged.push(...page.pieces);
      cursor = page.nextCursor;
    }
    expect(paged).toEqual(most.pieces);
  });

  test('readings that came after the month was rated do not change its explanation', async () => {
    const [line] = await lines();
    const before = await explain(line?.id ?? '');
    await seedTransaction(sql, {
      chargerId: 'zcs1',
      readings: [
        ['2026-06-25T10:00:00Z', 50_000],
        ['2026-06-25T11:00:00Z', 60_000],
      ],
    });
    expect(await explain(line?.id ?? '')).toEqual(before);
  });

  test('a line that is not there', async () => {
    const lineId = '00000000-0000-7000-8000-000000000000';
    expect(await explainLine(sql, { lineId, cursor: 0, limit: 10 })).toBeNull();
  });
});
