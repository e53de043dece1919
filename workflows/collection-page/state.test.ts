import { expect, test } from '@jest/globals';

import { CollectionPageState } from './state.js';

const ids = (count: number) => Array.from({ length: count }, (_, index) => `d${index}`);

test('a page reports at most twenty times, however many collections it has', () => {
  const state = new CollectionPageState(ids(200));
  let reports = 0;
  for (const id of ids(200)) {
    state.ended(id, 'settled');
    if (!state.complete && state.reportDue) {
      state.report();
      reports += 1;
    }
  }
  expect(reports).toBeLessThanOrEqual(20);
  expect(state.complete).toBe(true);
});

test('a small page reports each one', () => {
  const state = new CollectionPageState(ids(3));
  expect(state.reportDue).toBe(false);
  state.ended('d0', 'arrears');
  expect(state.reportDue).toBe(true);
  expect(state.report()).toBe(1);
  expect(state.reportDue).toBe(false);
});

test('counts how they ended, and names the lost', () => {
  const state = new CollectionPageState(ids(4));
  state.ended('d0', 'settled');
  state.ended('d1', 'arrears');
  state.ended('d2', 'cancelled');
  state.ended('d3', 'lost');
  state.ended('d3', 'lost');
  expect(state.result()).toEqual({ settled: 1, arrears: 1, cancelled: 1, lost: ['d3'] });
});
