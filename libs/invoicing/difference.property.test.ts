import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { differenceOf } from './difference.js';
import type { ChargeLine } from './plan-invoice.js';

const SAME = {
  kind: 'energy',
  chargerId: 'zcs031903',
  season: 'Verão',
  dayType: 'Semana',
  band: 'cheias',
  code: null,
  interval: '07.00-09.15',
  estimatedWh: 0,
  estimatedErrorWh: 0,
  vatCode: 'NOR',
  exemptionCode: null,
  adjustsPeriod: null,
} as const;

const lines = fc.array(
  fc
    .record({
      spotName: fc.constantFrom('3012', '3049'),
      label: fc.constantFrom('Cheia 1', 'Cheia 2', 'Ponta'),
      microsPerKWh: fc.constantFrom(200_000, 220_000),
      party: fc.constantFrom('retailer' as const, 'bpo' as const),
      wh: fc.integer({ min: 0, max: 50_000 }),
      netCents: fc.integer({ min: -5_000, max: 5_000 }),
      isAveragePrice: fc.boolean(),
    })
    .map((some): ChargeLine => Object.assign(some, SAME)),
  { maxLength: 12 },
);

const sum = (all: readonly ChargeLine[], of: (line: ChargeLine) => number) =>
  all.reduce((total, line) => total + of(line), 0);
const cents = (all: readonly ChargeLine[]) => sum(all, (line) => line.netCents);

test('what was billed and the difference come to what should be, to the cent and per party', () => {
  fc.assert(
    fc.property(lines, lines, (should, billed) => {
      const difference = differenceOf(should, billed);
      expect(cents(billed) + cents(difference)).toBe(cents(should));
      for (const party of ['retailer', 'bpo']) {
        const of = (all: readonly ChargeLine[]) => cents(all.filter((line) => line.party === party));
        expect(of(billed) + of(difference)).toBe(of(should));
      }
      if (difference.length > 0) {
        const wh = (all: readonly ChargeLine[]) => sum(all, (line) => line.wh ?? 0);
        expect(wh(billed) + wh(difference)).toBe(wh(should));
      }
    }),
  );
});

test('once the difference is billed there is none, however often one looks', () => {
  fc.assert(
    fc.property(lines, lines, (should, billed) => {
      expect(differenceOf(should, [...billed, ...differenceOf(should, billed)])).toEqual([]);
      expect(differenceOf(should, should)).toEqual([]);
    }),
  );
});

test('the order of the lines and how one of them was split do not matter', () => {
  fc.assert(
    fc.property(lines, lines, (should, billed) => {
      const key = (all: readonly ChargeLine[]) => all.map((line) => JSON.stringify(line)).sort();
      const halves = should.flatMap((line) => {
        const wh = Math.floor((line.wh ?? 0) / 2);
        return [
          { ...line, wh, netCents: 1 },
          { ...line, wh: (line.wh ?? 0) - wh, netCents: line.netCents - 1 },
        ];
      });
      const whole = differenceOf(should, billed);
      expect(key(differenceOf(should.toReversed(), billed.toReversed()))).toHaveLength(whole.length);
      expect(cents(differenceOf(halves, billed))).toBe(cents(whole));
      expect(differenceOf(halves, billed)).toHaveLength(whole.length);
    }),
  );
});
