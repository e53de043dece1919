import { beforeAll, describe, expect, it, jest, test } from '@jest/globals';

import { AT, LOCATION, NETWORK, SAMPLE_COMMANDS } from '#test/commands/sample-commands.js';

import { callOf } from './command-calls.js';
import { resultOf, resultOfError } from './command-results.js';
import { hasSecrets, withoutSecrets } from './command-secrets.js';
import { commandSchema, type Call } from './commands.js';
import { schemaValidator } from './rpc.js';

/** ocpp-rpc's schemas of 2.1 name formats that ajv does not know, and ajv says so. */
beforeAll(() => void jest.spyOn(console, 'warn').mockImplementation(() => undefined));

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
  const calls = SAMPLE_COMMANDS.map((command) => callOf(protocol, command, 42));
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

const setting = (name: string, value: string) => ({ kind: 'set-variables', variables: [{ name, value }] });

test.each([
  ['ocpp1.6', { kind: 'remote-stop', transaction: 'uuid' }, 'transaction-of-other-version'],
  ['ocpp2.0.1', { kind: 'remote-stop', transaction: 7 }, 'transaction-of-other-version'],
  ['ocpp1.6', { kind: 'remote-start', token: 'a card of twenty-one.' }, 'token-too-long'],
  ['ocpp2.0.1', { kind: 'get-variables', variables: [{ name: 'VendorKey' }] }, 'component-needed'],
  ['ocpp1.6', { kind: 'get-base-report', base: 'full' }, 'not-in-version'],
  ['ocpp1.6', { kind: 'update-firmware', location: LOCATION, retrieveAt: AT, signature: 'x' }, 'half-signed'],
  ['ocpp1.6', setting('AuthorizationKey', 'S3cret-Password-123'), 'password-not-hexadecimal'],
  ['ocpp1.6', { kind: 'get-certificates', uses: ['v2g-chain'] }, 'not-in-version'],
  ['ocpp1.6', { kind: 'change-availability', plug: 1, available: false }, 'connector-needed'],
  ['ocpp2.0.1', { kind: 'change-availability', plug: 1, available: false }, 'connector-needed'],
  ['ocpp3', { kind: 'clear-cache' }, 'not-in-version'],
])('%s refuses %j: %s', (protocol, command, unsupported) => {
  expect(callOf(protocol, commandSchema.parse(command), 1)).toEqual({ unsupported });
});

test.each([
  ['ocpp2.0.1', {}, { evse: { id: 1, connectorId: 1 } }],
  ['ocpp2.0.1', { connectorId: 3 }, { evse: { id: 3, connectorId: 1 } }],
  ['ocpp2.0.1', { connectorId: 3, plug: 2 }, { evse: { id: 3, connectorId: 2 } }],
  ['ocpp1.6', { connectorId: 3, plug: 2 }, { connectorId: 3 }],
  ['ocpp1.6', {}, {}],
])('F06.FR.12: %s asks for the status %j of a connector', (protocol, place, payload) => {
  const command = commandSchema.parse({ kind: 'trigger-message', message: 'status', ...place });
  expect(callOf(protocol, command, 1)).toEqual({
    action: 'TriggerMessage',
    payload: { requestedMessage: 'StatusNotification', ...payload },
  });
});

test('one connector of several goes out of service', () => {
  const command = commandSchema.parse({ kind: 'change-availability', connectorId: 2, plug: 1, available: false });
  expect(callOf('ocpp2.0.1', command, 1)).toMatchObject({ payload: { evse: { id: 2, connectorId: 1 } } });
  expect(callOf('ocpp1.6', command, 1)).toMatchObject({ payload: { connectorId: 2 } });
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

describe('answers of both versions have one shape', () => {
  const hash = { hashAlgorithm: 'SHA256', issuerNameHash: 'ab', issuerKeyHash: 'cd', serialNumber: '01' };
  const at = '2026-07-01T10:00:00Z';
  const limits = { duration: 600, chargingRateUnit: 'W', chargingSchedulePeriod: [{ startPeriod: 0, limit: 4_600 }] };
  const schedule = {
    connectorId: 2,
    startAt: at,
    durationS: 600,
    unit: 'W',
    minRate: null,
    periods: [{ startS: 0, limit: 4_600, phases: null, phaseToUse: null }],
  };
  const statusInfo = { reasonCode: 'Busy' };
  it.each([
    [
      'GetCompositeSchedule',
      { status: 'Accepted', connectorId: 2, scheduleStart: at, chargingSchedule: limits },
      { status: 'accepted', schedule },
    ],
    [
      'GetCompositeSchedule',
      { status: 'Accepted', connectorId: 2, chargingSchedule: { ...limits, startSchedule: at } },
      { status: 'accepted', schedule },
    ],
    [
      'GetCompositeSchedule',
      { status: 'Accepted', schedule: { ...limits, evseId: 2, scheduleStart: at } },
      { status: 'accepted', schedule },
    ],
    [
      'GetCompositeSchedule',
      { status: 'Rejected', statusInfo },
      { status: 'rejected', reason: 'Busy', schedule: null },
    ],
    [
      'GetInstalledCertificateIds',
      { status: 'Accepted', certificateHashData: [hash] },
      { status: 'accepted', certificates: [{ use: null, certificate: hash, children: [] }] },
    ],
    [
      'GetInstalledCertificateIds',
      {
        status: 'Accepted',
        certificateHashDataChain: [
          { certificateType: 'V2GCertificateChain', certificateHashData: hash, childCertificateHashData: [hash] },
          { certificateType: 'CSMSRootCertificate', certificateHashData: hash },
        ],
      },
      {
        status: 'accepted',
        certificates: [
          { use: 'v2g-chain', certificate: hash, children: [hash] },
          { use: 'csms-root', certificate: hash, children: [] },
        ],
      },
    ],
    ['GetInstalledCertificateIds', { status: 'NotFound' }, { status: 'not-found', certificates: [] }],
    ['GetDiagnostics', { fileName: 'a.log' }, { status: 'accepted', fileName: 'a.log' }],
    ['GetLog', { status: 'Accepted', filename: 'a.log' }, { status: 'accepted', fileName: 'a.log' }],
    ['GetLog', { status: 'Rejected' }, { status: 'rejected', fileName: null }],
    [
      'GetTransactionStatus',
      { ongoingIndicator: false, messagesInQueue: true },
      { status: 'accepted', ongoing: false, messagesInQueue: true },
    ],
    ['GetTransactionStatus', { messagesInQueue: false }, { status: 'accepted', ongoing: null, messagesInQueue: false }],
  ])('%s %j', (action, response, result) => {
    expect(resultOf(action, response)).toEqual(result);
  });
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
    { kind: 'set-variables', variables: [{ name: 'authorizationkey', value: secret }] },
    { kind: 'set-variables', variables: [{ component: 'securityctrlr', name: 'BASICAUTHPASSWORD', value: secret }] },
    { kind: 'set-variables', variables: [{ name: 'WifiPassword', value: secret }] },
    { kind: 'set-network-profile', slot: 1, connection: { ...NETWORK, vpn: { ...NETWORK.vpn, key: 'secret' } } },
    { kind: 'set-network-profile', slot: 1, connection: { ...NETWORK, apn: { ...NETWORK.apn, simPin: 7355608 } } },
    { kind: 'get-diagnostics', location: `ftp://user:${secret}@logs.example/dir` },
    { kind: 'get-log', log: 'security', location: `sftp://user:p@${secret}@logs.example/` },
    { kind: 'update-firmware', location: `https://:${secret}@firmware.example/box.bin`, retrieveAt: AT },
    { kind: 'publish-firmware', location: `https://user:${secret}@firmware.example/box.bin`, checksum: 'ab' },
  ]) {
    const asked = commandSchema.parse(command);
    expect(hasSecrets(asked)).toBe(true);
    const kept = withoutSecrets(asked);
    expect(commandSchema.parse(kept)).toEqual(kept);
    const shown = JSON.stringify(kept);
    expect(shown).not.toMatch(/long-password|7355608/);
    expect(shown).not.toContain(secret);
  }
});
