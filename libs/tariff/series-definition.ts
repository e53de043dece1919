import type { Sql } from '#libs/persistence/database.js';
import { isTimeZone } from '#libs/registry/period.js';
import type { Problem } from '#libs/registry/tabular/table.js';

import type { SeriesShape } from './series-file.js';

/** A series as an import names it. Null: as it is; of a new one what {@link defineSeries} says. */
export interface SeriesOptions {
  readonly seriesId: string;
  readonly name: string | null;
  /** `price` or `factor`. */
  readonly kind: string | null;
  readonly clockZone: string | null;
  readonly resolutionMinutes: number | null;
  readonly currency: string | null;
  /** `EUR/MWh`, `EUR/kWh` or `1`; null: each row says its own. */
  readonly unit: string | null;
  readonly source: string | null;
}

type Series = Omit<SeriesShape, 'unit'>;

const ID = /^[a-z][a-z0-9-]{1,59}$/;
const RESOLUTIONS = [5, 10, 15, 30, 60];
const CURRENCY = /^[A-Z]{3}$/;

const problem = (column: string, message: string): Problem => ({ row: 0, column, message });

/**
 * The series of an import, locked; made when it is not there. A new one must say its clock zone and resolution;
 * without more it is what its unit says, else a price in euros, and is called by its id. What a stored series is made of never changes: other values are
 * another series. Its name and source may.
 */
export async function defineSeries(
  trx: Sql,
  options: SeriesOptions,
): Promise<{ readonly series: Series } | { readonly problems: readonly Problem[] }> {
  const known = await trx
    .selectFrom('price_series')
    .selectAll()
    .where('id', '=', options.seriesId)
    .forUpdate()
    .executeTakeFirst();
  if (known === undefined) return createSeries(trx, options);
  const series: Series = {
    kind: known.kind === 'factor' ? 'factor' : 'price',
    clockZone: known.clock_zone,
    resolutionMinutes: known.resolution_minutes,
    currency: known.currency,
  };
  const problems = (['kind', 'clockZone', 'resolutionMinutes', 'currency'] as const).flatMap((field) => {
    const [told, is] = [options[field], series[field]];
    if (told === null || told === is) return [];
    return [problem(field, `the series ${options.seriesId} has ${String(is)}, not ${told}: that is another series`)];
  });
  if (problems.length > 0) return { problems };
  const told = { name: options.name ?? known.name, source: options.source ?? known.source };
  await trx.updateTable('price_series').set(told).where('id', '=', options.seriesId).execute();
  return { series };
}

async function createSeries(
  trx: Sql,
  options: SeriesOptions,
): Promise<{ readonly series: Series } | { readonly problems: readonly Problem[] }> {
  const { seriesId, name, clockZone, resolutionMinutes, source } = options;
  const kind = options.kind ?? (options.unit === '1' ? 'factor' : 'price');
  const currency = kind === 'factor' ? null : (options.currency ?? currencyOf(options.unit) ?? 'EUR');
  const problems: Problem[] = [];
  if (!ID.test(seriesId)) problems.push(problem('series', `"${seriesId}" is no id such as omie-pt`));
  if (kind !== 'price' && kind !== 'factor') problems.push(problem('kind', 'expected price or factor'));
  if (clockZone === null || !isTimeZone(clockZone)) {
    problems.push(problem('clockZone', `the series ${seriesId} is new: say its clock, such as Europe/Madrid for OMIE`));
  }
  if (resolutionMinutes === null || !RESOLUTIONS.includes(resolutionMinutes)) {
    const allowed = RESOLUTIONS.join(', ');
    problems.push(
      problem('resolutionMinutes', `the series ${seriesId} is new: say its resolution, ${allowed} minutes`),
    );
  }
  if (currency !== null && !CURRENCY.test(currency)) problems.push(problem('currency', 'expected one such as EUR'));
  if (problems.length > 0 || clockZone === null || resolutionMinutes === null) return { problems };
  const inserted = await trx
    .insertInto('price_series')
    .values({
      id: seriesId,
      name: name ?? seriesId,
      kind,
      clock_zone: clockZone,
      resolution_minutes: resolutionMinutes,
      currency,
      source,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst();
  // Another import made it meanwhile, and has ended.
  if (inserted.numInsertedOrUpdatedRows === 0n) return defineSeries(trx, options);
  return { series: { kind: kind === 'factor' ? 'factor' : 'price', clockZone, resolutionMinutes, currency } };
}

/** `NOK/MWh` → `NOK` */
const currencyOf = (unit: string | null): string | undefined => /^([A-Z]{3})\//.exec(unit ?? '')?.[1];
