import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';
import type { LinesByCustomer } from './month-lines.js';
import type { ChargeLine } from './plan-invoice.js';
import { lineKindOf, partyOf } from './stored-words.js';

interface BilledRow {
  readonly customerId: string;
  readonly kind: string;
  readonly party: string;
  readonly spotName: string | null;
  readonly chargerId: string | null;
  readonly season: string | null;
  readonly dayType: string | null;
  readonly band: string | null;
  readonly label: string;
  readonly interval: string | null;
  readonly wh: number | null;
  readonly estimatedWh: number | null;
  readonly estimatedErrorWh: number | null;
  readonly microsPerKWh: number | null;
  readonly isAveragePrice: boolean;
  readonly netCents: number;
  readonly vatCode: string;
  readonly exemptionCode: string | null;
}

/**
 * All that was billed of a cycle, whatever document it stands in: its own invoices, their credit notes, lines of later
 * documents that correct it, and adjustments that were decided and are in no document yet (accepted: they will be;
 * dismissed: a person decided that this difference is not billed). A credit note that gives an adjustment back counts as
 * that adjustment, for its month, whatever invoice it had to be written over.
 */
export async function billedLines(sql: Sql, cycleId: string): Promise<LinesByCustomer> {
  const { rows } = await raw<BilledRow>`
    with cycle as (select id, installation_id, period from billing_cycle where id = ${cycleId}),
    stood as (
      select document.customer_id, line.kind, line.party, line.spot_name, line.charger_id, line.season, line.day_type,
        line.band, line.label, line."interval", line.wh, line.estimated_wh, line.estimated_error_wh,
        line.micros_per_kwh, line.is_average_price, line.net_cents, line.vat_code, line.exemption_code
      from cycle
      join fiscal_document document on document.installation_id = cycle.installation_id
      join document_line line on line.document_id = document.id
      left join fiscal_document original on original.id = document.references_document_id
      where (line.adjusts_period = cycle.period
          or (line.adjusts_period is null and coalesce(original.cycle_id, document.cycle_id) = cycle.id))
        and not (document.references_document_id is not null
          and exists (select from adjustment given where given.document_id = document.id))
      union all
      select adjustment.customer_id, line.kind, line.party, line.spot_name, line.charger_id, line.season, line.day_type,
        line.band, line.label, line."interval", line.wh, line.estimated_wh, line.estimated_error_wh,
        line.micros_per_kwh, line.is_average_price, line.net_cents, line.vat_code, line.exemption_code
      from adjustment
      join adjustment_line line on line.adjustment_id = adjustment.id
      left join fiscal_document document on document.id = adjustment.document_id
      where adjustment.cycle_id = ${cycleId}
        and (adjustment.state in ('accepted', 'dismissed') or document.references_document_id is not null))
    select customer_id as "customerId", kind, party, spot_name as "spotName", charger_id as "chargerId", season,
      day_type as "dayType", band, label, "interval", wh, estimated_wh as "estimatedWh",
      estimated_error_wh as "estimatedErrorWh", micros_per_kwh as "microsPerKWh",
      is_average_price as "isAveragePrice", net_cents as "netCents", vat_code as "vatCode",
      exemption_code as "exemptionCode"
    from stood`.execute(sql);
  const found = new Map<string, ChargeLine[]>();
  for (const { customerId, ...row } of rows) {
    const line: ChargeLine = { ...row, kind: lineKindOf(row.kind), party: partyOf(row.party), adjustsPeriod: null };
    const own = found.get(customerId);
    if (own === undefined) found.set(customerId, [line]);
    else own.push(line);
  }
  return found;
}
