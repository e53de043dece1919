import { sql as raw } from 'kysely';

import type { TenantScope } from '#libs/identity/permissions.js';
import { compareBill } from '#libs/imputation/compare-bill.js';
import { reconciliationOf } from '#libs/imputation/reconcile-cycle.js';
import type { Sql } from '#libs/persistence/database.js';
import { monthDays } from '#libs/registry/period.js';

import type { BillComparison, MonthBill } from './api-types.js';
import { within } from './scope-sql.js';

interface HeadRow {
  readonly id: string;
  readonly installation_id: string;
  readonly period: string;
  readonly currency: string;
  readonly is_rated: boolean;
}

/** The retailer's bill of a month within the scope, or null. */
export async function monthBill(sql: Sql, scope: TenantScope, cycleId: string): Promise<MonthBill | null> {
  const visible = within(scope, { condominium: 'installation.condominium_id', customer: null });
  const { rows } = await raw<HeadRow>`
    select cycle.id, cycle.installation_id, cycle.period, installation.currency, cycle.rated_at is not null as is_rated
    from billing_cycle cycle join installation on installation.id = cycle.installation_id
    where cycle.id = ${cycleId} and ${visible}`.execute(sql);
  const [head] = rows;
  if (head === undefined) return null;
  const [reconciliation, invoices, expected] = await Promise.all([
    reconciliationOf(sql, cycleId),
    invoicesOf(sql, head),
    expectedOf(sql, cycleId),
  ]);
  const { from, to } = monthDays(head.period);
  return {
    cycleId,
    currency: head.currency,
    periodFrom: from,
    periodTo: to,
    billCents: reconciliation.billCents,
    billSource: reconciliation.billSource,
    lines: [...reconciliation.lines],
    comparison: head.is_rated ? await comparisonOf(sql, cycleId, expected) : null,
    invoices,
    expected,
  };
}

async function comparisonOf(
  sql: Sql,
  cycleId: string,
  expected: MonthBill['expected'],
): Promise<BillComparison | null> {
  const compared = await compareBill(sql, cycleId);
  if (compared === null) return null;
  const { invoices: _invoices, bands, charges, meanings, tolerance, ...totals } = compared;
  const labels = new Map(expected.bands.map(({ band, label }) => [band, label]));
  return {
    ...totals,
    bands: bands.map((band) =>
      Object.assign({ label: labels.get(band.band) ?? band.band }, band, { meanings: [...band.meanings] }),
    ),
    charges: charges.map((charge) => Object.assign({}, charge, { meanings: [...charge.meanings] })),
    meanings: [...meanings],
    tolerance: { ...tolerance },
  };
}

type InvoiceRow = Omit<MonthBill['invoices'][number], 'enteredAt'> & { readonly enteredAt: Date };

async function invoicesOf(sql: Sql, head: HeadRow): Promise<MonthBill['invoices']> {
  const { rows } = await raw<InvoiceRow>`
    select invoice.number, invoice.issue_date::text as "issueDate", invoice.period_from::text as "periodFrom",
      invoice.period_to::text as "periodTo", invoice.net_cents as "netCents", invoice.vat_cents as "vatCents",
      invoice.total_cents as "totalCents", invoice.entered_at as "enteredAt", invoice.entered_by as "enteredBy",
      coalesce((select jsonb_agg(jsonb_build_object('kind', line.kind, 'band', line.band, 'code', line.code,
          'label', line.label, 'wh', line.wh, 'netCents', line.net_cents) order by line.position)
        from retailer_invoice_line line where line.invoice_id = invoice.id), '[]'::jsonb) as lines
    from retailer_invoice invoice
    where invoice.installation_id = ${head.installation_id} and invoice.period = ${head.period}
    order by invoice.number`.execute(sql);
  return rows.map((row) => Object.assign({}, row, { enteredAt: row.enteredAt.toISOString() }));
}

/** The bands that were measured and the retailer's charges that were divided, as an invoice would list them. */
async function expectedOf(sql: Sql, cycleId: string): Promise<MonthBill['expected']> {
  const bands = await raw<MonthBill['expected']['bands'][number]>`
    select band, min(regexp_replace(label, ' \\d+$', '')) as label from rated_line
    where cycle_id = ${cycleId} and direction = 'import' group by band order by band`.execute(sql);
  const charges = await raw<MonthBill['expected']['charges'][number]>`
    select code, min(label) as label from imputed_line
    where cycle_id = ${cycleId} and party = 'retailer' group by code order by code`.execute(sql);
  return { bands: bands.rows, charges: charges.rows };
}
