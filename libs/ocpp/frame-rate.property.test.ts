import { expect, it } from '@jest/globals';
import fc from 'fast-check';

import { FrameRate } from './frame-rate.js';
import { FrameRates } from './frame-rates.js';

const limits = fc.record({ burst: fc.integer({ min: 1, max: 500 }), perSecond: fc.integer({ min: 1, max: 200 }) });

it('a sender that waits as it is told never passes burst + rate × time, and is never made to wait for ever', () => {
  fc.assert(
    fc.property(limits, fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 600 }), (limit, gaps) => {
      const rate = new FrameRate(limit, 0);
      let now = 0;
      let frames = 0;
      for (const gap of gaps) {
        now += gap;
        frames += 1;
        const wait = rate.took(now);
        expect(wait).toBeLessThanOrEqual(Math.ceil(1_000 / limit.perSecond));
        now += wait;
        expect(frames).toBeLessThanOrEqual(limit.burst + 1 + (limit.perSecond * now) / 1_000);
      }
    }),
  );
});

it('a burst that was there already costs its time afterwards, to the frame', () => {
  fc.assert(
    fc.property(limits, fc.integer({ min: 1, max: 2_000 }), (limit, frames) => {
      const rate = new FrameRate(limit, 0);
      let wait = 0;
      for (let frame = 0; frame < frames; frame += 1) wait = rate.took(0);
      expect(wait).toBe(frames <= limit.burst ? 0 : Math.ceil(((frames - limit.burst) * 1_000) / limit.perSecond));
    }),
  );
});

it('when it says that it is full, it is as one that is new', () => {
  fc.assert(
    fc.property(limits, fc.integer({ min: 0, max: 2_000 }), (limit, frames) => {
      const rate = new FrameRate(limit, 0);
      for (let frame = 0; frame < frames; frame += 1) rate.took(0);
      const now = rate.fullInMs(0);
      expect(now).toBe(Math.ceil((frames * 1_000) / limit.perSecond));
      expect(rate.fullInMs(now)).toBe(0);
      for (let frame = 0; frame < limit.burst; frame += 1) expect(rate.took(now)).toBe(0);
    }),
    { examples: [[{ burst: 1, perSecond: 100 }, 1_665]] }, // 0.01 is no sum of halves
  );
});

it('a charger that comes back at once goes on where it was; one that was away long enough is forgotten', async () => {
  let isThere = true;
  const rates = new FrameRates({ burst: 1, perSecond: 20 }, () => isThere);
  rates.of('a').took(performance.now());
  const before = rates.of('a');
  rates.left('a');
  expect(rates.of('a')).toBe(before);
  isThere = false;
  rates.left('a');
  expect(rates.of('a')).toBe(before);
  while (rates.size > 0) await new Promise((resolve) => setTimeout(resolve, 10));
});

it('a clock that stands or falls gives nothing', () => {
  const rate = new FrameRate({ burst: 1, perSecond: 1 }, 1_000);
  expect([rate.took(1_000), rate.took(500), rate.took(1_000)]).toEqual([0, 1_000, 2_000]);
});
