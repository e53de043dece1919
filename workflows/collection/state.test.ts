import { expect, test } from '@jest/globals';

import { CollectionState } from './state.js';

const AT = '2026-07-01T04:00:00.000Z';

test('while money moves a collection can only be awaited', () => {
  const state = new CollectionState(AT);
  expect(state.refusalOfCancel()).toBeNull();
  state.enter('debiting', AT);
  expect(state.refusalOfCancel()).toMatch(/being started/);
  state.enter('processing', AT);
  expect(state.refusalOfCancel()).toMatch(/only be awaited/);
  state.enter('debiting', AT);
  state.park({ code: 'DEBIT.AMOUNT_TOO_LARGE' }, AT);
  expect(state.refusalOfCancel()).toBeNull();
});

test('held before the debit it may still be cancelled', () => {
  const state = new CollectionState(AT);
  state.enter('awaiting-due-date', AT);
  state.hold();
  state.holdHere();
  expect(state.progress()).toMatchObject({ waitsFor: 'person:held', nextActionAt: null, held: true });
  expect(state.refusalOfCancel()).toBeNull();
  expect(state.needsAction).toBe('held');
});

test('an end is shown with its reason, and nothing can be asked after it', () => {
  const state = new CollectionState(AT);
  state.finish('arrears', 'insufficient-funds', AT);
  expect(state.progress().step).toBe('handed-to-arrears');
  expect(state.reason).toBe('insufficient-funds');
  for (const refusal of [state.refusalOfHold(), state.refusalOfRetry(), state.refusalOfCancel()]) {
    expect(refusal).toMatch(/over: arrears/);
  }
});
