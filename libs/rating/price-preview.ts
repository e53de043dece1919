import { createHash } from 'node:crypto';

import type { Sql } from '#libs/persistence/database.js';
import type { Preview } from '#libs/registry/tabular/table.js';

import { monthTariff, rateMonth, type MonthSpan } from './rate-month.js';
import type { RateRefusal } from './rated.js';

/** What an installation's month comes to under the prices that the database holds. */
export interface MonthUnder {
  readonly installationId: string;
  /** yyyy-mm */
  readonly period: string;
  /** Null: the month has documents; only whether its prices changed is looked at. */
  readonly energy: { readonly byCustomer: ReadonlyMap<string, number> } | { readonly refused: RateRefusal } | null;
  /** Of a billed month: the same as long as its prices and hours are. */
  readonly tariffHash: string | null;
}

/** What changed prices do to a month. Energy only, in cents; the fixed charges come on top. */
export type PriceEffect =
  | {
      readonly kind: 'open';
      readonly installationId: string;
      readonly period: string;
      /** Null: the month cannot be rated, and `refused…` says why. */
      readonly beforeCents: number | null;
      readonly afterCents: number | null;
      readonly refusedBefore: RateRefusal | null;
      readonly refusedAfter: RateRefusal | null;
      /** Customers whose amount differs; none where either side cannot be rated. */
      readonly customers: number;
      /** The sum of their differences. */
      readonly differenceCents: number;
      readonly largest: { readonly customerId: string | null; readonly differenceCents: number } | null;
    }
  /** Already billed, and its prices or hours are now others: the difference would be an adjustment. */
  | { readonly kind: 'billed'; readonly installationId: string; readonly period: string };

/** More open months than these, the latest, tell nothing new. */
const OPEN_MONTHS = 3;
/** Billed months that are looked at, the latest. */
const BILLED_MONTHS = 24;

/**
 * The open months of the installations by the path that bills them, at most the latest three each, and the hash of the
 * tariff of their billed months. Reads only; inside the transaction of an import it sees what that changes.
 */
export async function monthsUnder(trx: Sql, installationIds: readonly string[]): Promise<readonly MonthUnder[]> {
  const months: MonthUnder[] = [];
  for (const installationId of installationIds) {
    for (const { period, isBilled, ...span } of await monthsOf(trx, installationId)) {
      const month = { installationId, period };
      if (isBilled) months.push({ ...month, energy: null, tariffHash: await tariffHash(trx, span) });
      else months.push({ ...month, energy: await energyOf(trx, span), tariffHash: null });
    }
  }
  return months;
}

/** The preview of an import that changes the prices of the installations. */
export function pricePreview(installationIds: readonly string[]): Preview<readonly MonthUnder[], PriceEffect> {
  return { look: (trx) => monthsUnder(trx, installationIds), effects: priceEffects };
}

type Month = MonthSpan & { readonly period: string; readonly isBilled: boolean };

async function monthsOf(sql: Sql, installationId: string): Promise<Month[]> {
  const rows = await sql
    .selectFrom('billing_cycle as c')
    .select(['c.period', 'c.starts_at', 'c.ends_at', 'c.finished_at'])
    .select((select) =>
      select
        .exists(select.selectFrom('fiscal_document as d').select('d.id').whereRef('d.cycle_id', '=', 'c.id'))
        .as('billed'),
    )
    .where('c.installation_id', '=', installationId)
    .orderBy('c.period', 'desc')
    .execute();
  const months = rows.map((row): Month & { isOpen: boolean } => ({
    installationId,
    period: row.period,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    isBilled: row.billed === true,
    isOpen: row.billed !== true && row.finished_at === null,
  }));
  const open = months.filter(({ isOpen }) => isOpen).slice(0, OPEN_MONTHS);
  const billed = months.filter(({ isBilled }) => isBilled).slice(0, BILLED_MONTHS);
  return [...billed, ...open].sort((a, b) => (a.period < b.period ? -1 : 1));
}

async function energyOf(sql: Sql, span: MonthSpan): Promise<MonthUnder['energy']> {
  const rated = await rateMonth(sql, span);
  if ('refused' in rated) return rated;
  const byCustomer = new Map<string, number>();
  for (const { owner, cents } of rated.ok.lines) {
    const key = owner.customerId ?? '';
    byCustomer.set(key, (byCustomer.get(key) ?? 0) + cents);
  }
  return { byCustomer };
}

async function tariffHash(sql: Sql, span: MonthSpan): Promise<string> {
  const { starts, rates, importRate, exportRate, importMicros } = await monthTariff(sql, span);
  const prices = importMicros === null ? null : [...importMicros];
  return createHash('sha256')
    .update(JSON.stringify([starts, rates, importRate, exportRate, prices]))
    .digest('hex');
}

/** What changed from one look at the months to the other; both are of the same months. */
export function priceEffects(before: readonly MonthUnder[], after: readonly MonthUnder[]): PriceEffect[] {
  return after.flatMap((month, index): PriceEffect[] => {
    const former = before[index];
    const { installationId, period } = month;
    if (former === undefined || former.period !== period || former.installationId !== installationId) {
      throw new Error(`The month ${period} of ${installationId} was not looked at before`);
    }
    if (month.energy !== null) return [openEffect(former, month)];
    return month.tariffHash === former.tariffHash ? [] : [{ kind: 'billed', installationId, period }];
  });
}

function openEffect(before: MonthUnder, after: MonthUnder): PriceEffect {
  const { installationId, period } = after;
  const [was, is] = [ratedOf(before), ratedOf(after)];
  const differences = was === null || is === null ? [] : differencesOf(was, is);
  const largest = differences.toSorted((a, b) => Math.abs(b.differenceCents) - Math.abs(a.differenceCents))[0] ?? null;
  return {
    kind: 'open',
    installationId,
    period,
    beforeCents: totalOf(was),
    afterCents: totalOf(is),
    refusedBefore: refusalOf(before),
    refusedAfter: refusalOf(after),
    customers: differences.length,
    differenceCents: differences.reduce((sum, { differenceCents }) => sum + differenceCents, 0),
    largest,
  };
}

const ratedOf = ({ energy }: MonthUnder) => (energy !== null && 'byCustomer' in energy ? energy.byCustomer : null);
const refusalOf = ({ energy }: MonthUnder) => (energy !== null && 'refused' in energy ? energy.refused : null);

function totalOf(byCustomer: ReadonlyMap<string, number> | null): number | null {
  return byCustomer === null ? null : [...byCustomer.values()].reduce((sum, cents) => sum + cents, 0);
}

function differencesOf(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>) {
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((customer) => ({
      customerId: customer === '' ? null : customer,
      differenceCents: (after.get(customer) ?? 0) - (before.get(customer) ?? 0),
    }))
    .filter(({ differenceCents }) => differenceCents !== 0);
}
