import type { Sql } from '#libs/persistence/database.js';

import type { Change } from '../tabular/table.js';

export interface InstallationRef {
  readonly id: string;
  readonly timeZone: string;
  readonly condominiumId: string;
}

/** The installation of that id, or null. */
export async function findInstallation(sql: Sql, id: string): Promise<InstallationRef | null> {
  const row = await sql
    .selectFrom('installation')
    .select(['id', 'time_zone', 'condominium_id'])
    .where('id', '=', id)
    .executeTakeFirst();
  return row === undefined ? null : { id: row.id, timeZone: row.time_zone, condominiumId: row.condominium_id };
}

export async function findSpot(sql: Sql, installationId: string, name: string): Promise<string | null> {
  const row = await sql
    .selectFrom('spot')
    .select('id')
    .where('installation_id', '=', installationId)
    .where('name', '=', name)
    .executeTakeFirst();
  return row?.id ?? null;
}

export async function findCustomer(sql: Sql, id: string): Promise<{ id: string; condominiumId: string } | null> {
  const row = await sql.selectFrom('customer').select(['id', 'condominium_id']).where('id', '=', id).executeTakeFirst();
  return row === undefined ? null : { id: row.id, condominiumId: row.condominium_id };
}

export async function hasCondominium(sql: Sql, id: string): Promise<boolean> {
  return (await sql.selectFrom('condominium').select('id').where('id', '=', id).executeTakeFirst()) !== undefined;
}

/** What it is to store the values where there was this row, or none. */
export function actionOf(
  row: Readonly<Record<string, unknown>> | undefined,
  values: Readonly<Record<string, unknown>>,
): Change['action'] {
  if (row === undefined) return 'create';
  return differs(row, values) ? 'change' : 'same';
}

/** Whether any of the given values differs from the row's. */
export function differs(row: Readonly<Record<string, unknown>>, values: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(values).some(([key, value]) => row[key] !== value);
}
