import { sql as raw } from 'kysely';

import type { Sql } from '#libs/persistence/database.js';
import type { Sheet } from '#libs/registry/tabular/sheet.js';
import type { Problem } from '#libs/registry/tabular/table.js';

import { billedMonthsAt, type BilledMonth } from './billed-months.js';
import { defineSeries, type SeriesOptions } from './series-definition.js';
import { readSeries, type FileValue } from './series-file.js';
import { gapsBetween, type SeriesGap } from './series-gaps.js';

export interface SeriesImport {
  readonly imported: boolean;
  readonly seriesId: string;
  /** Nothing is stored while there is one. Row 0: the file or the series as a whole. */
  readonly problems: readonly Problem[];
  readonly added: number;
  readonly changed: number;
  readonly same: number;
  /** Values with more decimals than are kept, rounded half up. */
  readonly rounded: number;
  /** The span of the file, half-open; null where nothing was read. */
  readonly span: { readonly from: Date; readonly until: Date } | null;
  /** Where the series still lacks values within the span. */
  readonly gaps: readonly SeriesGap[];
  /** Months that were billed with a value that this file changes: what differs becomes an adjustment. */
  readonly billed: readonly BilledMonth[];
}

const VALUES_PER_STATEMENT = 5_000;

class RolledBack extends Error {}

/**
 * Imports the values of a price series, all or nothing; see {@link readSeries} for the shapes. The series is made where
 * it is not there yet. What the file does not mention stays. With any problem, or on a dry run, the transaction is rolled
 * back and the result says what would have changed. A changed value of a time that was billed is allowed, and told.
 */
export async function importSeries(
  sql: Sql,
  options: SeriesOptions,
  sheet: Sheet,
  { dryRun }: { readonly dryRun: boolean },
): Promise<SeriesImport> {
  let result: SeriesImport = nothing(options.seriesId, []);
  try {
    await sql.transaction().execute(async (trx) => {
      result = await importInto(trx, options, sheet);
      if (result.problems.length > 0 || dryRun) throw new RolledBack();
    });
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
    return { ...result, imported: false };
  }
  return result;
}

function nothing(seriesId: string, problems: readonly Problem[]): SeriesImport {
  const counts = { added: 0, changed: 0, same: 0, rounded: 0 };
  return { imported: false, seriesId, problems, ...counts, span: null, gaps: [], billed: [] };
}

async function importInto(trx: Sql, options: SeriesOptions, sheet: Sheet): Promise<SeriesImport> {
  const { seriesId, unit } = options;
  const defined = await defineSeries(trx, options);
  if ('problems' in defined) return nothing(seriesId, defined.problems);
  const { values, problems, rounded } = readSeries(sheet, { ...defined.series, unit });
  const first = values[0];
  const last = values.at(-1);
  if (problems.length > 0) return nothing(seriesId, problems);
  if (first === undefined || last === undefined) {
    return nothing(seriesId, [{ row: 0, column: null, message: 'the file has no values' }]);
  }
  const stepMs = defined.series.resolutionMinutes * 60_000;
  const untilMs = last.startsMs + stepMs;
  const before = await valuesBetween(trx, seriesId, first.startsMs, untilMs);
  const added = values.filter(({ startsMs }) => !before.has(startsMs));
  const changed = values.filter(({ startsMs, micros }) => (before.get(startsMs) ?? micros) !== micros);
  await store(trx, seriesId, [...added, ...changed]);
  const starts = [...new Set([...before.keys(), ...values.map(({ startsMs }) => startsMs)])].sort((a, b) => a - b);
  return {
    imported: true,
    seriesId,
    problems,
    added: added.length,
    changed: changed.length,
    same: values.length - added.length - changed.length,
    rounded,
    span: { from: new Date(first.startsMs), until: new Date(untilMs) },
    gaps: gapsBetween(starts, first.startsMs, untilMs, stepMs),
    billed: await billedMonthsAt(
      trx,
      seriesId,
      changed.map(({ startsMs }) => startsMs),
    ),
  };
}

async function valuesBetween(
  sql: Sql,
  seriesId: string,
  fromMs: number,
  untilMs: number,
): Promise<Map<number, number>> {
  const rows = await sql
    .selectFrom('series_value')
    .select(['starts_at', 'micros'])
    .where('series_id', '=', seriesId)
    .where('starts_at', '>=', new Date(fromMs))
    .where('starts_at', '<', new Date(untilMs))
    .execute();
  return new Map(rows.map((row) => [row.starts_at.getTime(), row.micros]));
}

async function store(sql: Sql, seriesId: string, values: readonly FileValue[]): Promise<void> {
  for (let from = 0; from < values.length; from += VALUES_PER_STATEMENT) {
    const batch = values.slice(from, from + VALUES_PER_STATEMENT);
    const starts = batch.map(({ startsMs }) => new Date(startsMs).toISOString());
    const micros = batch.map((value) => value.micros);
    await raw`
      insert into series_value (series_id, starts_at, micros)
      select ${seriesId}, v.starts_at, v.micros from unnest(${starts}::timestamptz[], ${micros}::bigint[]) v (starts_at, micros)
      on conflict (series_id, starts_at) do update set micros = excluded.micros`.execute(sql);
  }
}
