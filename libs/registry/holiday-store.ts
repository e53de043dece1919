import type { Sql } from '#libs/persistence/database.js';

import { holidayRuleSchema } from './holiday-data.js';
import { holidayBook, type HolidayBook } from './holidays.js';

/**
 * The holidays of an installation: national ones of its country and those of its municipality, with what staff added.
 * Throws for an unknown installation and for a row whose rule is none.
 */
export async function holidaysFor(sql: Sql, installationId: string): Promise<HolidayBook> {
  const place = await sql
    .selectFrom('installation')
    .select(['country', 'municipality'])
    .where('id', '=', installationId)
    .executeTakeFirstOrThrow(() => new Error(`There is no installation ${installationId}`));
  const rows = await sql.selectFrom('holiday').selectAll().where('country', '=', place.country).execute();
  return holidayBook(
    place,
    rows.map((row) => ({
      country: row.country,
      municipality: row.municipality,
      name: row.name,
      rule: holidayRuleSchema.parse(row.rule),
      yearFrom: row.year_from,
      yearTo: row.year_to,
    })),
  );
}
