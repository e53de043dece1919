import { describe, expect, test } from '@jest/globals';

import type { Band, BandCount } from '#libs/tariff/bands.js';
import { parseTariff } from '#libs/tariff/tariff-file.js';
import type { Tariff } from '#libs/tariff/tariff.js';

import { rate } from './rate.js';
import type { Rated, RateRefusal } from './rated.js';
import { readReadings, type ReadingsFile } from './readings-csv.js';

interface TariffFile {
  timeZone?: string;
  calendar?: string;
  bands?: BandCount;
  calendarChangeover?: string | null;
  holidaysAsSunday?: boolean;
  prices?: { from: string; to: string | null; band: Band; perKWh: string; direction?: 'import' | 'export' }[];
}

const ALL_BANDS: Band[] = ['ponta', 'cheias', 'vazio-normal', 'super-vazio', 'vazio', 'fora-de-vazio', 'simples'];
const PRICES = ALL_BANDS.map((band, index) => ({
  from: '2020-01-01',
  to: null,
  band,
  perKWh: `0.${index + 1}00000`,
}));

function tariff(file: TariffFile = {}): Tariff {
  const read = parseTariff({
    timeZone: 'Europe/Lisbon',
    calendar: 'pt-mainland-weekly',
    bands: 4,
    prices: PRICES,
    ...file,
  });
  if ('refused' in read) throw new Error(read.refused.problem);
  return read.ok;
}

async function readings(text: string): Promise<ReadingsFile> {
  const read = await readReadings(
    (async function* () {
      yield text;
    })(),
  );
  if ('refused' in read) throw new Error(read.refused.code);
  return read.ok;
}

const HEADER = 'chargerId,connectorId,transactionId,timestamp,registerWh,exportWh';

function refusalText(refused: RateRefusal): string {
  return refused.code === 'TARIFF.NOT_FOUND' ? `${refused.band} ${refused.date}` : `${refused.seriesId} ${refused.at}`;
}

/** Rates rows `[charger,]connector,transaction,timestamp,register[,export]` of charger z. */
async function rated(rows: string[], from: string, to: string, file: TariffFile = {}): Promise<Rated> {
  const read = await readings([HEADER, ...rows.map((row) => `z,${row}`)].join('\n'));
  const result = rate(read.readings, tariff(file), from, to);
  if ('refused' in result) throw new Error(refusalText(result.refused));
  return { ...result.ok, rejected: [...read.malformed, ...result.ok.rejected] };
}

/** An indexed plan on the calendar of {@link tariff}: series of one value from an instant on, hour by hour. */
async function ratedIndexed(pricesFrom: string, lossesFrom: string) {
  const view = (id: string, from: string, value: number) => ({
    id,
    resolutionMs: 3_600_000,
    valueAt: (atMs: number) => (atMs >= Date.parse(from) ? value : null),
  });
  const index = {
    series: view('omie-pt', pricesFrom, -20_000),
    losses: view('erse-losses', lossesFrom, 1_500_000),
    lossesPpm: 1_000_000,
    factorPpm: 1_000_000,
    marginMicros: 1_000,
  };
  const plain = tariff();
  const contracts = plain.contracts.map((contract) => ({ ...contract, index, prices: [] }));
  const rows = ['z,1,1,2026-06-01T12:20:00+01:00,0', 'z,1,1,2026-06-01T12:30:00+01:00,1000'];
  const read = await readings([HEADER, ...rows].join('\n'));
  return rate(read.readings, { ...plain, contracts }, '2026-06-01', '2026-06-01');
}

/** `Semana Cheia 1: 500` per line, with `~` and the estimated part where there is one. */
function short(result: Rated): string[] {
  return result.lines.map(({ dayType, label, wh, estimatedWh }) => {
    return `${dayType} ${label}: ${wh}${estimatedWh > 0 ? ` ~${estimatedWh}` : ''}`;
  });
}

describe('boundaries', () => {
  test('the register at a band boundary is interpolated and rounded half up', async () => {
    // Monday; ponta begins at 09:15; 5 of 10 minutes and 101 Wh: 50.5 becomes 51
    const result = await rated(
      ['1,1,2026-06-01T09:10:00+01:00,1000', '1,1,2026-06-01T09:20:00+01:00,1101'],
      '2026-06-01',
      '2026-06-30',
    );
    expect(short(result)).toEqual(['Semana Cheia 1: 51', 'Semana Ponta: 50']);
  });

  test('energy is estimated only over more than 15 minutes and only where a boundary lies strictly between', async () => {
    const at = (from: string, to: string) =>
      rated([`1,1,2026-06-01T${from}+01:00,0`, `1,1,2026-06-01T${to}+01:00,1000`], '2026-06-01', '2026-06-01');
    expect(short(await at('09:10:00', '09:25:00'))).toEqual(['Semana Cheia 1: 333', 'Semana Ponta: 667']);
    expect(short(await at('09:10:00', '09:25:01'))).toEqual(['Semana Cheia 1: 333 ~333', 'Semana Ponta: 667 ~667']);
    expect(short(await at('09:15:00', '12:15:00'))).toEqual(['Semana Ponta: 1000']);
    expect(short(await at('08:00:00', '09:00:00'))).toEqual(['Semana Cheia 1: 1000']);
  });

  test('local midnight and a price change are boundaries even where the band goes on', async () => {
    const result = await rated(
      ['1,1,2026-06-16T23:30:00+01:00,0', '1,1,2026-06-17T00:30:00+01:00,1000'],
      '2026-06-01',
      '2026-06-30',
      {
        bands: 1,
        prices: [
          { from: '2026-01-01', to: '2026-06-16', band: 'simples', perKWh: '0.2' },
          { from: '2026-06-17', to: null, band: 'simples', perKWh: '0.1' },
        ],
      },
    );
    expect(result.lines).toMatchObject([
      { dayType: 'Todos', label: 'Simples', interval: '00.00-23.59', wh: 500, estimatedWh: 500, cents: 5 },
      { dayType: 'Todos', label: 'Simples', interval: '00.00-23.59', wh: 500, estimatedWh: 500, cents: 10 },
    ]);
    const sameDay = await rated(
      ['1,1,2026-06-16T03:00:00+01:00,0', '1,1,2026-06-16T23:00:00+01:00,1000'],
      '2026-06-01',
      '2026-06-30',
      { bands: 1 },
    );
    expect(sameDay.lines).toMatchObject([{ wh: 1000, estimatedWh: 0 }]);
  });

  test('the period cuts at local midnight: a transaction over its ends counts only inside', async () => {
    const rows = [
      '1,1,2026-05-31T22:30:00Z,1000', // 23:30 local on 31 May
      '1,1,2026-05-31T23:30:00Z,2000',
      '1,1,2026-06-30T22:00:00Z,5000',
      '1,1,2026-07-01T00:00:00Z,6001', // 01:00 local on 1 July
    ];
    const june = await rated(rows, '2026-06-01', '2026-06-30', { bands: 1 });
    expect(june.totalWh).toBe(500 + 3000 + 501);
    const whole = await rated(rows, '2026-05-01', '2026-07-31', { bands: 1 });
    const may = await rated(rows, '2026-05-01', '2026-05-31', { bands: 1 });
    const july = await rated(rows, '2026-07-01', '2026-07-31', { bands: 1 });
    expect(whole.totalWh).toBe(5001);
    expect(may.totalWh + june.totalWh + july.totalWh).toBe(5001);
  });

  test('products beyond 2^53 are exact', async () => {
    // 9 007 199 254 740 991 Wh over a day: the half of it, to the Wh
    const result = await rated(
      ['1,1,2026-06-01T12:00:00+01:00,0', '1,1,2026-06-02T12:00:00+01:00,9007199254740991'],
      '2026-06-01',
      '2026-06-01',
      { bands: 1, prices: [{ from: '2026-01-01', to: null, band: 'simples', perKWh: '0.000001' }] },
    );
    expect(result.totalWh).toBe(4_503_599_627_370_496);
    expect(result.totalCents).toBe(450_359_963);
  });
});

describe('clock changes', () => {
  const daily: TariffFile = { calendar: 'pt-mainland-daily', bands: 4 };

  test('23 hours: the hour that is missing has no energy', async () => {
    const result = await rated(
      ['1,1,2026-03-29T00:00:00Z,0', '1,1,2026-03-29T02:00:00+01:00,1000', '1,1,2026-03-30T00:00:00+01:00,23000'],
      '2026-03-29',
      '2026-03-29',
      { ...daily, bands: 4 },
    );
    // 00:00 to 01:00 by winter time, then 02:00: one hour of vazio before super vazio begins
    expect(result.lines.find((line) => line.interval === '00.00-02.00')?.wh).toBe(1000);
    expect(result.totalWh).toBe(23_000);
    expect(new Set(result.lines.map((line) => line.season))).toEqual(new Set(['Verão']));
  });

  test('25 hours: the hour that comes twice counts twice', async () => {
    const result = await rated(
      ['1,1,2026-10-25T00:00:00+01:00,0', '1,1,2026-10-26T00:00:00+00:00,25000'],
      '2026-10-25',
      '2026-10-25',
      daily,
    );
    expect(result.lines.find((line) => line.interval === '00.00-02.00')?.wh).toBe(3000);
    expect(result.totalWh).toBe(25_000);
    expect(new Set(result.lines.map((line) => line.season))).toEqual(new Set(['Inverno']));
  });

  test('the Azores, where midnight itself is missing or doubled', async () => {
    const azores: TariffFile = { timeZone: 'Atlantic/Azores', calendar: 'pt-azores-daily', bands: 4 };
    const march = await rated(
      ['1,1,2026-03-29T00:00:00Z,0', '1,1,2026-03-30T02:00:00Z,26000'],
      '2026-03-29',
      '2026-03-29',
      azores,
    );
    // the day is 01:00Z to 00:00Z: half an hour of vazio before 01:30, and 22:00 to 24:00
    expect(march.totalWh).toBe(23_000);
    expect(march.lines.find((line) => line.interval === '00.00-01.30')?.wh).toBe(500);
    const october = await rated(
      ['1,1,2026-10-24T23:00:00Z,0', '1,1,2026-10-26T02:00:00Z,27000'],
      '2026-10-25',
      '2026-10-25',
      azores,
    );
    expect(october.totalWh).toBe(25_000);
    expect(october.lines.find((line) => line.interval === '00.00-01.30')?.wh).toBe(2500);
  });

  test('one charge over the season change is printed in both seasons', async () => {
    const result = await rated(
      ['1,1,2026-10-24T22:00:00+01:00,0', '1,1,2026-10-25T01:00:00+01:00,3000'],
      '2026-10-01',
      '2026-10-31',
      { bands: 1 },
    );
    expect(result.lines.map(({ season, wh }) => [season, wh])).toEqual([
      ['Inverno', 1000],
      ['Verão', 2000],
    ]);
  });
});

describe('readings as they come', () => {
  const clean = [
    '1,1,2026-06-01T09:00:00+01:00,1000',
    '1,1,2026-06-01T09:10:00+01:00,1100',
    '1,1,2026-06-01T09:20:00+01:00,1300',
    '1,2,2026-06-02T09:00:00+01:00,1300',
    '1,2,2026-06-02T10:00:00+01:00,2300',
  ];

  test('their order does not matter, nor exact duplicates, nor how the zone is written', async () => {
    const expected = await rated(clean, '2026-06-01', '2026-06-30');
    expect(await rated(clean.toReversed(), '2026-06-01', '2026-06-30')).toEqual(expected);
    expect(await rated([...clean, ...clean], '2026-06-01', '2026-06-30')).toEqual(expected);
    const utc = clean.map((row) => row.replace(/T(\d\d)(.*)\+01:00/, (_, h, rest) => `T0${Number(h) - 1}${rest}Z`));
    expect(await rated([...utc, ...clean], '2026-06-01', '2026-06-30')).toEqual(expected);
  });

  test('a second reading at one instant with another value is rejected, the first in the file stands', async () => {
    const result = await rated(
      [
        '1,1,2026-06-01T10:00:00+01:00,2000',
        ...clean.slice(0, 2),
        '1,1,2026-06-01T09:00:00Z,1999',
        '1,1,2026-06-01T10:00:00+01:00,2000',
      ],
      '2026-06-01',
      '2026-06-30',
    );
    expect(result.totalWh).toBe(1000);
    expect(result.rejected).toEqual([{ row: 4, reason: 'conflicting-duplicate' }]);
  });

  test('a register that falls starts a new series at that row', async () => {
    const result = await rated(
      [
        '1,1,2026-06-01T10:00:00+01:00,1000',
        '1,1,2026-06-01T10:10:00+01:00,1500',
        '1,1,2026-06-01T10:20:00+01:00,20',
        '1,1,2026-06-01T10:30:00+01:00,120',
      ],
      '2026-06-01',
      '2026-06-30',
    );
    expect(result.totalWh).toBe(600);
    expect(result.unattributedWh).toBe(0);
    expect(result.rejected).toEqual([{ row: 3, reason: 'register-fell' }]);
  });

  test('malformed rows are listed and the rest is rated', async () => {
    const wrong = [
      '1,1,2026-06-01T09:15:00,1200', // no zone
      '1,1,2026-06-31T09:15:00Z,1200', // no such day
      '1,1,01/06/2026 09:15,1200',
      '1,1,2026-06-01T09:15:00Z,1200.5',
      '1,1,2026-06-01T09:15:00Z,-1200',
      '1,1,2026-06-01T09:15:00Z,abc',
      '1,1,2026-06-01T09:15:00Z,',
      '1,1,2026-06-01T09:15:00Z',
      '1,,2026-06-01T09:15:00Z,1200',
      ',1,2026-06-01T09:15:00Z,1200',
      'A,1,2026-06-01T09:15:00Z,1200',
      '1,1,2026-06-01T09:15:00Z,1200,x',
      '1,1,2026-06-01T09:15:00Z,1200,1,2',
      '1,1,2026-06-01T09:15:00Z,99999999999999999999',
      '1,1,"2026-06-01T09:15:00Z,1200',
    ];
    const result = await rated([...wrong, ...clean], '2026-06-01', '2026-06-30');
    expect(result.rejected).toEqual(wrong.map((_, index) => ({ row: index + 1, reason: 'malformed' })));
    expect(result.totalWh).toBe(1300);
  });

  test('no readings, no lines', async () => {
    const result = await rated([], '2026-06-01', '2026-06-30');
    expect(result).toEqual({
      lines: [],
      totalWh: 0,
      totalCents: 0,
      unattributedWh: 0,
      countedTwice: [],
      rejected: [],
    });
  });
});

describe('unattributed energy', () => {
  test('what the register moved between transactions of a connector, not between connectors or chargers', async () => {
    const result = await rated(
      [
        '1,b,2026-06-02T10:00:00+01:00,1700',
        '1,b,2026-06-02T11:00:00+01:00,2700',
        '1,a,2026-06-01T10:00:00+01:00,1000',
        '1,a,2026-06-01T11:00:00+01:00,1500',
        '2,c,2026-06-01T12:00:00+01:00,99000',
        '2,c,2026-06-01T13:00:00+01:00,99100',
      ],
      '2026-06-01',
      '2026-06-30',
    );
    expect(result.totalWh).toBe(500 + 1000 + 100);
    expect(result.unattributedWh).toBe(200);
  });

  test('is clipped to the period by the same interpolation, and a fall in between counts nothing', async () => {
    const rows = [
      '1,a,2026-05-31T11:00:00+01:00,0',
      '1,a,2026-05-31T12:00:00+01:00,1000',
      '1,b,2026-06-01T12:00:00+01:00,1101', // a day later, 101 Wh more: 50.5 until midnight, rounded to 51
      '1,b,2026-06-01T13:00:00+01:00,2000',
      '1,c,2026-06-02T13:00:00+01:00,10', // a new meter
      '1,c,2026-06-02T14:00:00+01:00,20',
    ];
    expect((await rated(rows, '2026-06-01', '2026-06-30')).unattributedWh).toBe(50);
    expect((await rated(rows, '2026-05-01', '2026-05-31')).unattributedWh).toBe(51);
    expect((await rated(rows, '2026-05-01', '2026-06-30')).unattributedWh).toBe(101);
    expect((await rated(rows, '2026-05-01', '2026-06-30')).rejected).toEqual([]);
  });
});

describe('energy that two sessions count', () => {
  const twice = async (rows: readonly string[], from = '2026-06-01', to = '2026-06-30') =>
    (await rated([...rows], from, to)).countedTwice;
  const former = ['1,a,2026-06-01T10:00:00+01:00,1000', '1,a,2026-06-01T10:30:00+01:00,2000'];
  const latter = ['1,b,2026-06-01T10:35:00+01:00,2000', '1,b,2026-06-01T11:30:00+01:00,5000'];

  test('a reading of the former one within the next: what both count', async () => {
    const rows = [...former, '1,a,2026-06-01T11:00:00+01:00,2500', ...latter];
    expect(await twice(rows)).toEqual([{ chargerId: 'z', wh: 500, transactions: ['a', 'b'] }]);
  });

  test('a second end of the former one after the next: all that the next one counts', async () => {
    const rows = [...former, '1,a,2026-06-01T12:00:00+01:00,5400', ...latter];
    expect(await twice(rows)).toEqual([{ chargerId: 'z', wh: 3000, transactions: ['a', 'b'] }]);
  });

  test('the part of the period is counted', async () => {
    const rows = [
      '1,a,2026-05-31T22:00:00+01:00,1000',
      '1,a,2026-06-01T04:00:00+01:00,9000',
      '1,b,2026-05-31T23:00:00+01:00,2000',
      '1,b,2026-06-01T01:00:00+01:00,4000',
    ];
    expect(await twice(rows)).toMatchObject([{ wh: 1000 }]);
    expect(await twice(rows, '2026-05-01', '2026-05-31')).toMatchObject([{ wh: 1000 }]);
  });

  test('one after the other, registers that start again, and other chargers: nothing is counted twice', async () => {
    const again = ['1,c,2026-06-02T10:00:00+01:00,0', '1,c,2026-06-02T11:00:00+01:00,4000'];
    const otherMeter = ['2,d,2026-06-01T10:00:00+01:00,1000', '2,d,2026-06-01T12:00:00+01:00,5000'];
    expect(await twice([...former, ...latter, ...again, ...otherMeter])).toEqual([]);
  });
});

describe('lines and money', () => {
  test('energy is summed first and rounded once, half up', async () => {
    const rows = [
      '1,1,2026-06-01T10:00:00+01:00,0',
      '1,1,2026-06-01T10:15:00+01:00,25',
      '1,1,2026-06-01T10:30:00+01:00,50',
    ];
    const result = await rated(rows, '2026-06-01', '2026-06-30', {
      prices: [{ from: '2026-01-01', to: null, band: 'ponta', perKWh: '0.1' }],
    });
    expect(result.lines).toMatchObject([{ wh: 50, cents: 1 }]); // 0.5 cents; piece by piece it would be nothing
  });

  test('what a car feeds back is credited by its own price, on lines of its own', async () => {
    const result = await rated(
      [
        '1,1,2026-06-01T10:00:00+01:00,1000,500',
        '1,1,2026-06-01T10:10:00+01:00,1000,600',
        '1,1,2026-06-01T10:20:00+01:00,1200,650',
      ],
      '2026-06-01',
      '2026-06-30',
      { prices: [...PRICES, { from: '2026-01-01', to: null, band: 'ponta', direction: 'export', perKWh: '0.5' }] },
    );
    expect(result.lines).toMatchObject([
      { label: 'Ponta', direction: 'import', wh: 200, cents: 2 },
      { label: 'Ponta', direction: 'export', wh: 150, cents: -8 }, // 7.5 cents, half up as for energy taken
    ]);
    expect(result.totalCents).toBe(-6);
  });

  test('an export register of its own may fall or be missing in some readings', async () => {
    const result = await rated(
      [
        '1,1,2026-06-01T10:00:00+01:00,1000,500',
        '1,1,2026-06-01T10:10:00+01:00,1000',
        '1,1,2026-06-01T10:20:00+01:00,1000,600',
        '1,1,2026-06-01T10:30:00+01:00,1000,10',
        '1,1,2026-06-01T10:40:00+01:00,1000,30',
      ],
      '2026-06-01',
      '2026-06-30',
      { prices: [...PRICES, { from: '2026-01-01', to: null, band: 'ponta', direction: 'export', perKWh: '0.5' }] },
    );
    expect(result.lines).toMatchObject([{ direction: 'export', wh: 120 }]);
    expect(result.rejected).toEqual([{ row: 4, reason: 'register-fell' }]);
  });

  test('no price for a band in use names band and first day; a band without energy needs none', async () => {
    const rows = [
      '1,1,2026-06-01T10:00:00+01:00,0',
      '1,1,2026-06-05T10:00:00+01:00,0',
      '1,1,2026-06-05T13:00:00+01:00,300',
    ];
    const onlyPonta = [{ from: '2026-01-01', to: null, band: 'ponta' as const, perKWh: '0.2' }];
    await expect(rated(rows, '2026-06-01', '2026-06-30', { prices: onlyPonta })).rejects.toThrow('cheias 2026-06-05');
    const inPonta = await rated(rows.slice(0, 2), '2026-06-01', '2026-06-30', { prices: onlyPonta });
    expect(inPonta.lines).toEqual([]);
    const ended = [{ from: '2026-01-01', to: '2026-06-04', band: 'ponta' as const, perKWh: '0.2' }];
    await expect(
      rated(['1,1,2026-06-04T10:00:00+01:00,0', '1,1,2026-06-05T10:00:00+01:00,900'], '2026-06-01', '2026-06-30', {
        prices: [...ended, ...PRICES.filter((price) => price.band !== 'ponta')],
      }),
    ).rejects.toThrow('ponta 2026-06-05');
  });

  test('the changeover to the 2027 hours falls at local midnight', async () => {
    const result = await rated(
      ['1,1,2027-09-14T23:45:00+01:00,0', '1,1,2027-09-15T01:00:00+01:00,75'],
      '2027-09-01',
      '2027-09-30',
      { bands: 3, calendarChangeover: '2027-09-15' },
    );
    expect(result.lines.map(({ label, interval, wh }) => [label, interval, wh])).toEqual([
      ['Cheia 1', '00.00-00.30', 30],
      ['Cheia 2', '12.15-23.59', 15],
      ['Vazio', '00.30-07.30', 30],
    ]);
  });

  test('national holidays by the Sunday table, where the contract says so', async () => {
    const rows = ['1,1,2026-06-10T10:00:00+01:00,0', '1,1,2026-06-10T11:00:00+01:00,500'];
    expect(short(await rated(rows, '2026-06-01', '2026-06-30'))).toEqual(['Semana Ponta: 500']);
    const sunday = await rated(rows, '2026-06-01', '2026-06-30', { holidaysAsSunday: true });
    expect(short(sunday)).toEqual(['Domingo Vazio 2: 500']);
  });
});

describe('indexed prices', () => {
  test('may be negative: the price is series × losses × factor + margin', async () => {
    const result = await ratedIndexed('2026-01-01T00:00Z', '2026-01-01T00:00Z');
    expect(result).toMatchObject({ ok: { lines: [{ wh: 1000, microsPerKWh: -29_000, cents: -3 }] } });
  });

  test('the refusal names the series that lacks a value, be it the one of losses', async () => {
    const known = '2026-01-01T00:00Z';
    const refusal = { code: 'TARIFF.SERIES_MISSING', date: '2026-06-01', at: '2026-06-01T11:15:00.000Z' };
    expect(await ratedIndexed(known, '2026-06-01T12:00Z')).toEqual({
      refused: { ...refusal, seriesId: 'erse-losses' },
    });
    expect(await ratedIndexed('2026-06-01T12:00Z', known)).toEqual({ refused: { ...refusal, seriesId: 'omie-pt' } });
  });
});
