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
  state.planned({ next: { stage: 'formal-notice', at: AT } });
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
  state.caseChanged();
  expect(state.events - before).toBe(7);
});

test('a proposal to suspend is for a person, also when the chase is over', () => {
  const state = new ArrearsState(AT);
  state.finish('suspension-proposed', AT);
  expect(state.needsAction).toBe('suspension');
  expect(state.refusalOfWaive()).toMatch(/closed: suspension-proposed/);
});

test('a suspension is decided on when it is proposed, one decision at a time, and not once it is in force', () => {
  const state = new ArrearsState(AT);
  expect(state.refusalOfDecision()).toMatch(/No suspension is proposed: the case is at opened/);
  state.enter('suspension-proposed', AT);
  expect(state.refusalOfDecision()).toBeNull();
  state.decide({ approved: true, reason: null, ...BY });
  expect(state.refusalOfDecision()).toMatch(/being written down/);
  state.decided();
  expect(state.refusalOfDecision()).toBeNull();
  state.enter('suspended', AT);
  expect(state.refusalOfDecision()).toMatch(/suspended already/);
});

test('while a complaint is open the next stage is known, its time is not; what it needs of a person is shown', () => {
  const state = new ArrearsState(AT);
  const next = { stage: 'reminder', at: AT } as const;
  state.planned({ next, standstill: { because: 'complaint', until: null }, needs: 'complaint' });
  expect(state.progress()).toMatchObject({ nextStage: 'reminder', nextActionAt: null, standsStill: 'complaint' });
  expect(state.needsAction).toBe('complaint');
  state.planned({ next });
  expect(state.progress()).not.toHaveProperty('standsStill');
});

test('that the case changed is asked once', () => {
  const state = new ArrearsState(AT);
  expect(state.takeCaseChange()).toBe(false);
  state.caseChanged();
  state.caseChanged();
  expect([state.takeCaseChange(), state.takeCaseChange()]).toEqual([true, false]);
});
