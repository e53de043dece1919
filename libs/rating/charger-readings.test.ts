import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sql as raw } from 'kysely';

import { disregardReading, restoreReading } from '#libs/metering/correct-reading.js';
import { EARLIEST } from '#libs/metering/decide-instant.js';
import type { Sql } from '#libs/persistence/database.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { chargerReadings, type ReadingsOptions } from './charger-readings.js';
import type { ReadingTable } from './reading-table.js';

let database: TestDatabase;
let sql: Sql;
let chargers = 0;

const STARTS = new Date('2026-05-31T23:00:00Z');
const ENDS = new Date('2026-06-30T23:00:00Z');
const NOW = new Date('2026-08-01T00:00:00Z');
const DAY_MS = 86_400_000;

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
  for (const id of ['here', 'elsewhere']) {
    await sql.insertInto('installation').values({ id, condominium_id: 'c', issuer_id: 'i', name: id }).execute();
  }
});
afterAll(() => database.drop());

/** A charger of its own, with a message to hang readings on. */
async function newCharger(): Promise<{ chargerId: string; messageId: number }> {
  chargers += 1;
  const chargerId = `charger-${chargers}`;
  await sql.insertInto('charger').values({ id: chargerId, installation_id: 'here', label: chargerId }).execute();
  const { id } = await sql
    .insertInto('ocpp_message')
    .values({
      charger_id: chargerId,
      received_at: NOW,
      message_id: 'm',
      action: 'MeterValues',
      payload: {},
      answer: {},
      key: chargerId,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { chargerId, messageId: id };
}

interface Session {
  readonly chargerId: string;
  readonly connectorId?: number;
  readonly idTag?: string | null;
  readonly lastReadingAt?: Date | null;
  readonly stoppedAt?: Date | null;
  readonly flags?: readonly string[];
}

async function newTransaction(session: Session): Promise<number> {
  const { chargerId, connectorId, idTag, lastReadingAt, stoppedAt, flags } = session;
  const { id } = await sql
    .insertInto('charging_transaction')
    .values({
      charger_id: chargerId,
      connector_id: connectorId ?? 1,
      id_tag: idTag ?? null,
      started_at: STARTS,
      start_key: `${chargerId}/${Math.random()}`,
      last_reading_at: lastReadingAt ?? null,
      stopped_at: stoppedAt ?? null,
      flags: [...(flags ?? [])],
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

interface Reading {
  readonly connectorId: number;
  /** Which of the charger's transactions; null: outside any. */
  readonly transaction: number | null;
  readonly atMs: number;
  readonly importWh: number;
  readonly exportWh: number | null;
}

interface StoredReading extends Reading {
  readonly id: number;
}

/** Each of the readings is disregarded, or first disregarded and then restored. */
async function correct(of: readonly { readonly id: number; readonly isRestored: boolean }[]): Promise<void> {
  for (const { id: readingId, isRestored } of of) {
    await sql.transaction().execute(async (trx) => {
      const order = { readingId, reason: 'zero', by: 'ines' };
      await disregardReading(trx, order);
      if (isRestored) await restoreReading(trx, order);
    });
  }
}

async function store(chargerId: string, messageId: number, reading: Reading): Promise<StoredReading | null> {
  const row = await sql
    .insertInto('meter_reading')
    .values({
      charger_id: chargerId,
      connector_id: reading.connectorId,
      transaction_id: reading.transaction,
      at: new Date(reading.atMs),
      import_wh: reading.importWh,
      export_wh: reading.exportWh,
      context: 'Sample.Clock',
      message_id: messageId,
    })
    .onConflict((clause) => clause.doNothing())
    .returning('id')
    .executeTakeFirst();
  return row === undefined ? null : { ...reading, id: row.id };
}

type Series = Record<string, [at: string, importWh: number, exportWh: number | null][]>;

/** What a table holds: each series' readings in the order in which they are rated. */
function seriesOf(table: ReadingTable, name: (series: number) => string): Series {
  const { order, starts } = table.bySeries();
  const found: Series = {};
  for (let series = 0; series < table.meterOf.length; series += 1) {
    found[name(series)] = [...order.subarray(starts[series], starts[series + 1])].map((row) => {
      const exportWh = table.exportWh[row] ?? NaN;
      return [
        new Date(table.atMs[row] ?? NaN).toISOString(),
        table.importWh[row] ?? NaN,
        isNaN(exportWh) ? null : exportWh,
      ];
    });
  }
  return found;
}

/** Names each series by what `seriesNumber` was told. */
async function loaded(
  chargerId: string,
  transactions: readonly number[],
  options: ReadingsOptions = {},
): Promise<Series> {
  const table = await chargerReadings(sql, chargerId, STARTS, ENDS, options);
  const names = new Map<number, string>();
  const count = table.meterOf.length;
  for (const connectorId of [0, 1, 2, 3]) {
    for (const transaction of [null, ...transactions]) {
      const series = table.seriesNumber('', connectorId, transaction === null ? null : String(transaction));
      if (series < count) names.set(series, `${connectorId}/${transaction ?? 'outside'}`);
    }
  }
  table.meterOf.length = count;
  return seriesOf(table, (series) => names.get(series) ?? 'unknown');
}

const byArrival = (a: StoredReading, b: StoredReading) => a.atMs - b.atMs || a.id - b.id;

/** The same, slow and obvious: all readings of the charger are there to choose from. */
function expected(
  all: readonly StoredReading[],
  transactions: readonly number[],
  { upTo = Infinity, disregarded = new Set<number>() } = {},
): Series {
  const startMs = STARTS.getTime();
  const endMs = ENDS.getTime();
  const sound = all
    .filter((one) => one.importWh >= 0 && one.atMs >= EARLIEST.getTime() && one.atMs < endMs + 366 * DAY_MS)
    .filter((one) => one.id <= upTo && !disregarded.has(one.id))
    .sort(byArrival);
  const chosen = new Set(sound.filter((one) => one.atMs >= startMs && one.atMs < endMs));
  const addAround = (belongs: (one: StoredReading) => boolean) => {
    const own = sound.filter(belongs);
    const lastMs = Math.max(...own.filter((one) => one.atMs < startMs).map((one) => one.atMs));
    for (const at of [own.find((one) => one.atMs === lastMs), own.find((one) => one.atMs >= endMs)]) {
      if (at !== undefined) chosen.add(at);
    }
  };
  for (const transaction of transactions) {
    const own = all.filter((one) => one.transaction === transaction);
    const reachesOver = own.some((one) => one.atMs < endMs) && own.some((one) => one.atMs >= startMs);
    if (reachesOver) addAround((one) => one.transaction === transaction);
  }
  for (const connectorId of new Set(all.map((one) => one.connectorId))) {
    addAround((one) => one.connectorId === connectorId);
  }
  const series: Series = {};
  for (const one of [...chosen].sort(byArrival)) {
    if (one.connectorId === 0 && one.transaction === null) continue;
    const exportWh = one.exportWh === null || one.exportWh < 0 ? null : one.exportWh;
    const name = `${one.connectorId}/${one.transaction ?? 'outside'}`;
    (series[name] ??= []).push([new Date(one.atMs).toISOString(), one.importWh, exportWh]);
  }
  return series;
}

/** Few instants, so that many are equal: around both ends of the month, inside it, months away, and never true. */
const instants = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -2, max: 2 }).map((step) => STARTS.getTime() + step) },
  { weight: 4, arbitrary: fc.integer({ min: -2, max: 2 }).map((step) => ENDS.getTime() + step) },
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 29 }).map((day) => STARTS.getTime() + day * DAY_MS + 1) },
  { weight: 4, arbitrary: fc.integer({ min: -500, max: 500 }).map((day) => STARTS.getTime() + day * DAY_MS) },
  { weight: 1, arbitrary: fc.constant(Date.UTC(1999, 0, 1)) },
  { weight: 1, arbitrary: fc.constant(EARLIEST.getTime()) },
  { weight: 1, arbitrary: fc.constant(Date.UTC(2026, 8, 1)) },
  { weight: 1, arbitrary: fc.constant(Date.UTC(2029, 0, 1)) },
);

const TRANSACTIONS = [0, 1, 2, 3, 4, 5, 6, 7];

const readings = fc.array(
  fc.record({
    connectorId: fc.constantFrom(1, 1, 1, 2, 2, 0, 3),
    transaction: fc.constantFrom(null, ...TRANSACTIONS),
    atMs: instants,
    importWh: fc.oneof(fc.integer({ min: -2, max: 5 }), fc.constant(Number.MAX_SAFE_INTEGER)),
    exportWh: fc.option(fc.integer({ min: -1, max: 3 })),
  }),
  { maxLength: 60, size: 'max' },
);

/** When each transaction stopped, from its last reading: as a rule with it, or its clock was turned back in between. */
const stopTimes = fc.tuple(
  ...TRANSACTIONS.map(() => fc.constantFrom(0, 0, 0, 1, -1, -20 * DAY_MS, -100 * DAY_MS, 20 * DAY_MS)),
);

/** What people say about some readings, over and over. */
const corrections = fc.array(fc.constantFrom('none', 'none', 'none', 'none', 'disregarded', 'restored'), {
  minLength: 1,
  maxLength: 12,
});

async function clock(): Promise<Date> {
  const { rows } = await raw<{ now: Date }>`select clock_timestamp() as now`.execute(sql);
  return rows[0]?.now ?? NOW;
}

describe('chargerReadings', () => {
  test('gives what going through all readings of the charger gives', async () => {
    const property = fc.asyncProperty(readings, stopTimes, fc.nat(), corrections, async (drawn, stops, upTo, words) => {
      const { chargerId, messageId } = await newCharger();
      const ids: number[] = [];
      for (const transaction of TRANSACTIONS) {
        const own = drawn.filter((one) => one.transaction === transaction).map((one) => one.atMs);
        const plausible = own.filter((atMs) => atMs >= EARLIEST.getTime() && atMs <= NOW.getTime() + DAY_MS);
        const isKnown = plausible.length > 0 && transaction < 6;
        const lastReadingAt = isKnown ? new Date(Math.max(...plausible)) : null;
        const stoppedAt = lastReadingAt === null ? null : new Date(lastReadingAt.getTime() + (stops[transaction] ?? 0));
        const flags = (stops[transaction] ?? 0) < -30 * DAY_MS ? ['reading-after-stop'] : [];
        if (plausible.length < own.length) flags.push('implausible-time');
        const connectorId = 1 + (transaction % 2);
        ids.push(await newTransaction({ chargerId, connectorId, lastReadingAt, stoppedAt, flags }));
      }
      const stored: StoredReading[] = [];
      for (const one of drawn) {
        const transaction = one.transaction === null ? null : (ids[one.transaction] ?? null);
        const row = await store(chargerId, messageId, { ...one, transaction });
        if (row !== null) stored.push(row);
      }
      expect(await loaded(chargerId, ids)).toEqual(expected(stored, ids));
      const last = stored[upTo % (stored.length + 1)]?.id ?? 0;
      expect(await loaded(chargerId, ids, { upToReadingId: last })).toEqual(expected(stored, ids, { upTo: last }));

      const before = await clock();
      const corrected = stored.flatMap(({ id }, index) => {
        const word = words[index % words.length] ?? 'none';
        return word === 'none' ? [] : [{ id, isRestored: word === 'restored' }];
      });
      await correct(corrected);
      const disregarded = new Set(corrected.filter(({ isRestored }) => !isRestored).map(({ id }) => id));
      expect(await loaded(chargerId, ids)).toEqual(expected(stored, ids, { disregarded }));
      expect(await loaded(chargerId, ids, { upToReadingId: last })).toEqual(
        expected(stored, ids, { upTo: last, disregarded }),
      );
      expect(await loaded(chargerId, ids, { correctedBefore: before })).toEqual(expected(stored, ids));
    });
    await fc.assert(property, { numRuns: 100 });
  }, 120_000);

  test('a transaction that is silent all month is found by its readings of the months around', async () => {
    const { chargerId, messageId } = await newCharger();
    const lastReadingAt = new Date('2026-07-20T00:00:00Z');
    const long = await newTransaction({ chargerId, lastReadingAt });
    const other = await newTransaction({ chargerId, lastReadingAt: new Date('2026-05-30T00:00:00Z') });
    const reading = { connectorId: 1, exportWh: null };
    for (const [transaction, at, importWh] of [
      [long, '2026-03-01T00:00:00Z', 1],
      [long, '2026-03-02T00:00:00Z', 2],
      [other, '2026-05-30T00:00:00Z', 5],
      [long, '2026-07-20T00:00:00Z', 9],
    ] as const) {
      await store(chargerId, messageId, { ...reading, transaction, atMs: Date.parse(at), importWh });
    }
    expect(await loaded(chargerId, [long, other])).toEqual({
      [`1/${long}`]: [
        ['2026-03-02T00:00:00.000Z', 2, null],
        ['2026-07-20T00:00:00.000Z', 9, null],
      ],
      [`1/${other}`]: [['2026-05-30T00:00:00.000Z', 5, null]],
    });
  });

  test("another charger's reading that names the transaction is no end of it", async () => {
    const { chargerId, messageId } = await newCharger();
    const over = await newTransaction({ chargerId });
    const other = await newCharger();
    const reading = { connectorId: 1, transaction: over, exportWh: null };
    await store(chargerId, messageId, { ...reading, atMs: STARTS.getTime(), importWh: 1_000 });
    await store(chargerId, messageId, { ...reading, atMs: ENDS.getTime() + DAY_MS, importWh: 5_000 });
    await store(other.chargerId, other.messageId, { ...reading, atMs: ENDS.getTime(), importWh: 9_000_000 });
    expect(await loaded(chargerId, [over])).toEqual({
      [`1/${over}`]: [
        [STARTS.toISOString(), 1_000, null],
        [new Date(ENDS.getTime() + DAY_MS).toISOString(), 5_000, null],
      ],
    });
  });

  test('a connector that moved over a month without any reading shows the readings around it', async () => {
    const { chargerId, messageId } = await newCharger();
    const reading = { connectorId: 1, transaction: null, exportWh: null };
    await store(chargerId, messageId, { ...reading, atMs: Date.UTC(2025, 0, 1), importWh: 1 });
    await store(chargerId, messageId, { ...reading, atMs: Date.UTC(2026, 7, 1), importWh: 7 });
    expect(await loaded(chargerId, [])).toEqual({
      '1/outside': [
        ['2025-01-01T00:00:00.000Z', 1, null],
        ['2026-08-01T00:00:00.000Z', 7, null],
      ],
    });
  });

  test('more readings than a page holds come once each, also where several of one instant lie at its end', async () => {
    const { chargerId, messageId } = await newCharger();
    const transaction = await newTransaction({ chargerId });
    for (const id of [null, transaction]) {
      await raw`
        insert into meter_reading (charger_id, connector_id, transaction_id, at, import_wh, context, message_id)
        select ${chargerId}, 1, ${id}::int, ${STARTS}::timestamptz + n / 3 * interval '100 seconds', n, 'x', ${messageId}
        from generate_series(0, 45000) n`.execute(sql);
    }
    const found = await loaded(chargerId, [transaction]);
    const registers = Array.from({ length: 45_001 }, (_, n) => n);
    for (const id of ['outside', transaction]) {
      expect(found[`1/${id}`]?.map(([, importWh]) => importWh)).toEqual(registers);
    }
  });

  test('each transaction has the customer of its card, whose case does not matter', async () => {
    const { chargerId, messageId } = await newCharger();
    await sql
      .insertInto('token')
      .values([
        { installation_id: 'here', id_tag: 'Ana1', customer_id: 'ana' },
        { installation_id: 'here', id_tag: 'twin', customer_id: 'rui' },
        { installation_id: 'here', id_tag: 'TWIN', customer_id: 'eva' },
        { installation_id: 'here', id_tag: 'nobodys', customer_id: null },
        { installation_id: 'elsewhere', id_tag: 'rui1', customer_id: 'rui' },
      ])
      .execute();
    const payers: Record<string, string | null> = {};
    const table = async () => await chargerReadings(sql, chargerId, STARTS, ENDS);
    for (const [day, idTag] of ['ANA1', 'twin', 'TWIN', 'nobodys', 'rui1', 'unknown', null].entries()) {
      const transaction = await newTransaction({ chargerId, idTag });
      const atMs = STARTS.getTime() + day * DAY_MS;
      await store(chargerId, messageId, { connectorId: 1, transaction, atMs, importWh: day, exportWh: null });
      const found = await table();
      payers[idTag ?? 'none'] = found.payerOf[found.seriesNumber('', 1, String(transaction))] ?? null;
    }
    await store(chargerId, messageId, {
      connectorId: 1,
      transaction: null,
      atMs: ENDS.getTime() - 1,
      importWh: 9,
      exportWh: null,
    });
    const all = await table();
    payers['outside'] = all.payerOf[all.seriesNumber('', 1, null)] ?? null;
    expect(all.payerOf).toHaveLength(all.meterOf.length);
    expect(payers).toEqual({
      ANA1: 'ana',
      twin: 'rui',
      TWIN: 'eva',
      nobodys: null,
      rui1: null,
      unknown: null,
      none: null,
      outside: null,
    });
    // The charger is registered here by now; the month of where it was then knows the cards of there.
    const there = await chargerReadings(sql, chargerId, STARTS, ENDS, { installationId: 'elsewhere' });
    expect(there.payerOf.filter((payer) => payer !== null)).toEqual(['rui']);
  });

  test('a card given to another customer pays for what it starts from then on; one that was nobody’s, for all it ever did', async () => {
    const { chargerId, messageId } = await newCharger();
    await sql
      .insertInto('token')
      .values([
        { installation_id: 'here', id_tag: 'given', customer_id: 'ana' },
        { installation_id: 'here', id_tag: 'found', customer_id: null },
      ])
      .execute();
    const payersOf = async (idTag: string) => {
      const transaction = await newTransaction({ chargerId, idTag });
      const atMs = STARTS.getTime() + 1_000;
      await store(chargerId, messageId, { connectorId: 1, transaction, atMs, importWh: 1, exportWh: null });
      return async () => {
        const found = await chargerReadings(sql, chargerId, STARTS, ENDS);
        return found.payerOf[found.seriesNumber('', 1, String(transaction))] ?? null;
      };
    };
    const given = await payersOf('given');
    const found = await payersOf('found');
    expect([await given(), await found()]).toEqual(['ana', null]);
    await sql.updateTable('token').set({ customer_id: 'rui' }).where('id_tag', 'in', ['given', 'found']).execute();
    await sql.updateTable('token').set({ customer_id: 'eva' }).where('id_tag', '=', 'given').execute();
    expect([await given(), await found()]).toEqual(['ana', 'rui']);
  });
});
