import { chargersTable } from '#libs/registry/tables/chargers.js';
import type { Table } from '#libs/registry/tabular/table.js';

import { endReplacedSessions } from '../end-replaced-sessions.js';

/** The list of chargers; a session of one that is taken from its spot by it ends. */
export const chargersAndSessionsTable: Table<Parameters<typeof chargersTable.apply>[1]> = {
  ...chargersTable,
  async finish(trx, { now }) {
    await endReplacedSessions(trx, now);
    return [];
  },
};
