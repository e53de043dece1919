import { expect, test } from '@jest/globals';

import { TopUpState } from './state.js';

const AT = '2026-07-01T04:00:00.000Z';
const LATER = '2026-07-03T04:00:00.000Z';

test('a top-up says what it waits for, and until when', () => {
  const state = new TopUpState(AT);
  state.enter('awaiting-debit-date', AT);
  state.waitUntil(LATER);
  expect(state.progress()).toMatchObject({ step: 'awaiting-debit-date', waitsFor: 'debit-date', nextActionAt: LATER });
  state.enter('processing', LATER);
  state.waitUntil(LATER);
  expect(state.progress()).toMatchObject({ step: 'processing', waitsFor: 'provider', since: LATER });
});

test('parked it waits for a person, and only then there is something to try again', () => {
  const state = new TopUpState(AT);
  expect(state.refusalOfRetry()).toMatch(/not parked/);
  state.park({ code: 'ACTIVITY.FAILED' }, LATER);
  expect(state.progress()).toEqual({
    step: 'parked',
    since: LATER,
    waitsFor: 'person:ACTIVITY.FAILED',
    nextActionAt: null,
  });
  expect(state.refusalOfRetry()).toBeNull();
  expect(state.needsAction).toBe('parked');
});

test('ended it has its outcome', () => {
  const state = new TopUpState(AT);
  state.finish('cancelled', LATER);
  expect(state.progress()).toEqual({ step: 'ended', since: LATER, waitsFor: null, nextActionAt: null });
  expect(state.outcome).toBe('cancelled');
});
