import { defineEntity, p } from '@mikro-orm/core';

import { Charger } from '../../registry/registry.entity.js';

/**
 * How far a charger's clock is off: what was observed, and what staff say of it. Rows are only ever added. A charger's
 * times are kept as it gave them; rating takes off what the entry says that holds for them (true-instants.ts).
 */
export const ChargerClock = defineEntity({
  name: 'ChargerClock',
  tableName: 'charger_clock',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    charger: () => p.manyToOne(Charger).mapToPk(),
    /** observed, or staff */
    source: p.text(),
    /** right, zone, wrong; of staff also withdrawn */
    kind: p.text(),
    /** What is taken off; negative where the clock is behind. Null: staff take back what they said from then on. */
    offsetMs: p.bigint('number').nullable(),
    driftMs: p.integer().default(0),
    /** It holds for times that the charger gave in [fromAt, untilAt) ... */
    fromAt: p.datetime(3),
    untilAt: p.datetime(3).nullable(),
    /** ... in readings that came after this one: a clock that is set back gives the same times twice. */
    afterReadingId: p.bigint('number'),
    /** When the first message came of which it is true. */
    effectiveFrom: p.datetime(3),
    /** Instants told, and when they came, milliseconds since 1970. */
    evidence: p.json<{ toldMs: number; arrivedMs: number }[]>(),
    reason: p.text().nullable(),
    by: p.text().nullable(),
    /** The database's clock at that moment: what was rated before it differs. */
    at: p.datetime(3).defaultRaw('clock_timestamp()'),
  },
  indexes: [
    { name: 'charger_clock_charger_index', properties: ['charger', 'id'] },
    { name: 'charger_clock_source_index', properties: ['charger', 'source', 'afterReadingId', 'id'] },
  ],
});
