import { sql as raw } from 'kysely';

import type { Sql } from '#libs/persistence/database.js';

import type { AdjustmentLine, ImputedLine } from './api-types.js';

/** A customer's parts of a month's charges; both were found within the scope before. */
export async function chargesOf(
  sql: Sql,
  of: { readonly cycleId: string; readonly customerId: string },
): Promise<ImputedLine[]> {
  const { rows } = await raw<ImputedLine>`
    select line.party, line.code, line.label, spot.name as "spotName", line.unit, line.micros,
      line.from_date::text as "fromDate", line.days, line.share_by as "shareBy", line.total_cents as "totalCents",
      line.weight, line.total_weight as "totalWeight", line.net_cents as "netCents", line.vat_code as "vatCode",
      line.exemption_code as "exemptionCode"
    from imputed_line line left join spot on spot.id = line.spot_id
    where line.cycle_id = ${of.cycleId} and line.customer_id = ${of.customerId}
    order by line.party desc, line.position`.execute(sql);
  return rows;
}

/** The lines of a document that correct former months; the document was found within the scope before. */
export async function adjustmentsOf(sql: Sql, documentId: string): Promise<AdjustmentLine[]> {
  const { rows } = await raw<AdjustmentLine>`
    select line.adjusts_period as period, line.kind, line.label, line.interval, line.spot_name as "spotName", line.wh,
      line.micros_per_kwh as "perKWhMicros", line.is_average_price as "isAveragePrice", line.net_cents as "netCents"
    from document_line line
    where line.document_id = ${documentId} and line.adjusts_period is not null
    order by line.line_no`.execute(sql);
  return rows;
}
