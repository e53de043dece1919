import { sql as raw, type RawBuilder } from 'kysely';
import { z } from 'zod';

import type { TenantScope } from '#libs/identity/permissions.js';
import type { Sql } from '#libs/persistence/database.js';

import type { Adjustment, Page } from './api-types.js';
import { decodeCursor, pageOf } from './paging.js';
import { within } from './scope-sql.js';

type AdjustmentRow = Omit<Adjustment, 'foundAt' | 'decidedAt'> & {
  readonly foundAt: Date;
  readonly decidedAt: Date | null;
};

async function adjustmentRows(
  sql: Sql,
  scope: TenantScope,
  condition: RawBuilder<unknown>,
  limit: number,
): Promise<Adjustment[]> {
  const visible = within(scope, { condominium: 'installation.condominium_id', customer: null });
  const { rows } = await raw<AdjustmentRow>`
    select adjustment.id as "adjustmentId", adjustment.cycle_id as "cycleId", installation.id as "installationId",
      cycle.period, installation.currency, customer.id as "customerId", customer.name as "customerName",
      adjustment.net_cents as "netCents", adjustment.reasons, adjustment.state, adjustment.found_at as "foundAt",
      adjustment.decided_at as "decidedAt", adjustment.decided_by as "decidedBy", document.number_text as number,
      coalesce((select jsonb_agg(jsonb_build_object('kind', line.kind, 'party', line.party, 'spotName', line.spot_name,
          'label', line.label, 'interval', line.interval, 'wh', line.wh, 'perKWhMicros', line.micros_per_kwh,
          'netCents', line.net_cents) order by line.position)
        from adjustment_line line where line.adjustment_id = adjustment.id), '[]'::jsonb) as lines
    from adjustment
    join billing_cycle cycle on cycle.id = adjustment.cycle_id
    join installation on installation.id = cycle.installation_id
    join customer on customer.id = adjustment.customer_id
    left join fiscal_document document on document.id = adjustment.document_id
    where ${visible} and ${condition}
    order by adjustment.id desc limit ${limit}`.execute(sql);
  return rows.map((row) =>
    Object.assign({}, row, {
      foundAt: row.foundAt.toISOString(),
      decidedAt: row.decidedAt?.toISOString() ?? null,
    }),
  );
}

/** The adjustments of a month, the latest found first. */
export async function adjustmentsOfMonth(
  sql: Sql,
  scope: TenantScope,
  query: { readonly cycleId: string; readonly limit: number; readonly cursor?: string | undefined },
): Promise<Page<Adjustment>> {
  const after = decodeCursor(query.cursor, z.tuple([z.uuid()]));
  const later = after === null ? raw`true` : raw`adjustment.id < ${after[0]}`;
  const condition = raw`adjustment.cycle_id = ${query.cycleId} and ${later}`;
  const found = await adjustmentRows(sql, scope, condition, query.limit + 1);
  return pageOf(
    found,
    query.limit,
    ({ adjustmentId }) => [adjustmentId],
    (adjustment) => adjustment,
  );
}

/** One adjustment, or null when there is none within the scope. */
export async function adjustmentById(sql: Sql, scope: TenantScope, id: string): Promise<Adjustment | null> {
  const [found] = await adjustmentRows(sql, scope, raw`adjustment.id = ${id}`, 1);
  return found ?? null;
}
