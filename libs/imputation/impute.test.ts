import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { SHARES } from '#libs/tariff/charge-words.js';

import type { StoredCharge } from './charges.js';
import type { HeldSpot } from './holdings.js';
import { imputeMonth } from './impute.js';
import type { ImputationFacts, RatedEnergy } from './imputed.js';

const DAY = 1440;
const DAYS = Array.from({ length: 30 }, (_, index) => `2026-06-${String(index + 1).padStart(2, '0')}`);

function charge(fields: Partial<StoredCharge>): StoredCharge {
  return {
    party: 'retailer',
    code: 'power',
    label: 'Potência',
    unit: 'per-month',
    micros: 10_000_000,
    shareBy: 'equal',
    vatCode: 'NOR',
    exemptionCode: null,
    validFrom: '2026-01-01',
    validTo: null,
    ...fields,
  };
}

function spot(spotName: string, unitId: string | null, ...holdings: [string | null, number, number][]): HeldSpot {
  return {
    spotId: `spot-${spotName}`,
    spotName,
    unitId,
    permillageHundredths: unitId === null ? null : Number(unitId),
    holdings: holdings.map(([customerId, from, to]) => ({ customerId, fromMinute: from * DAY, toMinute: to * DAY })),
  };
}

function energy(customerId: string | null, wh: number, cents: number, direction = 'import'): RatedEnergy {
  return { customerId, direction, band: 'simples', wh, cents };
}

/** Ana has two spots, one is vacant, Rui's goes to Eva after 18 days. */
const facts: ImputationFacts = {
  days: DAYS,
  dayMinutes: Array.from({ length: 31 }, (_, day) => day * DAY),
  plans: [],
  spots: [
    spot('1', '2000', ['ana', 0, 30]),
    spot('2', '2000', ['ana', 0, 30]),
    spot('3', '1000', [null, 0, 30]),
    spot('4', '1500', ['rui', 0, 18], ['eva', 18, 30]),
  ],
  energy: [energy('ana', 60_000, 1200), energy('rui', 30_000, 600), energy(null, 10_000, 200)],
};
const plans = (...charges: StoredCharge[]) => [{ validFrom: '2026-01-01', validTo: null, charges }];

function lines(...charges: StoredCharge[]) {
  const result = imputeMonth({ ...facts, plans: plans(...charges) });
  if ('refused' in result) throw new Error(result.refused.code);
  return result.ok;
}
const parts = (...charges: StoredCharge[]) =>
  lines(...charges).map(({ customerId, netCents }) => [customerId, netCents]);

describe('a common cost of 10.00', () => {
  test('by equal share: the time in which one held a spot', () => {
    expect(parts(charge({}))).toEqual([
      ['ana', 500],
      ['eva', 200],
      ['rui', 300],
    ]);
  });

  test('by spot: two spots count twice, the vacant one is the condominium’s', () => {
    expect(parts(charge({ shareBy: 'spot' }))).toEqual([
      ['ana', 500],
      ['eva', 100],
      ['rui', 150],
      [null, 250],
    ]);
  });

  test('by permillage: Ana’s two spots are of one unit of 20 ‰', () => {
    expect(parts(charge({ shareBy: 'permillage', micros: 9_000_000 }))).toEqual([
      ['ana', 400],
      ['eva', 120],
      ['rui', 180],
      [null, 200],
    ]);
  });

  test('by consumption: energy without a customer has its part, energy fed back none', () => {
    const fedBack = [...facts.energy, energy('eva', 5_000, -100, 'export')];
    const result = imputeMonth({ ...facts, energy: fedBack, plans: plans(charge({ shareBy: 'consumption' })) });
    expect('ok' in result && result.ok.map(({ customerId, netCents }) => [customerId, netCents])).toEqual([
      ['ana', 600],
      ['rui', 300],
      [null, 100],
    ]);
  });

  test('by none, or when nobody has any weight, it stays with the condominium', () => {
    expect(parts(charge({ shareBy: 'none' }))).toEqual([[null, 1000]]);
    const result = imputeMonth({ ...facts, energy: [], plans: plans(charge({ shareBy: 'consumption' })) });
    expect(result).toMatchObject({ ok: [{ customerId: null, netCents: 1000, weight: 0, totalWeight: 0 }] });
  });

  test('that holds from the 19th on is paid by those who were there then', () => {
    expect(parts(charge({ validFrom: '2026-06-19', shareBy: 'spot', unit: 'per-day', micros: 1_000_000 }))).toEqual([
      ['ana', 600],
      ['eva', 300],
      [null, 300],
    ]);
  });

  test('whose price changes is two lines, each with its days', () => {
    const dear = charge({ unit: 'per-day', micros: 2_000_000, validFrom: '2026-06-17' });
    const both = lines(charge({ unit: 'per-day', micros: 1_000_000 }), dear);
    const ana = both.filter(({ customerId }) => customerId === 'ana');
    expect(ana.map(({ fromDate, days, micros, totalCents }) => [fromDate, days, micros, totalCents])).toEqual([
      ['2026-06-01', 16, 1_000_000, 1600],
      ['2026-06-17', 14, 2_000_000, 2800],
    ]);
  });
});

describe('a charge of one’s own', () => {
  test('per spot and month: each spot by its time with a holder; nobody’s is nobody’s', () => {
    const fee = lines(charge({ party: 'bpo', code: 'fee-spot', unit: 'per-spot-month', micros: 5_000_000 }));
    expect(fee.map(({ customerId, spotId, netCents, shareBy }) => [customerId, spotId, netCents, shareBy])).toEqual([
      ['ana', 'spot-1', 500, 'own'],
      ['ana', 'spot-2', 500, 'own'],
      ['eva', 'spot-4', 200, 'own'],
      ['rui', 'spot-4', 300, 'own'],
    ]);
    expect(fee[2]).toMatchObject({ totalCents: 500, weight: 12 * DAY, totalWeight: 30 * DAY });
  });

  test('per kWh and in per cent of energy, the condominium for what nobody answers for', () => {
    const iec = charge({ code: 'iec', unit: 'per-kwh', micros: 10_000 });
    const discount = charge({ code: 'discount', unit: 'percent-of-energy', micros: -50_000 });
    expect(parts(discount, iec)).toEqual([
      ['ana', -60],
      ['rui', -30],
      [null, -10],
      ['ana', 60],
      ['rui', 30],
      [null, 10],
    ]);
  });

  test('per invoice: for who has something to pay, by the fee of the last day', () => {
    const fee = charge({ party: 'bpo', code: 'fee-invoice', unit: 'per-invoice', micros: 750_000 });
    expect(parts(fee)).toEqual([
      ['ana', 75],
      ['rui', 75],
    ]);
    expect(parts(fee, charge({ micros: 3_000_000 })).filter(([, cents]) => cents === 75)).toHaveLength(3);
    expect(parts({ ...fee, validTo: '2026-06-29' })).toEqual([]);
  });

  test('with share none is the condominium’s', () => {
    const fee = charge({ party: 'bpo', unit: 'per-invoice', micros: 750_000, shareBy: 'none' });
    expect(parts(fee)).toEqual([[null, 150]]);
  });
});

describe('what cannot be applied is refused', () => {
  test('a unit that is not known', () => {
    expect(imputeMonth({ ...facts, plans: plans(charge({ unit: 'per-week' })) })).toEqual({
      refused: { code: 'CHARGE.UNKNOWN_TERM', charge: 'power', field: 'unit', value: 'per-week' },
    });
  });

  test('a division by permillage with a spot that has none', () => {
    const spots = [...facts.spots, spot('5', null, ['eva', 0, 30])];
    expect(imputeMonth({ ...facts, spots, plans: plans(charge({ shareBy: 'permillage' })) })).toEqual({
      refused: { code: 'PERMILLAGE.NOT_FOUND', charge: 'power', spotName: '5' },
    });
  });
});

test('whatever the share and however often the price changes, the parts add up to the whole', () => {
  const row = fc.record({
    shareBy: fc.constantFrom(...SHARES.filter((share) => share !== 'own')),
    unit: fc.constantFrom('per-day', 'per-month'),
    micros: fc.integer({ min: -50_000_000, max: 50_000_000 }),
    validFrom: fc.constantFrom(...DAYS),
  });
  fc.assert(
    fc.property(fc.uniqueArray(row, { selector: ({ validFrom }) => validFrom, maxLength: 5 }), (rows) => {
      const all = lines(...rows.map((fields) => charge(fields)));
      for (const group of Map.groupBy(all, ({ fromDate }) => fromDate).values()) {
        const sum = group.reduce((total, { netCents }) => total + netCents, 0);
        expect(sum).toBe(group[0]?.totalCents);
      }
    }),
  );
});
