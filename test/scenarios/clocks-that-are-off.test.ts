import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql as raw } from 'kysely';

import { customerMonth } from '#apps/backoffice/customer-month.queries.js';
import type { Settings } from '#apps/backoffice/settings.js';
import { changedMonths } from '#libs/invoicing/changed-months.js';
import { chargersOwingReadings } from '#libs/metering/chargers-owing-readings.js';
import { overruleClock } from '#libs/metering/clock/overrule-clock.js';
import { endReplacedSessions } from '#libs/metering/end-replaced-sessions.js';
import { sessionCostCents } from '#libs/payments/running-sessions/session-cost.js';
import { checkCycle } from '#libs/rating/anomalies.js';
import { chargerReadings } from '#libs/rating/charger-readings.js';
import { readReadings } from '#libs/rating/readings-csv.js';
import { EXPORTS, exportRows } from '#libs/reporting/exports/exports.js';
import { loadMeters } from '#libs/reporting/invoice-meters.js';
import { loadSessions } from '#libs/reporting/manager-report-energy.js';

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

async function lastReading(): Promise<number> {
  const query = park.database.sql.selectFrom('meter_reading').select('id').orderBy('id', 'desc').limit(1);
  return (await query.executeTakeFirstOrThrow()).id;
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

describe('a billed month', () => {
  const billJuneAndJuly = async () => {
    await park.bill('2026-06', new Date('2026-07-01T04:00:00Z'));
    // something is due in July, so that June is not the last month that is looked at anyway
    await charge([
      ['2026-07-10T10:00:00Z', 90_000],
      ['2026-07-10T11:00:00Z', 91_000],
    ]);
    await park.bill('2026-07', new Date('2026-08-01T04:00:00Z'));
  };
  const charged = () =>
    charge([
      ['2026-06-02T10:00:00Z', 1_000],
      ['2026-06-02T11:00:00Z', 2_000],
    ]);
  const proposals = async () => {
    await park.rate('2026-08', new Date('2026-09-01T04:00:00Z'));
    return (await park.adjustments()).map(({ period, net_cents, reasons }) => [period, net_cents, reasons]);
  };

  it('is charged for readings that come late from a clock at 1970', async () => {
    await charged();
    await billJuneAndJuly();
    await learn(lostAt('2026-06-10T10:00:00Z', await lastReading()));
    await charge([
      ['1970-01-01T00:10:00Z', 1_000],
      ['1970-01-01T00:40:00Z', 6_000],
    ]);
    expect(await proposals()).toEqual([['2026-06', 100, ['late-readings']]]);
  });

  it('is charged for late readings of a clock that is ahead, which gave times of the month after', async () => {
    await charged();
    await billJuneAndJuly();
    await learn(AHEAD);
    await charge([
      ['2026-06-30T23:10:00Z', 1_000],
      ['2026-06-30T23:40:00Z', 6_000],
    ]);
    expect(await proposals()).toContainEqual(['2026-06', 100, expect.arrayContaining(['late-readings'])]);
  });

  it('is found when what was said of a clock at 1970 is taken back', async () => {
    await charged();
    await charge([
      ['1970-01-01T00:10:00Z', 1_000],
      ['1970-01-01T00:40:00Z', 6_000],
    ]);
    const span = { from: new Date('1970-01-01T00:00:00Z'), until: new Date('1971-01-01T00:00:00Z'), by: 'ana' };
    const offsetS = -Date.parse('2026-06-10T10:00:00Z') / 1_000;
    const order = { chargerId: CHARGER, ...span, reason: 'seen at the charger' };
    expect(await overruleClock(park.database.sql, { ...order, offsetS })).toHaveProperty('ok');
    await billJuneAndJuly();
    expect(await overruleClock(park.database.sql, { ...order, offsetS: null })).toHaveProperty('ok');
    expect(await proposals()).toEqual([['2026-06', -100, ['corrected-readings']]]);
  });

  it('is not looked at again for boots of later months', async () => {
    await charged();
    await learn(lostAt('2026-06-10T10:00:00Z'));
    await billJuneAndJuly();
    const { sql } = park.database;
    await learn(lostAt('2026-08-10T10:00:00Z', await lastReading()));
    const months = await changedMonths(sql, {
      installationId: INSTALLATION_ID,
      before: new Date('2026-07-31T23:00:00Z'),
    });
    expect(months.map(({ period, reasons }) => [period, reasons])).toEqual([['2026-07', []]]);
  });
});

describe('a register that falls in a session', () => {
  const falls = async () => {
    const { cycleId } = await park.rate('2026-06', new Date('2026-07-01T04:00:00Z'));
    return (await checkCycle(park.database.sql, { cycleId })).filter(({ code }) => code === 'register-fell');
  };

  it('does not where the clock was set back an hour: the month waits for nobody', async () => {
    const { sql } = park.database;
    const id = await charge([
      ['2026-06-10T19:00:00Z', 1_000],
      ['2026-06-10T19:30:00Z', 2_000],
      ['2026-06-10T18:45:00Z', 3_000],
      ['2026-06-10T19:15:00Z', 4_000],
    ]);
    await sql
      .updateTable('charging_transaction')
      .set({ flags: ['register-fell'] })
      .where('id', '=', id)
      .execute();
    expect(await falls()).toHaveLength(1);
    const before = { offsetMs: HOUR_MS, from: '2026-01-01T00:00:00Z' };
    await learn(before, { offsetMs: 0, from: '2026-06-10T18:45:00Z', afterReadingId: (await lastReading()) - 2 });
    expect(await falls()).toEqual([]);
  });

  it('is seen in what a clock at 1970 told', async () => {
    await learn(lostAt('2026-06-10T10:00:00Z'));
    const lost = await charge([
      ['1970-01-01T00:10:00Z', 5_000],
      ['1970-01-01T00:20:00Z', 1_000],
      ['1970-01-01T00:30:00Z', 2_000],
    ]);
    expect(await falls()).toMatchObject([{ detail: { transactions: [lost], at: '2026-06-10T10:20:00.000Z' } }]);
  });

  it('is seen where told times hide it', async () => {
    const id = await charge([
      ['2026-06-10T18:00:00Z', 1_000],
      ['2026-06-10T18:50:00Z', 3_000],
      ['2026-06-10T19:10:00Z', 4_000],
    ]);
    expect(await falls()).toEqual([]);
    // the last one came an hour earlier, told by a clock that was ahead
    await learn({ offsetMs: HOUR_MS, from: '2026-06-10T18:55:00Z', afterReadingId: (await lastReading()) - 1 });
    expect(await falls()).toMatchObject([{ detail: { transactions: [id] } }]);
  });
});

describe('the meter on the invoice', () => {
  const meters = async (documentId = '') =>
    (await loadMeters(park.database.sql, documentId)).map(({ firstAt, firstWh, lastAt, lastWh }) => [
      firstAt.toISOString(),
      firstWh,
      lastAt.toISOString(),
      lastWh,
    ]);

  it('is read at true times, as they were known when the month was rated', async () => {
    await learn(AHEAD);
    await charge([
      ['2026-06-02T11:00:00Z', 1_000],
      ['2026-06-30T23:30:00Z', 2_000],
      ['2026-07-01T11:00:00Z', 9_000],
    ]);
    const { invoices } = await park.bill('2026-06', new Date('2026-07-02T04:00:00Z'));
    const expected = [['2026-06-02T10:00:00.000Z', 1_000, '2026-06-30T22:30:00.000Z', 2_000]];
    expect(await meters(invoices.get('1001')?.documentId)).toEqual(expected);
    await learn({ ...AHEAD, offsetMs: 0 });
    expect(await meters(invoices.get('1001')?.documentId)).toEqual(expected);
  });

  it('shows no negative register, and none that the bill never saw', async () => {
    await charge([
      ['2026-06-02T10:00:00Z', -1],
      ['2026-06-02T11:00:00Z', 1_000],
      ['2026-06-02T12:00:00Z', 2_000],
    ]);
    const { invoices } = await park.bill('2026-06', new Date('2026-07-02T04:00:00Z'));
    await charge([
      ['2026-06-03T11:00:00Z', 2_000],
      ['2026-06-03T12:00:00Z', 7_000],
    ]);
    expect(await meters(invoices.get('1001')?.documentId)).toEqual([
      ['2026-06-02T11:00:00.000Z', 1_000, '2026-06-02T12:00:00.000Z', 2_000],
    ]);
  });
});

/** As `charge`, and nothing was heard of its end. */
async function open(readings: readonly ReadingSeed[], idTag?: string): Promise<number> {
  const id = await charge(readings, idTag);
  const end = { stopped_at: null, meter_stop_wh: null };
  await park.database.sql.updateTable('charging_transaction').set(end).where('id', '=', id).execute();
  return id;
}

const transaction = async (id: number) =>
  await park.database.sql
    .selectFrom('charging_transaction')
    .select(['stopped_at', 'meter_stop_wh'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();

describe('an open session of a charger that was taken from its spot', () => {
  const takenAt = (at: string) =>
    park.database.sql
      .updateTable('charger_placement')
      .set({ until: new Date(at) })
      .where('until', 'is', null)
      .execute();
  const end = (now: string) =>
    park.database.sql.transaction().execute((trx) => endReplacedSessions(trx, new Date(now)));

  it('ends where the terms of the spot had changed before', async () => {
    const id = await open([
      ['2026-05-20T10:00:00Z', 1_000],
      ['2026-05-20T11:00:00Z', 4_000],
    ]);
    const { sql } = park.database;
    await takenAt('2026-06-01T00:00:00Z');
    const { id: spotId } = await sql.selectFrom('spot').select('id').executeTakeFirstOrThrow();
    const next = { charger_id: CHARGER, spot_id: spotId, from: new Date('2026-06-01T00:00:00Z') };
    await sql.insertInto('charger_placement').values(next).execute();
    expect(await end('2026-06-15T00:00:00Z')).toEqual([]);
    await takenAt('2026-06-20T00:00:00Z');
    expect(await end('2026-06-21T00:00:00Z')).toEqual([id]);
    expect(await transaction(id)).toMatchObject({ meter_stop_wh: 4_000 });
  });

  it('ends where its clock was at 1970', async () => {
    await learn(lostAt('2026-06-10T10:00:00Z'));
    const id = await open([
      ['1970-01-01T00:10:00Z', 1_000],
      ['1970-01-01T01:10:00Z', 4_000],
    ]);
    await takenAt('2026-06-20T00:00:00Z');
    expect(await end('2026-06-21T00:00:00Z')).toEqual([id]);
    expect(await transaction(id)).toEqual({ stopped_at: new Date('1970-01-01T01:10:00Z'), meter_stop_wh: 4_000 });
  });

  it('ends with its last register where its clock was ahead', async () => {
    await learn(AHEAD);
    const id = await open([
      ['2026-06-10T19:00:00Z', 1_000],
      ['2026-06-10T19:40:00Z', 4_000],
    ]);
    await takenAt('2026-06-10T18:45:00Z');
    expect(await end('2026-06-10T18:50:00Z')).toEqual([id]);
    expect(await transaction(id)).toMatchObject({ meter_stop_wh: 4_000 });
  });
});

describe('a month that waits for readings', () => {
  const owing = async () => {
    await park.database.sql
      .updateTable('charger')
      .set({ last_seen_at: new Date('2026-07-01T03:00:00Z') })
      .execute();
    const endsAt = new Date('2026-06-30T23:00:00Z');
    const found = await chargersOwingReadings(park.database.sql, { installationId: INSTALLATION_ID, endsAt });
    return found.map(({ since }) => since.toISOString());
  };

  it('has them when a clock at 1970 tells of the time after its end', async () => {
    await learn(lostAt('2026-06-30T20:00:00Z'));
    await open([
      ['1970-01-01T00:10:00Z', 1_000],
      ['1970-01-01T05:10:00Z', 4_000],
    ]);
    expect(await owing()).toEqual([]);
  });

  it('has not when a clock is ahead', async () => {
    await learn(AHEAD);
    await open([
      ['2026-06-30T22:00:00Z', 1_000],
      ['2026-06-30T23:30:00Z', 4_000],
    ]);
    expect(await owing()).toEqual(['2026-06-30T22:30:00.000Z']);
  });
});

describe('the cost of a session under way', () => {
  it('is shown where its clock is at 1970', async () => {
    await learn(lostAt('2026-06-10T10:00:00Z'));
    const transactionId = await open([
      ['1970-01-01T00:10:00Z', 1_000],
      ['1970-01-01T01:10:00Z', 6_000],
    ]);
    const session = { transactionId, chargerId: CHARGER, installationId: INSTALLATION_ID };
    const now = new Date('2026-06-10T12:00:00Z');
    expect(await sessionCostCents(park.database.sql, { customerId: '1001', session, now })).toBe(123);
  });
});

describe('the lists of a month', () => {
  it('exported readings say when they truly were: rated from them, the month is as it was billed', async () => {
    await learn(AHEAD, lostAt('2026-06-10T10:00:00Z'));
    await charge([
      ['2026-06-30T23:10:00Z', 1_000],
      ['2026-06-30T23:40:00Z', 6_000],
    ]);
    await charge([
      ['1970-01-01T00:10:00Z', 6_000],
      ['1970-01-01T01:10:00Z', 9_000],
    ]);
    const list = EXPORTS['readings'];
    if (list === undefined) throw new Error('no such list');
    const lines = [list.columns.join(',')];
    for await (const row of exportRows(park.database.sql, list, { from: '2026-06-01', to: '2026-06-30' })) {
      lines.push(row.join(','));
    }
    expect(lines).toEqual([
      'chargerId,connectorId,transactionId,timestamp,registerWh,exportWh,trueTimestamp',
      'ZCS031903,1,2,1970-01-01T00:10:00.000Z,6000,,2026-06-10T10:10:00.000Z',
      'ZCS031903,1,2,1970-01-01T01:10:00.000Z,9000,,2026-06-10T11:10:00.000Z',
      'ZCS031903,1,1,2026-06-30T23:10:00.000Z,1000,,2026-06-30T22:10:00.000Z',
      'ZCS031903,1,1,2026-06-30T23:40:00.000Z,6000,,2026-06-30T22:40:00.000Z',
    ]);
    async function* text() {
      yield lines.join('\n');
    }
    const read = await readReadings(text());
    if ('refused' in read) throw new Error(read.refused.code);
    expect(Array.from(read.ok.readings.atMs.slice(0, 4), (at) => new Date(at).toISOString().slice(0, 7))).toEqual(
      Array.from({ length: 4 }, () => '2026-06'),
    );
  });

  it('the manager sees a session in the month it is billed in, at its spot', async () => {
    await learn(AHEAD);
    await charge([
      ['2026-06-30T23:10:00Z', 1_000],
      ['2026-06-30T23:40:00Z', 6_000],
    ]);
    const { cycleId } = await park.rate('2026-06', new Date('2026-07-01T04:00:00Z'));
    const { cycleId: july } = await park.rate('2026-07', new Date('2026-08-01T04:00:00Z'));
    const sessions = async (month: string) => {
      const found = [];
      for await (const rows of loadSessions(park.database.sql, month)()) found.push(...rows);
      return found.map(({ spot, startedAt }) => [spot, startedAt.toISOString()]);
    };
    expect(await sessions(cycleId)).toEqual([['3012', '2026-06-30T22:10:00.000Z']]);
    expect(await sessions(july)).toEqual([]);
  });

  it('a customer sees a session in the month it is billed in', async () => {
    await learn(lostAt('2026-06-10T10:00:00Z'));
    const transactionId = await charge([
      ['1970-01-01T00:10:00Z', 1_000],
      ['1970-01-01T01:10:00Z', 6_000],
    ]);
    const { cycleId } = await park.rate('2026-06', new Date('2026-07-01T04:00:00Z'));
    const query = { customerId: '1001', cycleId };
    const month = await customerMonth(park.database.sql, { kind: 'all' }, query, {} as Settings);
    expect(month?.sessions).toMatchObject([{ transactionId, startedAt: '2026-06-10T10:10:00.000Z', energyWh: 5_000 }]);
  });
});
