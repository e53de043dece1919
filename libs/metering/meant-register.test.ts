import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { Sample } from '#libs/ocpp/messages.js';

import { meantRegister, type MeterFacts } from './meant-register.js';

const START = new Date('2026-06-01T10:00:00Z');
const NOTHING_SEEN = { isRelative: false, isKWh: false, isAbsolute: false };
const OLD_METER: MeterFacts = { meterStartWh: 1_204_500, startedAt: START, ...NOTHING_SEEN };

function sample(minutes: number, importWh: number, importWhIfKWh?: number): Sample {
  const stamp = { at: new Date(START.getTime() + minutes * 60_000), note: null };
  return { stamp, context: 'Sample.Periodic', importWh, ...(importWhIfKWh === undefined ? {} : { importWhIfKWh }) };
}

describe('the register that a sample means', () => {
  it.each([
    ['as told, from meterStart on', sample(15, 1_205_000), OLD_METER, 1_205_000, null],
    ['kWh, where Wh would be below meterStart', sample(15, 1_205, 1_204_812), OLD_METER, 1_204_812, 'unit-assumed'],
    [
      'as told, where kWh would be below, too',
      sample(15, 1_203, 1_203_000),
      OLD_METER,
      1_204_500 + 1_203,
      'relative-register',
    ],
    ['counted from the Start', sample(15, 1_500), OLD_METER, 1_206_000, 'relative-register'],
    ['more than any connector gives since the Start', sample(1, 60_000), OLD_METER, 60_000, null],
    ['before the Start', sample(-15, 10), OLD_METER, 10, null],
    ['a meter that has just been put in', sample(15, 500), { ...OLD_METER, meterStartWh: 1_000 }, 500, null],
    ["reset after the meter's own register was told", sample(15, 500), { ...OLD_METER, isAbsolute: true }, 500, null],
    [
      "reset, and no kWh, after the meter's own register was told in Wh",
      sample(15, 1_205, 1_205_000),
      { ...OLD_METER, isAbsolute: true },
      1_205,
      null,
    ],
    [
      'kWh as before, though the register is known by now',
      sample(15, 1_205, 1_205_000),
      { ...OLD_METER, isAbsolute: true, isKWh: true },
      1_205_000,
      'unit-assumed',
    ],
    [
      'far on, of a charger seen to count from the Start',
      sample(600, 130_000),
      { ...OLD_METER, isRelative: true },
      1_334_500,
      'relative-register',
    ],
    ['nothing known of the meter', sample(15, 500), null, 500, null],
    ['negative', sample(15, -1), OLD_METER, -1, null],
  ] as const)('%s', (_, told, meter, importWh, flag) => {
    expect(meantRegister(told, meter)).toEqual({ importWh, flag });
  });

  it('is what was told for every charger that keeps to OCPP', () => {
    const wh = fc.integer({ min: 0, max: 1e9 });
    fc.assert(
      fc.property(wh, wh, fc.boolean(), (meterStartWh, movedWh, isRelative) => {
        const meter = { ...NOTHING_SEEN, meterStartWh, startedAt: START, isRelative };
        const told = sample(15, meterStartWh + movedWh, (meterStartWh + movedWh) * 1_000);
        expect(meantRegister(told, meter)).toEqual({ importWh: meterStartWh + movedWh, flag: null });
      }),
    );
  });
});
