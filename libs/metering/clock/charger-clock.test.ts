import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sql as raw } from 'kysely';

import type { Sql } from '#libs/persistence/database.js';
import { chargerReadings } from '#libs/rating/charger-readings.js';
import { seedInstallation, seedSpot, seedTransaction } from '#test/data/documents.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import type { ClockVerdict } from './estimate-clock.js';
import { overruleClock } from './overrule-clock.js';
import { recordClocks } from './record-clock.js';
import { toldRanges, trueAt } from './true-instants.js';

interface ClockEntry {
  readonly isStaff: boolean;
  readonly offsetMs: number | null;
  readonly from: Date;
  readonly until: Date | null;
  readonly afterReadingId: number;
}

/** A charger's entries in the order in which they were recorded. */
type Clock = readonly ClockEntry[];

/**
 * Milliseconds that a charger's clock was ahead when it gave that time: the rule of `true_at` once more, one entry after
 * the other, staff's before what was observed, the latest first: in the order of the readings they came after, then of recording.
 */
function offsetAt(clock: Clock, told: Date, readingId: number): number {
  let isWithdrawn = false;
  const latest = clock.toReversed().sort((a, b) => b.afterReadingId - a.afterReadingId);
  for (const one of [...latest.filter(({ isStaff }) => isStaff), ...latest.filter(({ isStaff }) => !isStaff)]) {
    const holds = told >= one.from && (one.until === null || told < one.until) && readingId > one.afterReadingId;
    if (!holds || (one.isStaff && isWithdrawn)) continue;
    if (one.offsetMs !== null) return one.offsetMs;
    isWithdrawn = true;
  }
  return 0;
}

const HOUR_MS = 3_600_000;
const NOW = new Date('2026-07-03T12:00:00Z');

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await seedInstallation(database.sql);
  await seedSpot(database.sql, { name: '3012', chargerId: 'ahead' });
  await seedSpot(database.sql, { name: '3013', chargerId: 'any' });
  await seedTransaction(database.sql, {
    chargerId: 'ahead',
    readings: [
      ['2026-07-01T10:00:00Z', 1_000],
      ['2026-07-01T12:00:00Z', 3_000],
    ],
  });
});
afterAll(() => database.drop());

const SINCE = {
  toldMs: Date.parse('2026-07-01T09:00:00Z'),
  arrivedMs: Date.parse('2026-07-01T08:00:00Z'),
  isQueueable: true,
};
const AHEAD: ClockVerdict = { kind: 'zone', offsetMs: HOUR_MS, driftMs: 2_000, since: SINCE, evidence: [SINCE] };

const TAKEN_BACK = new Error('the entries are taken back');

/** What the database says with these entries, and nothing of them after. */
async function withEntries<T>(entries: Clock, ask: (trx: Sql) => Promise<T>): Promise<T> {
  let answer: { readonly value: T } | null = null;
  const asked = database.sql.transaction().execute(async (trx) => {
    if (entries.length > 0) {
      const rows = entries.map((one) => ({
        charger_id: 'any',
        source: one.isStaff ? 'staff' : 'observed',
        kind: 'wrong',
        offset_ms: one.offsetMs,
        from_at: one.from,
        until_at: one.until,
        after_reading_id: one.afterReadingId,
        effective_from: one.from,
        evidence: raw<never>`'[]'::jsonb`,
      }));
      await trx.insertInto('charger_clock').values(rows).execute();
    }
    answer = { value: await ask(trx) };
    throw TAKEN_BACK;
  });
  await asked.catch((error: unknown) => {
    if (error !== TAKEN_BACK) throw error;
  });
  if (answer === null) throw new Error('nothing was asked');
  return (answer as { readonly value: T }).value;
}

/** When rating sees the registers of the first of July. */
async function rated(): Promise<(readonly [string, number])[]> {
  const [from, to] = [new Date('2026-06-30T23:00:00Z'), new Date('2026-07-31T23:00:00Z')];
  const table = await chargerReadings(database.sql, 'ahead', from, to);
  const rows = Array.from({ length: table.count }, (_, index) => {
    return [new Date(table.atMs[index] ?? 0).toISOString().slice(11, 16), table.importWh[index] ?? 0] as const;
  });
  return [...new Map(rows.map((row) => [row.join(), row])).values()].sort((a, b) => a[1] - b[1]);
}

describe('a charger whose clock is off', () => {
  it('is rated by its own times as long as nothing is known', async () => {
    expect(await rated()).toEqual([
      ['10:00', 1_000],
      ['12:00', 3_000],
    ]);
  });

  it('is recorded once, by two gateways at once, and a person is told', async () => {
    const { sql } = database;
    const observed = [{ chargerId: 'ahead', verdict: AHEAD }];
    const both = await Promise.all([recordClocks(sql, observed, NOW), recordClocks(sql, observed, NOW)]);
    expect(both.flat()).toEqual(['ahead']);
    expect(await recordClocks(sql, observed, NOW)).toEqual([]);
    const oddities = await sql.selectFrom('oddity').select(['code', 'detail', 'resolved_at']).execute();
    expect(oddities).toEqual([
      { code: 'clock-offset', detail: { kind: 'zone', offsetMs: HOUR_MS, driftMs: 2_000 }, resolved_at: null },
    ]);
  });

  it('is rated by the true times from then on; what it said is kept', async () => {
    expect(await rated()).toEqual([
      ['09:00', 1_000],
      ['11:00', 3_000],
    ]);
    const readings = await database.sql.selectFrom('meter_reading').select('at').orderBy('at').execute();
    expect(readings[0]?.at).toEqual(new Date('2026-07-01T10:00:00Z'));
  });

  it('is not rated otherwise than as it was known then', async () => {
    const { at } = await database.sql.selectFrom('charger_clock').select('at').executeTakeFirstOrThrow();
    const [from, to] = [new Date('2026-06-30T23:00:00Z'), new Date('2026-07-31T23:00:00Z')];
    const table = await chargerReadings(database.sql, 'ahead', from, to, { correctedBefore: at });
    expect(new Date(Math.min(...table.atMs.slice(0, table.count)))).toEqual(new Date('2026-07-01T10:00:00Z'));
  });

  it('is overruled by staff, with a reason, for the times they name', async () => {
    const order = { chargerId: 'ahead', from: new Date('2026-07-01T11:00:00Z'), until: null, by: 'ana' };
    expect(await overruleClock(database.sql, { ...order, offsetS: 0, reason: ' ' })).toEqual({
      refused: { code: 'CLOCK.NO_REASON' },
    });
    expect(await overruleClock(database.sql, { ...order, offsetS: 0, reason: 'seen at the charger' })).toHaveProperty(
      'ok',
    );
    expect(await rated()).toEqual([
      ['09:00', 1_000],
      ['12:00', 3_000],
    ]);
    await overruleClock(database.sql, { ...order, offsetS: null, reason: 'mistaken' });
    expect(await rated()).toEqual([
      ['09:00', 1_000],
      ['11:00', 3_000],
    ]);
  });

  it('an entry is never changed', async () => {
    await expect(database.sql.updateTable('charger_clock').set({ offset_ms: 0 }).execute()).rejects.toThrow(
      'permission denied',
    );
  });

  it('right again says so, and the oddity is settled', async () => {
    const since = {
      ...SINCE,
      toldMs: Date.parse('2026-07-02T09:00:00Z'),
      arrivedMs: Date.parse('2026-07-02T09:00:00Z'),
    };
    const right: ClockVerdict = { kind: 'right', offsetMs: 0, driftMs: 0, since, evidence: [since] };
    expect(await recordClocks(database.sql, [{ chargerId: 'ahead', verdict: right }], NOW)).toEqual(['ahead']);
    const open = await database.sql.selectFrom('oddity').select('code').where('resolved_at', 'is', null).execute();
    expect(open).toEqual([]);
    expect(await rated()).toEqual([
      ['09:00', 1_000],
      ['11:00', 3_000],
    ]);
  });

  const instant = fc.integer({ min: 0, max: 20 }).map((hours) => new Date(SINCE.toldMs + hours * HOUR_MS));
  const entry = fc.record({
    isStaff: fc.boolean(),
    offsetMs: fc.option(fc.integer({ min: -5, max: 5 }).map((hours) => hours * HOUR_MS)),
    from: instant,
    until: fc.option(instant),
    afterReadingId: fc.integer({ min: 0, max: 3 }),
  });
  const isOne = (one: ClockEntry) =>
    (one.isStaff || one.offsetMs !== null) && (one.until === null || one.until > one.from);
  const entries = fc.array(entry.filter(isOne), { maxLength: 6 });
  const one = { charger: raw`'any'`, told: raw`one.at`, reading: raw`one.id` };

  it('the database corrects as the rule says, whatever the entries', async () => {
    await fc.assert(
      fc.asyncProperty(entries, instant, fc.integer({ min: 1, max: 4 }), async (some, at, id) => {
        const { rows } = await withEntries(some, (trx) =>
          raw<{ at: Date }>`
            select ${trueAt(one)} as at from (select ${at}::timestamptz as at, ${id}::bigint as id) one`.execute(trx),
        );
        expect(rows[0]?.at).toEqual(new Date(at.getTime() - offsetAt(some, at, id)));
      }),
      { numRuns: 60 },
    );
  });

  it('every time given for an instant of a span lies in the ranges that are asked for', async () => {
    await fc.assert(
      fc.asyncProperty(entries, instant, instant, async (some, from, to) => {
        const { rows } = await withEntries(some, (trx) =>
          raw<{ missed: number }>`
            select count(*)::int as missed
            from generate_series(${from}::timestamptz - interval '9 h', ${to}::timestamptz + interval '9 h', interval '30 min') told,
              generate_series(1, 4) id,
              lateral (select told as at, id::bigint as id) one
            where ${trueAt(one)} >= ${from} and ${trueAt(one)} < ${to}
              and not told <@ ${toldRanges(raw`'any'`, from, to)}`.execute(trx),
        );
        expect(rows).toEqual([{ missed: 0 }]);
      }),
      { numRuns: 60 },
    );
  });

  it('thousands of entries are a few ranges to ask for', async () => {
    const boots = Array.from({ length: 4_000 }, (_, day): Clock[number] => ({
      isStaff: false,
      offsetMs: -Date.parse('2020-01-01T00:00:00Z') - day * 12 * HOUR_MS,
      from: new Date(30_000),
      until: new Date('2015-01-01T00:00:00Z'),
      afterReadingId: day,
    }));
    const [from, to] = [new Date('2024-06-01T00:00:00Z'), new Date('2024-07-01T00:00:00Z')];
    const { rows } = await withEntries(boots, (trx) =>
      raw<{ ranges: number }>`
        select count(*)::int as ranges from unnest(${toldRanges(raw`'any'`, from, to)}) one`.execute(trx),
    );
    expect(rows).toEqual([{ ranges: 2 }]);
  });
});
