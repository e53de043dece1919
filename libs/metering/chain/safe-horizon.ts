import { setTimeout as sleep } from 'node:timers/promises';

import { sql as fragment } from 'kysely';

import type { Sql } from '#libs/persistence/database.js';

const PATIENCE_MS = 60_000;
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 250;

/** Who may have drawn ids of readings that nobody sees yet: transactions that write readings, but ours. */
async function writers(trx: Sql): Promise<Set<string>> {
  const { rows } = await fragment<{ writer: string }>`
    select distinct virtualtransaction as writer from pg_locks
    where locktype = 'relation' and relation = 'meter_reading'::regclass and mode = 'RowExclusiveLock' and granted
      and database = (select oid from pg_database where datname = current_database())
      and pid <> pg_backend_pid()`.execute(trx);
  return new Set(rows.map((row) => row.writer));
}

/**
 * A reading's id up to which nothing can appear any more. Ids are drawn when a reading is written and seen when its
 * transaction commits, and gateways commit side by side: a lower id may be seen after a higher one. Who draws an id has
 * locked the table for writing before. So: take the highest id seen; then wait for those that hold that lock at this
 * moment. Whoever began to write later draws higher ids. Nobody is made to wait for us (CREATE INDEX CONCURRENTLY waits
 * in the same way). Needs READ COMMITTED, in which later statements see what was committed while waiting.
 * Throws when a writer does not end within `PATIENCE_MS`: the caller tries again later.
 */
export async function safeHorizon(trx: Sql): Promise<number> {
  const { rows } = await fragment<{ isolation: string; last: number }>`
    select current_setting('transaction_isolation') as isolation,
      coalesce((select max(id) from meter_reading), 0)::bigint as last`.execute(trx);
  const [{ isolation, last } = { isolation: '', last: 0 }] = rows;
  if (isolation !== 'read committed') throw new Error(`Readings are sealed in READ COMMITTED, not in ${isolation}`);
  let open = await writers(trx);
  let pauseMs = FIRST_PAUSE_MS;
  for (let waitedMs = 0; open.size > 0; waitedMs += pauseMs) {
    if (waitedMs >= PATIENCE_MS) {
      throw new Error(`Readings are not sealed: a transaction has been writing readings for ${PATIENCE_MS} ms`);
    }
    await sleep(pauseMs);
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    open = open.intersection(await writers(trx));
  }
  return last;
}
