import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';

import type { ByPerson, WithReason } from '../installation-month/messages.js';

export const COLLECTION_STEPS = [
  'pre-notifying',
  'awaiting-due-date',
  'debiting',
  'processing',
  'settled',
  'handed-to-arrears',
] as const;
export type CollectionStep = (typeof COLLECTION_STEPS)[number] | 'parked' | 'cancelled';

export interface CollectionInput {
  readonly documentId: string;
}
export type CollectionOutcome = 'settled' | 'arrears' | 'cancelled';

export interface CollectionProgress {
  readonly step: CollectionStep;
  readonly since: string;
  readonly waitsFor: string | null;
  readonly nextActionAt: string | null;
  readonly held: boolean;
}

export const collectionWorkflowId = (documentId: string): string => `collection/${documentId}`;

/** Fact: the provider said something about a payment of this document; the workflow reads it again from the provider. */
export const paymentChangedSignal = defineSignal<[{ readonly providerPaymentId: string }]>('paymentChanged');
/** Fact: the ledger of this document moved (transfer received, credit note). */
export const ledgerChangedSignal = defineSignal('ledgerChanged');

export const holdCollectionUpdate = defineUpdate<CollectionProgress, [WithReason]>('hold');
export const releaseCollectionUpdate = defineUpdate<CollectionProgress, [ByPerson]>('release');
export const retryCollectionUpdate = defineUpdate<CollectionProgress, [ByPerson]>('retry');
export const cancelCollectionUpdate = defineUpdate<CollectionProgress, [WithReason]>('cancel');

export const collectionProgressQuery = defineQuery<CollectionProgress>('progress');
