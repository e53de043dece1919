import type { Sql } from '#libs/persistence/database.js';

import { localDate } from './period.js';
import { DEFAULT_POLICY, installationPolicySchema, type InstallationPolicy } from './policy.js';

/**
 * The installation's rules at an instant: the row with the latest validFrom not after the local date;
 * {@link DEFAULT_POLICY} where there is none. Throws for an unknown installation and for a row that is no policy.
 */
export async function policyAt(sql: Sql, installationId: string, at: Date): Promise<InstallationPolicy> {
  const { time_zone: timeZone } = await sql
    .selectFrom('installation')
    .select('time_zone')
    .where('id', '=', installationId)
    .executeTakeFirstOrThrow(() => new Error(`There is no installation ${installationId}`));
  const row = await sql
    .selectFrom('installation_policy')
    .select('policy')
    .where('installation_id', '=', installationId)
    .where('valid_from', '<=', localDate(at, timeZone))
    .orderBy('valid_from', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? DEFAULT_POLICY : installationPolicySchema.parse(row.policy);
}
