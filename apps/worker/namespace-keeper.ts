import { setTimeout as sleep } from 'node:timers/promises';

import type { Logger } from 'pino';

import type { Sql } from '#libs/persistence/database.js';
import { connectTemporal } from '#temporal/client.js';
import { prepareNamespace } from '#temporal/prepare.js';
import { ensurePrepaidSweep, ensureSchedules } from '#temporal/schedules.js';

/** A new installation, or a policy that closes at another time, is seen within this. */
const EVERY_MS = 60_000;
const RETRY_MS = 2_000;

export interface KeeperOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly sql: Sql;
  readonly log: Logger;
}

/** Keeps search attributes and Schedules as the database says, until the signal aborts. */
export async function keepNamespace({ environment, sql, log }: KeeperOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const pauseMs = await keepOnce(environment, sql, log);
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

async function keepOnce(environment: KeeperOptions['environment'], sql: Sql, log: Logger): Promise<number> {
  try {
    const client = await connectTemporal(environment);
    try {
      await prepareNamespace(client).catch((error: unknown) =>
        log.warn({ err: error }, 'the search attributes could not be registered; an administrator must do it'),
      );
      const { created, changed } = await ensureSchedules(client, sql, new Date());
      if (await ensurePrepaidSweep(client)) log.info('prepaid accounts are looked at every hour from now on');
      if (created.length + changed.length > 0) log.info({ created, changed }, 'schedules brought up to date');
    } finally {
      await client.connection.close();
    }
    return EVERY_MS;
  } catch (error) {
    log.warn({ err: error }, 'schedules could not be looked at; trying again');
    return RETRY_MS;
  }
}
