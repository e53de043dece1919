import type { Sql } from '#libs/persistence/database.js';
import { isPeriod } from '#libs/registry/period.js';

import { refuse } from './refused.js';
import { withDatabase } from './with-database.js';

export interface MonthFlags {
  readonly installation: string;
  /** yyyy-mm */
  readonly period: string;
}

/** Runs something on an installation's month; one that is none, or that is not there, is refused. */
export async function withMonth<T>(
  { installation, period }: MonthFlags,
  run: (sql: Sql, cycleId: string) => Promise<T>,
): Promise<T> {
  if (!isPeriod(period)) refuse(`--period is a month such as 2026-06, not "${period}"`);
  return await withDatabase(async ({ sql }) => {
    const cycle = await sql
      .selectFrom('billing_cycle')
      .select('id')
      .where('installation_id', '=', installation)
      .where('period', '=', period)
      .executeTakeFirst();
    if (cycle === undefined) refuse(`There is no month ${period} of installation "${installation}"`);
    return await run(sql, cycle.id);
  });
}
