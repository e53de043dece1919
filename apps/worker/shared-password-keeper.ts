import { setTimeout as sleep } from 'node:timers/promises';

import type { Logger } from 'pino';

import { noteOddity } from '#libs/metering/note-oddity.js';
import type { Sql } from '#libs/persistence/database.js';
import { keptSharedPasswords } from '#libs/security/shared-passwords.js';

const EVERY_MS = 60_000;

/** A person is told of each charger that keeps the code it came with for its password, once for each change it did not take. */
export async function noteSharedPasswords(sql: Sql, now: Date): Promise<void> {
  for (const { chargerId, passwordId, ended } of await keptSharedPasswords(sql)) {
    const { state, status } = ended;
    const key = `shared-password/${passwordId}`;
    await noteOddity(sql, { chargerId, code: 'shared-password', detail: { state, status }, at: now, key });
  }
}

/** Looks every minute until the signal aborts. Any number of workers may. */
export async function keepSharedPasswordsNoted(
  { sql, log }: { readonly sql: Sql; readonly log: Logger },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await noteSharedPasswords(sql, new Date()).catch((error: unknown) => {
      log.warn({ err: error }, 'shared passwords were not looked at; trying again');
    });
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}
