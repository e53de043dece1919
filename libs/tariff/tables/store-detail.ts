import type { Sql } from '#libs/persistence/database.js';
import { differs } from '#libs/registry/tables/references.js';
import type { Change } from '#libs/registry/tabular/table.js';

import { formatMicros } from '../micros.js';
import { ENERGY } from '../tariff.js';
import type { RowDetail } from './price-plan-row.js';

export interface DetailStored {
  readonly action: Change['action'];
  /** What holds from which day, and what held before, in words. */
  readonly what: string;
}

type Price = Extract<RowDetail, { kind: 'price' }>;
type Charge = Extract<RowDetail, { kind: 'charge' }>;

/** Stores a price or charge of a plan; one that is the same is not touched. */
export async function storeDetail(trx: Sql, planId: string, detail: RowDetail): Promise<DetailStored> {
  switch (detail.kind) {
    case 'plan':
      return { action: 'same', what: 'the plan itself' };
    case 'price':
      return storePrice(trx, planId, detail);
    case 'charge':
      return storeCharge(trx, planId, detail);
    default:
      return detail satisfies never;
  }
}

async function storePrice(trx: Sql, planId: string, price: Price): Promise<DetailStored> {
  const { band, direction, component, from, to, microsPerKWh } = price;
  const key = { plan_id: planId, band, direction, component, valid_from: from };
  const values = { micros_per_kwh: microsPerKWh, valid_to: to };
  const existing = await trx
    .selectFrom('band_price')
    .select(['id', 'micros_per_kwh', 'valid_to'])
    .where((where) => where.and(key))
    .executeTakeFirst();
  const named = [band, direction === 'export' ? 'fed back' : '', component === ENERGY ? '' : component];
  const what = `${named.filter((part) => part !== '').join(' ')} ${formatMicros(microsPerKWh)} per kWh ${spanText(from, to)}`;
  if (existing === undefined) {
    await trx
      .insertInto('band_price')
      .values({ ...key, ...values })
      .execute();
    return { action: 'create', what };
  }
  if (!differs(existing, values)) return { action: 'same', what };
  await trx.updateTable('band_price').set(values).where('id', '=', existing.id).execute();
  return {
    action: 'change',
    what: `${what}, was ${formatMicros(existing.micros_per_kwh)}${untilText(existing.valid_to)}`,
  };
}

async function storeCharge(trx: Sql, planId: string, charge: Charge): Promise<DetailStored> {
  const { party, code, label, unit, micros, shareBy, vatCode, exemptionCode, from, to, source } = charge;
  const key = { plan_id: planId, party, code, valid_from: from };
  const values = {
    label,
    unit,
    micros,
    share_by: shareBy,
    vat_code: vatCode,
    exemption_code: exemptionCode,
    valid_to: to,
    source,
  };
  const existing = await trx
    .selectFrom('plan_charge')
    .selectAll()
    .where((where) => where.and(key))
    .executeTakeFirst();
  const what = `${party} ${code} ${amountText(micros, unit)} ${spanText(from, to)}`;
  if (existing === undefined) {
    await trx
      .insertInto('plan_charge')
      .values({ ...key, ...values })
      .execute();
    return { action: 'create', what };
  }
  if (!differs(existing, values)) return { action: 'same', what };
  await trx.updateTable('plan_charge').set(values).where('id', '=', existing.id).execute();
  const was = `${amountText(existing.micros, existing.unit)}${untilText(existing.valid_to)}`;
  return { action: 'change', what: `${what}, was ${was}` };
}

function amountText(micros: number, unit: string): string {
  return unit === 'percent-of-energy'
    ? `${(micros / 10_000).toFixed(4)} % of energy`
    : `${formatMicros(micros)} ${unit}`;
}

function spanText(from: string, to: string | null): string {
  return to === null ? `from ${from}` : `from ${from} to ${to}`;
}

const untilText = (to: string | null): string => (to === null ? '' : ` to ${to}`);
