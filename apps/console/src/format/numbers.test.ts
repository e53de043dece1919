import { describe, expect, test } from '@jest/globals';

import {
  formatCents,
  formatCount,
  formatKW,
  formatKWh,
  formatPermyriad,
  formatPricePerKWh,
  formatScaled,
  parseAmountCents,
} from './numbers.js';

/** Numbers and units are held together by a no-break space; the tests write a plain one. */
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

describe('Portuguese', () => {
  test.each([
    [0, '0,00 €'],
    [5, '0,05 €'],
    [156, '1,56 €'],
    [123_456, '1.234,56 €'],
    [123_456_789, '1.234.567,89 €'],
    [-8038, '-80,38 €'],
  ])('%i cents are %s', (cents, text) => expect(plain(formatCents(cents, 'pt', 'EUR'))).toBe(text));

  test.each([
    [6867, '6,867 kWh'],
    [360_018, '360,018 kWh'],
    [8_243_120, '8.243,120 kWh'],
    [0, '0,000 kWh'],
    [-5, '-0,005 kWh'],
  ])('%i Wh are %s', (wh, text) => expect(plain(formatKWh(wh, 'pt'))).toBe(text));

  test('fewer decimals round half up, as the report does', () => {
    expect(plain(formatKWh(360_018, 'pt', 2))).toBe('360,02 kWh');
    expect(plain(formatKWh(1_250, 'pt', 1))).toBe('1,3 kWh');
    expect(plain(formatKWh(-4, 'pt', 1))).toBe('0,0 kWh');
  });

  test('power, prices, rates and counts', () => {
    expect(plain(formatKW(2400, 'pt'))).toBe('2,4 kW');
    expect(plain(formatPricePerKWh(227_756, 'pt', 'EUR'))).toBe('0,227756 €');
    expect(plain(formatPermyriad(2300, 'pt'))).toBe('23 %');
    expect(plain(formatPermyriad(650, 'pt'))).toBe('6,50 %');
    expect(formatCount(12_345, 'pt')).toBe('12.345');
  });
});

describe('English', () => {
  test('marks and the place of the currency', () => {
    expect(formatCents(123_456, 'en', 'EUR')).toBe('€1,234.56');
    expect(formatCents(-8038, 'en', 'EUR')).toBe('-€80.38');
    expect(plain(formatKWh(8_243_120, 'en'))).toBe('8,243.120 kWh');
    expect(formatPricePerKWh(227_756, 'en', 'EUR')).toBe('€0.227756');
    expect(formatPermyriad(2300, 'en')).toBe('23%');
  });
});

test('more decimals than the number has are zeros', () => {
  expect(formatScaled(12, 0, 2, 'pt')).toBe('12,00');
});

describe('parseAmountCents', () => {
  test.each([
    ['80,38', 8038],
    ['80.38', 8038],
    ['1.234,56', 123_456],
    ['1,234.56', 123_456],
    ['1234,5', 123_450],
    ['12', 1200],
    [' 46,03 € ', 4603],
    ['1.234', 123_400],
  ])('reads %j', (text, cents) => expect(parseAmountCents(text)).toBe(cents));

  test.each(['', 'abc', '-5', '1,2345,6', '12,345,6x', '1e3'])('refuses %j', (text) =>
    expect(parseAmountCents(text)).toBeNull(),
  );

  test('what is shown can be typed back', () => {
    for (const cents of [0, 1, 99, 100, 8038, 123_456, 99_999_999]) {
      expect(parseAmountCents(formatScaled(cents, 2, 2, 'pt'))).toBe(cents);
      expect(parseAmountCents(formatScaled(cents, 2, 2, 'en'))).toBe(cents);
    }
  });
});
