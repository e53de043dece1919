import { defineEntity, p } from '@mikro-orm/core';

import { Installation } from '../registry/registry.entity.js';

/** A time in which chargers that nobody knows may come and wait for a person. */
export const EnrolmentWindow = defineEntity({
  name: 'EnrolmentWindow',
  tableName: 'enrolment_window',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    installation: () => p.manyToOne(Installation).mapToPk(),
    /** SHA-256 of its code: 128 random bits, told once. */
    codeHash: p.text().unique('enrolment_window_code_unique'),
    /** As many may wait. */
    most: p.integer(),
    openedBy: p.text(),
    openedAt: p.datetime(3),
    until: p.datetime(3),
    closedAt: p.datetime(3).nullable(),
  },
  indexes: [{ name: 'enrolment_window_installation_index', properties: ['installation'] }],
});

/** What came in an open window and calls itself so. */
export const EnrolmentCandidate = defineEntity({
  name: 'EnrolmentCandidate',
  tableName: 'enrolment_candidate',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    window: () => p.manyToOne(EnrolmentWindow).mapToPk(),
    installation: () => p.manyToOne(Installation).mapToPk(),
    /** Its identity in lower case: the charger's id when it is adopted. */
    chargerId: p.text(),
    /** As it writes its identity. */
    label: p.text(),
    /** What it came with first is its own; null: nothing. */
    passwordHash: p.text().nullable(),
    /** It came with the window's code for a password, as others may: it gets one of its own when it is adopted. */
    hasSharedPassword: p.boolean(),
    /** The security profile it came with. */
    profile: p.integer(),
    protocol: p.text(),
    vendor: p.text().nullable(),
    model: p.text().nullable(),
    firmware: p.text().nullable(),
    /** Of it that were kept. */
    frames: p.integer().default(0),
    /** waiting | adopted | refused */
    state: p.text().default('waiting'),
    firstSeenAt: p.datetime(3),
    lastSeenAt: p.datetime(3),
    decidedBy: p.text().nullable(),
    decidedAt: p.datetime(3).nullable(),
  },
  indexes: [
    {
      name: 'enrolment_candidate_waiting_unique',
      expression: `create unique index "enrolment_candidate_waiting_unique" on "enrolment_candidate" ("charger_id") where (state = 'waiting')`,
    },
    { name: 'enrolment_candidate_window_index', properties: ['window', 'state'] },
  ],
});

/** What a candidate said while it waited, as it came; nothing follows from it. */
export const EnrolmentFrame = defineEntity({
  name: 'EnrolmentFrame',
  tableName: 'enrolment_frame',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    candidate: () => p.manyToOne(EnrolmentCandidate).mapToPk(),
    receivedAt: p.datetime(3),
    messageId: p.text(),
    action: p.text(),
    payload: p.json<Record<string, unknown>>(),
  },
  indexes: [{ name: 'enrolment_frame_candidate_index', properties: ['candidate', 'id'] }],
});
