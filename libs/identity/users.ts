import type { Sql } from '../persistence/database.js';
import { hashPassword, verifyNothing, verifyPassword } from './passwords.js';
import { ROLES, type Role } from './permissions.js';

export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly language: string;
  readonly condominiumId: string | null;
  readonly customerId: string | null;
}

export interface NewUser {
  readonly email: string;
  readonly name: string;
  readonly password: string;
  readonly role: Role;
  readonly language?: string;
  readonly condominiumId?: string | null;
  readonly customerId?: string | null;
}

interface UserRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: string;
  readonly language: string;
  readonly condominium_id: string | null;
  readonly customer_id: string | null;
}

/** Addresses are compared without case and outer spaces, and stored that way. */
export const normalEmail = (email: string): string => email.trim().toLowerCase();

export function roleOf(text: string): Role {
  const role = ROLES.find((name) => name === text);
  if (role === undefined) throw new Error(`unknown role ${text} in the database`);
  return role;
}

export function userOf(row: UserRow): User {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role: roleOf(row.role),
    language: row.language,
    condominiumId: row.condominium_id,
    customerId: row.customer_id,
  };
}

/** Adds a user; when the address is taken already, nothing changes and `created` is false. */
export async function createUser(sql: Sql, user: NewUser): Promise<{ readonly userId: string; created: boolean }> {
  const email = normalEmail(user.email);
  const inserted = await sql
    .insertInto('app_user')
    .values({
      email,
      name: user.name,
      password_hash: await hashPassword(user.password),
      role: user.role,
      language: user.language ?? 'pt',
      condominium_id: user.condominiumId ?? null,
      customer_id: user.customerId ?? null,
    })
    .onConflict((conflict) => conflict.column('email').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (inserted !== undefined) return { userId: inserted.id, created: true };
  const existing = await sql.selectFrom('app_user').select('id').where('email', '=', email).executeTakeFirstOrThrow();
  return { userId: existing.id, created: false };
}

/** The user behind address and password, or null: unknown, disabled and wrong look and cost the same. */
export async function userByPassword(sql: Sql, email: string, password: string): Promise<User | null> {
  const row = await sql
    .selectFrom('app_user')
    .selectAll()
    .where('email', '=', normalEmail(email))
    .where('disabled_at', 'is', null)
    .executeTakeFirst();
  if (row === undefined) {
    await verifyNothing(password);
    return null;
  }
  return (await verifyPassword(password, row.password_hash)) ? userOf(row) : null;
}

/** Makes the first administrator when there is none yet; returns true when one was made. */
export async function ensureAdministrator(sql: Sql, admin: { email: string; password: string }): Promise<boolean> {
  const existing = await sql
    .selectFrom('app_user')
    .select('id')
    .where('role', '=', 'administrator')
    .where('disabled_at', 'is', null)
    .executeTakeFirst();
  if (existing !== undefined) return false;
  const { created } = await createUser(sql, { ...admin, name: admin.email, role: 'administrator' });
  return created;
}
