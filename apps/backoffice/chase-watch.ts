import { setTimeout as sleep } from 'node:timers/promises';

import type { Logger } from 'pino';

import { restlessCases } from '#libs/arrears/restless-cases.js';
import type { Sql } from '#libs/persistence/database.js';

import type { WorkflowGateway } from './workflow-gateway.js';

const LOOK_EVERY_MS = 10_000;
/** A case that was told is not told again so soon: its worker may be away, and each telling is kept. */
const TELL_AGAIN_MS = 3_600_000;
const CLOSE_WITHIN_MS = 3_000;

/**
 * Who has paid charges again at once, whatever way the money came: cases that the books have overtaken are told so. A
 * signal that somebody forgot or that was lost is thus mended within seconds.
 */
export class ChaseWatch {
  readonly #sql: Sql;
  readonly #workflows: Pick<WorkflowGateway, 'caseChanged' | 'startArrears'>;
  readonly #log: Logger;
  readonly #now: () => Date;
  readonly #toldAt = new Map<string, number>();
  #isClosed = false;
  #running: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: {
    readonly sql: Sql;
    readonly workflows: Pick<WorkflowGateway, 'caseChanged' | 'startArrears'>;
    readonly log: Logger;
    readonly now: () => Date;
  }) {
    this.#sql = deps.sql;
    this.#workflows = deps.workflows;
    this.#log = deps.log;
    this.#now = deps.now;
  }

  start(): void {
    this.#running = this.run()
      .catch((error: unknown) => this.#log.warn({ err: error }, 'paid cases were not looked for'))
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
    const { open, closed } = await restlessCases(this.#sql, this.#now());
    const restless = new Set([...open, ...closed]);
    for (const id of this.#toldAt.keys()) if (!restless.has(id)) this.#toldAt.delete(id);
    for (const id of open) await this.#tell(id, () => this.#workflows.caseChanged(id));
    for (const id of closed) await this.#tell(id, () => this.#workflows.startArrears(id, 'not-paid'));
  }

  async #tell(documentId: string, tell: () => Promise<void>): Promise<void> {
    const at = this.#now().getTime();
    if (at - (this.#toldAt.get(documentId) ?? -Infinity) < TELL_AGAIN_MS) return;
    await tell();
    this.#toldAt.set(documentId, at);
  }
}
