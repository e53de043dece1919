import type { ChargingProfile } from '#libs/ocpp/command-parts.js';
import { COMMAND_KINDS, commandSchema, type Command, type CommandKind } from '#libs/ocpp/commands.js';

export const AT = '2026-06-01T10:00:00Z';
export const LOCATION = 'https://firmware.example/box.bin';
const HASH = { hashAlgorithm: 'SHA256', issuerNameHash: 'ab', issuerKeyHash: 'cd', serialNumber: '01' } as const;
const PROFILE: ChargingProfile = {
  id: 7,
  stackLevel: 1,
  purpose: 'tx-default',
  kind: 'absolute',
  validFrom: AT,
  validTo: AT,
  schedule: {
    unit: 'A',
    startAt: AT,
    durationS: 3_600,
    minRate: 6,
    periods: [
      { startS: 0, limit: 13.4, phases: 3 },
      { startS: 900, limit: 6 },
    ],
  },
};
export const NETWORK = {
  ocppVersion: 'OCPP20',
  ocppTransport: 'JSON',
  ocppCsmsUrl: 'wss://example.pt/ocpp',
  messageTimeout: 30,
  securityProfile: 1,
  ocppInterface: 'Wired0',
  apn: { apn: 'x', apnPassword: 'secret', apnAuthentication: 'AUTO' },
  vpn: { server: 's', user: 'u', password: 'secret', key: 'secret', type: 'IPSec' },
} as const;

/** At least one of every kind, with and without what may be left out. */
const SAMPLES: { readonly [K in CommandKind]: readonly Omit<Extract<Command, { kind: K }>, 'kind'>[] } = {
  'remote-start': [
    { token: 'CARD' },
    { token: 'PT*ABC*C123', tokenType: 'eMAID', groupToken: 'G', connectorId: 1, profile: PROFILE },
  ],
  'remote-stop': [{ transaction: 12 }, { transaction: 'a-b-c' }],
  reset: [{ mode: 'immediate' }, { mode: 'graceful' }, { mode: 'graceful', connectorId: 2 }],
  unlock: [{ connectorId: 1 }, { connectorId: 1, plug: 2 }],
  'change-availability': [
    { available: false },
    { available: true, connectorId: 2 },
    { available: true, connectorId: 2, plug: 1 },
    { available: true, plug: 1 },
  ],
  'get-variables': [
    { variables: [] },
    { variables: [{ name: 'HeartbeatInterval' }] },
    { variables: [{ name: 'Interval', component: 'AlignedDataCtrlr', attribute: 'Actual' }] },
    { variables: [{ name: 'Available', component: 'EVSE', connectorId: 1 }] },
  ],
  'set-variables': [
    { variables: [{ name: 'ClockAlignedDataInterval', value: '900' }] },
    { variables: [{ name: 'Interval', component: 'AlignedDataCtrlr', value: '900', attribute: 'Actual' }] },
    {
      variables: [
        { name: 'HeartbeatInterval', value: '300' },
        { name: 'ResetRetries', value: '3' },
      ],
    },
  ],
  'clear-cache': [{}],
  'data-transfer': [{ vendorId: 'x' }, { vendorId: 'x', messageId: 'y', data: 'z' }, { vendorId: 'x', data: { a: 1 } }],
  'trigger-message': [
    { message: 'boot' },
    { message: 'status' },
    { message: 'status', connectorId: 1, plug: 2 },
    { message: 'meter-values', extended: true },
    { message: 'sign-charger-certificate' },
    { message: 'log-status' },
    { message: 'transaction' },
  ],
  reserve: [
    { token: 'CARD', reservationId: 4, expiresAt: AT },
    { token: 'CARD', groupToken: 'G', reservationId: 4, connectorId: 1, expiresAt: AT },
  ],
  'cancel-reservation': [{ reservationId: 4 }],
  'send-local-list': [
    { version: 1, update: 'full', entries: [] },
    {
      version: 2,
      update: 'differential',
      entries: [{ token: 'A', status: 'Accepted', expiresAt: AT, groupToken: 'G' }, { token: 'B' }],
    },
  ],
  'get-local-list-version': [{}],
  'set-charging-profile': [{ connectorId: 0, profile: { ...PROFILE, purpose: 'charger-max' } }],
  'clear-charging-profile': [{}, { id: 7 }, { connectorId: 1, purpose: 'tx', stackLevel: 1 }],
  'get-charging-profiles': [{}, { connectorId: 1, ids: [7], purpose: 'tx-default', stackLevel: 0 }],
  'get-composite-schedule': [
    { connectorId: 1, durationS: 3_600 },
    { connectorId: 0, durationS: 60, unit: 'W' },
  ],
  'update-firmware': [
    { location: LOCATION, retrieveAt: AT },
    { location: LOCATION, retrieveAt: AT, installAt: AT, signingCertificate: 'pem', signature: 'sig', retries: 3 },
  ],
  'publish-firmware': [{ location: LOCATION, checksum: 'ab', retries: 1, retryIntervalS: 60 }],
  'unpublish-firmware': [{ checksum: 'ab' }],
  'get-diagnostics': [
    { location: LOCATION },
    { location: LOCATION, from: AT, until: AT, retries: 1, retryIntervalS: 5 },
  ],
  'get-log': [
    { location: LOCATION, log: 'security' },
    { location: LOCATION, log: 'diagnostics', from: AT, until: AT },
  ],
  'certificate-signed': [{ chain: 'pem' }, { chain: 'pem', use: 'charger' }, { chain: 'pem', use: 'v2g' }],
  'install-certificate': [
    { use: 'csms-root', certificate: 'pem' },
    { use: 'mo-root', certificate: 'pem' },
  ],
  'delete-certificate': [{ certificate: HASH }],
  'get-certificates': [
    {},
    { uses: ['manufacturer-root'] },
    { uses: ['csms-root', 'v2g-root'] },
    { uses: ['v2g-chain'] },
  ],
  'get-transaction-status': [{}, { transaction: 'a-b-c' }],
  'get-base-report': [{ base: 'full' }],
  'get-report': [{ criteria: ['Problem'] }, { variables: [{ name: 'Interval', component: 'AlignedDataCtrlr' }] }],
  'set-monitoring-base': [{ base: 'FactoryDefault' }],
  'set-monitoring-level': [{ severity: 4 }],
  'set-variable-monitoring': [
    {
      monitors: [
        { name: 'Temperature', component: 'EVSE', connectorId: 1, type: 'UpperThreshold', value: 70, severity: 3 },
      ],
    },
  ],
  'get-monitoring-report': [{}, { criteria: ['DeltaMonitoring'], variables: [{ name: 'A', component: 'B' }] }],
  'clear-variable-monitoring': [{ ids: [1, 2] }],
  'set-network-profile': [{ slot: 1, connection: NETWORK }],
  'set-display-message': [
    { message: { id: 1, priority: 'InFront', format: 'UTF8', text: 'Olá' } },
    {
      message: {
        id: 1,
        priority: 'AlwaysFront',
        state: 'Charging',
        from: AT,
        until: AT,
        transaction: 'a-b-c',
        format: 'ASCII',
        language: 'pt',
        text: 'x',
      },
    },
  ],
  'get-display-messages': [{}, { ids: [1], priority: 'InFront', state: 'Idle' }],
  'clear-display-message': [{ id: 1 }],
  'cost-updated': [{ transaction: 'a-b-c', totalCents: 1_234 }],
  'customer-information': [
    { report: true, clear: false, token: 'CARD' },
    { report: false, clear: true, customerIdentifier: 'x', certificate: HASH },
  ],
};

/** All samples, as commands. */
export const SAMPLE_COMMANDS: readonly Command[] = COMMAND_KINDS.flatMap((kind) =>
  SAMPLES[kind].map((fields) => commandSchema.parse({ kind, ...fields })),
);
