import { z } from 'zod';

import { DIRECTIONS } from '#libs/support/frames/directions.js';

import { instant, pageOf } from './api-values.js';

/** One exchange with a charger, or what it sent and nobody could read. Passwords and keys are `***`. */
export const chargerFrameSchema = z.object({
  id: z.string(),
  at: instant,
  direction: z.enum(DIRECTIONS),
  protocol: z.string().nullable(),
  messageId: z.string().nullable(),
  action: z.string().nullable(),
  payload: z.unknown(),
  answer: z.unknown(),
  /** answer, error, timed-out, lost or malformed; of what could not be read the reason. */
  outcome: z.string(),
  /** The text of what could not be read. */
  raw: z.string().nullable(),
});
export const chargerFramePageSchema = pageOf(chargerFrameSchema).extend({
  /** The search stopped here before it had found enough: `nextCursor` goes on. */
  searchedTo: instant.nullable(),
});

/** What was observed of a charger's clock, and what staff say of it. */
export const clockEntrySchema = z.object({
  id: z.int(),
  source: z.enum(['observed', 'staff']),
  kind: z.enum(['right', 'zone', 'wrong', 'withdrawn']),
  /** What is taken off its times; null: staff took back what they said. */
  offsetS: z.int().nullable(),
  /** What the clock is off beside that; not corrected. */
  driftMs: z.int(),
  /** Of the times that the charger gave in [from, until). */
  from: instant,
  until: instant.nullable(),
  evidence: z.array(z.object({ toldAt: instant, arrivedAt: instant })),
  reason: z.string().nullable(),
  by: z.string().nullable(),
  at: instant,
});
/** Newest first. */
export const chargerClockSchema = z.object({ entries: z.array(clockEntrySchema) });
export const overruleClockSchema = z.strictObject({
  offsetS: z.int().nullable(),
  from: instant,
  until: instant.nullable().default(null),
  reason: z.string().trim().min(1).max(1_000),
});

export type ChargerFrame = z.infer<typeof chargerFrameSchema>;
export type ChargerFramePage = z.infer<typeof chargerFramePageSchema>;
export type ClockEntry = z.infer<typeof clockEntrySchema>;
export type ChargerClock = z.infer<typeof chargerClockSchema>;
export type OverruleClock = z.infer<typeof overruleClockSchema>;
