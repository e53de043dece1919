import type { Sql } from '#libs/persistence/database.js';
import { changeOf, problemAt, type Problem, type RowResult, type Table } from '#libs/registry/tabular/table.js';

import { asBandCount } from '../bands.js';
import { bandGaps, contractBands, overlaps, type Dated, type Finding } from './plan-checks.js';
import { PRICE_PLAN_COLUMNS, PRICE_PLAN_EXAMPLES } from './price-plan-columns.js';
import { pricePlanRowSchema, type PlanCells, type PricePlanRow, type RowDetail } from './price-plan-row.js';
import { storeDetail } from './store-detail.js';
import { PLAN_FIELDS, storePlan, type PlanStored } from './store-plan.js';

/** What an import has said of one plan so far. */
interface PlanSaid {
  readonly firstRow: number;
  /** By the plan's column: what a row said of it first. */
  readonly fields: Map<keyof PlanCells, { readonly row: number; readonly value: unknown }>;
  /** By {@link keyOf}: the row of each price and charge. */
  readonly details: Map<string, number>;
  stored: PlanStored | null;
}

/** By transaction, then by installation and first day: what the rows of an import under way have said. */
const underWay = new WeakMap<Sql, Map<string, PlanSaid>>();

function saidOf(trx: Sql, { installation, planFrom }: PricePlanRow, number: number): PlanSaid {
  const plans = underWay.get(trx) ?? new Map<string, PlanSaid>();
  underWay.set(trx, plans);
  const key = `${installation} ${planFrom}`;
  const said = plans.get(key) ?? { firstRow: number, fields: new Map(), details: new Map(), stored: null };
  plans.set(key, said);
  return said;
}

async function apply(trx: Sql, row: PricePlanRow, number: number): Promise<RowResult> {
  const said = saidOf(trx, row, number);
  const contradiction = contradictionOf(said, row, number) ?? twiceSaid(said, row.detail, number);
  if (contradiction !== null) return { problem: contradiction };
  const stored = await storePlan(trx, row);
  if ('refused' in stored) return problemAt(number, stored.refused.column, stored.refused.message);
  said.stored = stored;
  const { plan, calendar, action, told } = stored;
  const bands = contractBands(calendar, asBandCount(plan.bands));
  if (row.detail.kind === 'price' && !bands.includes(row.detail.band)) {
    return problemAt(number, 'band', `expected one of ${bands.join(', ')}`);
  }
  const detail = await storeDetail(trx, plan.id, row.detail);
  const what = [`${plan.name}: ${detail.what}`, told].filter((part) => part !== '').join('; ');
  if (action === 'create') return changeOf(number, 'create', what);
  return changeOf(number, detail.action === 'same' ? action : detail.action, what);
}

/** A plan's columns repeat in its rows: two that differ cannot both be meant. */
function contradictionOf({ fields }: PlanSaid, { plan }: PricePlanRow, number: number): Problem | null {
  for (const field of PLAN_FIELDS) {
    const value = plan[field];
    if (value === undefined) continue;
    const first = fields.get(field);
    if (first === undefined) fields.set(field, { row: number, value });
    else if (first.value !== value) {
      const message = `row ${first.row} of the same plan says otherwise: ${String(first.value ?? 'nothing')}`;
      return { row: number, column: field, message };
    }
  }
  return null;
}

function twiceSaid({ details }: PlanSaid, detail: RowDetail, number: number): Problem | null {
  const key = keyOf(detail);
  const first = key === null ? undefined : details.get(key);
  if (first !== undefined)
    return { row: number, column: 'from', message: `is the same ${detail.kind} as row ${first}` };
  if (key !== null) details.set(key, number);
  return null;
}

function keyOf(detail: RowDetail): string | null {
  switch (detail.kind) {
    case 'price':
      return priceKey(detail);
    case 'charge':
      return chargeKey(detail);
    case 'plan':
      return null;
    default:
      return detail satisfies never;
  }
}

const priceKey = (of: { band: string; direction: string; component: string; from: string }): string =>
  `price ${of.direction} ${of.component} ${of.band} ${of.from}`;
const chargeKey = (of: { party: string; code: string; from: string }): string =>
  `charge ${of.party} ${of.code} ${of.from}`;

async function finish(trx: Sql): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const said of underWay.get(trx)?.values() ?? []) {
    if (said.stored === null) continue;
    const findings = await findingsOf(trx, said, said.stored);
    for (const { row, column, message } of findings) problems.push({ row: row ?? said.firstRow, column, message });
  }
  return problems.sort((a, b) => a.row - b.row);
}

async function findingsOf(trx: Sql, said: PlanSaid, { plan, calendar }: PlanStored): Promise<Finding[]> {
  const span = {
    validFrom: plan.valid_from,
    validTo: plan.valid_to,
    calendarChangeover: plan.calendar_changeover,
  };
  const prices = (await pricesOf(trx, plan.id)).map((price) =>
    Object.assign(price, { row: rowOf(said, priceKey(price)) }),
  );
  const charges = (await chargesOf(trx, plan.id)).map((charge) =>
    Object.assign(charge, { row: rowOf(said, chargeKey(charge)) }),
  );
  const isIndexed = plan.index_series_id !== null;
  return [
    ...indexFindings(plan),
    ...(isIndexed ? [] : bandGaps(span, calendar, asBandCount(plan.bands), prices)),
    ...overlapsBy(prices, ({ band, direction, component }) => `${direction} ${component} of ${band}`),
    ...overlapsBy(charges, ({ party, code }) => `${party} ${code}`),
  ];
}

const rowOf = ({ details }: PlanSaid, key: string): number | null => details.get(key) ?? null;

function overlapsBy<Row extends Dated>(rows: readonly Row[], name: (row: Row) => string): Finding[] {
  return [...Map.groupBy(rows, name)].flatMap(([what, group]) => overlaps(group, what));
}

/** What only an indexed plan can say; losses are constant or a series, not both. */
function indexFindings(plan: PlanStored['plan']): Finding[] {
  const wrong = (column: string, message: string): Finding => ({ row: null, column, message });
  const findings: Finding[] = [];
  if (plan.index_series_id === null) {
    const needs = 'is only for an indexed plan: say its indexSeries';
    if (plan.losses_series_id !== null) findings.push(wrong('lossesSeries', needs));
    if (plan.losses_ppm !== 1_000_000) findings.push(wrong('losses', needs));
    if (plan.factor_ppm !== 1_000_000) findings.push(wrong('factor', needs));
    if (plan.margin_micros !== 0) findings.push(wrong('margin', needs));
  } else if (plan.losses_series_id !== null && plan.losses_ppm !== 1_000_000) {
    findings.push(wrong('losses', 'say either lossesSeries or constant losses'));
  }
  return findings;
}

async function pricesOf(trx: Sql, planId: string) {
  return trx
    .selectFrom('band_price')
    .select(['band', 'direction', 'component', 'valid_from as from', 'valid_to as to'])
    .where('plan_id', '=', planId)
    .execute();
}

async function chargesOf(trx: Sql, planId: string) {
  return trx
    .selectFrom('plan_charge')
    .select(['party', 'code', 'valid_from as from', 'valid_to as to'])
    .where('plan_id', '=', planId)
    .execute();
}

/**
 * A retailer's price list: one row per price, charge or plan; the plan's own columns repeat in each row. Every band of a
 * plan has a price on all its days, unless it is indexed; a newer row supersedes an older one left open.
 */
export const pricePlanTable: Table<PricePlanRow> = {
  name: 'price-plan',
  columns: PRICE_PLAN_COLUMNS,
  examples: PRICE_PLAN_EXAMPLES,
  schema: pricePlanRowSchema,
  absentIsUndefined: true,
  apply,
  finish,
};
