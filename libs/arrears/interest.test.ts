import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { INTEREST_RATES, interestOn, type Interest } from './interest.js';

const owed = (cents: number) => [{ date: '2026-01-01', cents }];
const civil = (changes: { date: string; cents: number }[], from: string, to: string) =>
  interestOn({ changes, from, to, kind: 'civil' });

describe('interest', () => {
  it('of a year at 4 % is 4 %', () => {
    expect(civil(owed(10_000), '2026-01-01', '2027-01-01')).toEqual({
      cents: 400,
      spans: [{ from: '2026-01-01', to: '2027-01-01', days: 365, principalCents: 10_000, permyriad: 400 }],
    });
  });

  it('is rounded half up once, not once a span', () => {
    // 2 × 4562.5 cent-days at 4 %: each half alone would round to 1, both together are exactly 1 cent.
    const rates = [{ kind: 'civil', from: '2026-01-01', to: null, permyriad: 400, source: '', confidence: '' }];
    const changes = [...owed(4563), { date: '2026-01-02', cents: -1 }];
    const two = interestOn({ changes, from: '2026-01-01', to: '2026-01-03', kind: 'civil', rates });
    expect(two).toMatchObject({ cents: 1, spans: [{ days: 1 }, { days: 1 }] });
    expect(civil(owed(4563), '2026-01-01', '2026-01-02')).toMatchObject({ cents: 1 });
    expect(civil(owed(4562), '2026-01-01', '2026-01-02')).toMatchObject({ cents: 0 });
  });

  it('stops with a payment and goes on with a dispute', () => {
    const changes = [...owed(10_000), { date: '2026-02-01', cents: -10_000 }, { date: '2026-03-01', cents: 10_000 }];
    const { spans } = civil(changes, '2026-01-01', '2026-04-01') as Extract<Interest, { cents: number }>;
    expect(spans.map(({ days }) => days)).toEqual([31, 31]);
  });

  it('without a rate for a day is refused, never zero', () => {
    const asked = { changes: owed(10_000), from: '2026-06-30', to: '2026-07-02', kind: 'commercial' as const };
    expect(interestOn(asked)).toEqual({ refused: { code: 'INTEREST.RATE_MISSING', date: '2026-07-01' } });
  });

  it('has a source and a confidence for every rate, and no two rates on a day', () => {
    for (const rate of INTEREST_RATES) {
      expect(rate.source).not.toBe('');
      expect(['high', 'medium', 'low']).toContain(rate.confidence);
      const others = INTEREST_RATES.filter((one) => one !== rate && one.kind === rate.kind);
      expect(others.some((one) => one.from < (rate.to ?? '9999') && rate.from < (one.to ?? '9999'))).toBe(false);
    }
  });

  it('is nothing on nothing, and never falls when days are added', () => {
    expect(civil([], '2026-01-01', '2026-12-31')).toEqual({ cents: 0, spans: [] });
    const days = fc.integer({ min: 1, max: 400 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000 }), days, days, (cents, first, more) => {
        const end = (count: number) => Temporal.PlainDate.from('2026-01-01').add({ days: count }).toString();
        const less = civil(owed(cents), '2026-01-01', end(first)) as Extract<Interest, { cents: number }>;
        const all = civil(owed(cents), '2026-01-01', end(first + more)) as Extract<Interest, { cents: number }>;
        expect(all.cents).toBeGreaterThanOrEqual(less.cents);
      }),
      { numRuns: 50 },
    );
  });
});
