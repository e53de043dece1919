import { describe, expect, it } from '@jest/globals';

import { holidayBook } from '#libs/registry/holidays.js';
import { DEFAULT_POLICY } from '#libs/registry/policy.js';
import { PORTUGAL } from '#test/data/holidays.js';

import {
  isSuspensionDay,
  nextStage,
  stageDecision,
  stagePlan,
  suspensionInstant,
  type CaseFacts,
  type EnteredStage,
} from './stages.js';

const DUE = new Date('2026-07-15T09:00:00Z');
const DAY_MS = 86_400_000;

function facts(more: Partial<CaseFacts> = {}): CaseFacts {
  return {
    policy: DEFAULT_POLICY.arrears,
    timeZone: 'Europe/Lisbon',
    holidays: PORTUGAL,
    dueAt: DUE,
    openedAt: DUE,
    cause: 'insufficient-funds',
    mayDebit: true,
    suspendable: true,
    noticeGivenAt: DUE,
    approvedAt: null,
    standstills: [],
    entered: [{ stage: 'opened', at: DUE }],
    ...more,
  };
}

const fresh = { noticeGivenAt: null };
const names = (more: Partial<CaseFacts> = {}) => stagePlan(facts(more)).map(({ stage }) => stage);
const days = (more: Partial<CaseFacts> = {}) =>
  stagePlan(facts(more)).map(({ at }) => Math.round((at.getTime() - DUE.getTime()) / DAY_MS));

describe('the plan of a case', () => {
  it('follows the policy: notice after 1 day, retry after 5 working days, reminder 10, formal notice 20, proposal 20 more', () => {
    expect(names(fresh)).toEqual(['notice', 'retry', 'reminder', 'formal-notice', 'suspension-proposed']);
    expect(days(fresh)).toEqual([1, 7, 10, 20, 40]);
  });

  it('counts from the day it was opened, when that is later than the due date', () => {
    expect(days({ openedAt: new Date(DUE.getTime() + 3 * DAY_MS) })[2]).toBe(13);
    expect(days({ openedAt: new Date(DUE.getTime() - 3 * DAY_MS) })[2]).toBe(10);
  });

  it('does not go back to the first notice in a case that went on before there was one', () => {
    expect(nextStage(facts({ entered: [{ stage: 'reminder', at: DUE }], mayDebit: false }))?.stage).toBe(
      'formal-notice',
    );
  });

  it('pitfall 17 (killbill #1997): proposes no suspension to who pays ahead now', () => {
    expect(names({ suspendable: false })).toEqual(['notice', 'retry', 'reminder', 'formal-notice']);
  });

  it('has the suspension only after staff approved, on a day that allows it', () => {
    expect(names()).not.toContain('suspended');
    const friday = new Date('2026-08-28T15:00:00Z');
    expect(stagePlan(facts({ approvedAt: friday })).at(-1)).toEqual({
      stage: 'suspended',
      at: new Date('2026-08-31T15:00:00Z'),
    });
  });

  it('waits for a proof of the formal notice before a suspension is proposed', () => {
    const entered: EnteredStage[] = [
      { stage: 'retry', at: DUE },
      { stage: 'reminder', at: DUE },
      { stage: 'formal-notice', at: DUE },
    ];
    expect(nextStage(facts({ entered, noticeGivenAt: null }))).toBeNull();
    const posted = new Date(DUE.getTime() + 5 * DAY_MS);
    const next = nextStage(facts({ entered, noticeGivenAt: posted }));
    expect(next?.at.getTime()).toBeGreaterThanOrEqual(posted.getTime() + 20 * DAY_MS);
  });

  it('goes on where it stood after a complaint of ten days', () => {
    const standstill = {
      because: 'complaint' as const,
      from: new Date(DUE.getTime() + 3 * DAY_MS),
      until: new Date(DUE.getTime() + 13 * DAY_MS),
      lookAgainAt: null,
    };
    expect(days({ ...fresh, standstills: [standstill] })).toEqual([1, 17, 20, 30, 50]);
  });

  it.each([
    ['a cause that a second debit does not cure', { cause: 'account-closed' }],
    ['a dispute', { cause: 'disputed' }],
    ['a customer without mandate', { mayDebit: false }],
  ])('has no retry for %s', (_name, more) => {
    expect(names(more)).toEqual(['notice', 'reminder', 'formal-notice', 'suspension-proposed']);
  });

  it('knows the provider’s and SEPA’s words too', () => {
    expect(names({ cause: 'insufficient_funds' })).toContain('retry');
    expect(names({ cause: 'AM04' })).toContain('retry');
  });

  it('gives the notice its whole time, counted from when it was in fact given', () => {
    const given = new Date(DUE.getTime() + 33 * DAY_MS);
    const entered: EnteredStage[] = [
      { stage: 'retry', at: DUE },
      { stage: 'reminder', at: DUE },
      { stage: 'formal-notice', at: given },
    ];
    const next = nextStage(facts({ entered, noticeGivenAt: given }));
    expect(next?.stage).toBe('suspension-proposed');
    expect(next?.at.getTime()).toBeGreaterThanOrEqual(given.getTime() + 20 * DAY_MS);
  });

  it('never has the formal notice before the reminder, whatever the delays', () => {
    const policy = { ...DEFAULT_POLICY.arrears, formalNoticeAfter: { days: 1 } };
    expect(names({ policy })).toEqual(['notice', 'retry', 'reminder', 'formal-notice', 'suspension-proposed']);
    expect(days({ policy })[3]).toBe(10);
  });

  it('does not go back to a retry when a mandate is signed after the formal notice', () => {
    const entered: EnteredStage[] = [
      { stage: 'reminder', at: DUE },
      { stage: 'formal-notice', at: DUE },
    ];
    expect(nextStage(facts({ entered }))?.stage).toBe('suspension-proposed');
  });

  it('is over after the suspension', () => {
    const entered = stagePlan(facts({ approvedAt: DUE })).map(({ stage, at }) => ({ stage, at }));
    expect(nextStage(facts({ entered, approvedAt: DUE }))).toBeNull();
  });
});

describe('a suspension', () => {
  it.each([
    ['2026-08-24', true, 'a Monday'],
    ['2026-08-28', false, 'a Friday'],
    ['2026-08-29', false, 'a Saturday'],
    ['2026-08-30', false, 'a Sunday'],
    ['2026-12-07', false, 'the eve of Imaculada Conceição'],
    ['2026-12-08', false, 'a holiday'],
    ['2026-12-09', true, 'the day after it'],
    ['2026-04-02', false, 'the eve of Good Friday'],
    ['2026-12-31', false, 'the eve of New Year'],
  ])('%s: %s (%s)', (date, allowed) => {
    expect(isSuspensionDay(Temporal.PlainDate.from(date), PORTUGAL)).toBe(allowed);
  });

  it('knows the municipality’s holiday: neither on its eve nor on the day', () => {
    const porto = holidayBook({ country: 'PT', municipality: 'Porto' });
    const allowed = (date: string) => isSuspensionDay(Temporal.PlainDate.from(date), porto);
    expect(['2026-06-22', '2026-06-23', '2026-06-24', '2026-06-25'].map(allowed)).toEqual([true, false, false, true]);
    expect(isSuspensionDay(Temporal.PlainDate.from('2026-06-23'), PORTUGAL)).toBe(true);
  });

  it('is moved to the same local time of the next day that allows it, over a clock change too', () => {
    const move = (instant: string) => suspensionInstant(new Date(instant), facts()).toISOString();
    expect(move('2026-08-24T09:00:00Z')).toBe('2026-08-24T09:00:00.000Z');
    expect(move('2026-08-28T09:00:00Z')).toBe('2026-08-31T09:00:00.000Z');
    expect(move('2026-10-23T09:00:00Z')).toBe('2026-10-26T10:00:00.000Z');
    expect(move('2026-12-24T10:00:00Z')).toBe('2026-12-28T10:00:00.000Z');
  });

  it('looks at the local day: Thursday 23:30 UTC in summer is Friday in Lisbon', () => {
    expect(suspensionInstant(new Date('2026-08-27T23:30:00Z'), facts()).toISOString()).toBe('2026-08-30T23:30:00.000Z');
  });
});

describe('whether a stage is entered when its time has come', () => {
  const now = new Date(DUE.getTime() + 10 * DAY_MS);
  const lookAgainAt = new Date(now.getTime() + 3_600_000);
  const moment = { now, dueCents: 1, debitInFlight: false, lookAgainAt };
  const reminderNext = facts({ entered: [{ stage: 'retry', at: DUE }] });

  it('it is, while a cent is due', () => {
    expect(stageDecision(reminderNext, { ...moment, stage: 'reminder' })).toEqual({ enter: true });
  });

  it('pitfall 13: not when the payment is there already', () => {
    const decision = stageDecision(reminderNext, { ...moment, stage: 'reminder', dueCents: 0 });
    expect(decision).toEqual({ enter: false, because: 'settled' });
  });

  it('pitfall 19: not while a debit is with the bank', () => {
    const decision = stageDecision(reminderNext, { ...moment, stage: 'reminder', debitInFlight: true });
    expect(decision).toEqual({ enter: false, because: 'debit-in-flight', until: lookAgainAt });
  });

  it('not while a complaint is open or a plan is kept', () => {
    const standstills = [{ because: 'complaint' as const, from: DUE, until: null, lookAgainAt: null }];
    const decision = stageDecision({ ...reminderNext, standstills }, { ...moment, stage: 'reminder' });
    expect(decision).toEqual({ enter: false, because: 'standstill' });
  });

  it('not when the plan has changed meanwhile: a mandate ended, so there is no retry', () => {
    const entered: EnteredStage[] = [{ stage: 'notice', at: DUE }];
    const decision = stageDecision(facts({ mayDebit: false, entered }), { ...moment, stage: 'retry' });
    expect(decision).toMatchObject({ enter: false, because: 'replanned', next: { stage: 'reminder' } });
  });

  it('the suspension proposal neither before its time nor, when the timer fired late, on a Friday', () => {
    const given = new Date('2026-08-04T09:00:00Z');
    const entered: EnteredStage[] = (['retry', 'reminder', 'formal-notice'] as const).map((stage) => ({
      stage,
      at: given,
    }));
    const decide = (instant: string) =>
      stageDecision(facts({ entered, noticeGivenAt: given }), {
        ...moment,
        stage: 'suspension-proposed',
        now: new Date(instant),
      });
    const plannedAt = new Date('2026-08-24T09:00:00Z');
    expect(decide('2026-08-20T09:00:00Z')).toEqual({ enter: false, because: 'too-early', until: plannedAt });
    expect(decide('2026-08-24T09:00:00Z')).toEqual({ enter: true });
    expect(decide('2026-08-28T09:00:00Z')).toMatchObject({
      because: 'forbidden-day',
      until: new Date('2026-08-31T09:00:00Z'),
    });
  });
});
