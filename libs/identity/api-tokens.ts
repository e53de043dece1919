import type { Sql } from '../persistence/database.js';
import type { Role } from './permissions.js';
import { hashToken, newToken } from './secrets.js';
import { roleOf } from './users.js';

export interface NewApiToken {
  readonly name: string;
  readonly role: Role;
  readonly condominiumId?: string | null;
  readonly expiresAt?: Date | null;
}

export interface ApiTokenHolder {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly condominiumId: string | null;
}

/** Makes a bearer token for the API. The token is returned once; the table keeps its hash. */
export async function createApiToken(sql: Sql, token: NewApiToken): Promise<{ id: string; token: string }> {
  const secret = newToken('czt');
  const row = await sql
    .insertInto('api_token')
    .values({
      token_hash: hashToken(secret),
      name: token.name,
      role: token.role,
      condominium_id: token.condominiumId ?? null,
      expires_at: token.expiresAt ?? null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { id: row.id, token: secret };
}

/** Who holds a token that is neither revoked nor expired. */
export async function holderOfApiToken(sql: Sql, token: string, now: Date): Promise<ApiTokenHolder | null> {
  const row = await sql
    .selectFrom('api_token')
    .select(['id', 'name', 'role', 'condominium_id'])
    .where('token_hash', '=', hashToken(token))
    .where('revoked_at', 'is', null)
    .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', now)]))
    .executeTakeFirst();
  if (row === undefined) return null;
  return { id: row.id, name: row.name, role: roleOf(row.role), condominiumId: row.condominium_id };
}

export interface ApiTokenRow extends ApiTokenHolder {
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

/** Every token that was ever made, the latest first; never the secret itself. */
export async function listApiTokens(sql: Sql): Promise<ApiTokenRow[]> {
  const rows = await sql.selectFrom('api_token').selectAll().orderBy('created_at', 'desc').orderBy('id').execute();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    role: roleOf(row.role),
    condominiumId: row.condominium_id,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  }));
}

/** From now on the token opens nothing. False when there is none, or it was revoked before. */
export async function revokeApiToken(sql: Sql, id: string, now: Date): Promise<boolean> {
  const revoked = await sql
    .updateTable('api_token')
    .set({ revoked_at: now })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return revoked.numUpdatedRows > 0n;
}
