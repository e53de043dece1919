import { APPLICATION_ROLE } from './application-role.js';

/**
 * What makes a table one of facts: a trigger that refuses for everybody, and no right to try for the programs. For
 * migrations; run it after the table is made.
 */
export function guardFacts(table: string): string {
  return `create trigger ${table}_immutable before update or delete on "${table}"
      for each row execute function refuse_change();
    revoke update, delete, truncate on "${table}" from ${APPLICATION_ROLE};`;
}
