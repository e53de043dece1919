import type { Sql } from '#libs/persistence/database.js';

/** Time for which a series has no value, half-open. */
export interface SeriesGap {
  readonly from: Date;
  readonly until: Date;
  /** How many values are missing. */
  readonly missing: number;
}

/** The gaps of [fromMs, untilMs) between values that begin at `starts` (ascending) and hold for `stepMs` each. */
export function gapsBetween(starts: readonly number[], fromMs: number, untilMs: number, stepMs: number): SeriesGap[] {
  const gaps: SeriesGap[] = [];
  let at = Math.floor(fromMs / stepMs) * stepMs;
  const gapUntil = (until: number) => {
    if (until <= at) return;
    gaps.push({ from: new Date(at), until: new Date(until), missing: (until - at) / stepMs });
  };
  for (const start of starts) {
    if (start < at) continue;
    if (start >= untilMs) break;
    gapUntil(start);
    at = start + stepMs;
  }
  gapUntil(Math.ceil(untilMs / stepMs) * stepMs);
  return gaps;
}

/** Where a series lacks values in [from, until). Throws when there is no such series. */
export async function seriesGaps(sql: Sql, seriesId: string, from: Date, until: Date): Promise<SeriesGap[]> {
  const series = await sql
    .selectFrom('price_series')
    .select('resolution_minutes')
    .where('id', '=', seriesId)
    .executeTakeFirstOrThrow(() => new Error(`There is no price series ${seriesId}`));
  const stepMs = series.resolution_minutes * 60_000;
  const rows = await sql
    .selectFrom('series_value')
    .select('starts_at')
    .where('series_id', '=', seriesId)
    .where('starts_at', '>', new Date(from.getTime() - stepMs))
    .where('starts_at', '<', until)
    .orderBy('starts_at')
    .execute();
  const starts = rows.map((row) => row.starts_at.getTime());
  return gapsBetween(starts, from.getTime(), until.getTime(), stepMs);
}
