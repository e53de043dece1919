import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { checkRegisters } from './check-registers.js';
import type { NewReading } from './facts.js';

const at = (minute: number): Date => new Date(Date.UTC(2026, 5, 1, 10, minute));

function reading(minute: number, importWh: number): NewReading {
  return { connectorId: 1, transactionId: 7, at: at(minute), importWh, exportWh: null, context: 'Sample.Clock' };
}

const NOTHING = { before: null, after: null, same: [] };

describe('registers of a transaction', () => {
  it('that rise are not odd, in whatever pieces and order they are told', () => {
    const rising = fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 3, maxLength: 20 });
    fc.assert(
      fc.property(rising, fc.integer({ min: 0, max: 18 }), (steps, cut) => {
        let register = 1_000;
        const line = steps.map((step, minute) => reading(minute, (register += step)));
        const told = line.slice(Math.min(cut, line.length - 1));
        const before = line[Math.min(cut, line.length - 1) - 1] ?? null;
        expect(checkRegisters(7, told.toReversed(), { ...NOTHING, before })).toEqual([]);
      }),
    );
  });

  it('that fall are named with both figures', () => {
    expect(checkRegisters(7, [reading(1, 900)], { ...NOTHING, before: { at: at(0), importWh: 1_000 } })).toEqual([
      {
        code: 'register-fell',
        transactionId: 7,
        detail: { at: '2026-06-01T10:01:00.000Z', fromWh: 1_000, toWh: 900 },
      },
    ]);
    const after = { at: at(9), importWh: 800 };
    expect(checkRegisters(7, [reading(1, 900)], { ...NOTHING, after })).toMatchObject([{ code: 'register-fell' }]);
  });

  it('that differ at one instant conflict; the same twice does not', () => {
    const same = [{ at: at(1), importWh: 900 }];
    expect(checkRegisters(7, [reading(1, 900)], { ...NOTHING, same })).toEqual([]);
    expect(checkRegisters(7, [reading(1, 901)], { ...NOTHING, same })).toMatchObject([{ code: 'conflicting-reading' }]);
  });
});
