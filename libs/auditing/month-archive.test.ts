import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { readingsSealOf } from '#libs/metering/chain/reading-chain.js';
import { sealReadings } from '#libs/metering/chain/seal-readings.js';
import { verifyChain } from '#libs/metering/chain/verify-chain.js';
import { disregardReading, restoreReading } from '#libs/metering/correct-reading.js';
import type { Sql } from '#libs/persistence/database.js';
import { closeCycle, openCycle } from '#libs/rating/cycle.js';
import { rateCycle } from '#libs/rating/rate-cycle.js';
import {
  INSTALLATION_ID,
  issueAll,
  seedCustomer,
  seedInstallation,
  seedSpot,
  seedTransaction,
} from '#test/data/documents.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { writeZip } from './archive-zip.js';
import { OpenArchive } from './open-archive.js';
import { verifyArchive, verifyReadings } from './verify-archive.js';
import { writeMonthArchive } from './write-month-archive.js';

const PERIOD = '2026-06';
const NOW = new Date('2026-07-02T06:00:00Z');

let database: TestDatabase;
let sql: Sql;
let cycleId: string;
let folder: string;
let archive: Buffer;

async function write(): Promise<Buffer> {
  const target = new PassThrough();
  const [written, bytes] = await Promise.all([
    writeMonthArchive(sql, { cycleId, program: 'chazemo 0.0.0' }, target),
    buffer(target),
  ]);
  if ('refused' in written) throw new Error(written.refused.code);
  expect(written.ok.bytes).toBe(bytes.length);
  return bytes;
}

async function sealAll(now: Date) {
  return await sql.transaction().execute((trx) => sealReadings(trx, ['zcs1', 'zcs2', 'zcs3'], now));
}

/** A person disregards the reading at an instant; `isRestored`: and takes it back. */
async function correctReading(at: string, isRestored = false): Promise<void> {
  const reading = await sql
    .selectFrom('meter_reading')
    .select('id')
    .where('at', '=', new Date(at))
    .executeTakeFirstOrThrow();
  await sql.transaction().execute(async (trx) => {
    const order = { readingId: reading.id, reason: 'contador trocado', by: 'ines' };
    await disregardReading(trx, order);
    if (isRestored) await restoreReading(trx, { ...order, reason: 'afinal não' });
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chazemo-audit-'));
  database = await createTestDatabase();
  sql = database.sql;
  await seedInstallation(sql);
  await seedCustomer(sql, { id: 'ana' });
  await seedSpot(sql, { name: '3012', chargerId: 'zcs1', holders: [{ customerId: 'ana' }] });
  await seedSpot(sql, { name: '3013', chargerId: 'zcs2' });
  await seedSpot(sql, { name: '3014', chargerId: 'zcs3' });
  const plan = await sql
    .insertInto('price_plan')
    .values({
      installation_id: INSTALLATION_ID,
      name: 'Simples',
      calendar_id: 'pt-mainland-weekly',
      bands: 1,
      valid_from: '2020-01-01',
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await sql
    .insertInto('band_price')
    .values({ plan_id: plan.id, band: 'simples', micros_per_kwh: 200_001, valid_from: '2020-01-01' })
    .execute();
  // April and May, sealed as their months were; the last transaction of May reaches into June.
  await seedTransaction(sql, {
    chargerId: 'zcs1',
    readings: [
      ['2026-04-10T10:00:00Z', 100],
      ['2026-04-10T11:00:00Z', 900],
    ],
  });
  await seedTransaction(sql, {
    chargerId: 'zcs2',
    readings: [
      ['2026-04-11T10:00:00Z', 50],
      ['2026-04-11T11:00:00Z', 70],
    ],
  });
  await sealAll(new Date('2026-05-02T06:00:00Z'));
  await seedTransaction(sql, {
    chargerId: 'zcs1',
    readings: [
      ['2026-05-10T10:00:00Z', 900],
      ['2026-05-10T11:00:00Z', 1_900],
    ],
  });
  await seedTransaction(sql, {
    chargerId: 'zcs1',
    readings: [
      ['2026-05-31T22:50:00Z', 1_900],
      ['2026-05-31T23:10:00Z', 3_900],
      ['2026-06-01T00:10:00Z', 9_900],
    ],
  });
  await sealAll(new Date('2026-06-02T06:00:00Z'));
  await seedTransaction(sql, {
    chargerId: 'zcs1',
    readings: [
      ['2026-06-20T20:00:00Z', 9_900],
      ['2026-06-20T21:00:00Z', 19_123],
    ],
  });
  await seedTransaction(sql, {
    chargerId: 'zcs2',
    readings: [
      ['2026-06-21T20:00:00Z', 70],
      ['2026-06-21T21:00:00Z', 7_777],
    ],
  });
  await seedTransaction(sql, {
    chargerId: 'zcs2',
    readings: [
      ['2026-06-22T20:00:00Z', 7_777],
      ['2026-06-22T20:30:00Z', 0],
      ['2026-06-22T21:00:00Z', 8_777],
    ],
    flags: ['register-fell'],
  });
  await correctReading('2026-06-22T20:30:00Z');
  await correctReading('2026-06-20T21:00:00Z', true);
  const opened = await openCycle(sql, { installationId: INSTALLATION_ID, period: PERIOD, workflowId: 'w', now: NOW });
  cycleId = opened.cycleId;
  await closeCycle(sql, { cycleId, now: NOW });
  await sql.transaction().execute((trx) => rateCycle(trx, { cycleId, now: NOW }));
  const { heads, horizon } = await sealAll(NOW);
  await sql
    .updateTable('billing_cycle')
    .set({ rated_up_to_reading_id: horizon, readings_seal: readingsSealOf(heads) })
    .where('id', '=', cycleId)
    .execute();
  await issueAll(sql, cycleId, NOW);
  archive = await write();
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

async function onDisk(bytes: Buffer): Promise<string> {
  const path = join(folder, `${Math.random()}.zip`);
  await writeFile(path, bytes);
  return path;
}

async function contentsOf(bytes: Buffer): Promise<Map<string, string>> {
  const opened = await OpenArchive.open(await onDisk(bytes));
  const contents = new Map<string, string>();
  for (const name of opened.names) contents.set(name, (await (await opened.read(name))?.text()) ?? '');
  opened.close();
  return contents;
}

/** The archive with one file changed, and the rest as it was. */
async function tampered(name: string, change: (text: string) => string | null): Promise<string> {
  const contents = await contentsOf(archive);
  const changed = change(contents.get(name) ?? '');
  if (changed === null) contents.delete(name);
  else contents.set(name, changed);
  const target = new PassThrough();
  const files = [...contents].map(([file, text]) => ({
    name: file,
    async *chunks() {
      yield text;
    },
  }));
  const [, bytes] = await Promise.all([writeZip(files, NOW, target), buffer(target)]);
  return await onDisk(bytes);
}

const problemsOf = async (path: string) =>
  (await verifyArchive(path)).problems.map(({ code, file, place }) => ({ code, file, place }));

describe('the archive of a month', () => {
  test('matches, with nothing but the file', async () => {
    expect(await verifyArchive(await onDisk(archive))).toEqual({
      about: `Edifício Aurora (${INSTALLATION_ID}), ${PERIOD}`,
      chargers: 2,
      readings: 11,
      seals: 4,
      messages: 5,
      lines: expect.any(Number),
      documents: 1,
      problems: [],
      problemCount: 0,
    });
  });

  test('holds the month and the readings around it, not the whole past: the chain begins in its middle', async () => {
    const contents = await contentsOf(archive);
    const readings = (contents.get('readings.ndjson') ?? '')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(readings[0]).toEqual({ chain: expect.objectContaining({ charger: 'zcs1', readings: 4 }) });
    expect(readings[1]).toMatchObject({ charger: 'zcs1', at: '2026-05-31T22:50:00.000Z', importWh: 1_900 });
    expect(readings).toContainEqual({
      seal: expect.objectContaining({ readings: 7, sealedAt: '2026-06-02T06:00:00.000Z' }),
    });
    expect(contents.get('readings.ndjson')).not.toContain('2026-05-10T');
    expect([...contents.keys()].sort()).toEqual(
      [
        'README.txt',
        'calendars.json',
        'corrections.ndjson',
        'documents.json',
        'imputed.csv',
        'lines.csv',
        'manifest.json',
        'messages.ndjson',
      ].concat(['prices.json', 'readings.ndjson', 'registry.json']),
    );
    expect(JSON.parse(contents.get('documents.json') ?? '')).toHaveLength(2);
    expect(JSON.parse(contents.get('calendars.json') ?? '')).toMatchObject({
      calendars: [{ id: 'pt-mainland-weekly' }],
    });
    expect(contents.get('README.txt')).toContain('chazemo verify --file');
  });

  test('holds a disregarded reading, who left it out and why; the energy is without it', async () => {
    const contents = await contentsOf(archive);
    expect(contents.get('readings.ndjson')).toContain('"importWh":0,');
    const corrections = (contents.get('corrections.ndjson') ?? '').trim().split('\n');
    const [zero, ...others] = corrections.map((line) => JSON.parse(line) as object);
    expect(zero).toMatchObject({ charger: 'zcs2', readAt: '2026-06-22T20:30:00.000Z', importWh: 0, by: 'ines' });
    expect(zero).toMatchObject({ kind: 'disregard', reason: 'contador trocado' });
    expect(others).toMatchObject([{ kind: 'disregard' }, { kind: 'restore', reason: 'afinal não' }]);
    const manifest = JSON.parse(contents.get('manifest.json') ?? '') as { cycle: { totalWh: number } };
    expect(manifest.cycle.totalWh).toBe(7_000 + 9_223 + 7_707 + 1_000);
    expect(contents.get('README.txt')).toContain('corrections.ndjson');
  });

  test('is the same to the byte, whatever came after the month was rated', async () => {
    expect((await write()).equals(archive)).toBe(true);
    await seedTransaction(sql, {
      chargerId: 'zcs1',
      readings: [
        ['2026-07-05T20:00:00Z', 19_123],
        ['2026-07-05T21:00:00Z', 20_000],
      ],
    });
    await correctReading('2026-06-21T20:00:00Z');
    await sealAll(new Date('2026-08-02T06:00:00Z'));
    expect((await write()).equals(archive)).toBe(true);
  });

  test('its readings alone verify', async () => {
    const file = join(folder, 'readings.ndjson');
    await writeFile(file, (await contentsOf(archive)).get('readings.ndjson') ?? '');
    const verified = await verifyReadings(createReadStream(file) as AsyncIterable<Buffer>, file);
    expect(verified).toMatchObject({ chargers: 2, readings: 11, seals: 4, problems: [] });
    await writeFile(file, (await readFile(file, 'utf8')).replace('"importWh":3900', '"importWh":3901'));
    const changed = await verifyReadings(createReadStream(file) as AsyncIterable<Buffer>, file);
    expect(changed.problems).toMatchObject([
      { code: 'reading-changed', place: expect.stringContaining('charger zcs1') },
    ]);
  });

  test('a month that was not rated from sealed readings has none', async () => {
    const opened = await openCycle(sql, {
      installationId: INSTALLATION_ID,
      period: '2026-05',
      workflowId: 'v',
      now: NOW,
    });
    const written = await writeMonthArchive(sql, { cycleId: opened.cycleId, program: '' }, new PassThrough());
    expect(written).toEqual({ refused: { code: 'AUDIT.NOT_SEALED', cycleId: opened.cycleId } });
  });

  test('the database it came from matches, too', async () => {
    expect(await verifyChain(sql, { installationId: INSTALLATION_ID })).toMatchObject({ breaks: [] });
  });
});

describe('a tampered archive is told apart', () => {
  const withFile = (file: string) => ({ code: 'file-changed', file, place: 'the whole file' });
  const place: unknown = expect.stringContaining('charger zcs1, after reading');

  test('a changed reading: the charger and the seals between which it lies', async () => {
    const path = await tampered('readings.ndjson', (text) => text.replace('"importWh":9900', '"importWh":9901'));
    const problems = await problemsOf(path);
    expect(problems).toContainEqual({ code: 'reading-changed', file: 'readings.ndjson', place });
    expect(problems).toContainEqual(withFile('readings.ndjson'));
  });

  test('a removed reading', async () => {
    const path = await tampered('readings.ndjson', (text) => text.replace(/^.*"importWh":3900.*\n/m, ''));
    expect(await problemsOf(path)).toContainEqual({ code: 'reading-missing', file: 'readings.ndjson', place });
  });

  test('a whole charger left out, and the manifest made to fit', async () => {
    const path = await tampered('readings.ndjson', (text) => text.slice(0, text.indexOf('{"chain":{"charger":"zcs2"')));
    expect(await problemsOf(path)).toContainEqual(expect.objectContaining({ code: 'readings-seal-differs' }));
  });

  test('a changed message, a missing one', async () => {
    const changed = await tampered('messages.ndjson', (text) => text.replace('"payload":{}', '"payload":{"a": 1}'));
    expect(await problemsOf(changed)).toContainEqual({
      code: 'message-changed',
      file: 'messages.ndjson',
      place: expect.stringMatching(/^message \d+ of charger zcs1$/),
    });
    const missing = await tampered('messages.ndjson', (text) => text.slice(text.indexOf('\n') + 1));
    expect(await problemsOf(missing)).toContainEqual(expect.objectContaining({ code: 'message-missing' }));
  });

  test('a changed price, a changed amount', async () => {
    const price = await tampered('lines.csv', (text) => text.replace('200001', '100001'));
    expect(await problemsOf(price)).toContainEqual({
      code: 'line-amount',
      file: 'lines.csv',
      place: expect.stringContaining('row 1, charger zcs1'),
    });
    const removed = await tampered('lines.csv', (text) => text.replace(/\n.*zcs2.*/, ''));
    expect(await problemsOf(removed)).toEqual(
      expect.arrayContaining([
        { code: 'total-differs', file: 'lines.csv', place: 'sum of Wh' },
        { code: 'total-differs', file: 'lines.csv', place: 'sum of cents' },
      ]),
    );
  });

  test('a changed document, a changed posting', async () => {
    const document = await tampered('documents.json', (text) =>
      text.replace(/"gross_cents": (\d+)/, '"gross_cents": 1'),
    );
    expect(await problemsOf(document)).toContainEqual(
      expect.objectContaining({ code: 'total-differs', file: 'documents.json', place: expect.stringMatching(/^FT /) }),
    );
    const posting = await tampered('documents.json', (text) =>
      text.replace(/"amountCents": -?\d+/, '"amountCents": 1'),
    );
    expect(await problemsOf(posting)).toContainEqual(
      expect.objectContaining({ code: 'total-differs', place: expect.stringMatching(/^entry /) }),
    );
  });

  test('any other file: changed, missing, added', async () => {
    for (const name of [
      'README.txt',
      'calendars.json',
      'corrections.ndjson',
      'prices.json',
      'registry.json',
      'imputed.csv',
    ]) {
      expect(await problemsOf(await tampered(name, (text) => `${text} `))).toEqual([withFile(name)]);
      expect(await problemsOf(await tampered(name, () => null))).toEqual([
        { code: 'file-missing', file: name, place: 'the archive' },
      ]);
    }
    const added = await problemsOf(await tampered('more.txt', () => 'more'));
    expect(added).toEqual([{ code: 'file-added', file: 'more.txt', place: 'the archive' }]);
  });

  test('a file that cannot be unpacked any more, while another is being read', async () => {
    const name = archive.indexOf('messages.ndjson');
    const data = name + 'messages.ndjson'.length + archive.readUInt16LE(name - 2);
    for (let at = data; at < data + 40; at += 1) {
      const bytes = Buffer.from(archive);
      bytes[at] = (bytes[at] ?? 0) ^ 6;
      const problems = await problemsOf(await onDisk(bytes));
      expect(problems).toContainEqual(expect.objectContaining({ file: 'messages.ndjson' }));
    }
  });

  test('a bit that flipped on the way is found wherever it changes a file', async () => {
    // 80 places all over the file, the manifest among them, whose hash stands nowhere else.
    const whole = await contentsOf(archive);
    for (let at = 40; at < archive.length; at += Math.ceil(archive.length / 80)) {
      const bytes = Buffer.from(archive);
      bytes[at] = (bytes[at] ?? 0) ^ 4;
      const path = await onDisk(bytes);
      const verified = await verifyArchive(path).catch(() => null);
      if (verified?.problemCount === 0) expect(await contentsOf(bytes)).toEqual(whole); // a date, a file attribute
    }
  }, 180_000);

  test('without its manifest nothing is said to match', async () => {
    expect(await problemsOf(await tampered('manifest.json', () => null))).toMatchObject([{ code: 'file-missing' }]);
    expect(await problemsOf(await tampered('manifest.json', () => '{}'))).toMatchObject([{ code: 'malformed' }]);
  });
});
