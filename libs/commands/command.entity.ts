import { defineEntity, p } from '@mikro-orm/core';

import { Charger } from '../registry/registry.entity.js';

/** What a charger was asked for, and what became of it. */
export const ChargerCommand = defineEntity({
  name: 'ChargerCommand',
  tableName: 'charger_command',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    charger: () => p.manyToOne(Charger).mapToPk(),
    kind: p.text(),
    /** A command of libs/ocpp/commands.ts, with passwords blanked. */
    request: p.json<Record<string, unknown>>(),
    /** The command whole, sealed, where it carries a password; null, and null when it has ended. */
    sealed: p.text().nullable(),
    /** By this later messages of 2.x name it: requestId, remoteStartId. */
    number: p.integer(),
    /** waiting | sent | answered | refused | expired | timed-out | failed */
    state: p.text().default('waiting'),
    /** The subprotocol it was sent in. */
    protocol: p.text().nullable(),
    /** As the charger answered. */
    response: p.json<unknown>().nullable(),
    /** A CommandResult of libs/ocpp/commands.ts: the answer, or why there is none. */
    result: p.json<Record<string, unknown>>().nullable(),
    askedBy: p.text(),
    askedAt: p.datetime(3),
    expiresAt: p.datetime(3),
    /** What happens while the charger has no connection: wait (until it expires) | refuse. */
    whenAbsent: p.text(),
    key: p.text().unique('charger_command_key_unique'),
    /** Its workflow was begun; null: nobody carries it yet. */
    takenAt: p.datetime(3).nullable(),
    /** Committed before the frame leaves. */
    sentAt: p.datetime(3).nullable(),
    /** How often it was sent: more than once only what does no harm when repeated. */
    sends: p.integer().default(0),
    answeredAt: p.datetime(3).nullable(),
    endedAt: p.datetime(3).nullable(),
  },
  indexes: [
    { name: 'charger_command_charger_index', properties: ['charger', 'id'] },
    {
      name: 'charger_command_ended_index',
      expression: `create index "charger_command_ended_index" on "charger_command" ("ended_at") where (ended_at is not null)`,
    },
    {
      name: 'charger_command_waiting_index',
      expression: `create index "charger_command_waiting_index" on "charger_command" ("charger_id") where (state = 'waiting')`,
    },
    {
      name: 'charger_command_open_index',
      expression: `create index "charger_command_open_index" on "charger_command" ("charger_id") where (ended_at is null)`,
    },
  ],
});

/** The one live socket of a charger, and the gateway process that holds it: the newest wins. */
export const ChargerConnection = defineEntity({
  name: 'ChargerConnection',
  tableName: 'charger_connection',
  properties: {
    charger: () => p.manyToOne(Charger).mapToPk().primary(),
    /** The process: its task queue is `gateway-<id>`. */
    gateway: p.text(),
    connectionId: p.uuid(),
    protocol: p.text(),
    since: p.datetime(3),
  },
  indexes: [{ name: 'charger_connection_gateway_index', properties: ['gateway'] }],
});

/** What a charger is to be set to on first contact, and what it told when it was read back. */
export const ChargerSetting = defineEntity({
  name: 'ChargerSetting',
  tableName: 'charger_setting',
  properties: {
    charger: () => p.manyToOne(Charger).mapToPk().primary(),
    /** 1.6's key, also of a charger that speaks 2.x. */
    name: p.text().primary(),
    wanted: p.text(),
    actual: p.text().nullable(),
    /** as-wanted | otherwise | reboot-required | rejected | not-supported | unknown */
    state: p.text(),
    readAt: p.datetime(3),
  },
});

/** When a charger is set up, and how finely it tells its energy since. */
export const ChargerProvisioning = defineEntity({
  name: 'ChargerProvisioning',
  tableName: 'charger_provisioning',
  properties: {
    charger: () => p.manyToOne(Charger).mapToPk().primary(),
    /** The boot that asked for it; names the run. */
    dueAt: p.datetime(3),
    firmware: p.text().nullable(),
    begunAt: p.datetime(3).nullable(),
    doneAt: p.datetime(3).nullable(),
    /** Nothing is left for the next boot. */
    isComplete: p.boolean().default(false),
    /** quarter-hour | periodic | start-stop */
    precisionClass: p.text().nullable(),
  },
});
