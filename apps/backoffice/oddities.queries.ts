import { sql as raw, type RawBuilder } from 'kysely';
import { z } from 'zod';

import type { TenantScope } from '#libs/identity/permissions.js';
import type { Sql } from '#libs/persistence/database.js';

import type { Oddity, Page } from './api-types.js';
import { decodeCursor, pageOf } from './paging.js';
import { within } from './scope-sql.js';

interface OddityRow {
  readonly id: number;
  readonly installation_id: string;
  readonly charger_id: string;
  readonly label: string;
  readonly transaction_id: number | null;
  readonly code: string;
  readonly detail: Record<string, unknown>;
  readonly at: Date;
  readonly resolved_at: Date | null;
  readonly resolved_by: string | null;
}

async function oddityRows(
  sql: Sql,
  scope: TenantScope,
  condition: RawBuilder<unknown>,
  limit: number,
): Promise<OddityRow[]> {
  const visible = within(scope, { condominium: 'installation.condominium_id', customer: null });
  const { rows } = await raw<OddityRow>`
    select oddity.id, oddity.installation_id, oddity.charger_id, charger.label, oddity.transaction_id, oddity.code,
      oddity.detail, oddity.at, oddity.resolved_at, oddity.resolved_by
    from oddity
    join installation on installation.id = oddity.installation_id
    join charger on charger.id = oddity.charger_id
    where ${visible} and ${condition}
    order by oddity.id desc limit ${limit}`.execute(sql);
  return rows;
}

const oddityOf = (row: OddityRow): Oddity => ({
  id: row.id,
  installationId: row.installation_id,
  chargerId: row.charger_id,
  chargerLabel: row.label,
  transactionId: row.transaction_id,
  code: row.code,
  detail: row.detail,
  at: row.at.toISOString(),
  resolvedAt: row.resolved_at?.toISOString() ?? null,
  resolvedBy: row.resolved_by,
});

/** Newest first; `open` leaves out what somebody has answered. */
export async function oddities(
  sql: Sql,
  scope: TenantScope,
  query: {
    readonly installationId: string;
    readonly open: boolean;
    readonly limit: number;
    readonly cursor?: string | undefined;
  },
): Promise<Page<Oddity>> {
  const after = decodeCursor(query.cursor, z.tuple([z.int()]));
  const conditions = [raw`oddity.installation_id = ${query.installationId}`];
  if (query.open) conditions.push(raw`oddity.resolved_at is null`);
  if (after !== null) conditions.push(raw`oddity.id < ${after[0]}`);
  const rows = await oddityRows(sql, scope, raw.join(conditions, raw` and `), query.limit + 1);
  return pageOf(rows, query.limit, (row) => [row.id], oddityOf);
}

export async function oddityById(sql: Sql, scope: TenantScope, id: number): Promise<Oddity | null> {
  const [row] = await oddityRows(sql, scope, raw`oddity.id = ${id}`, 1);
  return row === undefined ? null : oddityOf(row);
}
