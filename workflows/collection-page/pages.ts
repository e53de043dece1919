import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ChildWorkflowFailure,
  ParentClosePolicy,
  startChild,
  WorkflowIdReusePolicy,
  type ChildWorkflowHandle,
} from '@temporalio/workflow';

import { month as activities } from '../installation-month/activities.js';
import type { CollectionCounts, MonthInput } from '../installation-month/messages.js';
import type { Refused } from '../refusal.js';
import { COLLECTIONS_PER_PAGE, collectionPageWorkflowId } from './messages.js';
import type { collectionPage } from './workflow.js';

/** The pages of a month that are under way. */
export class Pages {
  readonly #month: MonthInput;
  readonly #cycleId: string;
  #running: ChildWorkflowHandle<typeof collectionPage>[] = [];
  #nextPage = 1;

  constructor(month: MonthInput, cycleId: string) {
    this.#month = month;
    this.#cycleId = cycleId;
  }

  /**
   * Starts pages for all invoices whose collection has not ended; a collection that already runs is followed.
   * @returns how many invoices that are
   */
  async start(): Promise<number> {
    let documents = 0;
    for (let after: string | null = null; ;) {
      const documentIds: string[] = await activities.listOpenCollections(this.#cycleId, after, COLLECTIONS_PER_PAGE);
      const last = documentIds.at(-1);
      if (last === undefined) return documents;
      await this.#startPage(documentIds);
      documents += documentIds.length;
      after = last;
    }
  }

  /** Waits for every page; then the database says how the collections ended, or that some were terminated from outside. */
  async end(): Promise<CollectionCounts | Refused> {
    const running = this.#running;
    this.#running = [];
    await Promise.all(running.map((page) => page.result().catch(ignoreTermination)));
    const { open, ...counts } = await activities.countCollections(this.#cycleId);
    return open === 0 ? counts : { refused: { code: 'COLLECTION.LOST', detail: String(open) } };
  }

  /** A page number that an earlier run of the month still uses is passed over. */
  async #startPage(documentIds: string[]): Promise<void> {
    for (;;) {
      const page = this.#nextPage++;
      try {
        const handle = await startChild<typeof collectionPage>('collectionPage', {
          workflowId: collectionPageWorkflowId(this.#month, page),
          args: [{ ...this.#month, page, documentIds }],
          parentClosePolicy: ParentClosePolicy.ABANDON,
          workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        });
        this.#running.push(handle);
        return;
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
    }
  }
}

function ignoreTermination(error: unknown): void {
  if (!(error instanceof ChildWorkflowFailure)) throw error;
}
