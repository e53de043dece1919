import { defineEntity, p } from '@mikro-orm/core';

import { Charger } from '../registry/registry.entity.js';

/** A frame beside the messages of chargers: what we asked one and how it answered, or what could not be read. Never changed. */
export const ChargerFrame = defineEntity({
  name: 'ChargerFrame',
  tableName: 'charger_frame',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    charger: () => p.manyToOne(Charger).mapToPk(),
    at: p.datetime(3),
    /** asked, or malformed */
    kind: p.text(),
    protocol: p.text().nullable(),
    action: p.text().nullable(),
    /** As we sent it, without secrets. */
    payload: p.json<Record<string, unknown>>().nullable(),
    /** As the charger answered, without secrets. */
    answer: p.json<unknown>().nullable(),
    /** asked: answer, error, malformed, timed-out, lost; malformed: why. */
    outcome: p.text().nullable(),
    /** Of what could not be read: the text as it came, its beginning if it is long. */
    raw: p.text().nullable(),
  },
  indexes: [{ name: 'charger_frame_charger_index', properties: ['charger', 'at'] }],
});
