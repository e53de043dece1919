import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { readSheet } from '#libs/registry/tabular/sheet.js';
import { seedInstallation } from '#test/chargers/seed-installation.js';
import { billCycle, seedCycle } from '#test/data/cycles.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { loadSeries } from './price-series-store.js';
import type { SeriesOptions } from './series-definition.js';
import { importSeries } from './series-import.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await seedInstallation(database.sql, { chargers: ['zcs1'] });
});
afterAll(() => database.drop());

const OMIE: SeriesOptions = {
  seriesId: 'omie-pt',
  name: 'OMIE Portugal',
  kind: 'price',
  clockZone: 'Europe/Madrid',
  resolutionMinutes: 15,
  currency: 'EUR',
  unit: 'EUR/MWh',
  source: 'omie.es',
};
const STORED = { ...OMIE, name: null, kind: null, clockZone: null, resolutionMinutes: null, currency: null };

async function importCsv(options: SeriesOptions, csv: string, dryRun = false) {
  return importSeries(database.sql, options, await readSheet('x.csv', Buffer.from(csv)), { dryRun });
}

const count = async (seriesId: string) =>
  (await database.sql.selectFrom('series_value').select('micros').where('series_id', '=', seriesId).execute()).length;

test('a year of quarter-hours goes in; again it is the same and nothing is touched', async () => {
  const lines = ['date,period,value'];
  for (let day = Temporal.PlainDate.from('2026-01-01'); day.year === 2026; day = day.add({ days: 1 })) {
    const hours = day.toZonedDateTime('Europe/Madrid').hoursInDay;
    for (let period = 1; period <= hours * 4; period += 1) lines.push(`${day.toString()},${period},${period}.5`);
  }
  const csv = lines.join('\n');
  const dry = await importCsv(OMIE, csv, true);
  expect(dry).toMatchObject({
    imported: false,
    problems: [],
    added: 35_040,
    changed: 0,
    same: 0,
    gaps: [],
    billed: [],
  });
  expect(dry.span).toEqual({ from: new Date('2025-12-31T23:00:00Z'), until: new Date('2026-12-31T23:00:00Z') });
  expect(await database.sql.selectFrom('price_series').selectAll().execute()).toEqual([]);

  expect(await importCsv(OMIE, csv)).toMatchObject({ imported: true, added: 35_040 });
  expect(await count('omie-pt')).toBe(35_040);
  const touched = async () =>
    (
      await database.sql
        .selectFrom('series_value')
        .select('changed_at')
        .orderBy('changed_at', 'desc')
        .limit(1)
        .execute()
    )[0];
  const before = await touched();
  expect(await importCsv(STORED, csv)).toMatchObject({ imported: true, added: 0, changed: 0, same: 35_040 });
  expect(await touched()).toEqual(before);
  const series = await loadSeries(database.sql, 'omie-pt', Date.parse('2026-05-31T23:00Z'), Date.parse('2026-06-01'));
  expect(series.valueAt(Date.parse('2026-05-31T23:07:00Z'))).toBe(5_500);
});

test('a changed value is told with the billed months that used it, and says when it changed', async () => {
  const { sql } = database;
  await sql
    .insertInto('price_plan')
    .values({
      installation_id: 'garagem',
      name: 'indexado',
      calendar_id: 'pt-mainland-daily',
      bands: 1,
      valid_from: '2026-01-01',
      index_series_id: 'omie-pt',
    })
    .execute();
  await sql.insertInto('customer').values({ id: 'ana', condominium_id: 'garagem', name: 'Ana' }).execute();
  await billCycle(sql, await seedCycle(sql, 'garagem', '2026-06'), 'ana');
  const csv = 'startsAt,value\n2026-06-30T22:45:00Z,99.1\n2026-06-30T23:00:00Z,5.5\n';
  const result = await importCsv({ ...STORED, source: null }, csv);
  expect(result).toMatchObject({ imported: true, added: 0, changed: 1, same: 1 });
  expect(result.billed).toEqual([{ installationId: 'garagem', period: '2026-06' }]);
  const rows = await sql
    .selectFrom('series_value')
    .select(['starts_at', 'changed_at'])
    .orderBy('changed_at', 'desc')
    .limit(2)
    .execute();
  expect(rows[0]?.starts_at).toEqual(new Date('2026-06-30T22:45:00Z'));
  expect(rows[0]?.changed_at.getTime()).toBeGreaterThan(rows[1]?.changed_at.getTime() ?? Infinity);
  const other = await importCsv(STORED, 'startsAt,value\n2026-07-01T00:00:00Z,99.1\n');
  expect(other).toMatchObject({ changed: 1, billed: [] });
});

test('one wrong row keeps every value and a new series out', async () => {
  const csv = 'date,period,value\n2026-06-01,1,1\n2026-06-01,97,2\n';
  const result = await importCsv({ ...OMIE, seriesId: 'other' }, csv);
  expect(result).toMatchObject({ imported: false, problems: [{ row: 2, column: 'period' }], span: null });
  expect(await count('other')).toBe(0);
  expect(await database.sql.selectFrom('price_series').select('id').execute()).toEqual([{ id: 'omie-pt' }]);
});

test('a new series says its clock and resolution; a stored one keeps them', async () => {
  const csv = 'date,period,value\n2026-06-01,1,1\n';
  const unsaid = await importCsv({ ...STORED, seriesId: 'new' }, csv);
  expect(unsaid.problems.map(({ column }) => column)).toEqual(['clockZone', 'resolutionMinutes']);
  const other = await importCsv({ ...OMIE, resolutionMinutes: 60, clockZone: 'Europe/Lisbon' }, csv);
  expect(other.problems.map(({ column }) => column)).toEqual(['clockZone', 'resolutionMinutes']);
  expect((await importCsv(STORED, 'date,period,value\n')).problems).toEqual([
    { row: 0, column: null, message: 'the file has no values' },
  ]);
});

test('gaps are told within the file’s span, with what the series had', async () => {
  const own = { ...OMIE, seriesId: 'holed' };
  await importCsv(own, 'startsAt,value\n2026-06-01T00:30Z,1\n');
  const result = await importCsv(own, 'startsAt,value\n2026-06-01T00:00Z,1\n2026-06-01T01:30Z,1\n');
  const gaps = [
    { from: new Date('2026-06-01T00:15:00Z'), until: new Date('2026-06-01T00:30:00Z'), missing: 1 },
    { from: new Date('2026-06-01T00:45:00Z'), until: new Date('2026-06-01T01:30:00Z'), missing: 3 },
  ];
  expect(result.gaps).toEqual(gaps);
});
