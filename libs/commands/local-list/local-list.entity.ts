import { defineEntity, p } from '@mikro-orm/core';

import { Charger } from '../../registry/registry.entity.js';
import type { ListLimits } from './plan-list.js';

/** The list of cards that a charger keeps for the time it cannot ask: what it holds, and what is done about it. */
export const ChargerLocalList = defineEntity({
  name: 'ChargerLocalList',
  tableName: 'charger_local_list',
  properties: {
    charger: () => p.manyToOne(Charger).mapToPk().primary().deleteRule('cascade').updateRule('cascade'),
    /** new | in-step | behind | failed | unsupported */
    state: p.text().default('new'),
    /** The version it was asked in. */
    protocol: p.text().nullable(),
    /** The socket on which the charger told which version it holds. */
    connectionId: p.uuid().nullable(),
    /** When it is to be looked at; null: nothing is to be done. */
    dueAt: p.datetime(3).nullable(),
    /** Of the list it holds; null: to be asked. */
    version: p.integer().nullable(),
    /** Card, in lower case, to a print of its entry; null: nobody knows. */
    held: p.json<Record<string, string>>().nullable(),
    /** Of what it holds. */
    digest: p.text().nullable(),
    entries: p.integer().default(0),
    /** Cards for which it has no room. */
    leftOut: p.integer().default(0),
    /** Good cards, in lower case, that are not on its list: its own memory may hold them. Null: nobody knows. */
    remembered: p.array<string>().columnType('text[]').nullable(),
    /** What it takes; null: to be asked. */
    limits: p.json<ListLimits>().nullable(),
    /** The command under way. */
    commandId: p.uuid().nullable(),
    /** Commands so far: each has its number in its key. */
    asked: p.integer().default(0),
    /** In a row. */
    failures: p.integer().default(0),
    /** What the charger said to the last that failed. */
    problem: p.text().nullable(),
    sentAt: p.datetime(3).nullable(),
    inStepAt: p.datetime(3).nullable(),
  },
  indexes: [
    {
      name: 'charger_local_list_due_index',
      expression: `create index "charger_local_list_due_index" on "charger_local_list" ("due_at") where (due_at is not null)`,
    },
    {
      name: 'charger_local_list_command_index',
      expression: `create index "charger_local_list_command_index" on "charger_local_list" ("command_id") where (command_id is not null)`,
    },
  ],
});
