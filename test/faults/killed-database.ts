import type { KyselyPlugin } from 'kysely';

import type { Sql } from '#libs/persistence/database.js';

/** More statements than any work that is killed before each has. */
const MOST_STATEMENTS = 400;

class Killed extends Error {}

/** The database of a process that is killed just before its n-th statement; an open transaction is rolled back. */
function killedBefore(whole: Sql, statement: number): { readonly sql: Sql; readonly wasKilled: () => boolean } {
  let seen = 0;
  const plugin: KyselyPlugin = {
    transformQuery({ node }) {
      seen += 1;
      if (seen >= statement) throw new Killed(`killed before statement ${statement}`);
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  return { sql: whole.withPlugin(plugin), wasKilled: () => seen >= statement };
}

/** Runs work that is killed just before its n-th statement; false when it came to its end before that. */
export async function killedOnce(
  whole: Sql,
  statement: number,
  work: (sql: Sql) => Promise<unknown>,
): Promise<boolean> {
  if (statement > MOST_STATEMENTS) throw new Error('the work has no end');
  const { sql, wasKilled } = killedBefore(whole, statement);
  await work(sql).catch((error: unknown) => {
    if (!(error instanceof Killed)) throw error;
  });
  return wasKilled();
}

/**
 * Kills the work before each of its statements in turn, begins it again each time, and lets it come to its end.
 * `afterKill` looks at what a kill left. Returns how many kills there were.
 */
export async function killEverywhere(
  whole: Sql,
  work: (sql: Sql) => Promise<unknown>,
  afterKill: () => Promise<void> = async () => {},
): Promise<number> {
  for (let statement = 1; ; statement += 1) {
    if (!(await killedOnce(whole, statement, work))) return statement - 1;
    await afterKill();
  }
}
