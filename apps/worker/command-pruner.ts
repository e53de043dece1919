import { setTimeout as sleep } from 'node:timers/promises';

import type { Logger } from 'pino';

import { pruneCommands } from '#libs/commands/prune-commands.js';
import type { Sql } from '#libs/persistence/database.js';

const EVERY_MS = 3_600_000;

export interface CommandPrunerOptions {
  readonly sql: Sql;
  readonly log: Logger;
}

/** Removes what chargers were asked longer ago than is kept, every hour until the signal aborts. Any number of workers may. */
export async function keepCommandsPruned({ sql, log }: CommandPrunerOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const removed = await pruneCommands(sql, new Date());
      if (removed > 0) log.info({ removed }, 'old commands were removed');
    } catch (error) {
      log.warn({ err: error }, 'old commands could not be removed; trying again');
    }
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}
