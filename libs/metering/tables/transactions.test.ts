import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { parse16 } from '#libs/ocpp/parse-16.js';
import { parse201 } from '#libs/ocpp/parse-201.js';
import { chargersTable } from '#libs/registry/tables/chargers.js';
import { readSheet } from '#libs/registry/tabular/sheet.js';
import { importSheet, type ImportResult, type Table } from '#libs/registry/tabular/table.js';
import { transactionEvent, type StationEvent } from '#test/chargers/simulated-station.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { ingest } from '../ingest.js';
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

describe('a session that was imported and that its charger then tells itself, days offline', () => {
  const TOLD_16: [action: string, payload: Record<string, unknown>][] = [
    ['StartTransaction', { connectorId: 1, idTag: 'CARD1', meterStart: 5_000, timestamp: '2026-06-10T10:00:00Z' }],
    ['MeterValues', { connectorId: 1, transactionId: 0, meterValue: [quarter('2026-06-10T10:15:00Z', 6_000)] }],
    ['StopTransaction', { transactionId: 0, idTag: 'CARD1', meterStop: 9_000, timestamp: '2026-06-10T11:00:00Z' }],
  ];
  const event = (told: Omit<StationEvent, 'ref'>): [string, Record<string, unknown>] => [
    'TransactionEvent',
    transactionEvent({ ref: 'own-name', idTag: 'CARD1', ...told }),
  ];
  const begin = { at: '2026-06-10T10:00:00Z', wh: 5_000, context: 'Transaction.Begin' };
  const end = { at: '2026-06-10T11:00:00Z', wh: 9_000, context: 'Transaction.End' };
  const TOLD_201 = [
    event({ type: 'Started', seqNo: 0, at: begin.at, evseId: 1, samples: [begin] }),
    event({
      type: 'Updated',
      seqNo: 1,
      at: '2026-06-10T10:15:00Z',
      samples: [{ at: '2026-06-10T10:15:00Z', wh: 6_000 }],
    }),
    event({ type: 'Ended', seqNo: 2, at: end.at, samples: [begin, end] }),
  ];

  function quarter(timestamp: string, wh: number) {
    return { timestamp, sampledValue: [{ value: String(wh) }] };
  }

  it.each([
    ['ocpp1.6', TOLD_16, null],
    ['ocpp2.0.1', TOLD_201, 'own-name'],
  ] as const)('by %s is the same one', async (protocol, calls, chargerRef) => {
    const charger = `zcs-${protocol}`;
    await importCsv(chargersTable, `chargerId,installation,circuit,spot,password\n${charger},aurora,,${protocol},\n`);
    const row = `${charger},1,417,CARD1,2026-06-10T10:00:00Z,2026-06-10T11:00:00Z,5000,9000\n`;
    expect(await importCsv(transactionsTable, HEADER + row)).toMatchObject({ imported: true });
    for (const [index, [action, payload]] of calls.entries()) {
      const message = protocol === 'ocpp1.6' ? parse16(action, payload) : parse201(action, payload);
      if (message === null) throw new Error(action);
      const receivedAt = new Date('2026-07-01T00:00:00Z');
      const call = { chargerId: charger, protocol, messageId: `${index}`, action, payload, message, receivedAt };
      await ingest(database.sql, call);
    }
    const of = database.sql.selectFrom('charging_transaction').selectAll().where('charger_id', '=', charger);
    expect(await of.execute()).toMatchObject([
      { meter_start_wh: 5_000, meter_stop_wh: 9_000, charger_ref: chargerRef },
    ]);
    const readings = await database.sql
      .selectFrom('meter_reading')
      .select('import_wh')
      .where('charger_id', '=', charger)
      .orderBy('at')
      .execute();
    expect(readings.map((one) => one.import_wh)).toEqual([5_000, 6_000, 9_000]);
    expect(await importCsv(transactionsTable, HEADER + row)).toMatchObject({ changes: [{ action: 'same' }] });
  });
});
