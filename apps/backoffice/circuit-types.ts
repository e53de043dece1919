import { z } from 'zod';

import { instant } from './api-values.js';

/** Currents are tenths of an ampere, for each phase of the supply. */
const perPhase = z.tuple([z.int(), z.int(), z.int()]);

export const PHASE_ROTATIONS = ['RST', 'RTS', 'SRT', 'STR', 'TRS', 'TSR', 'R', 'S', 'T', 'unknown'] as const;
const MEASURES = ['building', 'everything'] as const;

/** Where the current ends: `circuitId` and `phase` (0 is L1) where a circuit does. */
export const limitReasonSchema = z.object({
  code: z.enum(['idle', 'enough', 'shared', 'guaranteed', 'waits', 'too-small', 'fixed']),
  bound: z.enum(['car', 'cable', 'connector']).nullable(),
  circuitId: z.string().nullable(),
  phase: z.int().nullable(),
  /** How many share that phase. */
  cars: z.int().nullable(),
  /** In the line of those who wait, from 1. */
  place: z.int().nullable(),
});

/** What a circuit cannot keep, whatever is sent: `deciA` is what may flow there, or what its chargers give by themselves. */
export const circuitProblemSchema = z.object({
  code: z.enum(['passed', 'defaults-exceed']),
  /** 0 is L1; null: on any. */
  phase: z.int().nullable(),
  deciA: z.int(),
  limitDeciA: z.int(),
});

export const circuitLoadSchema = z.object({
  circuitId: z.string(),
  name: z.string(),
  parentId: z.string().nullable(),
  maxCurrentA: z.int(),
  /** Kept free for the building while its main meter's reading is too old; null: no main meter. */
  reserveA: z.int().nullable(),
  readingMaxAgeS: z.int(),
  mainMeter: z.object({ at: instant, measures: z.enum(MEASURES), deciA: perPhase }).nullable(),
  /** For the charging alone, now. */
  limitDeciA: perPhase,
  /** Null while nothing is shared. */
  allocatedDeciA: perPhase.nullable(),
  flowDeciA: perPhase,
  /** None while nothing is shared. */
  problems: z.array(circuitProblemSchema),
});

export const connectorLoadSchema = z.object({
  chargerId: z.string(),
  chargerLabel: z.string(),
  connectorId: z.int(),
  spotId: z.string(),
  spotName: z.string(),
  circuitId: z.string(),
  online: z.boolean(),
  phaseRotation: z.enum(PHASE_ROTATIONS),
  maxCurrentA: z.int(),
  offlineCurrentA: z.int(),
  priority: z.int(),
  guaranteedA: z.int(),
  isCharging: z.boolean(),
  powerW: z.int().nullable(),
  /** What it was given; null without a session, or while nothing is shared. */
  limit: z.object({ deciA: z.int(), offeredW: z.int(), isPaused: z.boolean(), reason: limitReasonSchema }).nullable(),
});

export const circuitsSchema = z.object({
  installationId: z.string(),
  isShared: z.boolean(),
  circuits: z.array(circuitLoadSchema),
  connectors: z.array(connectorLoadSchema),
});

const amps = z.int().min(0).max(10_000);

/** What is not named stays as it is; a circuit without an id is a new one. */
export const setCircuitsSchema = z.strictObject({
  isShared: z.boolean().optional(),
  circuits: z
    .array(
      z.strictObject({
        id: z.uuid().optional(),
        name: z.string().trim().min(1).max(200),
        parentId: z.uuid().nullable(),
        maxCurrentA: amps.min(1),
        reserveA: amps.nullable().default(null),
        readingMaxAgeS: z.int().min(5).max(3_600).default(60),
      }),
    )
    .max(500)
    .optional(),
  chargers: z
    .array(
      z.strictObject({
        id: z.string().max(48),
        phaseRotation: z.enum(PHASE_ROTATIONS),
        maxCurrentA: amps.min(6).max(500),
        offlineCurrentA: amps
          .max(500)
          .refine((value) => value === 0 || value >= 6, 'expected 0, or 6 A and more: a car takes no less'),
      }),
    )
    .max(1_000)
    .optional(),
  spots: z
    .array(
      z.strictObject({
        id: z.uuid(),
        priority: z.int().min(-100).max(100),
        guaranteedA: amps
          .max(500)
          .refine((value) => value === 0 || value >= 6, 'expected 0, or 6 A and more: a car takes no less'),
      }),
    )
    .max(1_000)
    .optional(),
});

export const mainMeterReadingSchema = z.strictObject({
  at: instant,
  /** `building`: without the cars; `everything`: with them */
  measures: z.enum(MEASURES),
  l1DeciA: z.int().min(-100_000).max(100_000),
  l2DeciA: z.int().min(-100_000).max(100_000),
  l3DeciA: z.int().min(-100_000).max(100_000),
});

export const keptReadingSchema = z.object({ circuitId: z.string(), at: instant });

export type LimitReason = z.infer<typeof limitReasonSchema>;
export type CircuitProblem = z.infer<typeof circuitProblemSchema>;
export type CircuitLoad = z.infer<typeof circuitLoadSchema>;
export type ConnectorLoad = z.infer<typeof connectorLoadSchema>;
export type Circuits = z.infer<typeof circuitsSchema>;
export type SetCircuits = z.infer<typeof setCircuitsSchema>;
export type MainMeterReading = z.infer<typeof mainMeterReadingSchema>;
export type KeptReading = z.infer<typeof keptReadingSchema>;
