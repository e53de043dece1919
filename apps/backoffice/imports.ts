import { retailerInvoiceTable } from '#libs/imputation/tables/retailer-invoice.js';
import { hashPassword } from '#libs/ocpp/password.js';
import type { Sql } from '#libs/persistence/database.js';
import { pricePreview, type PriceEffect } from '#libs/rating/price-preview.js';
import { holidaysTable } from '#libs/registry/tables/holidays.js';
import type { Sheet } from '#libs/registry/tabular/sheet.js';
import { importSheet, type Column, type Preview, type Table } from '#libs/registry/tabular/table.js';
import { SERIES_COLUMNS } from '#libs/tariff/series-columns.js';
import { importSeries } from '#libs/tariff/series-import.js';
import { pricePlanTable } from '#libs/tariff/tables/price-plan.js';

import type { Import, ImportAnswer, ImportEffect, ImportName } from './api-types.js';
import { Problem } from './problem.js';

export interface ImportOrder {
  readonly sheet: Sheet;
  readonly dryRun: boolean;
  readonly series: Import['series'];
  readonly by: string;
  readonly now: Date;
}

/** What a template needs. */
export interface ImportShape {
  readonly columns: readonly Column[];
  readonly examples: readonly Readonly<Record<string, string>>[];
}

interface Importable extends ImportShape {
  run(sql: Sql, order: ImportOrder): Promise<ImportAnswer>;
}

/** More rows than these are read in the file itself. */
const CHANGES_SHOWN = 500;
const GAPS_SHOWN = 12;

const installationsOf = ({ rows }: Sheet): string[] => [
  ...new Set(rows.flatMap(({ cells }) => cells['installation'] ?? [])),
];

function importable<Row, State>(
  table: Table<Row>,
  previewOf?: (installationIds: readonly string[]) => Preview<State, PriceEffect>,
): Importable {
  return {
    columns: table.columns,
    examples: table.examples ?? [],
    async run(sql, { sheet, dryRun, by, now }) {
      const preview = dryRun ? previewOf?.(installationsOf(sheet)) : undefined;
      const options = { create: false, installationId: null, now, by, hashPassword, dryRun };
      const result = await importSheet(sql, table, sheet, preview === undefined ? options : { ...options, preview });
      const counted = (action: string): number => result.changes.filter((change) => change.action === action).length;
      return {
        imported: result.imported,
        dryRun,
        created: counted('create'),
        changed: counted('change'),
        same: counted('same'),
        changes: result.changes.filter(({ action }) => action !== 'same').slice(0, CHANGES_SHOWN),
        problems: [...result.problems],
        effects: await effectsOf(sql, result.effects),
        series: null,
      };
    },
  };
}

async function effectsOf(sql: Sql, effects: readonly PriceEffect[]): Promise<ImportEffect[]> {
  if (effects.length === 0) return [];
  const ids = effects.map(({ installationId }) => installationId);
  const rows = await sql.selectFrom('installation').select(['id', 'currency']).where('id', 'in', ids).execute();
  const currencies = new Map(rows.map(({ id, currency }) => [id, currency]));
  return effects.map((effect) => {
    const currency = currencies.get(effect.installationId);
    if (currency === undefined) throw new Error(`installation ${effect.installationId} vanished during an import`);
    return effectOf(effect, currency);
  });
}

function effectOf(effect: PriceEffect, currency: string): ImportEffect {
  const { kind, installationId, period } = effect;
  const month = { kind, installationId, period, currency };
  if (effect.kind === 'billed') {
    return { ...month, beforeCents: null, afterCents: null, refusedAfter: null, customers: 0 };
  }
  const { beforeCents, afterCents, refusedAfter, customers } = effect;
  return { ...month, beforeCents, afterCents, refusedAfter: refusalOf(refusedAfter), customers };
}

type Refusal = Extract<PriceEffect, { kind: 'open' }>['refusedAfter'];

function refusalOf(refusal: Refusal): ImportEffect['refusedAfter'] {
  if (refusal === null) return null;
  const { code, date } = refusal;
  if (code === 'TARIFF.SERIES_MISSING') return { code, band: null, seriesId: refusal.seriesId, date };
  return { code, band: refusal.band, seriesId: null, date };
}

const SERIES: Importable = {
  columns: SERIES_COLUMNS,
  examples: [],
  async run(sql, { sheet, dryRun, series }) {
    if (series === undefined) throw Problem.invalidField('series', 'Say which series the values are of.');
    const { id: seriesId, name, kind, clockZone, resolutionMinutes, currency, unit, source } = series;
    const options = {
      seriesId,
      name: name ?? null,
      kind: kind ?? null,
      clockZone: clockZone ?? null,
      resolutionMinutes: resolutionMinutes ?? null,
      currency: currency ?? null,
      unit: unit ?? null,
      source: source ?? null,
    };
    const result = await importSeries(sql, options, sheet, { dryRun });
    const { imported, added, changed, same, rounded, span, gaps, billed, problems } = result;
    return {
      imported,
      dryRun,
      created: added,
      changed,
      same,
      changes: [],
      problems: [...problems],
      effects: await effectsOf(
        sql,
        billed.map(({ installationId, period }) => ({ kind: 'billed', installationId, period })),
      ),
      series:
        span === null
          ? null
          : {
              from: span.from.toISOString(),
              until: span.until.toISOString(),
              rounded,
              gapCount: gaps.length,
              gaps: gaps
                .slice(0, GAPS_SHOWN)
                .map(({ from, until }) => ({ from: from.toISOString(), to: until.toISOString() })),
            },
    };
  },
};

/** The lists that staff import in the console. */
export const IMPORTS: Readonly<Record<ImportName, Importable>> = {
  'price-plan': importable(pricePlanTable, pricePreview),
  'price-series': SERIES,
  'retailer-invoice': importable(retailerInvoiceTable),
  holidays: importable(holidaysTable),
};
