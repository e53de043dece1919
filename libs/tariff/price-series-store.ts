import type { Sql } from '#libs/persistence/database.js';

import type { SeriesView } from './tariff.js';

/** The values of a series that hold at some time of [startMs, endMs). Throws when there is no such series. */
export async function loadSeries(sql: Sql, seriesId: string, startMs: number, endMs: number): Promise<SeriesView> {
  const series = await sql
    .selectFrom('price_series')
    .select('resolution_minutes')
    .where('id', '=', seriesId)
    .executeTakeFirstOrThrow(() => new Error(`There is no price series ${seriesId}`));
  const resolutionMs = series.resolution_minutes * 60_000;
  const rows = await sql
    .selectFrom('series_value')
    .select(['starts_at', 'micros'])
    .where('series_id', '=', seriesId)
    .where('starts_at', '>', new Date(startMs - resolutionMs))
    .where('starts_at', '<', new Date(endMs))
    .execute();
  const values = new Map(rows.map((row) => [row.starts_at.getTime(), row.micros]));
  return {
    id: seriesId,
    resolutionMs,
    valueAt: (atMs) => values.get(Math.floor(atMs / resolutionMs) * resolutionMs) ?? null,
  };
}
