import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';

import type { ByPerson } from '../installation-month/messages.js';

export const TOP_UP_STEPS = ['pre-notifying', 'awaiting-debit-date', 'debiting', 'processing', 'ended'] as const;
export type TopUpStep = (typeof TOP_UP_STEPS)[number] | 'parked';

export interface TopUpInput {
  readonly orderId: string;
}
export type TopUpOutcome = 'succeeded' | 'failed' | 'cancelled';

export interface TopUpProgress {
  readonly step: TopUpStep;
  readonly since: string;
  readonly waitsFor: string | null;
  readonly nextActionAt: string | null;
}

export const topUpWorkflowId = (orderId: string): string => `top-up/${orderId}`;

/** Fact: the provider said something about the payment; the workflow reads it again from the provider. */
export const topUpChangedSignal = defineSignal('topUpChanged');

export const retryTopUpUpdate = defineUpdate<TopUpProgress, [ByPerson]>('retry');

export const topUpProgressQuery = defineQuery<TopUpProgress>('progress');
