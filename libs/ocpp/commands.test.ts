import { beforeAll, describe, expect, it, jest, test } from '@jest/globals';

import { callOf } from './command-calls.js';
import type { ChargingProfile } from './command-parts.js';
import { resultOf, resultOfError } from './command-results.js';
import { withoutSecrets } from './command-secrets.js';
import { COMMAND_KINDS, commandSchema, type Call, type Command, type CommandKind } from './commands.js';
import { schemaValidator } from './rpc.js';

const AT = '2026-06-01T10:00:00Z';
const LOCATION = 'https://firmware.example/box.bin';
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
const NETWORK = {
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
  'change-availability': [{ available: false }, { available: true, connectorId: 2 }],
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
    { message: 'status', connectorId: 1 },
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
  'get-certificates': [{}, { uses: ['manufacturer-root'] }, { uses: ['csms-root', 'v2g-root'] }],
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

/** ocpp-rpc's schemas of 2.1 name formats that ajv does not know, and ajv says so. */
beforeAll(() => void jest.spyOn(console, 'warn').mockImplementation(() => undefined));

const commands = COMMAND_KINDS.flatMap((kind) =>
  SAMPLES[kind].map((fields) => commandSchema.parse({ kind, ...fields })),
);

const ACTIONS_16 = `CancelReservation CertificateSigned ChangeAvailability ChangeConfiguration ClearCache
  ClearChargingProfile DataTransfer DeleteCertificate ExtendedTriggerMessage GetCompositeSchedule GetConfiguration
  GetDiagnostics GetInstalledCertificateIds GetLocalListVersion GetLog InstallCertificate RemoteStartTransaction
  RemoteStopTransaction ReserveNow Reset SendLocalList SetChargingProfile SignedUpdateFirmware TriggerMessage
  UnlockConnector UpdateFirmware`;
const ACTIONS_201 = `CancelReservation CertificateSigned ChangeAvailability ClearCache ClearChargingProfile
  ClearDisplayMessage ClearVariableMonitoring CostUpdated CustomerInformation DataTransfer DeleteCertificate
  GetBaseReport GetChargingProfiles GetCompositeSchedule GetDisplayMessages GetInstalledCertificateIds
  GetLocalListVersion GetLog GetMonitoringReport GetReport GetTransactionStatus GetVariables InstallCertificate
  PublishFirmware RequestStartTransaction RequestStopTransaction ReserveNow Reset SendLocalList SetChargingProfile
  SetDisplayMessage SetMonitoringBase SetMonitoringLevel SetNetworkProfile SetVariableMonitoring SetVariables
  TriggerMessage UnlockConnector UnpublishFirmware UpdateFirmware`;

describe.each([
  ['ocpp1.6', ACTIONS_16, '.req'],
  ['ocpp2.0.1', ACTIONS_201, '.req'],
  ['ocpp2.1', ACTIONS_201, 'Request'], // as ocpp-rpc names its schemas of 2.1
])('%s', (protocol, actions, suffix) => {
  const schema = schemaValidator(protocol, () => false);
  const calls = commands.map((command) => callOf(protocol, command, 42));
  const made = calls.filter((call): call is Extract<Call, { action: string }> => 'action' in call);

  it('every call is to the schema', () => {
    for (const { action, payload } of made) {
      expect([action, schema.validate(`urn:${action}${suffix}`, payload)]).toEqual([action, true]);
    }
  });

  it('every call that a central system may make is made by some command', () => {
    expect([...new Set(made.map(({ action }) => action))].sort()).toEqual(actions.split(/\s+/));
  });

  it('what it cannot say is refused by a code', () => {
    for (const call of calls) if ('unsupported' in call) expect(call.unsupported).toMatch(/^[a-z-]+$/);
  });
});

test.each([
  ['ocpp1.6', { kind: 'remote-stop', transaction: 'uuid' }, 'transaction-of-other-version'],
  ['ocpp2.0.1', { kind: 'remote-stop', transaction: 7 }, 'transaction-of-other-version'],
  ['ocpp1.6', { kind: 'remote-start', token: 'a card of twenty-one.' }, 'token-too-long'],
  ['ocpp2.0.1', { kind: 'get-variables', variables: [{ name: 'VendorKey' }] }, 'component-needed'],
  ['ocpp1.6', { kind: 'get-base-report', base: 'full' }, 'not-in-version'],
  ['ocpp1.6', { kind: 'update-firmware', location: LOCATION, retrieveAt: AT, signature: 'x' }, 'half-signed'],
  ['ocpp3', { kind: 'clear-cache' }, 'not-in-version'],
])('%s refuses %j: %s', (protocol, command, unsupported) => {
  expect(callOf(protocol, commandSchema.parse(command), 1)).toEqual({ unsupported });
});

test('a key of 1.6 and the variable of 2.0.1 that means the same are one, by either name', () => {
  const byKey = commandSchema.parse({ kind: 'get-variables', variables: [{ name: 'ClockAlignedDataInterval' }] });
  const byPlace = commandSchema.parse({
    kind: 'get-variables',
    variables: [{ component: 'AlignedDataCtrlr', name: 'Interval' }],
  });
  for (const protocol of ['ocpp1.6', 'ocpp2.0.1']) {
    expect(callOf(protocol, byKey, 1)).toEqual(callOf(protocol, byPlace, 1));
  }
});

describe('answers', () => {
  const place = { component: { name: 'AlignedDataCtrlr' }, variable: { name: 'Interval' } };
  it.each([
    ['Reset', { status: 'Accepted' }, { status: 'accepted' }],
    ['ChangeConfiguration', { status: 'RebootRequired' }, { status: 'reboot-required' }],
    ['UnlockConnector', { status: 'OngoingAuthorizedTransaction' }, { status: 'charging' }],
    ['UpdateFirmware', {}, { status: 'accepted' }],
    ['GetDiagnostics', {}, { status: 'nothing-there' }],
    ['GetLocalListVersion', { listVersion: -1 }, { status: 'not-supported' }],
    ['GetLocalListVersion', { versionNumber: 3 }, { status: 'accepted', version: 3 }],
    [
      'RequestStartTransaction',
      { status: 'Rejected', statusInfo: { reasonCode: 'NoEV' } },
      { status: 'rejected', reason: 'NoEV' },
    ],
    [
      'GetConfiguration',
      { configurationKey: [{ key: 'A', readonly: true, value: '1' }], unknownKey: ['B'] },
      {
        status: 'accepted',
        variables: [
          { name: 'A', status: 'accepted', value: '1', isReadonly: true },
          { name: 'B', status: 'unknown-variable', value: null },
        ],
      },
    ],
    [
      'SetVariables',
      { setVariableResult: [{ ...place, attributeStatus: 'RebootRequired' }] },
      {
        status: 'reboot-required',
        variables: [{ name: 'ClockAlignedDataInterval', status: 'reboot-required', value: null }],
      },
    ],
    [
      'GetVariables',
      {
        getVariableResult: [
          { ...place, attributeStatus: 'Accepted', attributeValue: '900' },
          { ...place, variable: { name: 'X' }, attributeStatus: 'UnknownVariable' },
        ],
      },
      {
        status: 'unknown-variable',
        variables: [
          { name: 'ClockAlignedDataInterval', status: 'accepted', value: '900' },
          { name: 'AlignedDataCtrlr.X', status: 'unknown-variable', value: null },
        ],
      },
    ],
  ])('%s %j', (action, response, result) => {
    expect(resultOf(action, response)).toEqual(result);
  });

  it('NotImplemented and NotSupported are one thing; other errors keep their code', () => {
    expect(resultOfError('NotImplemented', '').status).toBe('not-supported');
    expect(resultOfError('NotSupported', '').status).toBe('not-supported');
    expect(resultOfError('InternalError', 'x')).toEqual({
      status: 'call-error',
      code: 'InternalError',
      description: 'x',
    });
  });
});

test('no password is shown', () => {
  const secret = 'a-very-long-password';
  for (const command of [
    { kind: 'set-variables', variables: [{ name: 'AuthorizationKey', value: secret }] },
    { kind: 'set-variables', variables: [{ component: 'SecurityCtrlr', name: 'BasicAuthPassword', value: secret }] },
    { kind: 'set-network-profile', slot: 1, connection: { ...NETWORK, vpn: { ...NETWORK.vpn, key: 'secret' } } },
  ]) {
    const shown = JSON.stringify(withoutSecrets(commandSchema.parse(command)));
    expect(shown).not.toContain('secret');
    expect(shown).not.toContain(secret);
  }
});
