import { sql as raw } from 'kysely';
import { z } from 'zod';

import type { Sql } from '#libs/persistence/database.js';

import type { Page, PriceSeries } from './api-types.js';
import { decodeCursor, pageOf } from './paging.js';

/** More gaps than these tell a person nothing new. */
const GAPS_SHOWN = 12;

interface SeriesRow {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly clock_zone: string;
  readonly resolution_minutes: number;
  readonly currency: string | null;
  readonly source: string | null;
  readonly value_count: number;
  readonly first_at: Date | null;
  readonly ends_at: Date | null;
  readonly gap_count: number;
  readonly gaps: { readonly from: string; readonly to: string }[];
}

/** By id, each with what it spans and where values are missing in between. Markets are everybody's: there is no tenant. */
export async function priceSeries(
  sql: Sql,
  query: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<Page<PriceSeries>> {
  const after = decodeCursor(query.cursor, z.tuple([z.string()]));
  const condition = after === null ? raw`true` : raw`series.id > ${after[0]}`;
  const { rows } = await raw<SeriesRow>`
    with page as materialized (
      select series.*, make_interval(mins => series.resolution_minutes) as step from price_series series
      where ${condition} order by series.id limit ${query.limit + 1}
    ), spaced as (
      select page.id, page.step, value.starts_at,
        lead(value.starts_at) over (partition by value.series_id order by value.starts_at) as next_at
      from page join series_value value on value.series_id = page.id
    ), told as (
      select id, count(*)::int as value_count, min(starts_at) as first_at, max(starts_at + step) as ends_at,
        (count(*) filter (where next_at > starts_at + step))::int as gap_count
      from spaced group by id
    )
    select page.id, page.name, page.kind, page.clock_zone, page.resolution_minutes, page.currency, page.source,
      coalesce(told.value_count, 0) as value_count, told.first_at, told.ends_at, coalesce(told.gap_count, 0) as gap_count,
      coalesce((select jsonb_agg(jsonb_build_object('from', gap.from_at, 'to', gap.next_at) order by gap.from_at)
        from (select starts_at + step as from_at, next_at from spaced
          where spaced.id = page.id and next_at > starts_at + step order by starts_at limit ${GAPS_SHOWN}) gap), '[]'::jsonb)
        as gaps
    from page left join told on told.id = page.id
    order by page.id`.execute(sql);
  return pageOf(rows, query.limit, ({ id }) => [id], seriesOf);
}

function seriesOf(row: SeriesRow): PriceSeries {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    clockZone: row.clock_zone,
    resolutionMinutes: row.resolution_minutes,
    currency: row.currency,
    source: row.source,
    values: row.value_count,
    firstAt: row.first_at?.toISOString() ?? null,
    endsAt: row.ends_at?.toISOString() ?? null,
    gapCount: row.gap_count,
    gaps: row.gaps.map(({ from, to }) => ({ from: new Date(from).toISOString(), to: new Date(to).toISOString() })),
  };
}
