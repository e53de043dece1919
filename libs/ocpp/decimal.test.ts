import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { scaleDecimal } from './decimal.js';

describe('a charger figure as an integer', () => {
  it.each([
    ['1204500', 0, 1_204_500],
    ['1204.5', 3, 1_204_500],
    ['0.0004', 3, 0],
    ['0.0005', 3, 1],
    ['-0.0005', 3, -1],
    ['1.2345E3', 3, 1_234_500],
    ['12e-1', 0, 1],
    ['9007199254740.993', 3, null],
    [' 7 ', 3, 7000],
    ['7.', 0, 7],
    ['1,5', 3, null],
    ['', 0, null],
    ['NaN', 0, null],
    ['0x10', 0, null],
  ])('%s moved by %i places is %s', (text, shift, expected) => {
    expect(scaleDecimal(text, shift)).toBe(expected);
  });

  it('never loses a watt-hour of a kWh figure with three decimals', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e12 }), (wh) => {
        const text = `${Math.floor(wh / 1000)}.${String(wh % 1000).padStart(3, '0')}`;
        expect(scaleDecimal(text, 3)).toBe(wh);
      }),
    );
  });
});
