import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { readingsSealOf } from '#libs/metering/chain/reading-chain.js';
import { sealReadings } from '#libs/metering/chain/seal-readings.js';
import { overruleClock } from '#libs/metering/clock/overrule-clock.js';
import { INSTALLATION_ID } from '#test/data/documents.js';
import { CarPark } from '#test/scenarios/car-park.js';

import { OpenArchive } from './open-archive.js';
import { verifyArchive } from './verify-archive.js';
import { writeMonthArchive } from './write-month-archive.js';

const NOW = new Date('2026-07-02T06:00:00Z');
const CHARGER = 'behind';
const order = { chargerId: CHARGER, reason: 'seen at the charger', by: 'ana', until: null };

let park: CarPark;
let folder: string;
let cycleId: string;
let totalWh: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chazemo-audit-'));
  park = await CarPark.open([
    ['cheias', 200_000, '2020-01-01', null],
    ['vazio', 200_000, '2020-01-01', null],
    ['ponta', 200_000, '2020-01-01', null],
  ]);
  const { sql } = park.database;
  await park.customer('1001');
  await park.customer('1002');
  await park.spot('3012', CHARGER, [{ customerId: '1001' }]);
  const { id } = await sql
    .insertInto('token')
    .values({ installation_id: INSTALLATION_ID, id_tag: 'CARD', customer_id: '1002' })
    .returning('id')
    .executeTakeFirstOrThrow();
  const until = new Date('2026-06-01T12:00:00Z');
  await sql.insertInto('former_card_holder').values({ token_id: id, customer_id: '1001', until }).execute();
  // The clock is 30 days behind: told in May, all but the first is of June.
  await park.charge(CHARGER, [
    ['2026-04-10T10:00:00Z', 0],
    ['2026-04-10T11:00:00Z', 1_000],
  ]);
  const readings = [
    ['2026-05-10T10:00:00Z', 1_000],
    ['2026-05-10T11:00:00Z', 6_000],
  ] as const;
  await park.charge(CHARGER, readings, 'CARD');
  await overruleClock(sql, { ...order, offsetS: -30 * 86_400, from: new Date('2026-01-01T00:00:00Z') });
  const rated = await park.rate('2026-06', NOW);
  ({ cycleId } = rated);
  ({ totalWh } = rated.totals);
  const { heads } = await sql.transaction().execute((trx) => sealReadings(trx, [CHARGER], NOW));
  const seal = { readings_seal: readingsSealOf(heads) };
  await sql.updateTable('billing_cycle').set(seal).where('id', '=', cycleId).execute();
});
afterAll(async () => {
  await park.close();
  await rm(folder, { recursive: true, force: true });
});

async function archive(): Promise<{ path: string; bytes: Buffer }> {
  const target = new PassThrough();
  const options = { cycleId, program: 'chazemo 0.0.0' };
  const [, bytes] = await Promise.all([writeMonthArchive(park.database.sql, options, target), buffer(target)]);
  const path = join(folder, `${Math.random()}.zip`);
  await writeFile(path, bytes);
  return { path, bytes };
}

interface Clock {
  readonly offset_ms: number;
  readonly from_at: string;
  readonly after_reading_id: number;
}

test('has the readings of the true month, the clock they are told by, and who held the card then', async () => {
  const { path } = await archive();
  expect((await verifyArchive(path)).problems).toEqual([]);
  const opened = await OpenArchive.open(path);
  const text = async (name: string) => (await (await opened.read(name))?.text()) ?? '';
  const registry = JSON.parse(await text('registry.json')) as { clocks: Clock[]; cardHolders: unknown };
  const lines = (await text('readings.ndjson')).trim().split('\n');
  opened.close();
  expect(registry.clocks).toMatchObject([{ charger_id: CHARGER, source: 'staff', offset_ms: -30 * 86_400_000 }]);
  expect(registry.cardHolders).toEqual([{ transaction_id: 2, customer_id: '1002' }]);
  // Rated again by what the archive says alone.
  const [clock] = registry.clocks;
  const registers = lines
    .map((line) => JSON.parse(line) as { at?: string; importWh: number })
    .filter(({ at }) => at !== undefined)
    .map(({ at, importWh }) => ({ at: Date.parse(at ?? '') - (clock?.offset_ms ?? NaN), importWh }))
    .filter(({ at }) => at >= Date.parse('2026-05-31T23:00:00Z') && at < Date.parse('2026-06-30T23:00:00Z'))
    .map(({ importWh }) => importWh);
  expect(Math.max(...registers) - Math.min(...registers)).toBe(totalWh);
  expect(totalWh).toBe(5_000);
});

test('is the same to the byte, whatever was learnt of the clock since', async () => {
  const { bytes } = await archive();
  await overruleClock(park.database.sql, { ...order, offsetS: 0, from: new Date('2026-01-01T00:00:00Z') });
  expect((await archive()).bytes.equals(bytes)).toBe(true);
});
