import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ChildWorkflowFailure,
  condition,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  sleep,
  startChild,
  workflowInfo,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow';

import { collectionWorkflowId } from '../collection/messages.js';
import type { collection } from '../collection/workflow.js';
import { pageProgressedSignal } from '../installation-month/messages.js';
import { VisibilityBoard } from '../visibility.js';
import { page as activities } from './activities.js';
import type { CollectionPageInput, CollectionPageResult } from './messages.js';
import { CollectionPageState } from './state.js';

/** Starts one collection for each invoice of the page and waits until all have ended. Whoever dies, the others live. */
export async function collectionPage(input: CollectionPageInput): Promise<CollectionPageResult> {
  const state = new CollectionPageState(input.documentIds);
  new VisibilityBoard().show({ installationId: input.installationId, period: input.period, stage: 'collecting' });
  const reporting = reportProgress(input.page, state);
  await Promise.all(input.documentIds.map((documentId) => collect(documentId, state)));
  await reporting;
  return state.result();
}

async function collect(documentId: string, state: CollectionPageState): Promise<void> {
  try {
    const child = await startChild<typeof collection>('collection', {
      workflowId: collectionWorkflowId(documentId),
      args: [{ documentId }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
    });
    state.ended(documentId, await child.result());
  } catch (error) {
    if (error instanceof ChildWorkflowFailure) state.ended(documentId, 'lost');
    else if (error instanceof WorkflowExecutionAlreadyStartedError) await follow(documentId, state);
    else throw error;
  }
}

/** A collection that somebody else started (an earlier run of this month): its row in the database says how it ends. */
async function follow(documentId: string, state: CollectionPageState): Promise<void> {
  for (let waitMs = 1_000; ; waitMs = Math.min(waitMs * 2, 3_600_000)) {
    const [ended] = await activities.collectionOutcomes([documentId]);
    if (ended !== undefined) return state.ended(documentId, ended.outcome);
    await sleep(waitMs);
  }
}

/** Tells the month now and then; a month that is gone needs no telling. */
async function reportProgress(page: number, state: CollectionPageState): Promise<void> {
  const { parent } = workflowInfo();
  if (parent === undefined) return;
  const month = getExternalWorkflowHandle(parent.workflowId);
  for (;;) {
    await condition(() => state.complete || state.reportDue);
    if (state.complete) return;
    try {
      await month.signal(pageProgressedSignal, { page, done: state.report() });
    } catch {
      return;
    }
  }
}
