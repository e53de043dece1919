import type { ArrearsAction, ArrearsDetail } from '#apps/backoffice/api-types.js';

/** What people do to a case in the books; commands to its workflow are {@link ArrearsAction}. */
export type ArrearsDeed =
  | 'complaint'
  | 'complaint-close'
  | 'plan-ask'
  | 'plan-decline'
  | 'plan-end'
  | 'write-off'
  | 'hand-over'
  | 'lift-suspension';

/** Where a deed is sent: `plan-ask` → `plan/ask`. */
export function deedPath(deed: ArrearsDeed): string {
  switch (deed) {
    case 'complaint-close':
    case 'plan-ask':
    case 'plan-decline':
    case 'plan-end':
      return deed.replace('-', '/');
    default:
      return deed;
  }
}

const isComplaintOpen = ({ complaints }: ArrearsDetail): boolean =>
  complaints.some(({ closedAt }) => closedAt === null);
const isPlanKept = ({ plan }: ArrearsDetail): boolean => plan !== null && plan.outcome === null;
const isPlanAsked = ({ planRequest }: ArrearsDetail): boolean =>
  planRequest !== null && planRequest.answeredAt === null;

/** What a debtor can do now. */
export function debtorDeeds(detail: ArrearsDetail): ArrearsDeed[] {
  if (detail.case.outcome !== null) return [];
  const deeds: ArrearsDeed[] = [];
  if (!isPlanKept(detail) && !isPlanAsked(detail)) deeds.push('plan-ask');
  if (!isComplaintOpen(detail)) deeds.push('complaint');
  return deeds;
}

/** What staff can do now, in the order of a menu; the back office has the last word. */
export function staffDeeds(detail: ArrearsDetail): ArrearsDeed[] {
  const { outcome, dueCents, suspended } = detail.case;
  const deeds: ArrearsDeed[] = [];
  if (outcome === null) {
    deeds.push(isComplaintOpen(detail) ? 'complaint-close' : 'complaint');
    if (isPlanAsked(detail)) deeds.push('plan-decline');
    if (isPlanKept(detail)) deeds.push('plan-end');
  }
  if (suspended) deeds.push('lift-suspension');
  if (dueCents > 0 && !isComplaintOpen(detail) && !isPlanKept(detail)) deeds.push('hand-over', 'write-off');
  return deeds;
}

export const mayAgreePlan = (detail: ArrearsDetail): boolean =>
  detail.case.outcome === null && detail.case.dueCents > 0 && !isPlanKept(detail);

/** Commands to the workflow that make sense now. */
export function caseCommands({ case: one }: ArrearsDetail): ArrearsAction[] {
  if (one.outcome !== null) return [];
  const commands: ArrearsAction[] = [];
  if (one.stage === 'suspension-proposed') commands.push('approve-suspension', 'decline-suspension');
  if (one.stage === 'parked') commands.push('retry');
  else commands.push(one.pausedReason === null ? 'pause' : 'resume');
  return commands;
}

/**
 * Equal instalments a month apart, the odd cents on the first; on the same day of each month, or its last.
 * @param firstDate yyyy-mm-dd
 */
export function equalInstalments(
  dueCents: number,
  count: number,
  firstDate: string,
): { readonly dueDate: string; readonly amountCents: number }[] {
  const each = Math.floor(dueCents / count);
  return Array.from({ length: count }, (_, index) => ({
    dueDate: addMonths(firstDate, index),
    amountCents: index === 0 ? dueCents - each * (count - 1) : each,
  }));
}

function addMonths(date: string, months: number): string {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  const lastDay = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(day, lastDay))).toISOString().slice(0, 10);
}
