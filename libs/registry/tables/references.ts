import type { Sql } from '#libs/persistence/database.js';

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

/** Whether any of the given values differs from the row's. */
export function differs(row: Readonly<Record<string, unknown>>, values: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(values).some(([key, value]) => row[key] !== value);
}
