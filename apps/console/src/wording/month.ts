import type { Month, MonthAction, RoleName } from '#apps/backoffice/api-types.js';

/** Readings awaited longer than this need a person: a charger is unlikely to come back by itself. */
const READINGS_PATIENCE_MS = 24 * 3600 * 1000;

export type MonthNeed = 'parked' | 'approval' | 'readings' | 'held';
export type MonthGroup = 'need-you' | 'running' | 'finished';

type MonthFacts = Pick<Month, 'step' | 'stepSince' | 'held' | 'finishedAt' | 'invoices'>;

export const isFinished = (month: Pick<Month, 'step' | 'finishedAt'>): boolean =>
  month.finishedAt !== null || month.step === 'done' || month.step === 'cancelled';

/** Why a person should look at this month now; null when it gets on by itself. */
export function monthNeed(month: MonthFacts, nowMs: number): MonthNeed | null {
  if (isFinished(month)) return null;
  if (month.step === 'parked') return 'parked';
  if (month.step === 'awaiting-approval') return 'approval';
  if (month.held) return 'held';
  const waitingMs = nowMs - new Date(month.stepSince).getTime();
  return month.step === 'awaiting-readings' && waitingMs > READINGS_PATIENCE_MS ? 'readings' : null;
}

export function monthGroup(month: MonthFacts, nowMs: number): MonthGroup {
  if (isFinished(month)) return 'finished';
  return monthNeed(month, nowMs) === null ? 'running' : 'need-you';
}

const URGENCY: readonly (MonthNeed | null)[] = ['parked', 'approval', 'readings', 'held', null];

/** What needs a person first, then what runs, then what is over; within each the latest period first. */
export function byUrgency(nowMs: number) {
  const rank = (month: Month): number =>
    isFinished(month) ? URGENCY.length : URGENCY.indexOf(monthNeed(month, nowMs));
  return (a: Month, b: Month): number =>
    rank(a) - rank(b) ||
    b.period.localeCompare(a.period) ||
    a.installationName.localeCompare(b.installationName, 'pt', { numeric: true });
}

/** Staff and administrators steer; everybody else looks on. */
export const maySteer = (role: RoleName): boolean => role === 'administrator' || role === 'staff';

/** Which commands make sense for the month as it stands. The workflow has the last word. */
export function monthActions(month: MonthFacts): Record<MonthAction, boolean> {
  const running = !isFinished(month);
  return {
    approve: running && month.step === 'awaiting-approval',
    hold: running && !month.held && month.step !== 'parked',
    release: running && month.held,
    'waive-readings': running && month.step === 'awaiting-readings',
    retry: running && (month.step === 'parked' || month.step === 'awaiting-approval'),
    cancel: running && month.invoices.issued === 0 && !['invoicing', 'reporting', 'collecting'].includes(month.step),
  };
}

/** Commands that are refused without a reason, as the workflow's messages say. */
export const monthActionNeedsReason = (action: MonthAction): boolean =>
  action === 'hold' || action === 'waive-readings' || action === 'cancel';

/** What the month asks of a person on its own page, where also readings that are awaited for a short time are told. */
export function monthAsks(month: Pick<Month, 'step' | 'held' | 'finishedAt' | 'waitsFor'>): MonthNeed | null {
  if (isFinished(month)) return null;
  if (month.step === 'parked') return 'parked';
  if (month.step === 'awaiting-approval') return 'approval';
  if (month.held) return 'held';
  return month.step === 'awaiting-readings' && month.waitsFor !== null ? 'readings' : null;
}

/** The command that answers what the month asks. */
export const ANSWER_TO: Readonly<Record<MonthNeed, MonthAction>> = {
  approval: 'approve',
  parked: 'retry',
  readings: 'waive-readings',
  held: 'release',
};
