import type { Month, MonthAction, RoleName } from '#apps/backoffice/api-types.js';

import { nameOf } from '../texts/translate.js';
import type { Words } from '../texts/words.js';
import { causeText } from './cause.js';
import { waitsForText } from './waits-for.js';

/** Readings awaited longer than this need a person: a charger is unlikely to come back by itself. */
const READINGS_PATIENCE_MS = 24 * 3600 * 1000;

/** What a month asks of a person; `invoices`: the month gets on, but some of its invoices do not. */
export type MonthNeed = MonthAsk | 'invoices';
export type MonthAsk = 'parked' | 'approval' | 'readings' | 'held';
export type MonthGroup = 'need-you' | 'running' | 'finished';

type MonthFacts = Pick<Month, 'step' | 'stepSince' | 'held' | 'finishedAt' | 'invoices'>;

export const isFinished = (month: Pick<Month, 'step' | 'finishedAt'>): boolean =>
  month.finishedAt !== null || month.step === 'done' || month.step === 'cancelled';

/** Why a person should look at this month now; null when it gets on by itself. */
export function monthNeed(month: MonthFacts, nowMs: number): MonthNeed | null {
  if (isFinished(month)) return month.invoices.needPerson > 0 ? 'invoices' : null;
  if (month.step === 'parked') return 'parked';
  // Held comes first: while it is, an approval changes nothing.
  if (month.held) return 'held';
  if (month.step === 'awaiting-approval') return 'approval';
  const waitingMs = nowMs - new Date(month.stepSince).getTime();
  if (month.step === 'awaiting-readings' && waitingMs > READINGS_PATIENCE_MS) return 'readings';
  return month.invoices.needPerson > 0 ? 'invoices' : null;
}

export function monthGroup(month: MonthFacts, nowMs: number): MonthGroup {
  if (monthNeed(month, nowMs) !== null) return 'need-you';
  return isFinished(month) ? 'finished' : 'running';
}

const URGENCY: readonly (MonthNeed | null)[] = ['parked', 'approval', 'invoices', 'readings', 'held', null];

/** What needs a person first, then what runs, then what is over; within each the latest period first. */
export function byUrgency(nowMs: number) {
  const rank = (month: Month): number => {
    const need = monthNeed(month, nowMs);
    return need === null && isFinished(month) ? URGENCY.length : URGENCY.indexOf(need);
  };
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
export function monthAsks(month: Pick<Month, 'step' | 'held' | 'finishedAt' | 'waitsFor'>): MonthAsk | null {
  if (isFinished(month)) return null;
  if (month.step === 'parked') return 'parked';
  if (month.held) return 'held';
  if (month.step === 'awaiting-approval') return 'approval';
  return month.step === 'awaiting-readings' && month.waitsFor !== null ? 'readings' : null;
}

/** What has stopped a month until a person acts; null while it gets on, or waits for something but nobody. */
export function stopOf(month: Pick<Month, 'step' | 'held' | 'finishedAt'>): 'parked' | 'held' | 'approval' | null {
  if (isFinished(month)) return null;
  if (month.step === 'parked') return 'parked';
  if (month.held) return 'held';
  return month.step === 'awaiting-approval' ? 'approval' : null;
}

/** What a month needs of a person, in one line: `Espera aprovação: mês a zero`. */
export function needText(words: Pick<Words, 't' | 'language' | 'money'>, month: Month, need: MonthNeed): string {
  const { t } = words;
  switch (need) {
    case 'parked':
      return about(t('month.need.parked'), [
        month.waitsFor === null ? '' : causeText(words, month.waitsFor.replace(/^person:/, ''), month.currency),
      ]);
    case 'approval':
      return about(
        t('month.need.approval'),
        afterColon(month.waitsFor).map((code) => nameOf(t, 'anomaly', code).toLowerCase()),
      );
    case 'held':
      if (month.hold === null) return t('month.need.held');
      return about(t('month.need.held.by', { by: month.hold.by }), [month.hold.reason ?? '']);
    case 'invoices':
      return t('month.need.invoices', { count: month.invoices.needPerson });
    case 'readings':
      return about(t('month.need.readings'), [waitsForText(words, month.waitsFor, month.currency) ?? '']);
    default:
      return never(need);
  }
}

const afterColon = (waitsFor: string | null): string[] => {
  const [, codes = ''] = (waitsFor ?? '').split(/:(.*)/s);
  return codes.split(',').filter((code) => code !== '');
};

function about(what: string, parts: readonly string[]): string {
  const told = parts.filter((part) => part !== '').join(', ');
  return told === '' ? what : `${what}: ${told}`;
}

function never(need: never): string {
  throw new Error(`Unknown need ${String(need)}`);
}

/** How a month that is over came out, by its money now; null while it runs and for one that was cancelled. */
export function outcomeText({ t }: Pick<Words, 't'>, month: Month): string | null {
  if (!isFinished(month) || month.step === 'cancelled') return null;
  const { issued, settled, arrears } = month.invoices;
  if (issued === 0) return t('month.outcome.nothing-due');
  if (arrears > 0) return t('month.outcome.arrears', { count: arrears });
  return settled === issued ? t('month.outcome.settled') : null;
}

/** What a month's progress counts. */
export type ProgressUnit = 'invoices' | 'collections' | 'readings' | 'steps' | 'plain';

/** How far the month is: what its current step counts, or else how many steps are behind it. */
export function progressOf(month: Month): {
  readonly done: number;
  readonly total: number;
  readonly unit: ProgressUnit;
} {
  if (month.total > 0) return { done: Math.min(month.done, month.total), total: month.total, unit: unitOf(month) };
  const total = month.steps.length;
  const done = month.steps.filter((step) => step.state === 'done').length;
  return { done: isFinished(month) && month.step !== 'cancelled' ? total : done, total, unit: 'steps' };
}

function unitOf({ step, invoices, total }: Month): ProgressUnit {
  if (step === 'invoicing' || step === 'reporting') return 'invoices';
  if (step === 'awaiting-readings') return 'readings';
  return invoices.issued > 0 && total === invoices.issued ? 'collections' : 'plain';
}

/** The command that answers what the month asks. */
export const ANSWER_TO: Readonly<Record<MonthAsk, MonthAction>> = {
  approval: 'approve',
  parked: 'retry',
  readings: 'waive-readings',
  held: 'release',
};
