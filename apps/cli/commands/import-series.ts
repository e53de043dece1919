import type { Sheet } from '#libs/registry/tabular/sheet.js';
import type { SeriesOptions } from '#libs/tariff/series-definition.js';
import { importSeries, type SeriesImport } from '#libs/tariff/series-import.js';

import { withDatabase } from '../system/with-database.js';
import { tellProblems } from './tell-problems.js';

export interface SeriesFlags {
  readonly series?: string;
  readonly name?: string;
  readonly kind?: string;
  readonly clockZone?: string;
  readonly resolution?: string;
  readonly currency?: string;
  readonly unit?: string;
  readonly source?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** Imports a sheet of values into the series of the flags and tells the outcome; exit status 1 when it has problems. */
export async function runSeriesImport(seriesId: string, sheet: Sheet, flags: SeriesFlags): Promise<void> {
  const options = optionsOf(seriesId, flags);
  const dryRun = flags.dryRun === true;
  const result = await withDatabase(({ sql }) => importSeries(sql, options, sheet, { dryRun }));
  if (flags.json === true) process.stdout.write(`${JSON.stringify(result)}\n`);
  else tell(result, dryRun);
  if (result.problems.length > 0) process.exitCode = 1;
}

function optionsOf(seriesId: string, flags: SeriesFlags): SeriesOptions {
  return {
    seriesId,
    name: flags.name ?? null,
    kind: flags.kind ?? null,
    clockZone: flags.clockZone ?? null,
    resolutionMinutes: flags.resolution === undefined ? null : Number(flags.resolution),
    currency: flags.currency ?? null,
    unit: flags.unit ?? null,
    source: flags.source ?? null,
  };
}

const GAPS_SHOWN = 20;

function tell(result: SeriesImport, dryRun: boolean): void {
  const say = (line: string) => process.stdout.write(`${line}\n`);
  tellProblems(result.problems);
  if (result.problems.length > 0) return;
  const { seriesId, added, changed, same, rounded, span, gaps, billed } = result;
  if (span !== null) say(`${seriesId} from ${span.from.toISOString()} until ${span.until.toISOString()}`);
  if (rounded > 0) say(`${rounded} values had more decimals than are kept: rounded half up`);
  for (const { from, until, missing } of gaps.slice(0, GAPS_SHOWN)) {
    say(`gap from ${from.toISOString()} until ${until.toISOString()}: ${missing} values`);
  }
  if (gaps.length > GAPS_SHOWN) say(`and ${gaps.length - GAPS_SHOWN} more gaps`);
  for (const { installationId, period } of billed) {
    say(`${installationId} ${period} was billed with former values: the difference would be an adjustment`);
  }
  const counts = `${added} new, ${changed} changed, ${same} the same`;
  say(dryRun ? `${counts}; nothing was changed` : counts);
}
