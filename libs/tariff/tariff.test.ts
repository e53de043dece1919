import { describe, expect, test } from '@jest/globals';

import { PORTUGAL } from '#test/data/holidays.js';

import { formatMicros, parseMicros } from './micros.js';
import { parseTariff } from './tariff-file.js';
import { contractOn, pricePartsOn, sumOf, type Contract } from './tariff.js';

const FILE = {
  timeZone: 'Europe/Lisbon',
  calendar: 'pt-mainland-weekly',
  bands: 4,
  calendarChangeover: null,
  holidaysAsSunday: false,
  prices: [
    { from: '2026-01-01', to: '2026-06-16', band: 'ponta', perKWh: '0.245102' },
    { from: '2026-06-17', to: null, band: 'ponta', perKWh: '0.3' },
    { from: '2026-01-01', to: null, band: 'ponta', direction: 'export', perKWh: '0.05' },
  ],
};

function contract(file: unknown): Contract {
  const read = parseTariff(file);
  if ('refused' in read) throw new Error(read.refused.problem);
  const [only] = read.ok.contracts;
  if (only === undefined) throw new Error('no contract');
  return only;
}

function problem(file: unknown): string {
  const read = parseTariff(file);
  return 'refused' in read ? read.refused.problem : '';
}

function priceOn(...of: Parameters<typeof pricePartsOn>): number | null {
  const parts = pricePartsOn(...of);
  return parts === null ? null : sumOf(parts);
}

describe('tariff.json', () => {
  test('prices hold on local days, both ends inclusive', () => {
    const read = contract(FILE);
    expect(priceOn(read, 'ponta', 'import', '2026-06-16')).toBe(245_102);
    expect(priceOn(read, 'ponta', 'import', '2026-06-17')).toBe(300_000);
    expect(priceOn(read, 'ponta', 'export', '2026-06-17')).toBe(50_000);
    expect(priceOn(read, 'ponta', 'import', '2025-12-31')).toBeNull();
    expect(priceOn(read, 'cheias', 'import', '2026-06-17')).toBeNull();
  });

  test('a newer row supersedes one left open, whatever their order', () => {
    const open = { from: '2026-01-01', to: null, band: 'simples', perKWh: '0.2' };
    const newer = { from: '2026-06-17', to: null, band: 'simples', perKWh: '0.1' };
    for (const prices of [
      [open, newer],
      [newer, open],
    ]) {
      const read = contract({ ...FILE, bands: 1, prices });
      expect(priceOn(read, 'simples', 'import', '2026-06-16')).toBe(200_000);
      expect(priceOn(read, 'simples', 'import', '2026-06-17')).toBe(100_000);
    }
  });

  test('changeover and holidays may be left out', () => {
    const { calendarChangeover: _, holidaysAsSunday: __, ...short } = FILE;
    expect(contract(short)).toMatchObject({ calendarChangeover: null, holidaysAsSunday: false });
  });

  test.each([
    ['an unknown calendar', { ...FILE, calendar: 'pt-mars' }, 'calendar'],
    ['five bands', { ...FILE, bands: 5 }, 'bands'],
    ['a zone that is none', { ...FILE, timeZone: 'Europe/Lisboa' }, 'IANA'],
    ['a text for a price', { ...FILE, prices: [{ ...FILE.prices[0], perKWh: 'gratis' }] }, 'prices[0].perKWh'],
    ['seven decimals', { ...FILE, prices: [{ ...FILE.prices[0], perKWh: '0.1234567' }] }, 'six decimals'],
    ['an unknown band', { ...FILE, prices: [{ ...FILE.prices[0], band: 'meio' }] }, 'prices[0].band'],
    ['the same price twice', { ...FILE, prices: [FILE.prices[0], FILE.prices[0]] }, 'two prices for ponta'],
    ['a span that ends before it begins', { ...FILE, prices: [{ ...FILE.prices[0], to: '2025-01-01' }] }, 'before'],
    ['a day that does not exist', { ...FILE, calendarChangeover: '2027-02-30' }, 'calendarChangeover'],
    ['nothing', null, 'object'],
  ])('%s is refused and named', (_, file, words) => {
    expect(problem(file)).toContain(words);
  });

  test('of two contracts the one that began last holds; between contracts there is none', () => {
    const base = contract(FILE);
    const first = { ...base, validFrom: '2026-01-01', validTo: '2026-03-31' };
    const second = { ...base, validFrom: '2026-06-17', validTo: null };
    const tariff = { timeZone: 'Europe/Lisbon', holidays: PORTUGAL, contracts: [first, second] };
    expect(contractOn(tariff, '2026-03-31')).toBe(first);
    expect(contractOn(tariff, '2026-04-01')).toBeNull();
    expect(contractOn(tariff, '2026-06-17')).toBe(second);
  });
});

describe('micro-euros', () => {
  test.each([
    ['0.245102', 245_102],
    ['0.2', 200_000],
    ['12', 12_000_000],
    ['0.000001', 1],
    ['0', 0],
  ])('%s is %i', (text, micros) => {
    expect(parseMicros(text)).toBe(micros);
  });

  test.each(['', '.5', '1.', '-0.1', '1e-3', '0,2', ' 0.2', '0.1234567', 'abc'])('"%s" is no price', (text) => {
    expect(parseMicros(text)).toBeNull();
  });

  test('printed with six decimals', () => {
    expect([0, 1, 245_102, 12_000_000].map(formatMicros)).toEqual(['0.000000', '0.000001', '0.245102', '12.000000']);
  });
});
