import { imputedRows } from '#libs/invoicing/load-charges.js';
import { energyLine } from '#libs/invoicing/month-lines.js';
import { planInvoice, type ChargeLine } from '#libs/invoicing/plan-invoice.js';
import { fixedCharge } from '#libs/invoicing/stored-line.js';
import { vatRoundingOf } from '#libs/invoicing/stored-words.js';
import { VAT_EXEMPTIONS, VAT_RATES } from '#libs/invoicing/vat.js';
import { tariffWithoutGaps } from '#libs/rating/highest-price.js';
import { rateMonth, type RatedMonth } from '#libs/rating/rate-month.js';
import type { RateRefusal } from '#libs/rating/rated.js';
import { partyOf } from '#libs/tariff/charge-words.js';

import type { Sql } from '../../persistence/database.js';
import { localDate } from '../../registry/period.js';
import { chargersOf, unbilledMonths, type UnbilledMonth } from './unbilled-months.js';

/** What a month comes to that was not invoiced yet, VAT included. An estimate. */
export interface MonthSoFar {
  readonly installationId: string;
  /** yyyy-mm */
  readonly period: string;
  readonly energyWh: number;
  /** Of the energy at the month's tariff, and of the fixed charges where they are known. */
  readonly grossCents: number;
  /** How the fixed charges are known: of the month itself, as in the last month that was charged, or not at all. */
  readonly fixedAs: 'charged' | 'last-month' | 'unknown';
  /** It will have an invoice, whatever was consumed. */
  readonly willBeBilled: boolean;
  /** Why the highest price that is known stands in for the one that holds; null: the one that holds. */
  readonly missingPrice: string | null;
}

/** A month that cannot be priced now, and why (a rating's or an invoice's code). */
export interface UnpricedMonth {
  readonly installationId: string;
  readonly period: string;
  readonly code: string;
}

export interface Unbilled {
  readonly months: readonly MonthSoFar[];
  readonly unpriced: readonly UnpricedMonth[];
}

/**
 * What a customer has consumed and was not invoiced for yet: the running month and those before it that have no invoice,
 * priced by the same path as they will be billed, from the readings that are there. Only the customer's own chargers are
 * rated. Fixed charges that a running month does not have yet are taken from the last month that had them. A month
 * without a price is `unpriced`, or counted at the highest price that is known, and says so.
 */
export async function unbilledOf(sql: Sql, who: UnbilledQuestion): Promise<Unbilled> {
  const { customerId, now } = who;
  const months: MonthSoFar[] = [];
  const unpriced: UnpricedMonth[] = [];
  for (const month of await unbilledMonths(sql, customerId, now)) {
    const priced = await priceMonth(sql, month, who);
    if ('code' in priced) unpriced.push(priced);
    else if (priced.willBeBilled || priced.grossCents !== 0) months.push(priced);
  }
  return { months, unpriced };
}

export interface UnbilledQuestion {
  readonly customerId: string;
  readonly now: Date;
  /** What is done where a price is not known: nothing when not given. */
  readonly withoutPrice?: 'highest-known';
}

type Rated = { readonly ok: RatedMonth; readonly missingPrice: string | null } | { readonly refused: RateRefusal };

async function rateOwn(sql: Sql, month: UnbilledMonth, { customerId, withoutPrice }: UnbilledQuestion): Promise<Rated> {
  const chargerIds = await chargersOf(sql, month, customerId);
  const rated = await rateMonth(sql, month, { chargerIds });
  if (!('refused' in rated)) return { ok: rated.ok, missingPrice: null };
  const tariff = withoutPrice === undefined ? null : await tariffWithoutGaps(sql, month);
  if (tariff === null) return rated;
  const again = await rateMonth(sql, month, { chargerIds, tariff });
  return 'refused' in again ? again : { ok: again.ok, missingPrice: rated.refused.code };
}

async function priceMonth(sql: Sql, month: UnbilledMonth, who: UnbilledQuestion): Promise<MonthSoFar | UnpricedMonth> {
  const { installationId, period } = month;
  const rated = await rateOwn(sql, month, who);
  if ('refused' in rated) return { installationId, period, code: rated.refused.code };
  const energy = rated.ok.lines
    .filter(({ owner }) => owner.customerId === who.customerId)
    .map((line) => energyLine(line, null));
  const fixed = await fixedCharges(sql, month, who.customerId);
  const gross = await grossOf(sql, installationId, [...energy, ...fixed.lines], who.now);
  if (typeof gross === 'string') return { installationId, period, code: gross };
  const energyWh = energy.reduce((sum, line) => sum + (line.kind === 'energy' ? (line.wh ?? 0) : 0), 0);
  const { willBeBilled } = month;
  const { missingPrice } = rated;
  return { installationId, period, energyWh, grossCents: gross, fixedAs: fixed.as, willBeBilled, missingPrice };
}

/** With VAT as an invoice of today would have it, or the code of why there would be none. */
export async function grossOf(
  sql: Sql,
  installationId: string,
  lines: readonly ChargeLine[],
  now: Date,
): Promise<number | string> {
  if (lines.length === 0) return 0;
  const place = await sql
    .selectFrom('installation')
    .innerJoin('issuer', 'issuer.id', 'installation.issuer_id')
    .where('installation.id', '=', installationId)
    .select(['installation.region', 'installation.time_zone as timeZone', 'issuer.vat_rounding as rounding'])
    .executeTakeFirstOrThrow();
  const planned = planInvoice(lines, {
    rates: VAT_RATES,
    exemptions: VAT_EXEMPTIONS,
    region: place.region,
    date: localDate(now, place.timeZone),
    rounding: vatRoundingOf(place.rounding),
  });
  if ('plan' in planned) return planned.plan.grossCents;
  // Energy fed in is worth more than what was used: it is carried into the next invoice, not paid out.
  return planned.refused.code === 'NOTHING_DUE' ? Math.min(0, planned.refused.grossCents) : planned.refused.code;
}

async function fixedCharges(
  sql: Sql,
  month: UnbilledMonth,
  customerId: string,
): Promise<{ readonly lines: readonly ChargeLine[]; readonly as: MonthSoFar['fixedAs'] }> {
  const own = month.cycleId === null ? [] : await imputedLines(sql, month.cycleId, customerId);
  if (own.length > 0) return { lines: own, as: 'charged' };
  const last = await sql
    .selectFrom('billing_cycle as cycle')
    .innerJoin('imputed_line as line', 'line.cycle_id', 'cycle.id')
    .where('cycle.installation_id', '=', month.installationId)
    .where('cycle.period', '<', month.period)
    .where('line.customer_id', '=', customerId)
    .select('cycle.id')
    .orderBy('cycle.period', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (last === undefined) return { lines: [], as: 'unknown' };
  return { lines: await imputedLines(sql, last.id, customerId), as: 'last-month' };
}

async function imputedLines(sql: Sql, cycleId: string, customerId: string): Promise<ChargeLine[]> {
  const rows = await imputedRows(sql, { cycleId, customerId });
  return rows.map((row) =>
    fixedCharge({
      party: partyOf(row.party),
      spotName: row.spot_name,
      label: row.label,
      code: row.code,
      netCents: row.net_cents,
      vatCode: row.vat_code,
      exemptionCode: row.exemption_code,
    }),
  );
}
