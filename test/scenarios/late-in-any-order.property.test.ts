import { expect, it } from '@jest/globals';
import fc from 'fast-check';

import { billedLines } from '#libs/invoicing/billed-lines.js';
import { decideProposals } from '#libs/invoicing/decide-adjustment.js';

import { CarPark } from './car-park.js';

/** February to May: the clock changes within, on 29 March. */
const MONTHS = ['2026-02', '2026-03', '2026-04', '2026-05'] as const;
const FIRST = Date.parse('2026-02-01T00:00:00Z');
const DAYS = 120;
const SPOTS = [
  ['1001', '3012', 'zcs031903'],
  ['1002', '3049', 'zcs031974'],
] as const;

interface Reading {
  readonly minute: number;
  readonly importWh: number;
  /** So many month checks after the first that could know it it comes. */
  readonly delay: number;
}

interface Session {
  readonly chargerId: string;
  readonly readings: readonly Reading[];
}

/** Sessions of one charger one after the other, with readings from minutes to weeks apart. */
const sessionsOf = (chargerId: string): fc.Arbitrary<readonly Session[]> =>
  fc
    .array(
      fc.record({
        pause: fc.integer({ min: 30, max: 20 * 1440 }),
        steps: fc.array(
          fc.record({
            minutes: fc.oneof(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 600, max: 45 * 1440 })),
            wh: fc.integer({ min: 0, max: 30_000 }),
            delay: fc.integer({ min: 0, max: 3 }),
          }),
          { minLength: 2, maxLength: 5 },
        ),
      }),
      { minLength: 1, maxLength: 5 },
    )
    .map((sessions) => {
      let minute = 0;
      let importWh = 1_000;
      return sessions.map(({ pause, steps }): Session => {
        minute += pause;
        const readings = steps.map(({ minutes, wh, delay }): Reading => {
          minute += minutes;
          importWh += wh;
          return { minute, importWh, delay };
        });
        return { chargerId, readings };
      });
    });

const atOf = (minute: number): Date => new Date(FIRST + minute * 60_000);
/** The first month's check that could know a reading. */
const monthOf = (minute: number): number => atOf(minute).getUTCMonth() - 1;

const story = fc
  .tuple(sessionsOf('zcs031903'), sessionsOf('zcs031974'), fc.infiniteStream(fc.nat()))
  .map(([one, other, order]) => ({ sessions: [...one, ...other].map(withinSpan), order: [...order.take(100)] }));

function withinSpan(session: Session): Session {
  return { ...session, readings: session.readings.filter(({ minute }) => minute < DAYS * 1440) };
}

async function openPark(): Promise<CarPark> {
  const park = await CarPark.open([
    ['ponta', 251_300, '2020-01-01', null],
    ['cheias', 231_907, '2020-01-01', null],
    ['vazio', 109_905, '2020-01-01', '2026-03-14'],
    ['vazio', 118_221, '2026-03-15', null],
  ]);
  for (const [customer, spot, charger] of SPOTS) {
    await park.customer(customer);
    await park.spot(spot, charger, [{ customerId: customer }]);
  }
  const { sql } = park.database;
  const { id: planId } = await sql.selectFrom('price_plan').select('id').executeTakeFirstOrThrow();
  const terms = { plan_id: planId, party: 'retailer', valid_from: '2020-01-01' };
  const power = { code: 'contracted-power', label: 'Potência', unit: 'per-day', micros: 317_771, share_by: 'spot' };
  const meter = { code: 'meter', label: 'Contador', unit: 'per-month', micros: 9_000_000, share_by: 'consumption' };
  await sql
    .insertInto('plan_charge')
    .values([
      { ...terms, ...power },
      { ...terms, ...meter },
    ])
    .execute();
  return park;
}

/** The sessions, which are known from their beginning; their readings come by {@link arrive}. */
async function begin(park: CarPark, sessions: readonly Session[]): Promise<Map<Session, number>> {
  const ids = new Map<Session, number>();
  for (const [index, session] of sessions.entries()) {
    const { chargerId, readings } = session;
    const [first, last] = [readings[0], readings.at(-1)];
    if (first === undefined || last === undefined) continue;
    const { id } = await park.database.sql
      .insertInto('charging_transaction')
      .values({
        charger_id: chargerId,
        connector_id: 1,
        started_at: atOf(first.minute),
        stopped_at: atOf(last.minute),
        start_key: `${chargerId}/${index}`,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    ids.set(session, id);
  }
  return ids;
}

interface Arrival extends Reading {
  readonly session: Session;
}

async function arrive(park: CarPark, ids: Map<Session, number>, arrivals: readonly Arrival[]): Promise<void> {
  for (const { session, minute, importWh } of arrivals) {
    const { sql } = park.database;
    const told = { charger_id: session.chargerId, message_id: 'm', action: 'MeterValues', payload: {}, answer: {} };
    const at = atOf(minute);
    const { id } = await sql
      .insertInto('ocpp_message')
      .values({ ...told, received_at: at, key: `${session.chargerId}/${minute}` })
      .returning('id')
      .executeTakeFirstOrThrow();
    const place = { charger_id: session.chargerId, connector_id: 1, transaction_id: ids.get(session) ?? null };
    await sql
      .insertInto('meter_reading')
      .values({ ...place, at, import_wh: importWh, context: 'Sample.Periodic', message_id: id })
      .execute();
  }
}

/** Bills the months one after the other, with every difference accepted; then looks once more. Returns their cycles. */
async function billAll(park: CarPark, beforeCheck: (check: number) => Promise<void>): Promise<string[]> {
  const { sql } = park.database;
  const cycles: string[] = [];
  for (const [check, period] of [...MONTHS, '2026-06', '2026-07', '2026-08', '2026-09'].entries()) {
    await beforeCheck(check);
    const now = new Date(Date.UTC(2026, check + 2, 1, 4));
    const { cycleId } = await park.rate(period, now);
    for (const former of cycles) {
      await decideProposals(sql, { cycleId: former, decision: 'accept', by: 'ines', now });
    }
    await park.invoice(cycleId, now);
    cycles.push(cycleId);
  }
  return cycles.slice(0, MONTHS.length);
}

/** What each customer was billed of each month, in whatever document, in cents. */
async function billed(park: CarPark, cycles: readonly string[]): Promise<Record<string, number>[]> {
  const months: Record<string, number>[] = [];
  for (const cycleId of cycles) {
    const lines = await billedLines(park.database.sql, cycleId);
    const sums = [...lines].map(([id, own]) => [id, own.reduce((cents, line) => cents + line.netCents, 0)] as const);
    months.push(Object.fromEntries(sums.sort()));
  }
  return months;
}

/** All that stands in documents, and what was accepted and waits for one. */
async function owedCents(park: CarPark): Promise<number> {
  const { sql } = park.database;
  const documents = await sql.selectFrom('fiscal_document').select('net_cents').execute();
  const open = await sql
    .selectFrom('adjustment')
    .select('net_cents')
    .where('state', '=', 'accepted')
    .where('document_id', 'is', null)
    .execute();
  return [...documents, ...open].reduce((sum, { net_cents: cents }) => sum + cents, 0);
}

it('readings in any order, in any split over the checks of months, come to what they would have come to at once', async () => {
  await fc.assert(
    fc.asyncProperty(story, async ({ sessions, order }) => {
      const [late, atOnce] = [await openPark(), await openPark()];
      try {
        const all = sessions.flatMap((session) => session.readings.map((reading) => ({ ...reading, session })));
        const shuffled = all
          .map((arrival, index) => ({ arrival, rank: order[index] ?? 0 }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ arrival }) => arrival);
        const [lateIds, atOnceIds] = [await begin(late, sessions), await begin(atOnce, sessions)];
        const lateCycles = await billAll(late, (check) =>
          arrive(
            late,
            lateIds,
            shuffled.filter(({ minute, delay }) => monthOf(minute) + delay === check),
          ),
        );
        const cycles = await billAll(atOnce, (check) => arrive(atOnce, atOnceIds, check === 0 ? all : []));
        expect(await billed(late, lateCycles)).toEqual(await billed(atOnce, cycles));
        expect(await owedCents(late)).toBe(await owedCents(atOnce));
        expect(await late.booksBalance()).toBe(true);
        expect((await atOnce.adjustments()).filter(({ reasons }) => !reasons.includes('credit-carried'))).toEqual([]);
      } finally {
        await late.close();
        await atOnce.close();
      }
    }),
    { numRuns: Number(process.env['LATE_RUNS'] ?? 6) },
  );
}, 300_000);
