import { sql as fragment, type RawBuilder } from 'kysely';

import type { Sql } from './database.js';

/** Rows in memory at once, where the caller names no number. */
const PAGE = 5_000;

let cursors = 0;

/**
 * The rows of a query in pages, so that memory stays flat however many there are. `trx` must be a transaction: a cursor
 * sees what was committed when it was opened, and ends with it.
 */
export async function* cursorPages<Row>(
  trx: Sql,
  query: RawBuilder<Row>,
  pageSize = PAGE,
): AsyncGenerator<readonly Row[]> {
  const cursor = fragment.id(`pages_${(cursors += 1)}`);
  await fragment`declare ${cursor} no scroll cursor for ${query}`.execute(trx);
  for (;;) {
    const { rows } = await fragment<Row>`fetch ${fragment.lit(pageSize)} from ${cursor}`.execute(trx);
    if (rows.length > 0) yield rows;
    if (rows.length < pageSize) break;
  }
  await fragment`close ${cursor}`.execute(trx);
}
