import { beforeEach, describe, expect, test } from '@jest/globals';

import { MonthState } from './state.js';

const AT = '2026-07-01T04:00:00.000Z';
const LATER = '2026-07-01T05:00:00.000Z';
const BY = { by: 'ana@chazemo.example' };

let month: MonthState;
beforeEach(() => {
  month = new MonthState({ installationId: 'pn3', period: '2026-06' }, AT);
});

describe('progress', () => {
  test('names the chargers it waits for, at most eight, and counts those that have come', () => {
    const chargers = Array.from({ length: 10 }, (_, index) => `zcs${index}`);
    month.enter('awaiting-readings', AT);
    month.waitForReadings(chargers, LATER);
    expect(month.progress().waitsFor).toBe('readings:zcs0,zcs1,zcs2,zcs3,zcs4,zcs5,zcs6,zcs7,+2');
    month.waitForReadings(chargers.slice(7), LATER);
    expect(month.progress()).toMatchObject({ waitsFor: 'readings:zcs7,zcs8,zcs9', done: 7, total: 10 });
    expect(month.waitsUntil).toBe(LATER);
  });

  test('a step begins anew: its time, its count, its wait', () => {
    month.enter('invoicing', AT);
    month.count(3, 40);
    month.enter('reporting', LATER);
    expect(month.progress()).toEqual({
      step: 'reporting',
      since: LATER,
      waitsFor: null,
      done: 0,
      total: 0,
      held: false,
    });
  });

  test('pages report in any order and more than once; nothing is counted twice or back', () => {
    month.pageProgressed(2, 5);
    month.enter('collecting', AT);
    month.beginCollecting(210);
    expect(month.progress().done).toBe(5);
    month.pageProgressed(1, 100);
    month.pageProgressed(1, 90);
    month.pageProgressed(2, 5);
    expect(month.progress()).toMatchObject({ done: 105, total: 210, waitsFor: 'collections' });
  });

  test('parked shows why and since when, and what a person is needed for', () => {
    month.enter('rating', AT);
    month.park({ code: 'TARIFF.NOT_FOUND', detail: 'ponta:2026-06-01' }, LATER);
    expect(month.progress()).toMatchObject({
      step: 'parked',
      since: LATER,
      waitsFor: 'person:TARIFF.NOT_FOUND:ponta:2026-06-01',
    });
    expect(month.needsAction).toBe('parked');
    month.unpark();
    expect(month.progress()).toMatchObject({ step: 'rating', since: AT });
    expect(month.needsAction).toBeNull();
  });

  test('a hold shows only where it stops the month', () => {
    month.hold();
    expect(month.progress()).toMatchObject({ held: true, waitsFor: null });
    month.holdHere();
    expect(month.progress().waitsFor).toBe('person:held');
    month.release();
    expect(month.progress()).toMatchObject({ held: false, waitsFor: null });
  });
});

describe('commands that make no sense are refused in words', () => {
  test('approve', () => {
    expect(month.refusalOfApprove()).toMatch(/awaiting-period-end/);
    month.enter('awaiting-approval', AT);
    expect(month.refusalOfApprove()).toBeNull();
    month.approve(BY);
    month.enter('awaiting-approval', LATER);
    expect(month.approvedBy).toBeNull(); // an approval is of what was seen, not of what is rated after it
  });

  test('waive readings: once, and not after the period closed', () => {
    expect(month.refusalOfWaiveReadings()).toBeNull();
    month.waiveReadings();
    expect(month.refusalOfWaiveReadings()).toMatch(/already/);
    const closed = new MonthState({ installationId: 'pn3', period: '2026-06' }, AT);
    closed.enter('closing', AT);
    expect(closed.refusalOfWaiveReadings()).toMatch(/closed/);
  });

  test.each(['awaiting-period-end', 'rating', 'awaiting-approval'] as const)('cancel in %s', (step) => {
    month.enter(step, AT);
    expect(month.refusalOfCancel()).toBeNull();
    month.cancel({ ...BY, reason: 'x' });
    expect(month.refusalOfCancel()).toMatch(/already/);
  });

  test.each(['invoicing', 'reporting', 'collecting'] as const)('no cancel in %s, parked or not', (step) => {
    month.enter(step, AT);
    expect(month.refusalOfCancel()).toMatch(/credit notes/);
    month.park({ code: 'X' }, AT);
    expect(month.refusalOfCancel()).toMatch(/credit notes/);
  });

  test('retry only where something waits for it', () => {
    month.enter('rating', AT);
    expect(month.refusalOfRetry()).toMatch(/rating/);
    month.park({ code: 'X' }, AT);
    expect(month.refusalOfRetry()).toBeNull();
  });

  test('nothing after the end', () => {
    month.finish('settled', LATER);
    expect(month.progress()).toMatchObject({ step: 'done', since: LATER });
    for (const refusal of [
      month.refusalOfHold(),
      month.refusalOfWaiveReadings(),
      month.refusalOfRetry(),
      month.refusalOfCancel(),
    ]) {
      expect(refusal).toMatch(/over: settled/);
    }
    expect(month.refusalOfApprove()).not.toBeNull();
  });
});
