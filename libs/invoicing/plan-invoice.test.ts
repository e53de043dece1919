import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { divideRoundedHalfUp } from '#libs/tariff/rounding.js';

import { planInvoice, type ChargeLine, type VatRounding, type VatRules } from './plan-invoice.js';
import { vatCentsRoundedHalfUp } from './rounding.js';
import { VAT_EXEMPTIONS, VAT_RATES, vatRateOn } from './vat.js';

const MAINLAND: VatRules = {
  rates: VAT_RATES,
  exemptions: VAT_EXEMPTIONS,
  region: 'PT',
  date: '2026-07-01',
  rounding: 'group',
};
const BY_LINE: VatRules = { ...MAINLAND, rounding: 'line' };

function energy(netCents: number, vatCode = 'NOR'): ChargeLine {
  return {
    kind: netCents < 0 ? 'energy-export' : 'energy',
    party: 'retailer',
    spotName: '3012',
    chargerId: 'zcs031903',
    season: 'Verão',
    dayType: 'Semana',
    band: 'cheias',
    label: 'Cheia 1',
    code: null,
    interval: '07.00-09.15',
    wh: 1_000,
    estimatedWh: 0,
    estimatedErrorWh: 0,
    microsPerKWh: 227_756,
    isAveragePrice: false,
    netCents,
    vatCode,
    exemptionCode: null,
    adjustsPeriod: null,
  };
}

function planOf(lines: readonly ChargeLine[], vat = MAINLAND) {
  const result = planInvoice(lines, vat);
  if ('refused' in result) throw new Error(`refused: ${result.refused.code}`);
  return result.plan;
}

describe('planInvoice', () => {
  it('pitfall 8 (VAT off by a cent from summing rounded lines: lago-api PR 821): once on the sum', () => {
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
    ['ES', 2100],
    ['ES-CN', 700],
    ['NO', 2500],
  ])('charges %s its own normal rate', (region, rate) => {
    expect(planOf([energy(10_000)], { ...MAINLAND, region }).vatGroups).toEqual([
      { code: 'NOR', ratePermyriad: rate, netCents: 10_000, vatCents: rate },
    ]);
  });

  it('refuses where no rate is on record, and never takes zero for it', () => {
    expect(planInvoice([energy(100)], { ...MAINLAND, region: 'FR' })).toEqual({
      refused: { code: 'VAT.NOT_FOUND', region: 'FR', vatCode: 'NOR', date: '2026-07-01' },
    });
    expect(planInvoice([energy(100)], { ...MAINLAND, date: '2010-12-31' })).toMatchObject({
      refused: { code: 'VAT.NOT_FOUND' },
    });
  });

  it('takes the rate in force on the day: both ends of a rate are inclusive', () => {
    const rate = { region: 'PT', code: 'NOR', source: 'test', confidence: 'high' as const };
    const rates = [
      { ...rate, ratePermyriad: 2300, validFrom: '2011-01-01', validTo: '2026-12-31' },
      { ...rate, ratePermyriad: 2250, validFrom: '2027-01-01', validTo: null },
    ];
    const on = (date: string) => vatRateOn(rates, { region: 'PT', code: 'NOR', date })?.ratePermyriad;
    expect([on('2026-12-31'), on('2027-01-01'), on('2010-12-31')]).toEqual([2300, 2250, undefined]);
  });

  it.each([
    ['PT', 'RED', '2026-07-01', 600],
    ['PT', 'INT', '2026-07-01', 1300],
    ['PT-AC', 'RED', '2026-07-01', 400],
    ['PT-AC', 'INT', '2026-07-01', 900],
    ['PT-MA', 'INT', '2026-07-01', 1200],
    ['PT-MA', 'RED', '2024-09-30', 500],
    ['PT-MA', 'RED', '2024-10-01', 400],
    ['ES', 'INT', '2026-07-01', 1000],
  ])('has on record for %s %s on %s: %i', (region, code, date, rate) => {
    expect(vatRateOn(VAT_RATES, { region, code, date })?.ratePermyriad).toBe(rate);
  });

  it('has no two rates of one region and code on one day', () => {
    for (const rate of VAT_RATES) {
      const same = VAT_RATES.filter(({ region, code }) => region === rate.region && code === rate.code);
      const holding = same.filter(
        (other) => other.validFrom <= rate.validFrom && (other.validTo === null || rate.validFrom <= other.validTo),
      );
      expect(holding).toEqual([rate]);
    }
  });
});

describe('a line without tax', () => {
  const exempt = (exemptionCode: string | null): ChargeLine => ({ ...energy(1_000, 'ISE'), exemptionCode });

  it('says why, in the words of the law, in a group of its own', () => {
    expect(planOf([exempt('M07'), exempt('M99'), energy(100)]).vatGroups).toEqual([
      { code: 'NOR', ratePermyriad: 2300, netCents: 100, vatCents: 23 },
      {
        code: 'ISE',
        ratePermyriad: 0,
        netCents: 1_000,
        vatCents: 0,
        exemptionCode: 'M07',
        exemptionReason: 'Isento artigo 9.º do CIVA',
      },
      {
        code: 'ISE',
        ratePermyriad: 0,
        netCents: 1_000,
        vatCents: 0,
        exemptionCode: 'M99',
        exemptionReason: 'Não sujeito ou não tributado',
      },
    ]);
  });

  it.each([[null], ['M08'], ['isento']])('is refused with the reason %s', (exemptionCode) => {
    expect(planInvoice([exempt(exemptionCode)], MAINLAND)).toEqual({
      refused: { code: 'VAT.EXEMPTION_MISSING', vatCode: 'ISE', exemptionCode, date: '2026-07-01' },
    });
  });

  it('is refused before the reason’s time, and a taxed line names none', () => {
    expect(planInvoice([exempt('M07')], { ...MAINLAND, date: '2022-12-31' })).toMatchObject({
      refused: { code: 'VAT.EXEMPTION_MISSING' },
    });
    expect(planOf([{ ...energy(100), exemptionCode: 'M07' }]).lines[0]?.exemptionCode).toBeNull();
  });
});

describe('pitfall 8 (VAT off by a cent from summing rounded lines: lago-api PR 821, 829, 3956)', () => {
  const line = fc.tuple(fc.integer({ min: -1_000, max: 1_000_000 }), fc.constantFrom('NOR', 'INT', 'RED'));
  const someLines = fc.array(line, { minLength: 1, maxLength: 60 });

  const planned = (lines: readonly (readonly [number, string])[], rounding: VatRounding) => {
    const charges = [energy(2_000_000), ...lines.map(([cents, code]) => energy(cents, code))];
    return planOf(charges, { ...MAINLAND, rounding });
  };

  it('rounded per line, each line shows its VAT and the total is their sum', () => {
    const plan = planOf([energy(50), energy(50), energy(50)], BY_LINE);
    expect(plan.lines.map(({ vatCents }) => vatCents)).toEqual([12, 12, 12]);
    expect(plan).toMatchObject({ netCents: 150, vatCents: 36, grossCents: 186 });
    const byGroup = planOf([energy(50), energy(50), energy(50)]);
    expect(byGroup).toMatchObject({ netCents: 150, vatCents: 35, grossCents: 185 });
    expect(byGroup.lines.map(({ vatCents }) => vatCents)).toEqual([null, null, null]);
  });

  it.each(['group', 'line'] as const)('by %s: the groups sum to the document, whatever the lines', (rounding) => {
    fc.assert(
      fc.property(someLines, (lines) => {
        const plan = planned(lines, rounding);
        expect(plan.netCents).toBe(lines.reduce((sum, [cents]) => sum + cents, 2_000_000));
        expect(plan.vatCents).toBe(plan.vatGroups.reduce((sum, group) => sum + group.vatCents, 0));
        expect(plan.grossCents).toBe(plan.netCents + plan.vatCents);
        for (const group of plan.vatGroups) {
          const own = plan.lines.filter(({ vatCode }) => vatCode === group.code);
          expect(own.reduce((sum, { netCents }) => sum + netCents, 0)).toBe(group.netCents);
          if (rounding === 'line') {
            expect(own.reduce((sum, { vatCents }) => sum + (vatCents ?? Number.NaN), 0)).toBe(group.vatCents);
          } else {
            const exact = (group.netCents * group.ratePermyriad) / 10_000;
            expect(Math.abs(group.vatCents - exact)).toBeLessThanOrEqual(0.5);
          }
        }
      }),
    );
  });

  it('the two ways differ by at most half a cent a line', () => {
    fc.assert(
      fc.property(someLines, (lines) => {
        const [byGroup, byLine] = [planned(lines, 'group'), planned(lines, 'line')];
        for (const group of byGroup.vatGroups) {
          const other = byLine.vatGroups.find(({ code }) => code === group.code);
          const count = byGroup.lines.filter(({ vatCode }) => vatCode === group.code).length;
          expect(Math.abs(group.vatCents - (other?.vatCents ?? Number.NaN))).toBeLessThanOrEqual(count / 2);
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

it('a line that corrects an invoice has the rate of that invoice’s day (CIVA art. 78.º), apart from the new ones', () => {
  const madeira: VatRules = { ...MAINLAND, region: 'PT-MA', date: '2024-10-01' };
  const back = { ...energy(-10_000, 'RED'), adjustsPeriod: '2024-08', taxedOn: '2024-09-01' };
  const plan = planOf([energy(20_000, 'RED'), back], madeira);
  expect(plan.vatGroups).toEqual([
    { code: 'RED', ratePermyriad: 500, netCents: -10_000, vatCents: -500 },
    { code: 'RED', ratePermyriad: 400, netCents: 20_000, vatCents: 800 },
  ]);
});
