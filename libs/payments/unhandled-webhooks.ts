import type { Sql } from '../persistence/database.js';

/** Ids of stored events that were not yet acted upon, oldest first; those that failed before are among them. */
export async function unhandledWebhooks(
  sql: Sql,
  { limit = 100, before }: { readonly limit?: number; readonly before?: Date } = {},
): Promise<string[]> {
  let query = sql.selectFrom('webhook_event').select('id').where('handled_at', 'is', null);
  if (before !== undefined) query = query.where('received_at', '<', before);
  const rows = await query.orderBy('received_at').orderBy('id').limit(limit).execute();
  return rows.map((row) => row.id);
}
