import { createHash } from 'node:crypto';

import type { Sql } from '../persistence/database.js';

/** A write that began and never ended (its process died) may be taken over after this long. */
const ABANDONED_MS = 60_000;

export interface IdempotentWrite {
  /** Who writes: keys of two people never meet. */
  readonly actor: string;
  readonly key: string;
  /** {@link requestDigest} of method, path and body. */
  readonly request: string;
}

export type WriteTurn =
  /** It is yours: do it, then {@link finishWrite} or {@link forgetWrite}. */
  | { readonly turn: 'first' }
  /** It was done: give this answer again. */
  | { readonly turn: 'replay'; readonly status: number; readonly body: unknown }
  /** The same key came with another request. */
  | { readonly turn: 'reused' }
  /** The same write is being done right now. */
  | { readonly turn: 'in-progress' };

/** One line per request that differs in anything the caller sent. */
export function requestDigest(method: string, path: string, body: unknown): string {
  return createHash('sha256')
    .update(`${method} ${path}\n${JSON.stringify(body ?? null)}`)
    .digest('hex');
}

/** Commits the key before anything follows from it and says whose turn it is. */
export async function beginWrite(sql: Sql, write: IdempotentWrite, now: Date): Promise<WriteTurn> {
  const inserted = await sql
    .insertInto('idempotency_record')
    .values({ actor: write.actor, key: write.key, request: write.request, created_at: now })
    .onConflict((conflict) => conflict.columns(['actor', 'key']).doNothing())
    .returning('key')
    .executeTakeFirst();
  if (inserted !== undefined) return { turn: 'first' };
  const found = await sql
    .selectFrom('idempotency_record')
    .select(['request', 'status', 'body', 'created_at'])
    .where('actor', '=', write.actor)
    .where('key', '=', write.key)
    .executeTakeFirst();
  if (found === undefined) return { turn: 'in-progress' };
  if (found.request !== write.request) return { turn: 'reused' };
  if (found.status !== null) return { turn: 'replay', status: found.status, body: found.body };
  return (await takeOver(sql, write, now)) ? { turn: 'first' } : { turn: 'in-progress' };
}

async function takeOver(sql: Sql, write: IdempotentWrite, now: Date): Promise<boolean> {
  const taken = await sql
    .updateTable('idempotency_record')
    .set({ created_at: now })
    .where('actor', '=', write.actor)
    .where('key', '=', write.key)
    .where('status', 'is', null)
    .where('created_at', '<', new Date(now.getTime() - ABANDONED_MS))
    .executeTakeFirst();
  return taken.numUpdatedRows > 0n;
}

/** Keeps the answer for whoever asks again with the key. */
export async function finishWrite(sql: Sql, write: IdempotentWrite, status: number, body: unknown): Promise<void> {
  await sql
    .updateTable('idempotency_record')
    .set({ status, body: JSON.stringify(body ?? null) })
    .where('actor', '=', write.actor)
    .where('key', '=', write.key)
    .execute();
}

/** The write failed on our side: the next attempt with the key starts afresh. */
export async function forgetWrite(sql: Sql, write: IdempotentWrite): Promise<void> {
  await sql
    .deleteFrom('idempotency_record')
    .where('actor', '=', write.actor)
    .where('key', '=', write.key)
    .where('status', 'is', null)
    .execute();
}
