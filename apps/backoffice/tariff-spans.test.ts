import { describe, expect, it } from '@jest/globals';

import { nextChangeOf, tariffSpans, type DatedCharge, type DatedPlan } from './tariff-spans.js';

const ENERGY = { band: 'simples', direction: 'import', component: 'energy' } as const;
const FEE: DatedCharge = {
  party: 'bpo',
  code: 'fee-spot',
  label: 'Gestão',
  unit: 'per-spot-month',
  micros: 2_000_000,
  shareBy: 'spot',
  vatCode: 'NOR',
  exemptionCode: null,
  source: null,
  from: '2026-01-01',
  to: null,
};

function plan(id: string, part: Partial<DatedPlan> = {}): DatedPlan {
  return {
    plan: {
      planId: id,
      name: `Plano ${id}`,
      retailer: null,
      calendarId: 'pt-mainland-weekly',
      calendarName: 'pt-mainland-weekly',
      bandCount: 1,
      calendarChangeover: null,
      holidaysAsSunday: false,
      vatCode: 'NOR',
      exemptionCode: null,
      source: null,
      index: null,
      ...part.plan,
    },
    from: '2026-01-01',
    to: null,
    bands: [{ id: 'simples', label: 'Simples' }],
    prices: [{ ...ENERGY, from: '2026-01-01', to: null, microsPerKWh: 150_000 }],
    charges: [],
    ...part,
  };
}

describe('the spans of a tariff', () => {
  it('are one where nothing changes', () => {
    expect(tariffSpans([plan('a')], '2026-06-10')).toMatchObject([
      { from: '2026-01-01', to: null, isToday: true, changes: ['plan'], prices: [{ totalMicros: 150_000 }] },
    ]);
  });

  it('end the day before a price changes, and name what does', () => {
    const prices = [
      { ...ENERGY, from: '2026-01-01', to: null, microsPerKWh: 150_000 },
      { ...ENERGY, component: 'network-access', from: '2026-01-01', to: null, microsPerKWh: 60_000 },
      { ...ENERGY, from: '2026-06-17', to: null, microsPerKWh: 160_000 },
    ];
    const spans = tariffSpans([plan('a', { prices, charges: [FEE] })], '2026-06-16');
    expect(spans).toMatchObject([
      { to: '2026-06-16', isToday: true, prices: [{ totalMicros: 210_000, parts: [{ component: 'energy' }, {}] }] },
      { from: '2026-06-17', isToday: false, changes: ['prices'], prices: [{ totalMicros: 220_000 }] },
    ]);
    expect(nextChangeOf(spans, '2026-06-16')).toEqual({ date: '2026-06-17', changes: ['prices'] });
    expect(nextChangeOf(tariffSpans([plan('a', { prices })], '2026-06-17'), '2026-06-17')).toBeNull();
  });

  it('tell a charge that begins, and the changeover of the hours', () => {
    const changing = plan('a', {
      charges: [FEE, { ...FEE, from: '2026-03-01', micros: 2_500_000 }],
      plan: { ...plan('a').plan, calendarChangeover: '2027-08-01' },
    });
    const spans = tariffSpans([changing], '2026-02-28');
    expect(spans.map(({ from, changes }) => [from, ...changes])).toEqual([
      ['2026-01-01', 'plan'],
      ['2026-03-01', 'charges'],
      ['2027-08-01', 'calendar'],
    ]);
    expect(spans[1]?.charges).toMatchObject([{ micros: 2_500_000 }]);
  });

  it('leave out days without a plan, and warn of them', () => {
    const plans = [plan('a', { to: '2026-03-31' }), plan('b', { from: '2026-05-01' })];
    const spans = tariffSpans(plans, '2026-03-31');
    expect(spans.map(({ from, to, changes }) => [from, to, ...changes])).toEqual([
      ['2026-01-01', '2026-03-31', 'plan'],
      ['2026-05-01', null, 'plan'],
    ]);
    expect(nextChangeOf(spans, '2026-03-31')).toEqual({ date: '2026-04-01', changes: ['none'] });
    expect(nextChangeOf(tariffSpans(plans, '2026-04-10'), '2026-04-10')).toEqual({
      date: '2026-05-01',
      changes: ['plan'],
    });
  });

  it('have no price where there is none, never zero', () => {
    expect(tariffSpans([plan('a', { prices: [] })], '2026-06-10')).toMatchObject([{ prices: [] }]);
  });

  it('of an indexed plan have what comes on top of the index', () => {
    const index = {
      seriesId: 'omie-pt',
      seriesName: 'OMIE Portugal',
      lossesSeriesId: null,
      lossesPpm: 1_150_000,
      factorPpm: 1_000_000,
      marginMicros: 8_000,
    };
    const indexed = plan('a', {
      plan: { ...plan('a').plan, index },
      prices: [{ ...ENERGY, component: 'network-access', from: '2026-01-01', to: null, microsPerKWh: 60_000 }],
    });
    expect(tariffSpans([indexed], '2026-06-10')).toMatchObject([
      { prices: [{ totalMicros: 60_000, parts: [{ component: 'network-access' }] }] },
    ]);
  });
});
