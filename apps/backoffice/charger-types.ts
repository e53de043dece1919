import { z } from 'zod';

import { COMMAND_STATES } from '#libs/commands/command-states.js';
import { PRECISION_CLASSES } from '#libs/commands/provisioning-plan.js';
import { COMMAND_KINDS, commandSchema, RESULT_STATUSES, type CommandKind } from '#libs/ocpp/commands.js';
import { toldCertificateSchema, toldScheduleSchema } from '#libs/ocpp/told-results.js';

import { instant, pageOf } from './api-values.js';

/** A charger with the socket it has at this moment. */
export const chargerSchema = z.object({
  id: z.string(),
  label: z.string(),
  installationId: z.string(),
  installationName: z.string(),
  timeZone: z.string(),
  vendor: z.string().nullable(),
  model: z.string().nullable(),
  firmware: z.string().nullable(),
  online: z.boolean(),
  lastSeenAt: instant.nullable(),
  /** Which gateway process holds its socket, in which version it speaks; null while it is away. */
  connection: z.object({ gateway: z.string(), protocol: z.string(), since: instant }).nullable(),
});
export const SETTING_STATES = [
  'as-wanted',
  'otherwise',
  'reboot-required',
  'rejected',
  'not-supported',
  'unknown',
] as const;
/** What it was set to on first contact, and what it told when that was read back. */
export const chargerDetailSchema = chargerSchema.extend({
  /** How finely it tells its energy; null until it has told its settings. */
  precision: z.enum(PRECISION_CLASSES).nullable(),
  settings: z.array(
    z.object({
      name: z.string(),
      wanted: z.string(),
      actual: z.string().nullable(),
      state: z.enum(SETTING_STATES),
      readAt: instant,
    }),
  ),
});
export const chargerPageSchema = pageOf(chargerSchema);

/** A day at most unless the caller says more. */
export const LONGEST_WAIT_S = 30 * 24 * 3_600;

export const askChargerSchema = z.strictObject({
  command: commandSchema,
  whenAbsent: z.enum(['wait', 'refuse']).default('wait'),
  /** How long it may wait for its charger. */
  waitSeconds: z.int().min(1).max(LONGEST_WAIT_S).default(3_600),
});

/** The status in one word, whatever the version; beside it what else the charger told, the same words for each version. */
export const commandResultSchema = z.looseObject({
  status: z.enum(RESULT_STATUSES),
  reason: z.string().optional(),
  /** get-composite-schedule; null when it told none. */
  schedule: toldScheduleSchema.nullish(),
  /** get-certificates */
  certificates: z.array(toldCertificateSchema).optional(),
  /** get-log, get-diagnostics: the file that it sends. */
  fileName: z.string().nullish(),
  /** get-transaction-status; null when no transaction was named. */
  ongoing: z.boolean().nullish(),
  messagesInQueue: z.boolean().optional(),
});

export const chargerCommandSchema = z.object({
  id: z.uuid(),
  chargerId: z.string(),
  kind: z.enum(COMMAND_KINDS as [CommandKind, ...CommandKind[]]),
  /** By this later messages of the charger name it (requestId, remoteStartId). */
  number: z.int(),
  /** Passwords are blanked. */
  request: z.record(z.string(), z.unknown()),
  state: z.enum(COMMAND_STATES),
  whenAbsent: z.enum(['wait', 'refuse']),
  protocol: z.string().nullable(),
  result: commandResultSchema.nullable(),
  /** As the charger put it. */
  response: z.unknown(),
  askedBy: z.string(),
  askedAt: instant,
  expiresAt: instant,
  sentAt: instant.nullable(),
  sends: z.int().min(0),
  answeredAt: instant.nullable(),
  endedAt: instant.nullable(),
});
/** What a charger tells after it has taken a command. */
export const followUpSchema = z.object({
  /** The charger's own words, in the order in which they came. */
  progress: z.array(z.object({ at: instant, status: z.string() })),
  report: z
    .object({
      /** Its last part has come, and none is missing. */
      isComplete: z.boolean(),
      variables: z.array(
        z.object({
          name: z.string(),
          connectorId: z.int().nullable(),
          attribute: z.string(),
          value: z.string().nullable(),
          isReadonly: z.boolean(),
        }),
      ),
      items: z.array(z.unknown()),
    })
    .nullable(),
});
export const chargerCommandDetailSchema = chargerCommandSchema.extend({
  /** Null for a command that was not sent, and for kinds that nothing follows. */
  followUp: followUpSchema.nullable(),
});
export const chargerCommandPageSchema = pageOf(chargerCommandSchema);

export type Charger = z.infer<typeof chargerSchema>;
export type ChargerDetail = z.infer<typeof chargerDetailSchema>;
export type AskCharger = z.infer<typeof askChargerSchema>;
export type ChargerCommand = z.infer<typeof chargerCommandSchema>;
export type ChargerCommandDetail = z.infer<typeof chargerCommandDetailSchema>;
