import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { kilowattHourPrice, kilowattHours, sideOf } from './amounts.js';

const scaled = (text: string, decimals: number): bigint => {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(decimals, '0'));
};

describe('the price of a kWh', () => {
  it('is the price that was charged where quantity by price is the amount', () => {
    expect(kilowattHourPrice(222_036, 227_756, 5_057)).toBe('0.227756');
    expect(kilowattHourPrice(-1_257, 197_780, -25)).toBe('0.19778');
  });

  it('gives the amount to the cent, whatever price was printed', () => {
    const wh = fc.integer({ min: 1, max: 2_000_000_000 });
    const micros = fc.option(fc.integer({ min: -3_000_000, max: 3_000_000 }));
    const cents = fc.integer({ min: -100_000_000, max: 100_000_000 });
    fc.assert(
      fc.property(wh, micros, cents, (energyWh, microsPerKWh, netCents) => {
        const product =
          scaled(kilowattHours(energyWh), 12) * scaled(kilowattHourPrice(energyWh, microsPerKWh, netCents), 12);
        const unit = 10n ** 22n;
        expect(Number((2n * product + unit) / (2n * unit))).toBe(Math.abs(netCents));
      }),
    );
  });
});

describe('sideOf', () => {
  it('is credit for what is charged and debit for what is given back', () => {
    expect([1, -1, 0].map((cents) => sideOf(cents))).toEqual(['CreditAmount', 'DebitAmount', 'CreditAmount']);
    expect(sideOf(0, true)).toBe('DebitAmount');
  });
});
