import { sql as raw } from 'kysely';

import type { Sql } from '#libs/persistence/database.js';

import type { LiveMessage } from './api-types.js';

/** Tells every back office, and so every page that may know of it, that something changed that no trigger sees. */
export async function announce(sql: Sql, message: LiveMessage): Promise<void> {
  await raw`select pg_notify('live', ${JSON.stringify(message)})`.execute(sql);
}
