import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';

export interface UnhandledQuery {
  readonly limit?: number;
  readonly before?: Date;
  /** Those that failed and whose turn has not come again: however many, they never stand before the others. */
  readonly except?: readonly string[];
}

/** Ids of stored events that were not yet acted upon, oldest first; those that failed before are among them. */
export async function unhandledWebhooks(
  sql: Sql,
  { limit = 100, before, except = [] }: UnhandledQuery = {},
): Promise<string[]> {
  let query = sql.selectFrom('webhook_event').select('id').where('handled_at', 'is', null);
  if (before !== undefined) query = query.where('received_at', '<', before);
  if (except.length > 0) query = query.where(raw<boolean>`id <> all(${[...except]}::text[])`);
  const rows = await query.orderBy('received_at').orderBy('id').limit(limit).execute();
  return rows.map((row) => row.id);
}
