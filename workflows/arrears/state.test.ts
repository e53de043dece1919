import { expect, test } from '@jest/globals';

import { ArrearsState } from './state.js';

const AT = '2026-07-01T04:00:00.000Z';
const BY = { by: 'ana@chazemo.example' };

test('no second debit while one is under way; a parked one may be tried again', () => {
  const state = new ArrearsState(AT);
  expect(state.refusalOfRetry()).toBeNull();
  state.beginDebit();
  expect(state.refusalOfRetry()).toMatch(/twice/);
  state.park({ code: 'ACTIVITY.FAILED' }, AT);
  expect(state.refusalOfRetry()).toBeNull();
  state.unpark();
  state.endDebit();
  expect(state.refusalOfRetry()).toBeNull();
});

test('a payment that is signalled three times is read once', () => {
  const state = new ArrearsState(AT);
  for (let times = 0; times < 3; times += 1) state.paymentChanged('pi_1');
  state.lookAt(['pi_1', 'pi_2']);
  expect(state.takeChangedPayments()).toEqual(['pi_1', 'pi_2']);
  expect(state.takeChangedPayments()).toEqual([]);
});

test('paused: the next stage is known, its time is not', () => {
  const state = new ArrearsState(AT);
  state.planned({ stage: 'formal-notice', at: AT });
  expect(state.progress()).toMatchObject({ nextStage: 'formal-notice', nextActionAt: AT });
  state.pause({ ...BY, reason: 'a complaint is open' });
  expect(state.progress()).toMatchObject({
    nextStage: 'formal-notice',
    nextActionAt: null,
    pausedReason: 'a complaint is open',
  });
  expect(state.refusalOfPause()).toMatch(/already paused/);
  state.resume(BY);
  expect(state.refusalOfResume()).toMatch(/not paused/);
  expect(state.progress().nextActionAt).toBe(AT);
});

test('every fact and command wakes whoever waits', () => {
  const state = new ArrearsState(AT);
  const before = state.events;
  state.ledgerChanged();
  state.paymentChanged('pi_1');
  state.pause({ ...BY, reason: 'x' });
  state.resume(BY);
  state.retry();
  state.waive({ ...BY, reason: 'x' });
  expect(state.events - before).toBe(6);
});

test('a proposal to suspend is for a person, also when the chase is over', () => {
  const state = new ArrearsState(AT);
  state.finish('suspension-proposed', AT);
  expect(state.needsAction).toBe('suspension');
  expect(state.refusalOfWaive()).toMatch(/closed: suspension-proposed/);
});
