import { proxyActivities } from '@temporalio/workflow';

import type { CollectionOutcome } from '../collection/messages.js';
import { UNTIL_IT_WORKS } from '../retry-policies.js';

export interface CollectionPageActivities {
  /** How each collection of these documents ended, for those that have. */
  collectionOutcomes(
    documentIds: readonly string[],
  ): Promise<readonly { readonly documentId: string; readonly outcome: CollectionOutcome }[]>;
}

export const page = proxyActivities<CollectionPageActivities>({
  startToCloseTimeout: '1 minute',
  retry: UNTIL_IT_WORKS,
});
