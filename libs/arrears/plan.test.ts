import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { PORTUGAL } from '#test/data/holidays.js';

import { claimDeadline } from './deadline.js';
import { planRefusal, planState, type Instalment } from './plan.js';
import { lastingStandstill, postponed } from './standstill.js';

const PLAN: readonly Instalment[] = [
  { dueDate: '2026-09-01', amountCents: 3000 },
  { dueDate: '2026-10-01', amountCents: 2000 },
];
const state = (dueCents: number, now: string) =>
  planState(PLAN, {
    dueCents,
    now: new Date(now),
    grace: { businessDays: 3 },
    timeZone: 'Europe/Lisbon',
    holidays: PORTUGAL,
  });

describe('a payment plan', () => {
  it.each([
    ['no instalments', [], 'PLAN.NO_INSTALMENTS'],
    ['an instalment of nothing', [{ dueDate: '2026-09-01', amountCents: 0 }], 'PLAN.AMOUNT_NOT_POSITIVE'],
    ['the same day twice', [PLAN[0], PLAN[0]], 'PLAN.DATES_NOT_RISING'],
    ['a day that is past', [{ dueDate: '2026-07-31', amountCents: 5000 }], 'PLAN.IN_THE_PAST'],
    ['a cent too little', [{ dueDate: '2026-09-01', amountCents: 4999 }], 'PLAN.SUM_DIFFERS'],
  ])('is refused for %s', (_name, instalments, code) => {
    expect(planRefusal(instalments as Instalment[], { dueCents: 5000, today: '2026-08-01' })).toBe(code);
  });

  it('whose sum is what is due is accepted', () => {
    expect(planRefusal(PLAN, { dueCents: 5000, today: '2026-09-01' })).toBeNull();
  });

  it('is kept until the end of the grace of its first unpaid instalment, whole local days', () => {
    // Tuesday 1 September and three working days: Friday the 4th is the last.
    const breaksAt = new Date('2026-09-04T23:00:00Z');
    expect(state(5000, '2026-09-04T22:59:59Z')).toMatchObject({ state: 'kept', breaksAt });
    expect(state(5000, '2026-09-04T23:00:00Z')).toMatchObject({ state: 'broken', breaksAt: null });
  });

  it('is paid oldest first; a part of an instalment does not keep it', () => {
    expect(state(1500, '2026-09-20T00:00:00Z')).toMatchObject({
      state: 'kept',
      instalments: [{ paidCents: 3000 }, { paidCents: 500 }],
    });
    expect(state(2001, '2026-09-20T00:00:00Z').state).toBe('broken');
    expect(state(0, '2027-01-01T00:00:00Z').state).toBe('fulfilled');
  });

  it('never has more paid than was, nor a later instalment before an earlier one', () => {
    fc.assert(
      fc.property(fc.integer({ min: -100, max: 6000 }), (dueCents) => {
        const { instalments } = state(dueCents, '2026-08-01T00:00:00Z');
        const paid = instalments.map(({ paidCents }) => paidCents);
        expect(paid.reduce((a, b) => a + b, 0)).toBe(Math.min(5000, Math.max(0, 5000 - Math.max(0, dueCents))));
        if ((paid[0] ?? 0) < 3000) expect(paid[1]).toBe(0);
      }),
    );
  });
});

describe('a standstill', () => {
  const day = (days: number) => new Date(Date.UTC(2026, 6, 1 + days));
  const still = (from: number, until: number | null) => ({
    because: 'plan' as const,
    from: day(from),
    until: until === null ? null : day(until),
    lookAgainAt: null,
  });

  it('postpones by its length what lies after it, two at once only once', () => {
    expect(postponed(day(0), day(10), [still(2, 5)])).toEqual(day(13));
    expect(postponed(day(0), day(10), [still(2, 5), still(3, 6)])).toEqual(day(14));
    expect(postponed(day(0), day(10), [still(12, 20)])).toEqual(day(10));
    expect(postponed(day(4), day(10), [still(2, 5)])).toEqual(day(11));
  });

  it('that lasts postpones nothing yet, and a complaint is named before a plan', () => {
    const complaint = { ...still(3, null), because: 'complaint' as const };
    expect(postponed(day(0), day(10), [complaint])).toEqual(day(10));
    expect(lastingStandstill([still(2, null), complaint])).toBe(complaint);
    expect(lastingStandstill([still(2, 5)])).toBeNull();
  });
});

describe('the deadline of a claim', () => {
  it('is six months after the end of the service, whatever the invoice’s date, at local midnight', () => {
    const policy = { claimLapseMonths: 6, lapseWarningDays: 30 };
    expect(claimDeadline('2026-06-30', policy, 'Europe/Lisbon')).toEqual({
      lapsesAt: new Date('2026-12-30T00:00:00Z'),
      warnAt: new Date('2026-11-30T00:00:00Z'),
    });
    expect(claimDeadline('2026-08-31', policy, 'Europe/Lisbon').lapsesAt).toEqual(new Date('2027-02-28T00:00:00Z'));
  });
});
