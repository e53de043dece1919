import { describe, expect, test } from '@jest/globals';

import { parseInstantMs } from './instant-text.js';
import type { ReadingTable } from './reading-table.js';
import { readReadings } from './readings-csv.js';

const HEADER = 'chargerId,connectorId,transactionId,timestamp,registerWh';
const ROW = 'z,1,417,2026-06-01T00:00:00+01:00,1204500';

/** Charger and connector of a row; the transaction as the series it shares with others of that name. */
function meterAt(readings: ReadingTable, index: number) {
  const meter = readings.meters[readings.meterOf[readings.seriesOf[index] ?? 0] ?? 0];
  const isSame =
    readings.seriesNumber(meter?.chargerId ?? '', meter?.connectorId ?? 0, '417') === readings.seriesOf[index];
  return { chargerId: meter?.chargerId, connectorId: meter?.connectorId, transactionId: isSame ? '417' : 'other' };
}

async function read(...chunks: string[]) {
  const result = await readReadings(
    (async function* () {
      yield* chunks;
    })(),
  );
  if ('refused' in result) return { refused: result.refused, rows: [], malformed: [] };
  const { readings, malformed } = result.ok;
  const rows = Array.from({ length: readings.count }, (_, i) => ({
    ...meterAt(readings, i),
    at: new Date(readings.atMs[i] ?? NaN).toISOString(),
    wh: readings.importWh[i],
    row: readings.row[i],
  }));
  return { rows, malformed };
}

const EXPECTED = {
  chargerId: 'z',
  connectorId: 1,
  transactionId: '417',
  at: '2026-05-31T23:00:00.000Z',
  wh: 1_204_500,
  row: 1,
};

describe('readings.csv', () => {
  test.each([
    ['LF', `${HEADER}\n${ROW}\n`],
    ['CRLF', `${HEADER}\r\n${ROW}\r\n`],
    ['a BOM', `\uFEFF${HEADER}\n${ROW}\n`],
    ['no end of line', `${HEADER}\n${ROW}`],
    ['no end of line but CR', `${HEADER}\r\n${ROW}\r`],
    ['quotes', `"chargerId",${HEADER.slice(10)}\n"z","1",417,"2026-06-01T00:00:00+01:00",1204500\n`],
    [
      'another order and one more column',
      'note,registerWh,timestamp,transactionId,connectorId,chargerId\n,1204500,2026-06-01T00:00:00+01:00,417,1,z\n',
    ],
  ])('with %s', async (_, text) => {
    expect(await read(text)).toEqual({ rows: [EXPECTED], malformed: [] });
  });

  test('chunks may be cut anywhere', async () => {
    const text = `\uFEFF${HEADER}\r\n${ROW}\r\n${ROW}\r\n`;
    const rows = [EXPECTED, { ...EXPECTED, row: 2 }];
    for (let cut = 0; cut <= text.length; cut += 1) {
      expect((await read(text.slice(0, cut), text.slice(cut))).rows).toEqual(rows);
    }
  });

  test('an empty line is skipped but counted: row n is line n + 1', async () => {
    const result = await read(`${HEADER}\n\n${ROW}\n\nwrong\n`);
    expect(result.rows).toMatchObject([{ row: 2 }]);
    expect(result.malformed).toEqual([{ row: 4, reason: 'malformed' }]);
  });

  test('a quoted name may hold commas and quotes', async () => {
    expect((await read(`${HEADER}\n"z ""1"", left",${ROW.slice(2)}\n`)).rows).toMatchObject([
      { chargerId: 'z "1", left' },
    ]);
  });

  test('without its header a file is refused, naming what is missing', async () => {
    expect((await read(ROW)).refused?.missing).toHaveLength(5);
    expect((await read('')).refused?.missing).toHaveLength(5);
    expect((await read('chargerId,connectorId,transactionId,timestamp\n')).refused?.missing).toEqual(['registerWh']);
  });
});

describe('instants', () => {
  test.each([
    '2026-06-01T00:00:00Z',
    '2026-06-01T00:00:00+01:00',
    '2026-06-01T00:00:00-11:30',
    '2026-06-01T00:00:00.123456Z',
    '2026-06-01T00:00:00.5+01:00',
    '2026-06-01T00:00:00.1Z',
    '2026-06-01T00:00:00.12-05:00',
    '2026-06-01T00:00:00.999999999Z',
    '2026-06-01T00:00+01:00',
    '2026-06-01T00:00:00+0100',
    '2026-06-01t00:00:00z',
    '2024-02-29T23:59:59Z',
    '1970-01-01T00:00:00Z',
    '1969-12-31T23:59:59+14:00',
    '2000-03-01T12:00:00Z',
  ])('%s is the instant Temporal reads', (text) => {
    expect(parseInstantMs(text)).toBe(Temporal.Instant.from(text).epochMilliseconds);
  });

  test.each([
    '2026-06-01T00:00:00',
    '2026-06-01',
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-06-01T24:00:00Z',
    '2026-06-01T00:60:00Z',
    '2026-06-01T00:00:00+24:00',
    '2026-06-01T00:00:00+01:60',
    '2026-06-01T00:00:00Zjunk',
    '2026-06-01T00:00:00.Z',
    '2026-06-01T00:00:00.1234567890Z',
    '2026-06-01T00:00:00.5',
    '1780268400',
    'yesterday',
    '',
  ])('"%s" is none', (text) => {
    expect(parseInstantMs(text)).toBeNaN();
  });
});
