import { describe, expect, test } from '@jest/globals';

import type { ChargeUnit } from '#libs/tariff/charge-words.js';

import { chargeCents, chargesInForce, readCharge, type StoredCharge } from './charges.js';

const DAYS = Array.from({ length: 30 }, (_, index) => `2026-06-${String(index + 1).padStart(2, '0')}`);
const JUNE_MINUTES = 30 * 1440;

function charge(fields: Partial<StoredCharge> = {}): StoredCharge {
  return {
    party: 'retailer',
    code: 'contracted-power',
    label: 'Potência contratada',
    unit: 'per-day',
    micros: 1_324_800,
    shareBy: 'equal',
    vatCode: 'NOR',
    exemptionCode: null,
    validFrom: '2026-01-01',
    validTo: null,
    ...fields,
  };
}

const plan = (validFrom: string, validTo: string | null, ...charges: StoredCharge[]) => ({
  validFrom,
  validTo,
  charges,
});
const days = (from: number, to: number) => DAYS.map((_, index) => index).slice(from - 1, to);

describe('the days on which a charge holds', () => {
  test('of rows of one code the one that began last, and the older again after a bounded one', () => {
    const old = charge();
    const temporary = charge({ micros: 1, validFrom: '2026-06-10', validTo: '2026-06-20' });
    expect(chargesInForce([plan('2026-01-01', null, old, temporary)], DAYS)).toEqual([
      { charge: old, days: [...days(1, 9), ...days(21, 30)] },
      { charge: temporary, days: days(10, 20) },
    ]);
  });

  test('of two successive plans each for its days', () => {
    const before = charge();
    const after = charge({ micros: 2 });
    const plans = [plan('2026-01-01', null, before), plan('2026-06-17', null, after)];
    expect(chargesInForce(plans, DAYS)).toEqual([
      { charge: before, days: days(1, 16) },
      { charge: after, days: days(17, 30) },
    ]);
  });

  test('the same code of the retailer and of ours are two charges, the retailer’s first', () => {
    const fee = charge({ party: 'bpo', code: 'a' });
    const term = charge({ code: 'z', validTo: '2026-06-01' });
    const past = charge({ code: 'y', validTo: '2026-05-31' });
    expect(chargesInForce([plan('2026-01-01', null, fee, term, past)], DAYS)).toEqual([
      { charge: term, days: days(1, 1) },
      { charge: fee, days: days(1, 30) },
    ]);
  });

  test('no plan, no charge', () => {
    expect(chargesInForce([plan('2026-07-01', null, charge())], DAYS)).toEqual([]);
  });
});

describe('what a quantity of a charge costs', () => {
  const cents = (unit: ChargeUnit, micros: number, quantity: number, daysInForce = 30) =>
    chargeCents({ unit, micros }, quantity, { days: 30, daysInForce, minutes: JUNE_MINUTES });

  test('per day: 16 days at 1.3248', () => {
    expect(cents('per-day', 1_324_800, 16)).toBe(2120);
  });

  test('per month: 2.85 for 16 of 30 days', () => {
    expect(cents('per-month', 2_850_000, 16)).toBe(152);
    expect(cents('per-month', 2_850_000, 30)).toBe(285);
  });

  test('per spot and month: by the minute', () => {
    expect(cents('per-spot-month', 5_000_000, JUNE_MINUTES)).toBe(500);
    expect(cents('per-spot-month', 5_000_000, JUNE_MINUTES / 2 + 1)).toBe(250);
  });

  test('per kWh, and in the proportion of its days when it holds on some only', () => {
    expect(cents('per-kwh', 1_000, 123_456)).toBe(12);
    expect(cents('per-kwh', 20_000, 100_000, 15)).toBe(100);
  });

  test('per invoice', () => {
    expect(cents('per-invoice', 750_000, 1)).toBe(75);
  });

  test('in per cent of energy: a discount of 2.5 %', () => {
    expect(cents('percent-of-energy', -25_000, 10_000)).toBe(-250);
  });

  test('half a cent goes up, a discount’s as far down', () => {
    expect(cents('per-invoice', 5_000, 1)).toBe(1);
    expect(cents('per-invoice', -5_000, 1)).toBe(-1);
    expect(cents('per-invoice', 4_999, 1)).toBe(0);
  });
});

describe('a stored charge', () => {
  test("a common cost that would be each one's own is refused; a fee per invoice is one", () => {
    const own = charge({ shareBy: 'own' });
    expect(readCharge(own)).toMatchObject({ refused: { field: 'shareBy', value: 'own' } });
    expect(readCharge(charge({ shareBy: 'own', unit: 'per-invoice' }))).toMatchObject({ ok: { shareBy: 'own' } });
  });

  test.each(['party', 'unit', 'shareBy'] as const)('of an unknown %s is refused, not guessed', (field) => {
    expect(readCharge(charge({ [field]: 'x' }))).toEqual({
      refused: { code: 'CHARGE.UNKNOWN_TERM', charge: 'contracted-power', field, value: 'x' },
    });
  });
});
