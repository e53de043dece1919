import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { chargersTable } from '#libs/registry/tables/chargers.js';
import { readSheet } from '#libs/registry/tabular/sheet.js';
import { importSheet, type ImportResult, type Table } from '#libs/registry/tabular/table.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { transactionsTable } from './transactions.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await importCsv(chargersTable, 'chargerId,installation,circuit,spot,password\nZCS031974,aurora,,3049,\n');
});
afterAll(() => database.drop());

async function importCsv<Row>(table: Table<Row>, csv: string): Promise<ImportResult> {
  const sheet = await readSheet('list.csv', Buffer.from(csv));
  return importSheet(database.sql, table, sheet, {
    create: true,
    dryRun: false,
    installationId: null,
    now: new Date('2026-07-01T00:00:00Z'),
    hashPassword: async (password) => password,
  });
}

const HEADER = 'chargerId,connectorId,transactionId,idTag,startedAt,stoppedAt,meterStartWh,meterStopWh\n';
const ROW = 'ZCS031974,1,417,CARD1,2026-06-01T19:05:00+01:00,2026-06-01T23:40,1204500,1219730\n';

describe('transactions from a list', () => {
  it('become a transaction with a reading at its beginning and its end', async () => {
    expect(await importCsv(transactionsTable, HEADER + ROW)).toMatchObject({ imported: true, problems: [] });
    const readings = await database.sql.selectFrom('meter_reading').selectAll().orderBy('at').execute();
    expect(readings).toMatchObject([
      {
        charger_id: 'zcs031974',
        at: new Date('2026-06-01T18:05:00Z'),
        import_wh: 1_204_500,
        context: 'Transaction.Begin',
      },
      {
        charger_id: 'zcs031974',
        at: new Date('2026-06-01T22:40:00Z'),
        import_wh: 1_219_730,
        context: 'Transaction.End',
      },
    ]);
  });

  it('twice are the same once; with other figures they are refused', async () => {
    expect(await importCsv(transactionsTable, HEADER + ROW)).toMatchObject({ changes: [{ action: 'same' }] });
    const other = await importCsv(transactionsTable, HEADER + ROW.replace('1219730', '1219731'));
    expect(other).toMatchObject({ imported: false, problems: [{ row: 1, column: 'transactionId' }] });
    const again = await importCsv(transactionsTable, HEADER + ROW.replace(',417,', ',other-name,'));
    expect(again).toMatchObject({ changes: [{ action: 'same' }] });
    expect(await database.sql.selectFrom('charging_transaction').selectAll().execute()).toHaveLength(1);
  });

  it.each([
    ['NOBODY,1,1,,2026-06-01T19:05:00Z,,1,', 'chargerId'],
    ['ZCS031974,one,1,,2026-06-01T19:05:00Z,,1,', 'connectorId'],
    ['ZCS031974,1,1,,yesterday,,1,', 'startedAt'],
    ['ZCS031974,1,1,,2026-06-05T19:05:00Z,,1.5,', 'meterStartWh'],
    ['ZCS031974,1,1,,2026-06-05T19:05:00Z,2026-06-05T20:05:00Z,10,9', 'meterStopWh'],
    ['ZCS031974,1,1,,2026-06-05T19:05:00Z,2026-06-05T20:05:00Z,10,', 'meterStopWh'],
    ['ZCS031974,1,1,,2026-06-05T19:05:00Z,2026-06-05T18:05:00Z,10,11', 'stoppedAt'],
  ])('%s is refused with its column', async (row, column) => {
    expect(await importCsv(transactionsTable, `${HEADER}${row}\n`)).toMatchObject({
      imported: false,
      problems: [{ row: 1, column }],
    });
  });
});
