import { defineEntity, p } from '@mikro-orm/core';

import { ChargingTransaction } from '../../metering/metering.entity.js';
import { Customer } from '../../registry/registry.entity.js';
import type { SessionBasis } from './decide-session.js';

/** When a running session of who pays ahead is looked at next. */
export const SessionWatch = defineEntity({
  name: 'SessionWatch',
  tableName: 'session_watch',
  properties: {
    transaction: () => p.manyToOne(ChargingTransaction).mapToPk().primary(),
    /** Who answered for it at the last look. */
    customer: () => p.manyToOne(Customer).mapToPk(),
    lookedAt: p.datetime(3),
    lookAgainAt: p.datetime(3),
    /** Below this register nothing can have been crossed; null: only the time decides. */
    lookAtWh: p.bigint('number').nullable(),
    /** What was left of the balance at the last look, an estimate; null: the customer does not pay ahead. */
    leftCents: p.bigint('number').nullable(),
  },
  indexes: [{ name: 'session_watch_customer_index', properties: ['customer', 'lookedAt'] }],
});

/** What was decided about a running session, once per level, and by which figures. */
export const SessionNotice = defineEntity({
  name: 'SessionNotice',
  tableName: 'session_notice',
  properties: {
    transaction: () => p.manyToOne(ChargingTransaction).mapToPk().primary(),
    /** warn | stop */
    level: p.text().primary(),
    customer: () => p.manyToOne(Customer).mapToPk(),
    decidedAt: p.datetime(3),
    basis: p.json<SessionBasis>(),
    /** Of a stop: stopped | ended (by itself) | cancelled (the balance rose) | given-up; null while it is under way. */
    outcome: p.text().nullable(),
    endedAt: p.datetime(3).nullable(),
    /** How often the charger was asked in all, and since the balance fell to the floor. */
    asked: p.integer().default(0),
    tries: p.integer().default(0),
    /** The last command; it may be gone from the history, so this is no reference. */
    commandId: p.uuid().nullable(),
  },
  indexes: [
    { name: 'session_notice_customer_index', properties: ['customer', 'decidedAt'] },
    {
      name: 'session_notice_open_index',
      expression: `create index "session_notice_open_index" on "session_notice" ("transaction_id") where (level = 'stop' and ended_at is null)`,
    },
  ],
});
