import { afterDelay } from '#libs/registry/delay.js';
import type { HolidayBook } from '#libs/registry/holidays.js';
import type { Delay } from '#libs/registry/policy.js';

export interface Instalment {
  /** yyyy-mm-dd, local */
  readonly dueDate: string;
  readonly amountCents: number;
}

export type PlanRefusal =
  | 'PLAN.NO_INSTALMENTS'
  | 'PLAN.AMOUNT_NOT_POSITIVE'
  | 'PLAN.DATES_NOT_RISING'
  | 'PLAN.IN_THE_PAST'
  | 'PLAN.SUM_DIFFERS';

/** A plan outlives no year and no patience. */
export const MOST_INSTALMENTS = 24;

/** Why these instalments make no plan for what is due, or null when they do. `today` is local. */
export function planRefusal(
  instalments: readonly Instalment[],
  { dueCents, today }: { readonly dueCents: number; readonly today: string },
): PlanRefusal | null {
  if (instalments.length === 0 || instalments.length > MOST_INSTALMENTS) return 'PLAN.NO_INSTALMENTS';
  if (instalments.some(({ amountCents }) => amountCents <= 0)) return 'PLAN.AMOUNT_NOT_POSITIVE';
  const dates = instalments.map(({ dueDate }) => dueDate);
  if (dates.some((date, index) => index > 0 && date <= (dates[index - 1] ?? ''))) return 'PLAN.DATES_NOT_RISING';
  if ((dates[0] ?? '') < today) return 'PLAN.IN_THE_PAST';
  const sumCents = instalments.reduce((sum, { amountCents }) => sum + amountCents, 0);
  return sumCents === dueCents ? null : 'PLAN.SUM_DIFFERS';
}

export interface InstalmentState extends Instalment {
  readonly paidCents: number;
}

export interface PlanState {
  /** kept: nothing is unpaid past its grace. */
  readonly state: 'kept' | 'broken' | 'fulfilled';
  readonly instalments: readonly InstalmentState[];
  /** While kept: when the first unpaid instalment's grace is over. */
  readonly breaksAt: Date | null;
}

/**
 * How a plan stands: what was paid of the debt since it was agreed pays the oldest instalments first, whatever the
 * money's way (a credit note counts too, a dispute takes it back). An instalment is due until the end of its local day,
 * and then has its grace.
 */
export function planState(
  instalments: readonly Instalment[],
  moment: {
    readonly dueCents: number;
    readonly now: Date;
    readonly grace: Delay;
    readonly timeZone: string;
    readonly holidays: HolidayBook;
  },
): PlanState {
  const totalCents = instalments.reduce((sum, { amountCents }) => sum + amountCents, 0);
  let leftCents = Math.max(0, totalCents - Math.max(0, moment.dueCents));
  const states = instalments.map((instalment) => {
    const paidCents = Math.min(leftCents, instalment.amountCents);
    leftCents -= paidCents;
    return { ...instalment, paidCents };
  });
  const unpaid = states.find(({ paidCents, amountCents }) => paidCents < amountCents);
  if (unpaid === undefined) return { state: 'fulfilled', instalments: states, breaksAt: null };
  const breaksAt = breakInstant(unpaid.dueDate, moment);
  const broken = moment.now.getTime() >= breaksAt.getTime();
  return { state: broken ? 'broken' : 'kept', instalments: states, breaksAt: broken ? null : breaksAt };
}

function breakInstant(
  dueDate: string,
  { grace, timeZone, holidays }: { readonly grace: Delay; readonly timeZone: string; readonly holidays: HolidayBook },
): Date {
  const endOfDay = Temporal.PlainDate.from(dueDate).add({ days: 1 }).toZonedDateTime(timeZone);
  const graceFrom = Temporal.PlainDate.from(dueDate).toZonedDateTime(timeZone).epochMilliseconds;
  const graceEnd = afterDelay(new Date(graceFrom), grace, timeZone, holidays);
  const dayAfter = Temporal.Instant.fromEpochMilliseconds(graceEnd.getTime())
    .toZonedDateTimeISO(timeZone)
    .add({ days: 1 });
  return new Date(Math.max(endOfDay.epochMilliseconds, dayAfter.epochMilliseconds));
}
