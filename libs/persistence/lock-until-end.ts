import { sql as raw } from 'kysely';

import type { Sql } from './database.js';

/**
 * Waits until no other transaction holds this name, and holds it until this one ends. For what no row stands for, or a row
 * that is a fact: the programs may not even lock it. What one decides on is read after this, never before.
 */
export async function lockUntilEnd(trx: Sql, name: string): Promise<void> {
  if (!trx.isTransaction) throw new Error(`the lock ${name} is held until a transaction ends: open one`);
  await raw`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(trx);
}

/** The same without waiting: false when another transaction holds the name. */
export async function tryLockUntilEnd(trx: Sql, name: string): Promise<boolean> {
  if (!trx.isTransaction) throw new Error(`the lock ${name} is held until a transaction ends: open one`);
  const { rows } = await raw<{ isOurs: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended(${name}, 0)) as "isOurs"`.execute(trx);
  return rows[0]?.isOurs === true;
}
