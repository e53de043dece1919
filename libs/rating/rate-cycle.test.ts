import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import type { Sql } from '#libs/persistence/database.js';
import { billCycle } from '#test/data/cycles.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { acceptAnomalies, checkCycle } from './anomalies.js';
import { closeCycle, openCycle, recordCycleProgress } from './cycle.js';
import { rateCycle, type RateCycleOptions } from './rate-cycle.js';

let database: TestDatabase;
let sql: Sql;
let park = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  sql = database.sql;
  const place = { address: 'Rua A 1', postal_code: '1000-001', city: 'Lisboa' };
  await sql
    .insertInto('issuer')
    .values({ id: 'i', name: 'I', nif: '501964843', email: 'i@x.pt', ...place })
    .execute();
  await sql
    .insertInto('condominium')
    .values({ id: 'c', name: 'C', nif: '501964843', manager_name: 'M', manager_email: 'm@x.pt', ...place })
    .execute();
  for (const id of ['ana', 'rui', 'eva']) {
    await sql.insertInto('customer').values({ id, condominium_id: 'c', name: id }).execute();
  }
});
afterAll(() => database.drop());

/** A car park of its own for each test: two spots, two chargers, a price that changes on 17 June. */
let site: string;
let spots: Record<string, string>;
beforeEach(async () => {
  park += 1;
  site = `park${park}`;
  await sql.insertInto('installation').values({ id: site, condominium_id: 'c', issuer_id: 'i', name: site }).execute();
  spots = {};
  for (const name of ['3012', '3049']) {
    const spot = await sql
      .insertInto('spot')
      .values({ installation_id: site, name })
      .returning('id')
      .executeTakeFirstOrThrow();
    spots[name] = spot.id;
  }
  for (const name of ['a', 'b']) {
    await sql
      .insertInto('charger')
      .values({ id: `${site}-${name}`, installation_id: site, label: name })
      .execute();
  }
  const plan = await sql
    .insertInto('price_plan')
    .values({
      installation_id: site,
      name: 'simples',
      calendar_id: 'pt-mainland-weekly',
      bands: 1,
      valid_from: '2026-01-01',
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await sql
    .insertInto('band_price')
    .values([
      { plan_id: plan.id, band: 'simples', valid_from: '2026-01-01', valid_to: '2026-06-16', micros_per_kwh: 200_000 },
      { plan_id: plan.id, band: 'simples', valid_from: '2026-06-17', micros_per_kwh: 100_000 },
    ])
    .execute();
});

const spot = (name: string) => spots[name] ?? '';

async function placed(charger: string, name: string, from: string, until: string | null = null) {
  await sql
    .insertInto('charger_placement')
    .values({
      charger_id: `${site}-${charger}`,
      spot_id: spot(name),
      from: new Date(from),
      until: until === null ? null : new Date(until),
    })
    .execute();
}

async function occupied(name: string, customer: string, from: string, until: string | null = null, kind = 'tenant') {
  await sql
    .insertInto('occupancy')
    .values({
      spot_id: spot(name),
      customer_id: customer,
      kind,
      from: new Date(from),
      until: until === null ? null : new Date(until),
    })
    .execute();
}

/** A message to hang readings on. */
async function message(charger: string): Promise<number> {
  const row = await sql
    .insertInto('ocpp_message')
    .values({
      charger_id: `${site}-${charger}`,
      received_at: new Date('2026-06-01T00:00:00Z'),
      message_id: 'm',
      action: 'MeterValues',
      payload: {},
      answer: {},
      key: `${site}/${charger}/${Math.random()}`,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

/** A transaction (or, with connector given and `outside`, loose readings) with readings [instant, Wh]. */
async function charged(
  charger: string,
  readings: [string, number][],
  { outside = false, connectorId = 1 } = {},
): Promise<void> {
  const messageId = await message(charger);
  const [first] = readings;
  const transaction = outside
    ? null
    : await sql
        .insertInto('charging_transaction')
        .values({
          charger_id: `${site}-${charger}`,
          connector_id: connectorId,
          started_at: new Date(first?.[0] ?? ''),
          start_key: `${site}/${charger}/${Math.random()}`,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
  for (const [at, wh] of readings) {
    await sql
      .insertInto('meter_reading')
      .values({
        charger_id: `${site}-${charger}`,
        connector_id: connectorId,
        transaction_id: transaction?.id ?? null,
        at: new Date(at),
        import_wh: wh,
        context: 'Sample.Clock',
        message_id: messageId,
      })
      .execute();
  }
}

const NOW = new Date('2026-07-01T05:00:00Z');

function rateInTransaction(options: RateCycleOptions) {
  return sql.transaction().execute((trx) => rateCycle(trx, options));
}

async function june(period = '2026-06') {
  const cycle = await openCycle(sql, { installationId: site, period, workflowId: `bill/${site}/${period}`, now: NOW });
  const result = await rateInTransaction({ cycleId: cycle.cycleId, now: NOW });
  return { ...cycle, result };
}

async function linesOf(cycleId: string): Promise<string[]> {
  const rows = await sql
    .selectFrom('rated_line as l')
    .leftJoin('spot as s', 's.id', 'l.spot_id')
    .select(['l.charger_id', 's.name', 'l.customer_id', 'l.micros_per_kwh', 'l.wh', 'l.estimated_wh'])
    .where('cycle_id', '=', cycleId)
    .orderBy('position')
    .execute();
  return rows.map(
    (row) =>
      `${row.charger_id.slice(-1)} ${row.name ?? '-'} ${row.customer_id ?? '-'} ` +
      `${row.micros_per_kwh / 1000}: ${row.wh}${row.estimated_wh > 0 ? ` ~${row.estimated_wh}` : ''}`,
  );
}

describe('rateCycle', () => {
  test('a tenant who leaves on the 12th at 18:30 pays up to the minute; nobody holds the spot after', async () => {
    await placed('a', '3012', '2026-01-01T00:00:00Z');
    await occupied('3012', 'ana', '2026-01-01T00:00:00Z', '2026-06-12T17:30:00Z');
    await charged('a', [
      ['2026-06-12T17:25:00Z', 1000],
      ['2026-06-12T17:35:00Z', 2001],
    ]);
    const { cycleId, result } = await june();
    expect(result).toEqual({ ok: { lines: 2, totalWh: 1001, totalCents: 20, unattributedWh: 0 } });
    expect(await linesOf(cycleId)).toEqual(['a 3012 - 200: 500', 'a 3012 ana 200: 501']);
    expect(await checkCycle(sql, { cycleId })).toMatchObject([
      { code: 'consumption-without-customer', subject: '3012', detail: { wh: 500, chargerId: `${site}-a` } },
    ]);
  });

  test('a charger swapped on the 20th: each counts for the spot while it hangs there', async () => {
    await placed('a', '3012', '2026-01-01T00:00:00Z', '2026-06-20T09:00:00Z');
    await placed('b', '3012', '2026-06-20T10:00:00Z');
    await occupied('3012', 'ana', '2026-01-01T00:00:00Z');
    await charged('a', [
      ['2026-06-10T08:00:00Z', 0],
      ['2026-06-10T09:00:00Z', 700],
    ]);
    await charged('b', [
      ['2026-06-25T08:00:00Z', 5_000_000],
      ['2026-06-25T09:00:00Z', 5_000_900],
    ]);
    // The electrician's test at the workshop, before the charger hung at any spot
    await charged('b', [
      ['2026-06-20T09:30:00Z', 4_999_990],
      ['2026-06-20T09:45:00Z', 5_000_000],
    ]);
    const { cycleId, result } = await june();
    expect(result).toMatchObject({ ok: { totalWh: 1610, unattributedWh: 0 } });
    expect(await linesOf(cycleId)).toEqual(['a 3012 ana 200: 700', 'b - - 100: 10', 'b 3012 ana 100: 900']);
  });

  test('price change on the 17th, over midnight, and the month: the parts are the register difference', async () => {
    await placed('a', '3012', '2026-01-01T00:00:00Z');
    await occupied('3012', 'rui', '2026-01-01T00:00:00Z');
    await charged('a', [
      ['2026-05-31T22:00:00Z', 1000], // 23:00 on 31 May
      ['2026-06-01T00:00:00Z', 3001], // an hour of it in June
      ['2026-06-16T22:00:00Z', 5000],
      ['2026-06-17T00:00:00Z', 6001], // an hour on either day
      ['2026-06-30T22:00:00Z', 8000],
      ['2026-07-01T01:00:00Z', 9000], // 23:00 to 02:00: a third of it in June
    ]);
    const { cycleId, result } = await june();
    // the boundaries: 2000.5 → 2001 at the start, 5500.5 → 5501 on the 17th, 8333.3 → 8333 at the end
    expect(result).toMatchObject({ ok: { totalWh: 8333 - 2001, unattributedWh: 0 } });
    expect(await linesOf(cycleId)).toEqual([
      `a 3012 rui 100: ${8333 - 5501} ~${8333 - 5501}`,
      `a 3012 rui 200: ${5501 - 2001} ~${5501 - 2001}`,
    ]);
    const may = await june('2026-05');
    const july = await june('2026-07');
    const totals = [may, july].map(({ result: other }) => ('ok' in other ? other.ok.totalWh : NaN));
    expect(totals).toEqual([1001, 667]);
    expect((totals[0] ?? 0) + (8333 - 2001) + (totals[1] ?? 0)).toBe(8000);
  });

  test('of two who hold a spot at once, the one who came last answers', async () => {
    await placed('a', '3012', '2026-01-01T00:00:00Z');
    await occupied('3012', 'ana', '2025-01-01T00:00:00Z', null, 'owner');
    await occupied('3012', 'rui', '2026-06-05T00:00:00Z', '2026-06-15T00:00:00Z');
    for (const day of ['04', '10', '16']) {
      await charged('a', [
        [`2026-06-${day}T08:00:00Z`, Number(day) * 1000],
        [`2026-06-${day}T09:00:00Z`, Number(day) * 1000 + 100],
      ]);
    }
    const { cycleId } = await june();
    expect(await linesOf(cycleId)).toEqual(['a 3012 ana 200: 200', 'a 3012 rui 200: 100']);
  });

  test('a charger lent to another site counts there while it hangs there', async () => {
    const other = `${site}-other`;
    await sql
      .insertInto('installation')
      .values({ id: other, condominium_id: 'c', issuer_id: 'i', name: 'O' })
      .execute();
    const there = await sql
      .insertInto('spot')
      .values({ installation_id: other, name: '1' })
      .returning('id')
      .executeTakeFirstOrThrow();
    spots['there'] = there.id;
    await placed('a', '3012', '2026-01-01T00:00:00Z', '2026-06-10T00:00:00Z');
    await placed('a', 'there', '2026-06-10T00:00:00Z');
    await charged('a', [
      ['2026-06-09T08:00:00Z', 0],
      ['2026-06-09T09:00:00Z', 100],
    ]);
    await charged('a', [
      ['2026-06-11T08:00:00Z', 100],
      ['2026-06-11T09:00:00Z', 400],
    ]);
    expect((await june()).result).toMatchObject({ ok: { totalWh: 100 } });
  });

  test('energy outside transactions is unattributed, the main meter of connector 0 is no one’s', async () => {
    await placed('a', '3012', '2026-01-01T00:00:00Z');
    await occupied('3012', 'ana', '2026-01-01T00:00:00Z');
    await charged('a', [
      ['2026-06-10T08:00:00Z', 1000],
      ['2026-06-10T09:00:00Z', 2000],
    ]);
    await charged(
      'a',
      [
        ['2026-06-10T10:00:00Z', 2100],
        ['2026-06-11T10:00:00Z', 2700],
      ],
      { outside: true },
    );
    await charged('a', [['2026-06-11T10:00:00Z', 99_000]], { outside: true, connectorId: 0 });
    await charged('a', [['2026-06-12T10:00:00Z', 999_000]], { outside: true, connectorId: 0 });
    await charged('a', [
      ['2026-06-12T08:00:00Z', 3200],
      ['2026-06-12T09:00:00Z', 3300],
    ]);
    const { cycleId, result } = await june();
    expect(result).toMatchObject({ ok: { totalWh: 1100, unattributedWh: 1200 } });
    expect(await checkCycle(sql, { cycleId })).toEqual([
      {
        code: 'unattributed-energy',
        subject: '',
        detail: { wh: 1200, toleranceWh: 1000, byCharger: { [`${site}-a`]: 1200 } },
      },
    ]);
  });

  test('a clock of 1970 or 2099 does not spread energy over decades: it is unattributed, where a person sees it', async () => {
    await placed('a', '3012', '2026-01-01T00:00:00Z');
    await occupied('3012', 'ana', '2026-01-01T00:00:00Z');
    await charged('a', [
      ['2026-06-10T08:00:00Z', 1000],
      ['2026-06-10T09:00:00Z', 2000],
    ]);
    await charged('a', [
      ['1970-01-01T00:00:05Z', 2000],
      ['2026-06-11T09:00:00Z', 4000],
      ['2026-06-11T09:15:00Z', 4500],
    ]);
    await charged('a', [
      ['2026-06-12T09:00:00Z', 4500],
      ['2026-06-12T09:15:00Z', 5000],
      ['2099-01-01T00:00:00Z', 6000],
    ]);
    await charged('a', [['2026-06-13T09:00:00Z', 6000]]);
    const { cycleId, result } = await june();
    expect(result).toMatchObject({ ok: { totalWh: 2000, unattributedWh: 3000 } });
    expect(await linesOf(cycleId)).toEqual(['a 3012 ana 200: 2000']);
  });

  test('a negative register does not make the whole count rise again', async () => {
    await placed('a', '3012', '2026-01-01T00:00:00Z');
    await charged('a', [
      ['2026-06-10T08:00:00Z', 5000],
      ['2026-06-10T08:15:00Z', -5],
      ['2026-06-10T08:30:00Z', 6000],
    ]);
    expect((await june()).result).toMatchObject({ ok: { totalWh: 1000, unattributedWh: 0 } });
  });

  test('a transaction that the charger put on connector 0 is paid for all the same', async () => {
    await placed('a', '3012', '2026-01-01T00:00:00Z');
    await occupied('3012', 'ana', '2026-01-01T00:00:00Z');
    const readings: [string, number][] = [
      ['2026-06-10T08:00:00Z', 5000],
      ['2026-06-10T09:00:00Z', 7000],
    ];
    await charged('a', readings, { connectorId: 0 });
    expect((await june()).result).toMatchObject({ ok: { totalWh: 2000, unattributedWh: 0 } });
  });

  test('rating again replaces the lines, also with readings that came late', async () => {
    await placed('a', '3012', '2026-01-01T00:00:00Z');
    await charged('a', [
      ['2026-06-10T08:00:00Z', 1000],
      ['2026-06-10T09:00:00Z', 2000],
    ]);
    const { cycleId } = await june();
    await charged('a', [
      ['2026-06-11T08:00:00Z', 2000],
      ['2026-06-11T09:00:00Z', 2500],
    ]);
    const seen: [number, number][] = [];
    const again = await rateInTransaction({ cycleId, now: NOW, onProgress: (done, total) => seen.push([done, total]) });
    expect(again).toMatchObject({ ok: { lines: 1, totalWh: 1500, totalCents: 30 } });
    expect(await linesOf(cycleId)).toHaveLength(1);
    expect(seen).toEqual([
      [1, 2],
      [2, 2],
    ]);
    const cycle = await sql.selectFrom('billing_cycle').selectAll().where('id', '=', cycleId).executeTakeFirstOrThrow();
    expect(cycle).toMatchObject({ total_wh: 1500, total_cents: 30, unattributed_wh: 0, rated_at: NOW });
  });

  test('more readings than a page', async () => {
    await placed('a', '3012', '2026-01-01T00:00:00Z');
    const messageId = await message('a');
    const { id } = await sql
      .insertInto('charging_transaction')
      .values({
        charger_id: `${site}-a`,
        connector_id: 1,
        started_at: new Date('2026-06-02T00:00:00Z'),
        start_key: site,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const rows = Array.from({ length: 12_001 }, (_, i) => ({
      charger_id: `${site}-a`,
      connector_id: 1,
      transaction_id: id,
      at: new Date(Date.UTC(2026, 5, 2) + i * 60_000),
      import_wh: i * 7,
      context: 'Sample.Periodic',
      message_id: messageId,
    }));
    for (let i = 0; i < rows.length; i += 4000) {
      await sql
        .insertInto('meter_reading')
        .values(rows.slice(i, i + 4000))
        .execute();
    }
    expect((await june()).result).toMatchObject({ ok: { totalWh: 84_000, unattributedWh: 0 } });
  });

  test('a band in use without a price is refused, naming the first day, and nothing changes', async () => {
    await placed('a', '3012', '2026-01-01T00:00:00Z');
    await sql.deleteFrom('band_price').where('micros_per_kwh', '=', 100_000).execute();
    await charged('a', [
      ['2026-06-10T08:00:00Z', 1000],
      ['2026-06-18T09:00:00Z', 2000],
    ]);
    const { cycleId, result } = await june();
    expect(result).toMatchObject({ refused: { code: 'TARIFF.NOT_FOUND', band: 'simples', date: '2026-06-17' } });
    expect(await linesOf(cycleId)).toEqual([]);
    await sql.deleteFrom('band_price').execute();
    await sql.deleteFrom('price_plan').execute();
    expect((await june()).result).toMatchObject({
      refused: { code: 'TARIFF.NOT_FOUND', band: '*', date: '2026-06-10' },
    });
  });

  test('a cycle with a document is not rated again', async () => {
    const { cycleId } = await june();
    await billCycle(sql, cycleId, 'ana');
    await expect(rateInTransaction({ cycleId, now: NOW })).rejects.toThrow(`has document FT ${site}-2026-06/1`);
  });
});

describe('the cycle itself', () => {
  test('is opened once per installation and month, at local midnight', async () => {
    const open = () => openCycle(sql, { installationId: site, period: '2026-06', workflowId: 'w', now: NOW });
    const first = await open();
    expect(await open()).toEqual(first);
    expect(first.startsAt.toISOString()).toBe('2026-05-31T23:00:00.000Z');
    expect(first.endsAt.toISOString()).toBe('2026-06-30T23:00:00.000Z');
    await expect(
      openCycle(sql, { installationId: 'nowhere', period: '2026-06', workflowId: 'w', now: NOW }),
    ).rejects.toThrow('no installation nowhere');
  });

  test('shows its progress, is closed once, ends once', async () => {
    const { cycleId } = await openCycle(sql, { installationId: site, period: '2026-06', workflowId: 'w', now: NOW });
    await recordCycleProgress(sql, cycleId, { step: 'rating', since: NOW, waitsFor: null, done: 3, total: 40 });
    await closeCycle(sql, { cycleId, now: NOW });
    await closeCycle(sql, { cycleId, now: new Date('2026-07-09T00:00:00Z') });
    const finishedAt = new Date('2026-07-20T00:00:00Z');
    await recordCycleProgress(sql, cycleId, {
      step: 'done',
      since: finishedAt,
      waitsFor: null,
      done: 40,
      total: 40,
      finishedAt,
      outcome: 'settled',
    });
    const row = await sql.selectFrom('billing_cycle').selectAll().where('id', '=', cycleId).executeTakeFirstOrThrow();
    expect(row).toMatchObject({ step: 'done', done: 40, closed_at: NOW, finished_at: finishedAt, outcome: 'settled' });
  });
});

describe('anomalies', () => {
  test('a month without any energy, where chargers hang', async () => {
    const { cycleId } = await june();
    expect(await checkCycle(sql, { cycleId })).toEqual([]);
    await placed('a', '3012', '2026-01-01T00:00:00Z');
    expect(await checkCycle(sql, { cycleId })).toEqual([
      { code: 'zero-month', subject: '', detail: { placements: 1 } },
    ]);
  });

  test('a spike against the own past, accepted by a person, until the figures change', async () => {
    await placed('a', '3012', '2026-01-01T00:00:00Z');
    await occupied('3012', 'eva', '2026-01-01T00:00:00Z');
    const month = (m: string, from: number, to: number) =>
      charged('a', [
        [`2026-${m}-10T08:00:00Z`, from],
        [`2026-${m}-10T09:00:00Z`, to],
      ]);
    await month('04', 0, 20_000);
    await month('05', 20_000, 40_000);
    await month('06', 40_000, 100_001);
    await june('2026-04');
    await june('2026-05');
    const { cycleId } = await june();
    const spike = { code: 'spike', subject: 'eva', detail: { wh: 60_001, meanWh: 20_000, months: 2, percent: 300 } };
    expect(await checkCycle(sql, { cycleId })).toEqual([spike]);
    expect(await checkCycle(sql, { cycleId })).toEqual([spike]);
    await acceptAnomalies(sql, { cycleId, by: 'staff@chazemo.pt', now: NOW });
    expect(await checkCycle(sql, { cycleId })).toEqual([]);
    const kept = await sql.selectFrom('anomaly').selectAll().where('cycle_id', '=', cycleId).execute();
    expect(kept).toMatchObject([{ code: 'spike', accepted_by: 'staff@chazemo.pt', accepted_at: NOW }]);

    await charged('a', [
      ['2026-06-11T08:00:00Z', 100_001],
      ['2026-06-11T09:00:00Z', 101_000],
    ]);
    await rateInTransaction({ cycleId, now: NOW });
    expect(await checkCycle(sql, { cycleId })).toMatchObject([{ code: 'spike', detail: { wh: 61_000 } }]);
  });

  test('at the limit there is no spike', async () => {
    await placed('a', '3012', '2026-01-01T00:00:00Z');
    await occupied('3012', 'eva', '2026-01-01T00:00:00Z');
    await charged('a', [
      ['2026-05-10T08:00:00Z', 0],
      ['2026-05-10T09:00:00Z', 20_000],
    ]);
    await charged('a', [
      ['2026-06-10T08:00:00Z', 20_000],
      ['2026-06-10T09:00:00Z', 80_000],
    ]);
    await june('2026-05');
    const { cycleId } = await june();
    expect(await checkCycle(sql, { cycleId })).toEqual([]);
  });
});
