import type { Sql } from '#libs/persistence/database.js';
import type { FoundAnomaly } from '#libs/rating/anomalies.js';
import { monthDays } from '#libs/registry/period.js';
import { policyAt } from '#libs/registry/policy-store.js';

import { compareWithBill, type BillComparison, type BillTolerance } from './bill-comparison.js';
import { monthAccounts } from './reconcile-cycle.js';

export interface ComparedInvoice {
  readonly number: string;
  readonly periodFrom: string;
  readonly periodTo: string;
  readonly netCents: number;
  readonly totalCents: number;
}

export interface ComparedBill extends BillComparison {
  readonly invoices: readonly ComparedInvoice[];
  readonly tolerance: BillTolerance;
}

/**
 * The retailer's invoices of a rated and imputed month beside what was measured and rated: per band, per charge and in
 * all; Wh and cents net of VAT. Null while no invoice is entered. Throws for an unknown cycle.
 */
export async function compareBill(sql: Sql, cycleId: string): Promise<ComparedBill | null> {
  const cycle = await sql
    .selectFrom('billing_cycle')
    .select(['installation_id', 'period', 'ends_at'])
    .where('id', '=', cycleId)
    .executeTakeFirstOrThrow(() => new Error(`There is no billing cycle ${cycleId}`));
  const month = await monthAccounts(sql, cycleId);
  if (month.invoiced === null) return null;
  const invoices = await sql
    .selectFrom('retailer_invoice')
    .select(['number', 'period_from as periodFrom', 'period_to as periodTo'])
    .select(['net_cents as netCents', 'total_cents as totalCents'])
    .where('installation_id', '=', cycle.installation_id)
    .where('period', '=', cycle.period)
    .orderBy('number')
    .execute();
  const { anomaly } = await policyAt(sql, cycle.installation_id, cycle.ends_at);
  const { from, to } = monthDays(cycle.period);
  const first = invoices.map(({ periodFrom }) => periodFrom).sort()[0];
  const last = invoices
    .map(({ periodTo }) => periodTo)
    .sort()
    .at(-1);
  const comparison = compareWithBill({
    energy: month.energy,
    unattributedWh: month.unattributedWh,
    charges: month.charges,
    invoiced: month.invoiced,
    isSameDays: first === from && last === to,
    tolerance: anomaly.retailerBillTolerance,
  });
  return { ...comparison, invoices, tolerance: anomaly.retailerBillTolerance };
}

/**
 * What of the retailer's invoice a person should look at, as a finding of the month's check (`also` of `checkCycle`):
 * one for the whole month, with the bands and charges that differ by more than the installation's tolerance.
 */
export async function billAnomalies(sql: Sql, cycleId: string): Promise<FoundAnomaly[]> {
  const compared = await compareBill(sql, cycleId);
  if (compared === null) return [];
  const bands = compared.bands.filter(({ meanings }) => meanings.length > 0);
  const charges = compared.charges.filter(({ meanings }) => meanings.length > 0);
  if (compared.meanings.length === 0 && bands.length === 0 && charges.length === 0) return [];
  const detail = {
    measuredWh: compared.measuredWh,
    unattributedWh: compared.unattributedWh,
    invoicedWh: compared.invoicedWh,
    expectedCents: compared.expectedCents,
    invoicedCents: compared.invoicedCents,
    toleranceWh: compared.tolerance.wh,
    toleranceCents: compared.tolerance.cents,
    meanings: compared.meanings,
    bands,
    charges,
  };
  return [{ code: 'retailer-bill-differs', subject: '', detail }];
}
