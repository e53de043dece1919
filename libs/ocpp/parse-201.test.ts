import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { answerIn, noticeAnswer } from './answers.js';
import type { ChargerMessage, MeterValues } from './messages.js';
import { isKnown201, isKnown21, parse201 } from './parse-201.js';
import { schemaValidator } from './rpc.js';

const AT = '2026-06-01T10:00:00Z';

function event(more: Record<string, unknown> = {}, info: Record<string, unknown> = {}): ChargerMessage | null {
  return parse201('TransactionEvent', {
    eventType: 'Updated',
    timestamp: AT,
    triggerReason: 'MeterValueClock',
    seqNo: 3,
    transactionInfo: { transactionId: 'a-b', ...info },
    ...more,
  });
}

function samplesOf(...sampledValue: Record<string, unknown>[]): MeterValues {
  const message = parse201('MeterValues', { evseId: 2, meterValue: [{ timestamp: AT, sampledValue }] });
  if (message?.kind !== 'meter-values') throw new Error('not meter values');
  return message;
}

describe('a TransactionEvent', () => {
  it('Started is a start, with the register at Transaction.Begin', () => {
    const sampledValue = (value: number, context: string) => [{ value, context }];
    const meterValue = [
      { timestamp: AT, sampledValue: sampledValue(990, 'Sample.Clock') },
      { timestamp: '2026-06-01T10:00:05Z', sampledValue: sampledValue(1_000, 'Transaction.Begin') },
    ];
    const idToken = { idToken: 'CARD', type: 'ISO14443' };
    expect(event({ eventType: 'Started', evse: { id: 2 }, idToken, meterValue, offline: true })).toMatchObject({
      kind: 'transaction-started',
      transactionId: 'a-b',
      connectorId: 2,
      idTag: 'CARD',
      meterStartWh: 1_000,
      event: { ref: 'a-b', seqNo: 3, offline: true, idTag: 'CARD', tokenKind: 'rfid', trigger: 'MeterValueClock' },
    });
    expect(event({ eventType: 'Started' })).toMatchObject({ idTag: null, meterStartWh: null, connectorId: 0 });
  });

  it('Ended is a stop, with the register at Transaction.End and the reason', () => {
    const meterValue = [
      { timestamp: '2026-06-01T11:00:00Z', sampledValue: [{ value: 2.5, unitOfMeasure: { unit: 'kWh' } }] },
    ];
    expect(event({ eventType: 'Ended', meterValue }, { stoppedReason: 'EVDisconnected' })).toMatchObject({
      kind: 'transaction-stopped',
      transactionId: 'a-b',
      meterStopWh: 2_500,
      reason: 'EVDisconnected',
    });
  });

  it.each([
    ['Updated', 'Charging', 'Charging'],
    ['Updated', 'SuspendedEV', 'SuspendedEV'],
    ['Updated', 'SuspendedEVSE', 'SuspendedEVSE'],
    ['Updated', 'EVConnected', 'Preparing'],
    ['Updated', undefined, null],
    ['Ended', 'EVConnected', 'Finishing'],
    ['Ended', 'Idle', null],
  ])('%s while %s shows as %s', (eventType, chargingState, status) => {
    const message = event({ eventType }, chargingState === undefined ? {} : { chargingState });
    expect(message).toMatchObject({ event: { status } });
  });

  it('says how the driver was recognised, and which remote start it answers', () => {
    const of = (type: string) => event({ idToken: { idToken: 'X', type } }, { remoteStartId: 7 });
    expect(of('Central')).toMatchObject({ event: { tokenKind: 'remote', remoteStartId: 7 } });
    expect(of('eMAID')).toMatchObject({ event: { tokenKind: 'emaid' } });
    expect(of('MacAddress')).toMatchObject({ event: { tokenKind: 'other' } });
    expect(event()).toMatchObject({ event: { tokenKind: null, remoteStartId: null } });
  });

  it('names a contract in every way in which it may have been registered', () => {
    const of = (idToken: string, additionalInfo: object[] = []) => {
      const message = event({ idToken: { idToken, type: 'eMAID', additionalInfo } });
      return message !== null && 'event' in message ? message.event?.moreTags : null;
    };
    expect(of('PTABCC12345678')).toEqual(['PT-ABC-C12345678']);
    expect(of('PTABCC123456789')).toEqual(['PT-ABC-C12345678-9', 'PT-ABC-C123456789']);
    expect(of('PT-ABC-C12345678-9')).toEqual(['PTABCC123456789', 'PT-ABC-C123456789']);
    expect(of('my-own')).toEqual(['myown']);
    expect(of('other')).toBeUndefined();
    const more = [{ additionalIdToken: 'pt-abc-c12345678', type: 'eMAID' }];
    expect(of('X', more)).toEqual(['pt-abc-c12345678', 'ptabcc12345678']);
  });

  it('without authorization names no card', () => {
    expect(event({ idToken: { idToken: '', type: 'NoAuthorization' } })).toMatchObject({ event: { idTag: null } });
  });
});

describe('meter values of OCPP 2.x', () => {
  it('are JSON numbers with a unit and a multiplier, exact to the Wh', () => {
    const of = (value: number, unit?: string, multiplier?: number) => {
      const unitOfMeasure = { ...(unit && { unit }), ...(multiplier !== undefined && { multiplier }) };
      return samplesOf({ value, unitOfMeasure }).samples[0]?.importWh;
    };
    expect(of(1_204_500)).toBe(1_204_500);
    expect(of(1_204.567, 'kWh')).toBe(1_204_567);
    expect(of(1.005, 'kWh')).toBe(1_005); // 1.005 * 1000 is 1004.9999999999999
    expect(of(12, 'Wh', 2)).toBe(1_200);
    expect(of(12.345, 'kWh', -1)).toBe(1_235);
    expect(of(7e3)).toBe(7_000);
  });

  it('whatever number of Wh a charger writes in kWh is that number of Wh', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999_999 }), (wh) => {
        const sampled = { value: Number(`${Math.floor(wh / 1_000)}.${String(wh % 1_000).padStart(3, '0')}`) };
        const { samples } = samplesOf({ ...sampled, unitOfMeasure: { unit: 'kWh' } });
        expect(samples[0]?.importWh).toBe(wh);
      }),
    );
  });

  it('an absurd multiplier or unit is no figure', () => {
    expect(samplesOf({ value: 1, unitOfMeasure: { multiplier: 1e9 } })).toMatchObject({ doubts: ['invalid-value'] });
    expect(samplesOf({ value: 1, unitOfMeasure: { unit: 'MJ' } }).doubts).toEqual(['invalid-value']);
  });

  it('read the meter upstream where there is no other (2.1), and say what they do not read', () => {
    const upstream = { value: 12, location: 'Upstream' };
    expect(samplesOf(upstream)).toMatchObject({ samples: [{ importWh: 12 }], doubts: [] });
    expect(samplesOf({ value: 12, phase: 'N' }).doubts).toEqual(['invalid-value']);
    const given = { value: 3, measurand: 'Energy.Active.Export.Interval' };
    expect(samplesOf({ value: 12 }, given)).toMatchObject({ samples: [{ importWh: 12 }], doubts: ['interval-only'] });
  });

  it('carry import, export and what is offered; a signed value stays in the raw message', () => {
    const signedMeterValue = { signedMeterData: 'b2Nt', encodingMethod: 'OCMF', signingMethod: '', publicKey: '' };
    const { samples, transactionId, connectorId } = samplesOf(
      { value: 12.5, unitOfMeasure: { unit: 'kWh' }, context: 'Sample.Clock', signedMeterValue },
      { value: 400, measurand: 'Energy.Active.Export.Register' },
      { value: 2.4, measurand: 'Power.Active.Import', unitOfMeasure: { unit: 'kW' } },
      { value: 4_600, measurand: 'Power.Import.Offered', unitOfMeasure: { unit: 'W' } },
    );
    expect({ transactionId, connectorId }).toEqual({ transactionId: null, connectorId: 2 });
    expect(samples).toMatchObject([
      { context: 'Sample.Clock', importWh: 12_500, exportWh: 400, powerW: 2_400, offeredW: 4_600 },
    ]);
  });
});

describe('the other calls of OCPP 2.x', () => {
  it('a connector that is Occupied is at least Preparing', () => {
    const status = (connectorStatus: string) => parse201('StatusNotification', { evseId: 1, connectorStatus });
    expect(status('Occupied')).toMatchObject({ connectorId: 1, status: 'Preparing', isVague: true });
    expect(status('Available')).toEqual({
      kind: 'status',
      connectorId: 1,
      status: 'Available',
      errorCode: 'NoError',
    });
    expect(status('Faulted')).toMatchObject({ status: 'Faulted', errorCode: 'OtherError' });
  });

  it('a NotifyEvent may carry the state of connectors (2.1)', () => {
    const of = (name: string, variable: string, actualValue: string) => ({
      actualValue,
      component: { name, evse: { id: 3 } },
      variable: { name: variable },
    });
    const eventData = [of('Connector', 'AvailabilityState', 'Occupied'), of('Connector', 'Temperature', '30')];
    expect(parse201('NotifyEvent', { eventData })).toMatchObject({
      kind: 'notice',
      statuses: [{ connectorId: 3, status: 'Preparing' }],
    });
  });

  it('are not those that only a central system sends', () => {
    expect(parse201('RequestStartTransaction', {})).toBeNull();
    expect([isKnown201('BatterySwap'), isKnown21('BatterySwap')]).toEqual([false, true]);
  });
});

/** Each action of a version that a charging station sends, with the answer's shape asked of ocpp-rpc's own schema. */
describe('the answer to each notice is to the schema', () => {
  const NOTICES = [
    'ClearedChargingLimit',
    'FirmwareStatusNotification',
    'Get15118EVCertificate',
    'GetCertificateStatus',
    'LogStatusNotification',
    'NotifyChargingLimit',
    'NotifyCustomerInformation',
    'NotifyDisplayMessages',
    'NotifyEVChargingNeeds',
    'NotifyEVChargingSchedule',
    'NotifyEvent',
    'NotifyMonitoringReport',
    'NotifyReport',
    'PublishFirmwareStatusNotification',
    'ReportChargingProfiles',
    'ReservationStatusUpdate',
    'SecurityEventNotification',
    'SignCertificate',
  ];
  const NOTICES_21 = [
    'BatterySwap',
    'ClosePeriodicEventStream',
    'NotifyDERAlarm',
    'NotifyDERStartStop',
    'NotifyPriorityCharging',
    'NotifySettlement',
    'NotifyWebPaymentStarted',
    'OpenPeriodicEventStream',
    'PullDynamicScheduleUpdate',
    'ReportDERControl',
  ];
  const NOTICES_16 = [
    'DiagnosticsStatusNotification',
    'FirmwareStatusNotification',
    'LogStatusNotification',
    'SecurityEventNotification',
    'SignCertificate',
    'SignedFirmwareStatusNotification',
  ];
  it.each([
    ...NOTICES_16.map((action) => ['ocpp1.6', action] as const),
    ...NOTICES.map((action) => ['ocpp2.0.1', action] as const),
    ...[...NOTICES, ...NOTICES_21].map((action) => ['ocpp2.1', action] as const),
  ])('%s %s', (protocol, action) => {
    const schema = schemaValidator(protocol, () => false);
    const answer = answerIn(protocol, action, noticeAnswer({ action }, new Date(0)));
    expect(() => schema.validate(`urn:${action}.conf`, answer)).not.toThrow();
    expect(() => schema.validate(`urn:${action}.conf`, { ...answer, status: 7 })).toThrow();
  });

  const hash = { hashAlgorithm: 'SHA256', issuerNameHash: 'ab', issuerKeyHash: 'cd', serialNumber: '01' };
  it.each([
    ['VatNumberValidation', { vatNumber: 'PT123456789', evseId: 1 }],
    [
      'GetCertificateChainStatus',
      { certificateStatusRequests: [{ certificateHashData: hash, source: 'OCSP', urls: ['https://ocsp.example'] }] },
    ],
  ])('ocpp2.1 %s, which is answered with what it asks about', (action, payload) => {
    const schema = schemaValidator('ocpp2.1', () => false);
    expect(() => schema.validate(`urn:${action}.req`, payload)).not.toThrow();
    const message = parse201(action, payload);
    if (message?.kind !== 'notice') throw new Error('no notice');
    const answer = answerIn('ocpp2.1', action, noticeAnswer(message, new Date(0)));
    expect(() => schema.validate(`urn:${action}.conf`, answer)).not.toThrow();
    expect(JSON.stringify(answer)).toMatch(/Rejected|Failed/);
    expect([isKnown201(action), isKnown21(action)]).toEqual([false, true]);
  });

  it.each(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'] as const)('%s boot, heartbeat, card and refusal', (protocol) => {
    const schema = schemaValidator(protocol, () => false);
    const currentTime = '2026-07-02T08:00:00.000Z';
    const is = (action: string, neutral: Parameters<typeof answerIn>[2]) =>
      expect(() => schema.validate(`urn:${action}.conf`, answerIn(protocol, action, neutral))).not.toThrow();
    is('BootNotification', { kind: 'boot', status: 'Pending', currentTime, heartbeatSeconds: 300 });
    is('Heartbeat', { kind: 'heartbeat', currentTime });
    is('Authorize', { kind: 'token', status: 'NoCredit', group: 'CASA', expiresAt: currentTime, hasCertificate: true });
    is('DataTransfer', { kind: 'status', status: 'UnknownVendorId' });
    is('StatusNotification', { kind: 'empty' });
  });
});
