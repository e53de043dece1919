import { z } from 'zod';

import {
  ATTRIBUTES,
  CERTIFICATE_USES,
  certificateHash,
  chargingProfile,
  connectorId,
  INSTALLED_USES,
  instant,
  pem,
  plug,
  positive,
  PROFILE_PURPOSES,
  RATE_UNITS,
  token,
  transaction,
  transfer,
  variable,
} from './command-parts.js';

/** What the messages are that a charger may be asked to send at once. */
export const TRIGGERS = [
  'boot',
  'heartbeat',
  'meter-values',
  'status',
  'transaction',
  'firmware-status',
  'diagnostics-status',
  'log-status',
  'sign-charger-certificate',
  'sign-v2g-certificate',
  'sign-combined-certificate',
  'publish-firmware-status',
] as const;
export type Trigger = (typeof TRIGGERS)[number];

const aboutVariables = z.array(z.strictObject(variable)).max(200);
const listEntry = z.strictObject({
  ...token,
  /** Absent: the entry is taken off the list. */
  status: z.enum(['Accepted', 'Blocked', 'Expired', 'Invalid']).optional(),
  expiresAt: instant.optional(),
});
const monitor = z.strictObject({
  ...variable,
  id: positive.optional(),
  type: z.enum(['UpperThreshold', 'LowerThreshold', 'Delta', 'Periodic', 'PeriodicClockAligned']),
  value: z.number(),
  severity: z.int().min(0).max(9),
  isTransactional: z.boolean().optional(),
});
const displayMessage = z.strictObject({
  id: positive,
  priority: z.enum(['AlwaysFront', 'InFront', 'NormalCycle']),
  state: z.enum(['Charging', 'Faulted', 'Idle', 'Unavailable']).optional(),
  from: instant.optional(),
  until: instant.optional(),
  transaction: transaction.optional(),
  format: z.enum(['ASCII', 'HTML', 'URI', 'UTF8']),
  language: z.string().max(8).optional(),
  text: z.string().min(1).max(512),
});
/** As 2.0.1 has it: of no other version. */
const networkConnection = z.strictObject({
  ocppVersion: z.enum(['OCPP12', 'OCPP15', 'OCPP16', 'OCPP20']),
  ocppTransport: z.enum(['JSON', 'SOAP']),
  ocppCsmsUrl: z.string().max(512),
  messageTimeout: positive,
  securityProfile: z.int().min(0).max(3),
  ocppInterface: z.enum(['Wired0', 'Wired1', 'Wired2', 'Wired3', 'Wireless0', 'Wireless1', 'Wireless2', 'Wireless3']),
  apn: z
    .strictObject({
      apn: z.string().max(512),
      apnUserName: z.string().max(20).optional(),
      apnPassword: z.string().max(20).optional(),
      simPin: positive.optional(),
      preferredNetwork: z.string().max(6).optional(),
      useOnlyPreferredNetwork: z.boolean().optional(),
      apnAuthentication: z.enum(['CHAP', 'NONE', 'PAP', 'AUTO']),
    })
    .optional(),
  vpn: z
    .strictObject({
      server: z.string().max(512),
      user: z.string().max(20),
      group: z.string().max(20).optional(),
      password: z.string().max(20),
      key: z.string().max(255),
      type: z.enum(['IKEv2', 'IPSec', 'L2TP', 'PPTP']),
    })
    .optional(),
});

const kind = <K extends string, S extends z.ZodRawShape>(name: K, shape: S) =>
  z.strictObject({ kind: z.literal(name), ...shape });

/**
 * What a charger can be asked for, one word where the OCPP versions mean the same. Which version says it how is in
 * commands-16.ts and commands-201.ts.
 */
export const commandSchema = z.discriminatedUnion('kind', [
  kind('remote-start', { ...token, connectorId: connectorId.optional(), profile: chargingProfile.optional() }),
  kind('remote-stop', { transaction }),
  /** `immediate` restarts at once (Hard, Immediate); `graceful` ends or awaits what runs (Soft, OnIdle). */
  kind('reset', { mode: z.enum(['immediate', 'graceful']), connectorId: connectorId.optional() }),
  /** `plug`: 2.x, the connector of the EVSE; the first when not given. */
  kind('unlock', { connectorId, plug: plug.optional() }),
  /** Without a connector: the whole charger. `plug`: 2.x, the EVSE's connector; all of them when not given. */
  kind('change-availability', {
    connectorId: connectorId.optional(),
    plug: plug.optional(),
    available: z.boolean(),
  }),
  /** None named: all of them (1.6 only). */
  kind('get-variables', {
    variables: z
      .array(z.strictObject({ ...variable, attribute: z.enum(ATTRIBUTES).optional() }))
      .max(200)
      .default([]),
  }),
  /** 1.6 takes one a call. */
  kind('set-variables', {
    variables: z
      .array(z.strictObject({ ...variable, value: z.string().max(1_000), attribute: z.enum(ATTRIBUTES).optional() }))
      .min(1)
      .max(50),
  }),
  kind('clear-cache', {}),
  kind('data-transfer', {
    vendorId: z.string().min(1).max(255),
    messageId: z.string().max(50).optional(),
    data: z.union([z.string(), z.record(z.string(), z.unknown()), z.array(z.unknown())]).optional(),
  }),
  /**
   * `extended` asks a 1.6 charger by its security extension. `plug`: 2.x, the connector of the EVSE whose status is asked
   * for; the first when not given, for none is a status of (F06.FR.12).
   */
  kind('trigger-message', {
    message: z.enum(TRIGGERS),
    connectorId: connectorId.optional(),
    plug: plug.optional(),
    extended: z.boolean().optional(),
  }),
  kind('reserve', {
    ...token,
    reservationId: positive,
    connectorId: connectorId.optional(),
    expiresAt: instant,
  }),
  kind('cancel-reservation', { reservationId: positive }),
  kind('send-local-list', {
    version: z.int().min(1).max(2_147_483_647),
    update: z.enum(['full', 'differential']),
    entries: z.array(listEntry).max(5_000),
  }),
  kind('get-local-list-version', {}),
  /** Connector 0 is the charger as a whole. */
  kind('set-charging-profile', { connectorId: z.int().min(0).max(65_535), profile: chargingProfile }),
  kind('clear-charging-profile', {
    id: positive.optional(),
    connectorId: z.int().min(0).max(65_535).optional(),
    purpose: z.enum(PROFILE_PURPOSES).optional(),
    stackLevel: z.int().min(0).optional(),
  }),
  kind('get-charging-profiles', {
    connectorId: z.int().min(0).optional(),
    ids: z.array(positive).min(1).optional(),
    purpose: z.enum(PROFILE_PURPOSES).optional(),
    stackLevel: z.int().min(0).optional(),
  }),
  kind('get-composite-schedule', {
    connectorId: z.int().min(0),
    durationS: z.int().min(1).max(2_147_483_647),
    unit: z.enum(RATE_UNITS).optional(),
  }),
  /** Signed when it has a certificate and a signature. */
  kind('update-firmware', {
    ...transfer,
    retrieveAt: instant,
    installAt: instant.optional(),
    signingCertificate: pem.optional(),
    signature: z.string().max(800).optional(),
  }),
  kind('publish-firmware', { ...transfer, checksum: z.string().max(32) }),
  kind('unpublish-firmware', { checksum: z.string().max(32) }),
  kind('get-diagnostics', { ...transfer, from: instant.optional(), until: instant.optional() }),
  kind('get-log', {
    ...transfer,
    log: z.enum(['diagnostics', 'security']),
    from: instant.optional(),
    until: instant.optional(),
  }),
  kind('certificate-signed', {
    chain: z.string().min(1).max(10_000),
    use: z.enum(['charger', 'v2g']).optional(),
  }),
  kind('install-certificate', { use: z.enum(CERTIFICATE_USES), certificate: pem }),
  kind('delete-certificate', { certificate: certificateHash }),
  kind('get-certificates', { uses: z.array(z.enum(INSTALLED_USES)).min(1).optional() }),
  kind('get-transaction-status', { transaction: transaction.optional() }),
  kind('get-base-report', { base: z.enum(['configuration', 'full', 'summary']) }),
  kind('get-report', {
    variables: aboutVariables.optional(),
    criteria: z
      .array(z.enum(['Active', 'Available', 'Enabled', 'Problem']))
      .min(1)
      .max(4)
      .optional(),
  }),
  kind('set-monitoring-base', { base: z.enum(['All', 'FactoryDefault', 'HardWiredOnly']) }),
  kind('set-monitoring-level', { severity: z.int().min(0).max(9) }),
  kind('set-variable-monitoring', { monitors: z.array(monitor).min(1).max(100) }),
  kind('get-monitoring-report', {
    variables: aboutVariables.optional(),
    criteria: z
      .array(z.enum(['ThresholdMonitoring', 'DeltaMonitoring', 'PeriodicMonitoring']))
      .min(1)
      .max(3)
      .optional(),
  }),
  kind('clear-variable-monitoring', { ids: z.array(positive).min(1).max(100) }),
  kind('set-network-profile', { slot: positive, connection: networkConnection }),
  kind('set-display-message', { message: displayMessage }),
  kind('get-display-messages', {
    ids: z.array(positive).min(1).optional(),
    priority: z.enum(['AlwaysFront', 'InFront', 'NormalCycle']).optional(),
    state: z.enum(['Charging', 'Faulted', 'Idle', 'Unavailable']).optional(),
  }),
  kind('clear-display-message', { id: positive }),
  kind('cost-updated', { transaction, totalCents: z.int() }),
  kind('customer-information', {
    token: token.token.optional(),
    tokenType: token.tokenType,
    customerIdentifier: z.string().max(64).optional(),
    certificate: certificateHash.optional(),
    report: z.boolean(),
    clear: z.boolean(),
  }),
]);

export type Command = z.infer<typeof commandSchema>;
export type CommandKind = Command['kind'];
export type CommandOf<K extends CommandKind> = Extract<Command, { kind: K }>;

export const COMMAND_KINDS: readonly CommandKind[] = commandSchema.options.map(({ shape }) => shape.kind.value);

/**
 * Kinds that do no harm when a charger gets them twice: they read, or they set something to what it is then already.
 * What starts, stops, restarts, unlocks or loads something is not among them.
 */
export const REPEATABLE: ReadonlySet<CommandKind> = new Set([
  'change-availability',
  'get-variables',
  'set-variables',
  'clear-cache',
  'cancel-reservation',
  'get-local-list-version',
  'set-charging-profile',
  'clear-charging-profile',
  'get-charging-profiles',
  'get-composite-schedule',
  'install-certificate',
  'get-certificates',
  'get-transaction-status',
  'set-monitoring-base',
  'set-monitoring-level',
  'set-display-message',
  'cost-updated',
] satisfies CommandKind[]);

/** A call as it goes over the wire, or why this version has none for it. */
export type Call =
  | { readonly action: string; readonly payload: Record<string, unknown> }
  | { readonly unsupported: string };

/** What an answer came to, in words of no version; what else it says is beside the status. */
export interface CommandResult {
  readonly status: ResultStatus;
  readonly [detail: string]: unknown;
}

export const RESULT_STATUSES = [
  'accepted',
  'rejected',
  'scheduled',
  'not-supported',
  'reboot-required',
  'unlocked',
  'unlock-failed',
  'occupied',
  'faulted',
  'unavailable',
  'unknown',
  'unknown-variable',
  'unknown-component',
  'unknown-vendor',
  'unknown-message',
  'unknown-connector',
  'unknown-transaction',
  'version-mismatch',
  'failed',
  'not-found',
  'nothing-there',
  'charging',
  'accepted-canceled',
  'invalid-certificate',
  'download-ongoing',
  'invalid',
  'duplicate',
  /** No answer of the charger's: what became of the command on our side. */
  'absent',
  'not-in-version',
  'timed-out',
  'call-error',
  'malformed-answer',
] as const;
export type ResultStatus = (typeof RESULT_STATUSES)[number];
