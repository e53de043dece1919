import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { roomAt, type WeekDebit } from './debit-week.js';

const DAY_MS = 86_400_000;
const at = (day: number): Date => new Date(Date.UTC(2026, 6, 1) + day * DAY_MS);

describe('room under the week’s limit', () => {
  it.each([
    [[], 1000, null],
    [[[0, 600]], 400, null],
    [[[0, 600]], 401, at(7)],
    [
      [
        [2, 300],
        [0, 600],
        [5, 100],
      ],
      400,
      at(7),
    ],
    [
      [
        [0, 100],
        [2, 900],
      ],
      1000,
      at(9),
    ],
  ] as const)('%j and %i cents of 1000', (debits, amountCents, expected) => {
    const week = debits.map(([day, cents]): WeekDebit => ({ at: at(day), amountCents: cents }));
    expect(roomAt(week, amountCents, 1000)).toEqual(expected);
  });

  it('is there when it says so, for any debits', () => {
    const debit = fc.record({
      at: fc.integer({ min: 0, max: 6 }).map(at),
      amountCents: fc.integer({ min: 1, max: 500 }),
    });
    fc.assert(
      fc.property(fc.array(debit, { maxLength: 12 }), fc.integer({ min: 1, max: 1000 }), (debits, amountCents) => {
        const when = roomAt(debits, amountCents, 1000) ?? at(6);
        const left = debits.filter((one) => when < at(7) || one.at.getTime() + 7 * DAY_MS > when.getTime());
        const usedCents = left.reduce((sum, one) => sum + one.amountCents, 0);
        expect(usedCents + amountCents).toBeLessThanOrEqual(1000);
      }),
    );
  });
});
