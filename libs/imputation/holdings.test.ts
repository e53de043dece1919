import { describe, expect, test } from '@jest/globals';

import { equalWeights, permillageWeights, spotWeights, type HeldSpot } from './holdings.js';

const MONTH = [{ fromMinute: 0, toMinute: 1000 }];

function spot(spotName: string, unitId: string | null, ...holdings: [string | null, number, number][]): HeldSpot {
  return {
    spotId: spotName,
    spotName,
    unitId,
    permillageHundredths: unitId === null ? null : Number(unitId),
    holdings: holdings.map(([customerId, fromMinute, toMinute]) => ({ customerId, fromMinute, toMinute })),
  };
}

describe('weights', () => {
  const spots = [
    spot('1', '1000', ['ana', 0, 1000]),
    spot('2', '1000', ['ana', 0, 400], ['rui', 400, 1000]),
    spot('3', '500', [null, 0, 700], ['eva', 700, 1000]),
  ];

  test('equal: minutes with at least one spot, two at once count once', () => {
    expect([...equalWeights(spots, MONTH)]).toEqual([
      ['ana', 1000],
      ['rui', 600],
      ['eva', 300],
    ]);
  });

  test('equal: a spot given up and another taken later leave the gap out', () => {
    const moved = [
      spot('1', null, ['ana', 0, 300], [null, 300, 1000]),
      spot('2', null, [null, 0, 500], ['ana', 500, 1000]),
    ];
    expect([...equalWeights(moved, MONTH)]).toEqual([['ana', 800]]);
  });

  test('spot: minutes of each spot, nobody’s too', () => {
    expect([...spotWeights(spots, MONTH)]).toEqual([
      ['ana', 1400],
      ['rui', 600],
      [null, 700],
      ['eva', 300],
    ]);
  });

  test('only on the days on which the charge holds', () => {
    const within = [
      { fromMinute: 0, toMinute: 100 },
      { fromMinute: 600, toMinute: 800 },
    ];
    expect([...equalWeights(spots, within)]).toEqual([
      ['ana', 300],
      ['rui', 200],
      ['eva', 100],
    ]);
    expect(spotWeights(spots, within).get(null)).toBe(200);
  });

  test('permillage: spots of one unit divide it evenly, in whole numbers', () => {
    const result = permillageWeights(spots, MONTH);
    // Units of two and of one spot: all weights are doubled.
    expect('ok' in result && [...result.ok]).toEqual([
      ['ana', 1000 * 1400],
      ['rui', 1000 * 600],
      [null, 500 * 2 * 700],
      ['eva', 500 * 2 * 300],
    ]);
  });

  test('permillage: a spot without a unit is named', () => {
    expect(permillageWeights([...spots, spot('4', null, ['ana', 0, 1000])], MONTH)).toEqual({ missing: '4' });
  });
});
