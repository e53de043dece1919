import { sql as raw } from 'kysely';

import type { Sql } from '#libs/persistence/database.js';

import type { ArchivedMonth } from './archive-facts.js';

/**
 * What people had said about readings of the month's chargers when the month was rated, one line each in the order in
 * which it was said: the last line of a reading decides whether it was left out. Readings of former months are among
 * them, since the month may hold what their correction came to.
 */
export async function* archivedCorrections(
  trx: Sql,
  month: ArchivedMonth,
  chargerIds: readonly string[],
): AsyncGenerator<string[]> {
  const rows = await trx
    .selectFrom('reading_correction as c')
    .innerJoin('meter_reading as r', 'r.id', 'c.reading_id')
    .select(['c.id', 'c.charger_id', 'c.reading_id', 'r.connector_id', 'r.transaction_id', 'r.at as read_at'])
    .select(['r.import_wh', 'c.kind', 'c.reason', 'c.by', 'c.at'])
    .where('c.charger_id', 'in', ['', ...chargerIds])
    .where('c.reading_id', '<=', month.upToReadingId)
    .where(raw<boolean>`(${month.inputsAsOf}::timestamptz is null or c.at < ${month.inputsAsOf})`)
    .orderBy('c.id')
    .execute();
  yield rows.map((row) =>
    JSON.stringify({
      id: row.reading_id,
      charger: row.charger_id,
      connector: row.connector_id,
      transaction: row.transaction_id,
      readAt: row.read_at,
      importWh: row.import_wh,
      kind: row.kind,
      reason: row.reason,
      by: row.by,
      at: row.at,
    }),
  );
}
