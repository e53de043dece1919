import { setTimeout as sleep } from 'node:timers/promises';

import type { Logger } from 'pino';

import { collectionsToStart } from '#libs/payments/reissue-invoice.js';
import type { Sql } from '#libs/persistence/database.js';

import type { WorkflowGateway } from './workflow-gateway.js';

const LOOK_EVERY_MS = 20_000;
const CLOSE_WITHIN_MS = 3_000;

interface CollectionWatchDeps {
  readonly sql: Sql;
  readonly workflows: Pick<WorkflowGateway, 'startCollection'>;
  readonly log: Logger;
  readonly now: () => Date;
}

/**
 * An invoice that was issued again is brought in whatever happened after its transaction: whoever issued it may have
 * ended before its collection was started, or is a command line that starts nothing.
 */
export class CollectionWatch {
  readonly #deps: CollectionWatchDeps;
  #isClosed = false;
  #running: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: CollectionWatchDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#running = this.run()
      .catch((error: unknown) => this.#deps.log.warn({ err: error }, 'collections were not started'))
      .finally(() => {
        if (!this.#isClosed) this.#timer = setTimeout(() => this.start(), LOOK_EVERY_MS);
      });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await Promise.race([this.#running, sleep(CLOSE_WITHIN_MS, undefined, { ref: false })]);
  }

  async run(): Promise<void> {
    const { sql, workflows, now } = this.#deps;
    for (const documentId of await collectionsToStart(sql, now())) await workflows.startCollection(documentId);
  }
}
