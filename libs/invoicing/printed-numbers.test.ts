import { describe, expect, it } from '@jest/globals';

import {
  printedDate,
  printedKWh,
  printedLocalTime,
  printedMicros,
  printedMoney,
  printedMonth,
  printedPermille,
  printedPricePerKWh,
  printedRate,
} from './printed-numbers.js';

const spaced = (text: string) => text.replaceAll('\u00a0', ' ');

describe('numbers as Portuguese documents print them', () => {
  it('prints money, energy, prices and rates', () => {
    expect([123_456, 7, -1_234_567_890, 0].map((cents) => spaced(printedMoney(cents)))).toEqual([
      '1.234,56 €',
      '0,07 €',
      '-12.345.678,90 €',
      '0,00 €',
    ]);
    expect([6_867, 360_018, 1_234_567].map((wh) => spaced(printedKWh(wh)))).toEqual([
      '6,867 kWh',
      '360,018 kWh',
      '1.234,567 kWh',
    ]);
    expect(spaced(printedPricePerKWh(227_756))).toBe('0,227756 €');
    expect([2300, 650, 0, 1000].map((rate) => spaced(printedRate(rate)))).toEqual(['23 %', '6,5 %', '0 %', '10 %']);
  });

  it('prints them in English, and a currency without a sign by its code', () => {
    expect(spaced(printedMoney(-123_456_789, 'NOK', 'en'))).toBe('-1,234,567.89 NOK');
    expect(spaced(printedMoney(123_456, 'NOK'))).toBe('1.234,56 NOK');
    expect(spaced(printedKWh(1_234_567, 'en'))).toBe('1,234.567 kWh');
    expect(spaced(printedPricePerKWh(227_756, 'NOK', 'en'))).toBe('0.227756 NOK');
    expect([2300, 650, 0].map((rate) => spaced(printedRate(rate, 'en')))).toEqual(['23 %', '6.5 %', '0 %']);
  });

  it('prints prices with the decimals they have, at least two, and shares in per mille', () => {
    const micros = [1_040_000, 1_324_800, 70_000, 7, -2_000_000_000, 0];
    expect(micros.map((value) => spaced(printedMicros(value)))).toEqual([
      '1,04 €',
      '1,3248 €',
      '0,07 €',
      '0,000007 €',
      '-2.000,00 €',
      '0,00 €',
    ]);
    expect([24_113, 1_000_000].map((part) => spaced(printedPermille(part)))).toEqual(['24,113 ‰', '1.000,000 ‰']);
  });

  it('refuses fractions of a cent', () => {
    expect(() => printedMoney(0.5)).toThrow(RangeError);
  });

  it('prints dates in the zone, on both sides of local midnight', () => {
    expect(printedDate('2026-06-01')).toBe('01/06/2026');
    expect(printedLocalTime(new Date('2026-05-31T23:00:00Z'), 'Europe/Lisbon')).toBe('01/06/2026 00:00');
    expect([printedMonth('2026-06'), printedMonth('2026-03', 'en')]).toEqual(['junho de 2026', 'March 2026']);
  });
});
