import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { planInvoice, type ChargeLine } from './plan-invoice.js';
import { divideRoundedHalfUp, vatCentsRoundedHalfUp } from './rounding.js';
import { VAT_RATES, vatRateOn } from './vat.js';

const MAINLAND = { rates: VAT_RATES, region: 'PT', date: '2026-07-01' };

function energy(netCents: number, vatCode = 'NOR'): ChargeLine {
  return {
    kind: netCents < 0 ? 'energy-export' : 'energy',
    spotName: '3012',
    chargerId: 'zcs031903',
    season: 'Verão',
    dayType: 'Semana',
    band: 'cheias',
    label: 'Cheia 1',
    interval: '07.00-09.15',
    wh: 1_000,
    estimatedWh: 0,
    microsPerKWh: 227_756,
    netCents,
    vatCode,
  };
}

function planOf(lines: readonly ChargeLine[], vat = MAINLAND) {
  const result = planInvoice(lines, vat);
  if ('refused' in result) throw new Error(`refused: ${result.refused.code}`);
  return result.plan;
}

describe('planInvoice', () => {
  it('pitfall 8: VAT is computed once on the sum, not summed from rounded lines', () => {
    // 23 % of 0,02 € is 0,0046 €: three such lines rounded apart would give no VAT at all.
    const plan = planOf([energy(2), energy(2), energy(2)]);
    expect(plan).toMatchObject({ netCents: 6, vatCents: 1, grossCents: 7 });
  });

  it('gives the golden month 23 % on 80,38 €', () => {
    const plan = planOf([156, 5057, 1121, 25, 378, 72, 385, 844].map((cents) => energy(cents)));
    expect(plan.vatGroups).toEqual([{ code: 'NOR', ratePermyriad: 2300, netCents: 8038, vatCents: 1849 }]);
    expect(plan.grossCents).toBe(9887);
    expect(plan.lines.map(({ lineNo }) => lineNo)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('pitfall 9: a total of zero or less is no invoice, never a negative one', () => {
    expect(planInvoice([energy(100), energy(-100)], MAINLAND)).toEqual({
      refused: { code: 'NOTHING_DUE', grossCents: 0 },
    });
    expect(planInvoice([energy(100), energy(-300)], MAINLAND)).toEqual({
      refused: { code: 'NOTHING_DUE', grossCents: -246 },
    });
    expect(planInvoice([], MAINLAND)).toEqual({ refused: { code: 'NOTHING_DUE', grossCents: 0 } });
  });

  it('credits energy that was fed back, with its VAT', () => {
    expect(planOf([energy(1_000), energy(-200)])).toMatchObject({ netCents: 800, vatCents: 184, grossCents: 984 });
  });

  it.each([
    ['PT', 2300],
    ['PT-AC', 1600],
    ['PT-MA', 2200],
  ])('charges %s its own normal rate', (region, rate) => {
    expect(planOf([energy(10_000)], { ...MAINLAND, region }).vatGroups).toEqual([
      { code: 'NOR', ratePermyriad: rate, netCents: 10_000, vatCents: rate },
    ]);
  });

  it('refuses where no rate is on record, and never takes zero for it', () => {
    expect(planInvoice([energy(100)], { ...MAINLAND, region: 'ES' })).toEqual({
      refused: { code: 'VAT.NOT_FOUND', region: 'ES', vatCode: 'NOR', date: '2026-07-01' },
    });
    expect(planInvoice([energy(100)], { ...MAINLAND, date: '2010-12-31' })).toMatchObject({
      refused: { code: 'VAT.NOT_FOUND' },
    });
  });

  it('takes the rate in force on the day: both ends of a rate are inclusive', () => {
    const rate = { region: 'PT', code: 'NOR', source: 'test' };
    const rates = [
      { ...rate, ratePermyriad: 2300, validFrom: '2011-01-01', validTo: '2026-12-31' },
      { ...rate, ratePermyriad: 2250, validFrom: '2027-01-01', validTo: null },
    ];
    const on = (date: string) => vatRateOn(rates, { region: 'PT', code: 'NOR', date })?.ratePermyriad;
    expect([on('2026-12-31'), on('2027-01-01'), on('2010-12-31')]).toEqual([2300, 2250, undefined]);
  });

  it('is made of groups that sum to the document, whatever the lines', () => {
    const rates = [
      ...VAT_RATES,
      { region: 'PT', code: 'RED', ratePermyriad: 600, validFrom: '2011-01-01', validTo: null, source: 'test' },
    ];
    const line = fc.tuple(fc.integer({ min: 1, max: 1_000_000 }), fc.constantFrom('NOR', 'RED'));
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 60 }), (lines) => {
        const plan = planOf(
          lines.map(([cents, code]) => energy(cents, code)),
          { ...MAINLAND, rates },
        );
        const net = lines.reduce((sum, [cents]) => sum + cents, 0);
        expect(plan.netCents).toBe(net);
        expect(plan.grossCents).toBe(plan.vatGroups.reduce((sum, group) => sum + group.netCents + group.vatCents, 0));
        for (const group of plan.vatGroups) {
          const exact = (group.netCents * group.ratePermyriad) / 10_000;
          expect(Math.abs(group.vatCents - exact)).toBeLessThanOrEqual(0.5);
        }
      }),
    );
  });
});

describe('rounding half up', () => {
  it('goes up at the half, and mirrors it for a correction', () => {
    expect([divideRoundedHalfUp(5n, 10n), divideRoundedHalfUp(49n, 100n), divideRoundedHalfUp(-5n, 10n)]).toEqual([
      1, 0, -1,
    ]);
    expect(vatCentsRoundedHalfUp(50, 2300)).toBe(12); // 11.5
    expect(vatCentsRoundedHalfUp(-50, 2300)).toBe(-12);
  });

  it('is exact where floating point is not', () => {
    expect(divideRoundedHalfUp(BigInt(Number.MAX_SAFE_INTEGER) * 2n + 1n, 2n ** 2n)).toBe(4_503_599_627_370_496);
    expect(() => divideRoundedHalfUp(1n, 0n)).toThrow(RangeError);
  });
});
