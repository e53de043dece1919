import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { seedInstallation } from '#test/data/documents.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { holidaysFor } from './holiday-store.js';
import { holidaysTable } from './tables/holidays.js';
import { readSheet } from './tabular/sheet.js';
import { importSheet } from './tabular/table.js';

const HEADER = 'country,municipality,name,month,day,easterOffsetDays,yearFrom,yearTo,source';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await seedInstallation(database.sql);
});
afterAll(() => database.drop());

async function importRows(...rows: string[]) {
  const sheet = await readSheet('holidays.csv', Buffer.from([HEADER, ...rows, ''].join('\n')));
  const hashPassword = async (password: string) => password;
  const options = { create: false, dryRun: false, installationId: null, now: new Date(), hashPassword };
  return importSheet(database.sql, holidaysTable, sheet, options);
}

async function named(date: string): Promise<string | undefined> {
  const { id } = await database.sql.selectFrom('installation').select('id').executeTakeFirstOrThrow();
  return (await holidaysFor(database.sql, id)).on(Temporal.PlainDate.from(date))?.name;
}

describe('the holidays of an installation', () => {
  test('are those of its country, of its municipality, and what staff added', async () => {
    expect(await named('2026-06-24')).toBeUndefined();
    await database.sql.updateTable('installation').set({ municipality: 'Porto' }).execute();
    expect(await named('2026-06-24')).toBe('São João');
    await database.sql.updateTable('installation').set({ municipality: 'Leiria' }).execute();
    const row = 'PT,Leiria,Dia do Município,5,22,,,,edital de 2009';
    expect(await importRows(row)).toMatchObject({ imported: true, changes: [{ action: 'create' }] });
    expect(await importRows(row)).toMatchObject({ changes: [{ action: 'same' }] });
    expect([await named('2026-05-22'), await named('2026-06-24')]).toEqual(['Dia do Município', undefined]);
    await importRows('PT,Leiria,Dia do Município,5,22,,2027,,edital de 2026');
    expect([await named('2026-05-22'), await named('2027-05-22')]).toEqual([undefined, 'Dia do Município']);
  });

  test('of a country without data are only the added ones', async () => {
    await database.sql.updateTable('installation').set({ country: 'FR', municipality: null }).execute();
    await importRows('FR,,Fête nationale,7,14,,,,Code du travail L3133-1', 'FR,,Ascension,,,39,,,the same');
    expect([await named('2026-07-14'), await named('2026-05-14'), await named('2026-12-25')]).toEqual([
      'Fête nationale',
      'Ascension',
      undefined,
    ]);
    await database.sql.updateTable('installation').set({ country: 'PT' }).execute();
  });

  test('are refused with row and column where a row says no day, or two', async () => {
    const result = await importRows(
      'PT,Loures,Dia do Município,2,30,,,,edital',
      'PT,Loures,Dia do Município,7,26,3,,,edital',
      'PT,Loures,Dia do Município,,,,,,edital',
      'PT,Loures,Dia do Município,7,26,,2020,2019,edital',
      'Portugal,Loures,Dia do Município,7,26,,,,',
    );
    expect(result.imported).toBe(false);
    expect(result.problems.map(({ row, column }) => [row, column])).toEqual([
      [1, 'day'],
      [2, 'month'],
      [3, 'month'],
      [4, 'yearTo'],
      [5, 'country'],
      [5, 'source'],
    ]);
  });

  test('are not stored where the product brings them already', async () => {
    expect(await importRows('PT,Lisboa,Santo António,6,13,,,,edital')).toMatchObject({
      changes: [{ action: 'same', what: 'Santo António, Lisboa (PT), as the product has it' }],
    });
  });

  test('of an unknown installation are an error', async () => {
    await expect(holidaysFor(database.sql, 'nowhere')).rejects.toThrow('There is no installation nowhere');
  });
});
