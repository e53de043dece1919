import { sql as raw } from 'kysely';

import type { Sql } from '#libs/persistence/database.js';
import { policyAt } from '#libs/registry/policy-store.js';

/** So many rows go in one statement: none holds locks for long. */
const BATCH = 1_000;
/** Of one installation in one round; the rest goes in the next. */
const MOST_BATCHES = 50;

/**
 * Removes commands that ended longer ago than their installation's policy keeps them, the oldest first; what has not
 * ended stays, however old. Any number may prune at once. @returns how many went
 */
export async function pruneCommands(sql: Sql, now: Date): Promise<number> {
  const installations = await sql.selectFrom('installation').select('id').orderBy('id').execute();
  let removed = 0;
  for (const { id } of installations) {
    const { commandHistoryMonths } = await policyAt(sql, id, now);
    for (let batch = 0; batch < MOST_BATCHES; batch += 1) {
      const gone = await pruneBatch(sql, { installationId: id, months: commandHistoryMonths, now });
      removed += gone;
      if (gone < BATCH) break;
    }
  }
  return removed;
}

async function pruneBatch(
  sql: Sql,
  { installationId, months, now }: { readonly installationId: string; readonly months: number; readonly now: Date },
): Promise<number> {
  const { numAffectedRows = 0n } = await raw`
    delete from charger_command where id in (
      select command.id from charger_command command
      join charger on charger.id = command.charger_id
      where charger.installation_id = ${installationId}
        and command.ended_at < ${now}::timestamptz - make_interval(months => ${months})
      order by command.ended_at limit ${BATCH}
      for update of command skip locked)`.execute(sql);
  return Number(numAffectedRows);
}
