import { expect, test } from '@jest/globals';

import { backoffMs } from './backoff.js';

test('doubles from half a second and never exceeds 15 s', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 1000].map((failures) => backoffMs(failures, 0))).toEqual([
    500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000,
  ]);
});

test('chance shortens it by up to a half', () => {
  expect(backoffMs(0, 0.999)).toBe(250);
  expect(backoffMs(10, 0.5)).toBe(11_250);
});
