import { sql as raw } from 'kysely';

import type { Sql } from '#libs/persistence/database.js';

/** A month of an installation that has fiscal documents. */
export interface BilledMonth {
  readonly installationId: string;
  /** yyyy-mm */
  readonly period: string;
}

/** The billed months, of installations whose plans take their price or losses from the series, in which an instant lies. */
export async function billedMonthsAt(sql: Sql, seriesId: string, startsMs: readonly number[]): Promise<BilledMonth[]> {
  if (startsMs.length === 0) return [];
  const instants = startsMs.map((ms) => new Date(ms).toISOString());
  const { rows } = await raw<BilledMonth>`
    select c.installation_id as "installationId", c.period
    from billing_cycle c
    where exists (select from fiscal_document d where d.cycle_id = c.id)
      and exists (select from price_plan p where p.installation_id = c.installation_id
        and ${seriesId} in (p.index_series_id, p.losses_series_id))
      and exists (select from unnest(${instants}::timestamptz[]) v (at) where v.at >= c.starts_at and v.at < c.ends_at)
    order by 1, 2`.execute(sql);
  return rows;
}
