import { z } from 'zod';

import { cents, count, currency, energyWh, instant, micros, period } from './api-values.js';

/* Why a line has the amount it has */

const explainedReadingSchema = z.object({
  readingId: z.int(),
  at: instant,
  registerWh: energyWh,
  /** OCPP ReadingContext. */
  context: z.string(),
  /** An entry of `messages`. */
  messageId: z.int(),
  /** A person said so since the month was rated: rated again, the line will be without it. */
  isDisregarded: z.boolean(),
});
const explainedPieceSchema = z.object({
  transactionId: z.int(),
  connectorId: z.int(),
  startsAt: instant,
  endsAt: instant,
  /** The register at both ends; interpolated where the end is at no reading. */
  startWh: energyWh,
  endWh: energyWh,
  isStartInterpolated: z.boolean(),
  isEndInterpolated: z.boolean(),
  wh: energyWh,
  isEstimated: z.boolean(),
  before: explainedReadingSchema,
  after: explainedReadingSchema,
});
const rawMessageSchema = z.object({
  id: z.int(),
  receivedAt: instant,
  /** The charger's own id of the message. */
  messageId: z.string(),
  action: z.string(),
  payload: z.record(z.string(), z.unknown()),
  answer: z.record(z.string(), z.unknown()),
});
export const explanationSchema = z.object({
  line: z.object({
    lineId: z.string(),
    period,
    timeZone: z.string(),
    currency,
    chargerLabel: z.string(),
    spotName: z.string().nullable(),
    label: z.string(),
    band: z.string(),
    interval: z.string(),
    direction: z.string(),
    perKWhMicros: micros,
    isAveragePrice: z.boolean(),
    wh: energyWh,
    cents,
    /** The month has documents: what changes from here on is a difference of a later month. */
    isBilled: z.boolean(),
  }),
  /** What each transaction gave to the line. */
  consumptions: z.array(
    z.object({ transactionId: z.int(), connectorId: z.int(), pieces: count, wh: energyWh, estimatedWh: energyWh }),
  ),
  /** All pieces together, and the line's Wh less that sum: zero unless tariff or registry were changed since. */
  wh: energyWh,
  differenceWh: z.int(),
  /** One page of the pieces between readings, transaction by transaction in order of time. */
  pieces: z.array(explainedPieceSchema),
  /** The messages that brought the readings of this page. */
  messages: z.array(rawMessageSchema),
  nextCursor: z.string().nullable(),
});

/* A reading and what people say of it */

export const readingSchema = z.object({
  readingId: z.int(),
  installationId: z.string(),
  chargerId: z.string(),
  chargerLabel: z.string(),
  connectorId: z.int(),
  transactionId: z.int().nullable(),
  at: instant,
  registerWh: energyWh,
  isDisregarded: z.boolean(),
  /** The last word on it. */
  correction: z
    .object({ kind: z.enum(['disregard', 'restore']), reason: z.string(), by: z.string(), at: instant })
    .nullable(),
});
export const requiredReasonSchema = z.strictObject({ reason: z.string().trim().min(1).max(500) });

export type Reading = z.infer<typeof readingSchema>;
export type Explanation = z.infer<typeof explanationSchema>;
export type ExplainedPiece = z.infer<typeof explainedPieceSchema>;
export type ExplainedReading = z.infer<typeof explainedReadingSchema>;
export type RawMessage = z.infer<typeof rawMessageSchema>;
