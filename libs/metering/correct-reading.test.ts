import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import type { Sql } from '#libs/persistence/database.js';
import { seedInstallation, seedSpot, seedTransaction } from '#test/data/documents.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { disregardReading, restoreReading, type CorrectReading } from './correct-reading.js';

let database: TestDatabase;
let sql: Sql;
let readingId: number;

beforeAll(async () => {
  database = await createTestDatabase();
  sql = database.sql;
  await seedInstallation(sql);
  await seedSpot(sql, { name: '3012', chargerId: 'zcs1' });
  await seedTransaction(sql, { chargerId: 'zcs1', readings: [['2026-06-15T13:00:00Z', 0]] });
  ({ id: readingId } = await sql.selectFrom('meter_reading').select('id').executeTakeFirstOrThrow());
});
afterAll(() => database.drop());

const order = (part: Partial<CorrectReading> = {}) => ({ readingId, reason: ' zero ', by: 'ines', ...part });
const disregard = (part?: Partial<CorrectReading>) =>
  sql.transaction().execute((trx) => disregardReading(trx, order(part)));
const restore = (part?: Partial<CorrectReading>) =>
  sql.transaction().execute((trx) => restoreReading(trx, order(part)));
const words = () => sql.selectFrom('reading_correction').select(['kind', 'reason', 'by']).orderBy('id').execute();

describe('a correction of a reading', () => {
  test('is a word more, said once: the reading stays, the last word decides', async () => {
    expect(await restore()).toEqual({ ok: { before: null, after: null } });
    const first = await disregard();
    expect(first).toMatchObject({ ok: { before: null, after: { kind: 'disregard', reason: 'zero', by: 'ines' } } });
    expect(await disregard({ by: 'rui' })).toMatchObject({ ok: { before: { by: 'ines' }, after: { by: 'ines' } } });
    expect(await restore({ by: 'rui' })).toMatchObject({
      ok: { before: { kind: 'disregard' }, after: { kind: 'restore' } },
    });
    expect(await words()).toEqual([
      { kind: 'disregard', reason: 'zero', by: 'ines' },
      { kind: 'restore', reason: 'zero', by: 'rui' },
    ]);
    expect(await sql.selectFrom('meter_reading').select('id').execute()).toEqual([{ id: readingId }]);
  });

  test('is one, however many say it at the same moment', async () => {
    const before = (await words()).length;
    await Promise.all(['ines', 'rui', 'eva'].map((by) => disregard({ by })));
    expect(await words()).toHaveLength(before + 1);
  });

  test('is refused without a reason, and for no reading', async () => {
    expect(await disregard({ reason: ' \n' })).toEqual({ refused: { code: 'READING.NO_REASON' } });
    expect(await disregard({ readingId: 0 })).toEqual({ refused: { code: 'READING.NOT_FOUND' } });
  });

  test('is never changed or removed', async () => {
    await expect(sql.updateTable('reading_correction').set({ reason: 'x' }).execute()).rejects.toThrow();
    await expect(sql.deleteFrom('reading_correction').execute()).rejects.toThrow();
  });
});
