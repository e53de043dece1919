import type { AutoTopUp } from './settings.js';

/** Since when an account is low, at its floor, or waits for a top-up; null: it is not. */
export interface WatchState {
  readonly lowSince: Date | null;
  readonly floorSince: Date | null;
  readonly autoSince: Date | null;
}

export const NOTHING_WATCHED: WatchState = { lowSince: null, floorSince: null, autoSince: null };

export interface LookFacts {
  readonly availableCents: number;
  readonly floorCents: number;
  readonly lowBalanceCents: number;
  readonly autoTopUp: Pick<AutoTopUp, 'belowCents' | 'amountCents' | 'monthMaximumCents'> | null;
  /** What was ordered by automatic top-up in this local month and has not failed. */
  readonly orderedThisMonthCents: number;
  readonly topUpInFlight: boolean;
  readonly hasMandate: boolean;
  readonly now: Date;
}

/** Why an account below its threshold is not topped up now. */
export type NoTopUp = 'off' | 'enough' | 'ordered' | 'in-flight' | 'no-mandate' | 'month-maximum';

export interface LookPlan {
  readonly watch: WatchState;
  /** What the customer is told now: once per fall. At the floor `floor` alone. */
  readonly notice: 'low' | 'floor' | null;
  readonly topUp: { readonly amountCents: number; readonly occasion: string } | { readonly none: NoTopUp };
}

/**
 * What follows from one look at a prepaid account, whenever and however often one looks: each fall below a threshold is
 * told once and makes one order; an account that rose above it may fall again.
 */
export function planLook(before: WatchState, facts: LookFacts): LookPlan {
  const { availableCents, floorCents, lowBalanceCents, now } = facts;
  const isAtFloor = availableCents <= floorCents;
  const isLow = isAtFloor || availableCents < lowBalanceCents;
  const floorSince = isAtFloor ? (before.floorSince ?? now) : null;
  const lowSince = isLow ? (before.lowSince ?? now) : null;
  const notice =
    floorSince !== null && before.floorSince === null
      ? 'floor'
      : lowSince !== null && before.lowSince === null
        ? 'low'
        : null;
  const none = whyNot(before, facts);
  if (none === null && facts.autoTopUp !== null) {
    const topUp = { amountCents: facts.autoTopUp.amountCents, occasion: `auto/${now.toISOString()}` };
    return { watch: { lowSince, floorSince, autoSince: now }, notice, topUp };
  }
  const isOver = none === 'off' || none === 'enough';
  const autoSince = isOver ? null : before.autoSince;
  return { watch: { lowSince, floorSince, autoSince }, notice, topUp: { none: none ?? 'off' } };
}

function whyNot(before: WatchState, facts: LookFacts): NoTopUp | null {
  const { autoTopUp } = facts;
  if (autoTopUp === null) return 'off';
  if (facts.availableCents >= autoTopUp.belowCents) return 'enough';
  if (facts.topUpInFlight) return 'in-flight';
  if (before.autoSince !== null) return 'ordered';
  if (!facts.hasMandate) return 'no-mandate';
  return facts.orderedThisMonthCents + autoTopUp.amountCents > autoTopUp.monthMaximumCents ? 'month-maximum' : null;
}
