import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { Delay, InstallationPolicy } from '#libs/registry/policy.js';
import { PORTUGAL } from '#test/data/holidays.js';

import {
  isSuspensionDay,
  nextStage,
  stageDecision,
  stagePlan,
  type CaseFacts,
  type EnteredStage,
  type NextStage,
} from './stages.js';
import type { Standstill } from './standstill.js';

const ZONE = 'Europe/Lisbon';
const HOUR_MS = 3_600_000;

const delay: fc.Arbitrary<Delay> = fc.oneof(
  fc.record({ seconds: fc.integer({ min: 0, max: 3_000_000 }) }),
  fc.record({ days: fc.integer({ min: 0, max: 40 }) }),
  fc.record({ businessDays: fc.integer({ min: 0, max: 25 }) }),
);
const policy: fc.Arbitrary<InstallationPolicy['arrears']> = fc.record({
  reminderAfter: delay,
  retryAfter: delay,
  formalNoticeAfter: delay,
  suspensionProposalAfterNotice: delay,
  noticeAfter: delay,
  instalmentGrace: delay,
  suspendPrepaid: fc.boolean(),
  claimLapseMonths: fc.constant(6),
  lapseWarningDays: fc.constant(30),
  interest: fc.constant('none' as const),
  resumeAfterWriteOff: fc.boolean(),
});
const instant = fc.date({ min: new Date('2025-01-01'), max: new Date('2028-12-31'), noInvalidDate: true });

/** What happens before the next look at a case: money, a pause, a debit on its way, or nothing but time. */
const happening = fc.oneof(
  fc.record({ kind: fc.constant('part-payment' as const), percent: fc.integer({ min: 1, max: 99 }) }),
  fc.record({ kind: fc.constant('pause' as const), hours: fc.integer({ min: 1, max: 2000 }) }),
  fc.record({ kind: fc.constant('standstill' as const), hours: fc.integer({ min: 1, max: 900 }) }),
  fc.record({ kind: fc.constant('debit-in-flight' as const), hours: fc.integer({ min: 1, max: 400 }) }),
  fc.record({ kind: fc.constant('late-timer' as const), hours: fc.integer({ min: 1, max: 200 }) }),
);
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

interface Story {
  readonly visited: EnteredStage[];
  readonly facts: CaseFacts;
}

/** A mail server takes the formal notice at once, and staff approve of a suspension at once. */
function factsAfter(facts: CaseFacts, stage: NextStage, at: Date): CaseFacts {
  switch (stage) {
    case 'formal-notice':
      return { ...facts, noticeGivenAt: at };
    case 'suspension-proposed':
      return { ...facts, approvedAt: at };
    default:
      return facts;
  }
}

/** Lives through a case as its workflow does: plan, wait, let things happen, decide, enter. */
function live(start: CaseFacts, happenings: readonly Happening[], dueCents: number): Story {
  const entered = [...start.entered];
  const standstills: Standstill[] = [];
  let facts: CaseFacts = { ...start, entered, standstills };
  let due = dueCents;
  let now = start.openedAt;
  const left = [...happenings];
  const visited: EnteredStage[] = [];
  for (let turn = 0; turn < 1000; turn += 1) {
    const next = nextStage(facts);
    if (next === null) return { visited, facts };
    now = new Date(Math.max(now.getTime(), next.at.getTime()));
    const event = left.shift();
    let debitInFlight = false;
    if (event?.kind === 'part-payment') due = Math.max(1, Math.floor((due * (100 - event.percent)) / 100));
    else if (event !== undefined) now = new Date(now.getTime() + event.hours * HOUR_MS);
    if (event?.kind === 'standstill') {
      const from = new Date(now.getTime() - event.hours * HOUR_MS);
      standstills.push({ because: 'complaint', from, until: now, lookAgainAt: null });
    }
    if (event?.kind === 'debit-in-flight') debitInFlight = true;
    const lookAgainAt = new Date(now.getTime() + HOUR_MS);
    const decision = stageDecision(facts, { stage: next.stage, now, dueCents: due, debitInFlight, lookAgainAt });
    if (decision.enter) {
      visited.push({ stage: next.stage, at: now });
      entered.push({ stage: next.stage, at: now });
      facts = factsAfter(facts, next.stage, now);
    } else if ('until' in decision) {
      now = new Date(Math.max(now.getTime(), decision.until.getTime()));
    } else {
      throw new Error(`a case that owes money was ${decision.because}`);
    }
  }
  throw new Error('the case never came to its end');
}

const story = fc.record({
  policy,
  dueAt: instant,
  openedAfterHours: fc.integer({ min: -500, max: 500 }),
  cause: fc.constantFrom('insufficient-funds', 'account-closed', 'disputed', 'not-paid', 'AM04'),
  mayDebit: fc.boolean(),
  happenings: fc.array(happening, { maxLength: 12 }),
  dueCents: fc.integer({ min: 1, max: 1_000_000 }),
});
type StoryInput = typeof story extends fc.Arbitrary<infer T> ? T : never;

function startOf({ policy, dueAt, openedAfterHours, cause, mayDebit }: StoryInput): CaseFacts {
  const openedAt = new Date(dueAt.getTime() + openedAfterHours * HOUR_MS);
  return {
    policy,
    timeZone: ZONE,
    holidays: PORTUGAL,
    dueAt,
    openedAt,
    cause,
    mayDebit,
    suspendable: true,
    noticeGivenAt: null,
    approvedAt: null,
    standstills: [],
    entered: [{ stage: 'opened', at: openedAt }],
  };
}

const beforeProposal = ({ stage }: EnteredStage): boolean => !['suspension-proposed', 'suspended'].includes(stage);
const stagesOf = (entered: readonly { stage: string }[]): string[] => entered.map(({ stage }) => stage);

describe('pitfall 15: whatever is paid in part, paused, in flight or late', () => {
  it('a case visits the stages of its plan in their order, each exactly once, never before its time', () => {
    fc.assert(
      fc.property(story, (input) => {
        const start = startOf(input);
        const planned = stagePlan({ ...start, approvedAt: start.openedAt });
        const { visited } = live(start, input.happenings, input.dueCents);
        expect(stagesOf(visited)).toEqual(stagesOf(planned));
        for (const [index, { at }] of visited.entries()) {
          const before = visited[index - 1]?.at ?? start.openedAt;
          expect(at.getTime()).toBeGreaterThanOrEqual(before.getTime());
          const plannedAt = planned.find(({ stage }) => stage === visited[index]?.stage)?.at ?? at;
          if (!['suspension-proposed', 'suspended'].includes(visited[index]?.stage ?? '')) {
            expect(at.getTime()).toBeGreaterThanOrEqual(plannedAt.getTime());
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('a suspension is proposed only on a day that allows it, and after the notice had its whole time', () => {
    fc.assert(
      fc.property(story, (input) => {
        const { visited, facts } = live(startOf(input), input.happenings, input.dueCents);
        const proposal = visited.find(({ stage }) => stage === 'suspension-proposed');
        const notice = visited.find(({ stage }) => stage === 'formal-notice');
        if (proposal === undefined || notice === undefined) throw new Error('both are always visited');
        const day = Temporal.Instant.fromEpochMilliseconds(proposal.at.getTime()).toZonedDateTimeISO(ZONE);
        expect(isSuspensionDay(day.toPlainDate(), PORTUGAL)).toBe(true);
        const again = stagePlan({ ...facts, approvedAt: null, entered: facts.entered.filter(beforeProposal) });
        expect(proposal.at.getTime()).toBeGreaterThanOrEqual(again.at(-1)?.at.getTime() ?? Infinity);
      }),
      { numRuns: 300 },
    );
  });

  it('a settled case enters nothing, at any stage and time', () => {
    const stage = fc.constantFrom<NextStage>('reminder', 'retry', 'formal-notice', 'suspension-proposed');
    fc.assert(
      fc.property(story, stage, instant, fc.integer({ min: -500, max: 0 }), (input, stage, now, dueCents) => {
        const decision = stageDecision(startOf(input), {
          stage,
          now,
          dueCents,
          debitInFlight: false,
          lookAgainAt: now,
        });
        expect(decision).toEqual({ enter: false, because: 'settled' });
      }),
    );
  });
});
