import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { splitCents, type Sharer } from './shares.js';

const whole = fc.integer({ min: -10_000_000, max: 10_000_000 });
const sharers = fc
  .uniqueArray(fc.record({ key: fc.string({ maxLength: 4 }), weight: fc.integer({ min: 0, max: 4e12 }) }), {
    selector: ({ key }) => key,
    maxLength: 40,
  })
  .map((list): Sharer[] => list);

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

describe('splitting a common cost by weight', () => {
  test('the parts add up to the whole, and each is less than a cent from its exact part', () => {
    fc.assert(
      fc.property(whole, sharers, (wholeCents, list) => {
        const parts = splitCents(wholeCents, list);
        const sum = list.reduce((all, { weight }) => all + BigInt(weight), 0n);
        if (sum === 0n) {
          expect(parts).toBeNull();
          return;
        }
        if (parts === null) throw new Error('weights, and yet no parts');
        expect(total(parts)).toBe(wholeCents);
        for (const [at, { weight }] of list.entries()) {
          const off = BigInt(parts[at] ?? 0) * sum - BigInt(wholeCents) * BigInt(weight);
          expect(off < 0n ? -off : off).toBeLessThan(sum);
          expect(Object.is(parts[at], -0)).toBe(false);
        }
      }),
    );
  });

  test('the order of the list decides nothing', () => {
    const shuffled = sharers.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length })),
    );
    fc.assert(
      fc.property(whole, shuffled, (wholeCents, [list, other]) => {
        const byKey = (named: readonly Sharer[]) => {
          const parts = splitCents(wholeCents, named);
          return parts && new Map(named.map(({ key }, at) => [key, parts[at]]));
        };
        expect(byKey(other)).toEqual(byKey(list));
      }),
    );
  });

  test('a correction of the same size cancels to the cent', () => {
    fc.assert(
      fc.property(whole, sharers, (wholeCents, list) => {
        const there = splitCents(wholeCents, list);
        const back = splitCents(-wholeCents, list);
        expect(there?.map((cents, at) => cents + (back?.[at] ?? NaN))).toEqual(there?.map(() => 0));
      }),
    );
  });

  test('more weight never has less; without weight nothing', () => {
    fc.assert(
      fc.property(fc.nat(10_000_000), sharers, (wholeCents, list) => {
        const parts = splitCents(wholeCents, list);
        if (parts === null) return;
        const ranked = list.map(({ weight }, at) => ({ weight, cents: parts[at] ?? 0 }));
        ranked.sort((a, b) => a.weight - b.weight || a.cents - b.cents);
        for (const [at, { weight, cents }] of ranked.entries()) {
          if (weight === 0) expect(cents).toBe(0);
          const next = ranked[at + 1];
          if (next !== undefined && next.weight > weight) expect(next.cents).toBeGreaterThanOrEqual(cents);
        }
      }),
    );
  });
});

describe('a cost that does not divide', () => {
  const three = ['b', 'a', 'c'].map((key) => ({ key, weight: 1 }));

  test('of equal remainders the lower key takes the cent', () => {
    expect(splitCents(100, three)).toEqual([33, 34, 33]);
    expect(splitCents(101, three)).toEqual([34, 34, 33]);
    expect(splitCents(-100, three)).toEqual([-33, -34, -33]);
  });

  test('the largest remainder comes first', () => {
    expect(
      splitCents(10, [
        { key: 'a', weight: 1 },
        { key: 'b', weight: 2 },
        { key: 'c', weight: 4 },
      ]),
    ).toEqual([1, 3, 6]);
  });

  test('nobody, or nobody with weight: no parts', () => {
    expect(splitCents(100, [])).toBeNull();
    expect(splitCents(100, [{ key: 'a', weight: 0 }])).toBeNull();
  });

  test('what is no weight is an error', () => {
    expect(() => splitCents(100, [{ key: 'a', weight: -1 }])).toThrow(RangeError);
    expect(() => splitCents(100, [{ key: 'a', weight: 0.5 }])).toThrow(RangeError);
    expect(() => splitCents(0.5, three)).toThrow(RangeError);
    expect(() => splitCents(100, [...three, { key: 'a', weight: 1 }])).toThrow('named twice');
  });
});
