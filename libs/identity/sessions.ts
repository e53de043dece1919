import type { Sql } from '../persistence/database.js';
import { hashSession, newToken } from './secrets.js';
import { userOf, type User } from './users.js';

/** A session ends after this long without use ... */
export const SESSION_IDLE_MS = 12 * 3_600_000;
/** ... and after this long in any case. */
export const SESSION_LIMIT_MS = 7 * 24 * 3_600_000;

/** What sessions need besides the database: the key of their hashes and the time. */
export interface SessionContext {
  readonly secret: string;
  readonly now: Date;
}

/** Opens a session and forgets the expired ones of this user; the token goes into the cookie and nowhere else. */
export async function openSession(sql: Sql, userId: string, context: SessionContext): Promise<{ token: string }> {
  const token = newToken('czs');
  await sql.deleteFrom('user_session').where('user_id', '=', userId).where('expires_at', '<', context.now).execute();
  await sql
    .insertInto('user_session')
    .values({
      token_hash: hashSession(token, context.secret),
      user_id: userId,
      created_at: context.now,
      expires_at: new Date(context.now.getTime() + SESSION_IDLE_MS),
    })
    .execute();
  return { token };
}

/** When a session used now ends, given when it began. */
export function slidingExpiry(createdAt: Date, now: Date): Date {
  return new Date(Math.min(now.getTime() + SESSION_IDLE_MS, createdAt.getTime() + SESSION_LIMIT_MS));
}

/** The user of a session that has not ended; using it lengthens it (written at most once per minute). */
export async function userBySession(sql: Sql, token: string, context: SessionContext): Promise<User | null> {
  const tokenHash = hashSession(token, context.secret);
  const row = await sql
    .selectFrom('user_session')
    .innerJoin('app_user', 'app_user.id', 'user_session.user_id')
    .select(['app_user.id', 'email', 'name', 'role', 'language', 'condominium_id', 'customer_id'])
    .select(['user_session.created_at as session_created_at', 'user_session.expires_at'])
    .where('token_hash', '=', tokenHash)
    .where('user_session.expires_at', '>', context.now)
    .where('app_user.disabled_at', 'is', null)
    .executeTakeFirst();
  if (row === undefined) return null;
  const expiry = slidingExpiry(row.session_created_at, context.now);
  if (expiry.getTime() - row.expires_at.getTime() > 60_000) {
    await sql.updateTable('user_session').set({ expires_at: expiry }).where('token_hash', '=', tokenHash).execute();
  }
  return userOf(row);
}

/** Ends a session; ending one that is gone is no error. */
export async function closeSession(sql: Sql, token: string, secret: string): Promise<void> {
  await sql.deleteFrom('user_session').where('token_hash', '=', hashSession(token, secret)).execute();
}
