import { expect, test } from '@jest/globals';

import { nextLook } from './next-look.js';

const at = (seconds: number) => new Date(Date.UTC(2026, 6, 1) + seconds * 1000);

test('by the interval, the last one at the limit, none after it', () => {
  const base = { since: at(0), limitAt: at(100) };
  expect(nextLook({ ...base, now: at(10), pollAt: at(40) })).toEqual(at(40));
  expect(nextLook({ ...base, now: at(90), pollAt: at(120) })).toEqual(at(100));
  expect(nextLook({ ...base, now: at(100), pollAt: at(130) })).toBeNull();
});

test('at most five hundred looks, however short the interval', () => {
  const since = at(0);
  const limitAt = at(5 * 86_400);
  let looks = 0;
  for (let now: Date | null = since; now !== null; looks += 1) {
    now = nextLook({ now, since, limitAt, pollAt: new Date(now.getTime() + 1000) });
  }
  expect(looks).toBeLessThanOrEqual(501);
});
