import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql as raw } from 'kysely';

import { chargerReadings } from '#libs/rating/charger-readings.js';

import { INSTALLATION_ID, seedTransaction, type ReadingSeed } from '../data/documents.js';
import { CarPark } from './car-park.js';

const CHARGER = 'zcs031903';
const HOUR_MS = 3_600_000;

let park: CarPark;
beforeEach(async () => {
  park = await CarPark.open([
    ['cheias', 200_000, '2020-01-01', null],
    ['vazio', 200_000, '2020-01-01', null],
    ['ponta', 200_000, '2020-01-01', null],
  ]);
  for (const id of ['1001', '1002', '1003']) await park.customer(id);
  await park.spot('3012', CHARGER, [{ customerId: '1001' }]);
});
afterEach(() => park.close());

interface Entry {
  readonly offsetMs: number;
  readonly from: string;
  readonly until?: string;
  readonly afterReadingId?: number;
}

/** What is learnt of the charger's clock. */
async function learn(...entries: readonly Entry[]): Promise<void> {
  await park.database.sql
    .insertInto('charger_clock')
    .values(
      entries.map(({ offsetMs, from, until, afterReadingId }) => ({
        charger_id: CHARGER,
        source: 'observed',
        kind: offsetMs === 0 ? 'right' : 'wrong',
        offset_ms: offsetMs,
        from_at: new Date(from),
        until_at: until === undefined ? null : new Date(until),
        after_reading_id: afterReadingId ?? 0,
        effective_from: new Date(from),
        evidence: raw<never>`'[]'::jsonb`,
      })),
    )
    .execute();
}

const AHEAD: Entry = { offsetMs: HOUR_MS, from: '2026-01-01T00:00:00Z' };

/** The clock began at 1970 when it truly was that instant. */
const lostAt = (instant: string, afterReadingId = 0): Entry => ({
  offsetMs: -Date.parse(instant),
  from: '1970-01-01T00:00:00Z',
  until: '2015-01-01T00:00:00Z',
  afterReadingId,
});

async function charge(readings: readonly ReadingSeed[], idTag?: string): Promise<number> {
  const isLost = readings[0]?.[0].startsWith('1970') ?? false;
  const flags = isLost ? ['implausible-time'] : [];
  const id = await seedTransaction(park.database.sql, {
    chargerId: CHARGER,
    readings,
    flags,
    ...(idTag === undefined ? {} : { idTag }),
  });
  const last = new Date(readings.at(-1)?.[0] ?? '');
  await park.database.sql
    .updateTable('charging_transaction')
    .set({ last_reading_at: last })
    .where('id', '=', id)
    .execute();
  return id;
}

const wh = async (period: string, at: string) => (await park.rate(period, new Date(at))).totals.totalWh;

describe('a clock that is lost at every boot', () => {
  it('is rated however often that was', async () => {
    const boots = Array.from({ length: 3_000 }, (_, boot) =>
      lostAt(new Date(Date.UTC(2022, 0, 1) + boot * 12 * HOUR_MS).toISOString()),
    );
    await learn(...boots, lostAt('2026-06-10T10:00:00Z'));
    await charge([
      ['1970-01-01T00:10:00Z', 1_000],
      ['1970-01-01T01:10:00Z', 4_000],
    ]);
    expect(await wh('2026-06', '2026-07-01T04:00:00Z')).toBe(3_000);
  });
});

describe('who pays where a spot is shared by card', () => {
  /** The card went from one to the next at those instants; who has it now is the last. */
  async function handedOver(holders: readonly (readonly [customer: string, until: string])[], now: string) {
    const { sql } = park.database;
    await sql.updateTable('charger_placement').set({ sharing: 'token' }).execute();
    const { id } = await sql
      .insertInto('token')
      .values({ installation_id: INSTALLATION_ID, id_tag: 'CARD', customer_id: now })
      .returning('id')
      .executeTakeFirstOrThrow();
    const former = holders.map(([customer, until]) => ({
      token_id: id,
      customer_id: customer,
      until: new Date(until),
    }));
    await sql.insertInto('former_card_holder').values(former).execute();
  }

  async function payers(period: string, at: string): Promise<(string | null)[]> {
    const { cycleId } = await park.rate(period, new Date(at));
    return [...new Set((await park.lines(cycleId)).map((line) => line.customer_id))];
  }

  it('of a clock at 1970: who held the card then, not the first who ever did', async () => {
    await handedOver(
      [
        ['1001', '2024-01-01T00:00:00Z'],
        ['1002', '2026-09-01T00:00:00Z'],
      ],
      '1003',
    );
    await learn(lostAt('2026-06-10T10:00:00Z'));
    const readings: ReadingSeed[] = [
      ['1970-01-01T00:10:00Z', 1_000],
      ['1970-01-01T01:10:00Z', 4_000],
    ];
    await charge(readings, 'CARD');
    expect(await payers('2026-06', '2026-07-01T04:00:00Z')).toEqual(['1002']);
  });

  it('of a clock that is ahead: who held the card at the true start; as it was known when the month was rated', async () => {
    await handedOver([['1001', '2026-06-10T18:30:00Z']], '1002');
    await charge(
      [
        ['2026-06-10T19:00:00Z', 1_000],
        ['2026-06-10T20:00:00Z', 4_000],
      ],
      'CARD',
    );
    const known = new Date();
    await learn(AHEAD);
    expect(await payers('2026-06', '2026-07-01T04:00:00Z')).toEqual(['1001']);
    const span = [new Date('2026-05-31T23:00:00Z'), new Date('2026-06-30T23:00:00Z')] as const;
    const before = await chargerReadings(park.database.sql, CHARGER, ...span, { correctedBefore: known });
    expect(before.payerOf).toEqual(['1002']);
  });
});
