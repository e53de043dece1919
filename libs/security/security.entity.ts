import { defineEntity, p } from '@mikro-orm/core';

import { ChargerCommand } from '../commands/command.entity.js';
import { Charger } from '../registry/registry.entity.js';

/**
 * A password that a charger is to have: accepted beside the one of before until the charger comes with it, or its
 * command ends in a way that says the charger has not taken it.
 */
export const ChargerPassword = defineEntity({
  name: 'ChargerPassword',
  tableName: 'charger_password',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    charger: () => p.manyToOne(Charger).mapToPk(),
    hash: p.text(),
    /** Of the bytes that its hexadecimal digits stand for: some chargers sign in with these. Null: it is not of such digits. */
    decodedHash: p.text().nullable(),
    /** Null: somebody types it in. */
    command: () => p.manyToOne(ChargerCommand).mapToPk().nullable(),
    askedBy: p.text(),
    askedAt: p.datetime(3),
    /** When the charger first came with it. */
    seenAt: p.datetime(3).nullable(),
    /** Seen, or no longer to be accepted. */
    closedAt: p.datetime(3).nullable(),
  },
  indexes: [
    {
      name: 'charger_password_open_index',
      expression: `create index "charger_password_open_index" on "charger_password" ("charger_id") where (closed_at is null)`,
    },
  ],
});
