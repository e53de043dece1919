import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { planLeaving } from './plan-leaving.js';
import { NOTHING_WATCHED, planLook, type LookFacts } from './plan-look.js';

const cents = fc.integer({ min: 0, max: 10_000 });
const at = (minute: number) => new Date(Date.UTC(2026, 6, 1, 0, minute));
const AUTO = { belowCents: 1_000, amountCents: 2_000, monthMaximumCents: 6_000 };
const RULES = { floorCents: 0, lowBalanceCents: 500, orderedThisMonthCents: 0, topUpInFlight: false, hasMandate: true };

function facts(availableCents: number, minute: number, more: Partial<LookFacts> = {}): LookFacts {
  return { ...RULES, availableCents, autoTopUp: null, now: at(minute), ...more };
}

describe('looks at an account', () => {
  it('tell each fall once, however often one looks', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -2_000, max: 3_000 }), { maxLength: 40 }), (levels) => {
        let watch = NOTHING_WATCHED;
        let [falls, told] = [0, 0];
        let wasLow = false;
        levels.forEach((level, minute) => {
          for (let again = 0; again < 2; again += 1) {
            const plan = planLook(watch, facts(level, minute));
            watch = plan.watch;
            if (plan.notice === 'low' || (plan.notice === 'floor' && !wasLow)) told += 1;
            const isLow = level < 500;
            if (isLow && !wasLow) falls += 1;
            wasLow = isLow;
          }
        });
        expect(told).toBe(falls);
      }),
    );
  });

  it('order one top-up for each fall, none while one is in flight, and never beyond the month', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ level: fc.integer({ min: -500, max: 3_000 }), flies: fc.boolean() })),
        (looks) => {
          let watch = NOTHING_WATCHED;
          let ordered = 0;
          const occasions = new Set<string>();
          looks.forEach(({ level, flies }, minute) => {
            const more = { autoTopUp: AUTO, topUpInFlight: flies, orderedThisMonthCents: ordered };
            const plan = planLook(watch, facts(level, minute, more));
            watch = plan.watch;
            if ('none' in plan.topUp) return;
            expect(flies).toBe(false);
            expect(level).toBeLessThan(AUTO.belowCents);
            expect(occasions.has(plan.topUp.occasion)).toBe(false);
            occasions.add(plan.topUp.occasion);
            ordered += plan.topUp.amountCents;
            const second = planLook(watch, facts(level, minute, { ...more, orderedThisMonthCents: ordered }));
            expect('none' in second.topUp).toBe(true);
          });
          expect(ordered).toBeLessThanOrEqual(AUTO.monthMaximumCents);
        },
      ),
    );
  });

  it('at the floor there is one last notice, and not the one before it as well', () => {
    const first = planLook(NOTHING_WATCHED, facts(0, 1));
    expect(first.notice).toBe('floor');
    expect(planLook(first.watch, facts(0, 2)).notice).toBeNull();
    const low = planLook(NOTHING_WATCHED, facts(499, 1));
    expect(low.notice).toBe('low');
    expect(planLook(low.watch, facts(-30, 2)).notice).toBe('floor');
  });

  it('without a mandate there is no top-up', () => {
    expect(planLook(NOTHING_WATCHED, facts(0, 1, { autoTopUp: AUTO, hasMandate: false })).topUp).toEqual({
      none: 'no-mandate',
    });
  });
});

describe('who leaves', () => {
  const invoices = fc
    .array(cents, { maxLength: 6 })
    .map((dues) => dues.map((dueCents, index) => ({ documentId: `d${index}`, numberText: `FT ${index}`, dueCents })));

  it('pays the oldest first, and not a cent is lost or made', () => {
    fc.assert(
      fc.property(cents, cents, invoices, (availableCents, openDebt, open) => {
        const plan = planLeaving({
          availableCents,
          openDebtCents: openDebt,
          invoices: open,
          reservedCents: 0,
          hasUnbilled: false,
          moneyOnItsWay: false,
          refundOpen: false,
        });
        if ('refused' in plan) throw new Error(plan.refused);
        const paid = plan.pays.reduce((sum, { amountCents }) => sum + amountCents, plan.debtCents);
        expect(paid + plan.restCents).toBe(availableCents);
        const owed = open.reduce((sum, { dueCents }) => sum + dueCents, openDebt);
        expect(paid + plan.stillDueCents).toBe(owed);
        expect(plan.restCents === 0 || plan.stillDueCents === 0).toBe(true);
        const whole = plan.pays.slice(0, -1);
        for (const { documentId, amountCents } of whole) {
          expect(open.find((one) => one.documentId === documentId)?.dueCents).toBe(amountCents);
        }
      }),
    );
  });

  it.each([
    [{ hasUnbilled: true }, 'LEAVING.NOT_BILLED'],
    [{ moneyOnItsWay: true }, 'LEAVING.MONEY_ON_ITS_WAY'],
    [{ reservedCents: 1 }, 'LEAVING.MONEY_ON_ITS_WAY'],
    [{ refundOpen: true }, 'LEAVING.REFUND_OPEN'],
  ])('%p is refused as %s', (more, refused) => {
    const calm = { availableCents: 10, reservedCents: 0, openDebtCents: 0, invoices: [], hasUnbilled: false };
    expect(planLeaving({ ...calm, moneyOnItsWay: false, refundOpen: false, ...more })).toEqual({ refused });
  });
});
