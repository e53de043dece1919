import type { Sql } from '#libs/persistence/database.js';

import { runApi, type Caller, type RunningApi } from './running-api.js';
import { addTenant, type Tenant } from './world.js';

interface Droppable {
  readonly url: string;
  readonly sql: Sql;
  drop(): Promise<void>;
}

/** The back office over a database of the test, with one condominium and somebody of the staff signed in. */
export interface StaffedApi {
  readonly database: Droppable;
  readonly api: RunningApi;
  readonly tenant: Tenant;
  readonly staff: Caller;
  /** Stops it and drops the database. */
  stop(): Promise<void>;
}

/** `database`: an empty one, of which nothing is left afterwards. */
export async function runStaffedApi(
  database: Droppable,
  options: { readonly consoleFolder?: string; readonly currency?: string } = {},
): Promise<StaffedApi> {
  const tenant = await addTenant(database.sql, 'Aeiou', new Date(), options.currency);
  const api = await runApi(database, options.consoleFolder);
  const staff = await api.user('staff');
  return {
    database,
    api,
    tenant,
    staff,
    async stop() {
      await api.stop();
      await database.drop();
    },
  };
}
