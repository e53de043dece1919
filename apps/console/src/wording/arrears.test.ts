import { describe, expect, test } from '@jest/globals';

import type { ArrearsDetail } from '#apps/backoffice/api-types.js';

import { caseCommands, debtorDeeds, deedPath, equalInstalments, mayAgreePlan, staffDeeds } from './arrears.js';

const AT = '2026-08-01T00:00:00.000Z';

function detail(more: Partial<ArrearsDetail['case']> = {}, rest: Partial<ArrearsDetail> = {}): ArrearsDetail {
  return {
    case: { stage: 'reminder', outcome: null, dueCents: 1000, suspended: false, pausedReason: null, ...more },
    complaints: [],
    plan: null,
    planRequest: null,
    ...rest,
  } as unknown as ArrearsDetail;
}
const complaint = { reason: 'x', openedAt: AT, openedBy: 'r', closedAt: null, closeReason: null };

describe('what can be done about a debt', () => {
  test('a debtor asks for a plan and complains, once', () => {
    expect(debtorDeeds(detail())).toEqual(['plan-ask', 'complaint']);
    const asked = { words: 'x', askedAt: AT, answeredAt: null, answer: null };
    expect(debtorDeeds(detail({}, { complaints: [complaint], planRequest: asked }))).toEqual([]);
    expect(debtorDeeds(detail({ outcome: 'settled' }))).toEqual([]);
  });

  test('staff answer what is asked first; what ends a case is not offered while a complaint is open', () => {
    expect(staffDeeds(detail())).toEqual(['complaint', 'hand-over', 'write-off']);
    expect(staffDeeds(detail({}, { complaints: [complaint] }))).toEqual(['complaint-close']);
    expect(staffDeeds(detail({ outcome: 'handed-over', suspended: true }))).toEqual([
      'lift-suspension',
      'hand-over',
      'write-off',
    ]);
    expect(mayAgreePlan(detail())).toBe(true);
    expect(mayAgreePlan(detail({ dueCents: 0 }))).toBe(false);
  });

  test('a proposed suspension is decided, a parked case tried again, a paused one resumed', () => {
    expect(caseCommands(detail({ stage: 'suspension-proposed' }))).toEqual([
      'approve-suspension',
      'decline-suspension',
      'pause',
    ]);
    expect(caseCommands(detail({ stage: 'parked' }))).toEqual(['retry']);
    expect(caseCommands(detail({ pausedReason: 'x' }))).toEqual(['resume']);
  });

  test('each deed has its address', () => {
    expect(deedPath('plan-ask')).toBe('plan/ask');
    expect(deedPath('complaint-close')).toBe('complaint/close');
    expect(deedPath('write-off')).toBe('write-off');
  });
});

test('equal instalments add up to the cent, a month apart, on the last day where there is no such day', () => {
  const plan = equalInstalments(1000, 3, '2026-12-31');
  expect(plan).toEqual([
    { dueDate: '2026-12-31', amountCents: 334 },
    { dueDate: '2027-01-31', amountCents: 333 },
    { dueDate: '2027-02-28', amountCents: 333 },
  ]);
});
