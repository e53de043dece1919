import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';
import type { LinesByCustomer } from './month-lines.js';
import { chargeLineOf, type StoredChargeLine } from './stored-line.js';

interface BilledRow extends StoredChargeLine {
  readonly customer_id: string;
}

const LINE_COLUMNS = raw`line.kind, line.party, line.spot_name, line.charger_id, line.season, line.day_type, line.band,
  line.label, line.charge_code, line."interval", line.wh, line.estimated_wh, line.estimated_error_wh, line.micros_per_kwh,
  line.is_average_price, line.net_cents, line.vat_code, line.exemption_code`;

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
      select document.customer_id, ${LINE_COLUMNS}
      from cycle
      join fiscal_document document on document.installation_id = cycle.installation_id
      join document_line line on line.document_id = document.id
      left join fiscal_document original on original.id = document.references_document_id
      where (line.adjusts_period = cycle.period
          or (line.adjusts_period is null and coalesce(original.cycle_id, document.cycle_id) = cycle.id))
        and not (document.references_document_id is not null
          and exists (select from adjustment given where given.document_id = document.id))
      union all
      select adjustment.customer_id, ${LINE_COLUMNS}
      from adjustment
      join adjustment_line line on line.adjustment_id = adjustment.id
      left join fiscal_document document on document.id = adjustment.document_id
      where adjustment.cycle_id = ${cycleId}
        and (adjustment.state in ('accepted', 'dismissed') or document.references_document_id is not null))
    select *
    from stood`.execute(sql);
  const byCustomer = Map.groupBy(rows, (row) => row.customer_id);
  return new Map([...byCustomer].map(([customerId, own]) => [customerId, own.map(chargeLineOf)]));
}
