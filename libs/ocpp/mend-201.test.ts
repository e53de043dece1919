import { describe, expect, it } from '@jest/globals';

import { mend201 } from './mend-201.js';
import { parse201 } from './parse-201.js';

const AT = '2026-06-01T10:00:00Z';
const UPDATED = {
  eventType: 'Updated',
  timestamp: AT,
  triggerReason: 'MeterValueClock',
  seqNo: 3,
  transactionInfo: { transactionId: 'a-b' },
};

describe('a TransactionEvent that breaks the schema', () => {
  it('is read where numbers are texts, words unknown, texts too long and fields too many or too few', () => {
    const payload = {
      ...UPDATED,
      triggerReason: undefined,
      seqNo: '3',
      vendorSays: 1,
      offline: 'true',
      transactionInfo: { transactionId: 'x'.repeat(60), chargingState: 'Discharging' },
      evse: { id: '2' },
      idToken: 'CARD',
      meterValue: [
        {
          timestamp: AT,
          sampledValue: [{ value: '6.5', unit: 'kwh' }, { value: null }, { value: 230, measurand: 'Voltage.Mean' }],
        },
        'nonsense',
      ],
    };
    expect(parse201('TransactionEvent', mend201('TransactionEvent', payload), true)).toMatchObject({
      kind: 'meter-values',
      transactionId: 'x'.repeat(60),
      connectorId: 2,
      event: { seqNo: 3, offline: true, idTag: 'CARD', status: null },
      samples: [{ importWh: 6_500 }],
      doubts: ['not-to-schema'],
    });
  });

  it('without a number counts as none', () => {
    const mended = mend201('TransactionEvent', { ...UPDATED, seqNo: undefined });
    expect(parse201('TransactionEvent', mended, true)).toMatchObject({
      event: { seqNo: null },
      doubts: ['value-out-of-range', 'not-to-schema'],
    });
  });

  it('is not read without its name, its kind or its time', () => {
    expect(mend201('TransactionEvent', { ...UPDATED, transactionInfo: {} })).toBeNull();
    expect(mend201('TransactionEvent', { ...UPDATED, transactionInfo: { transactionId: '' } })).toBeNull();
    expect(mend201('TransactionEvent', { ...UPDATED, eventType: 'Paused' })).toBeNull();
    expect(mend201('TransactionEvent', { ...UPDATED, timestamp: undefined })).toBeNull();
    expect(mend201('TransactionEvent', 'Started')).toBeNull();
  });
});

describe('other calls that break the schema', () => {
  it('meter values are read as far as they have a value', () => {
    const meterValue = [{ timestamp: AT, sampledValue: [{ value: '900', context: 'Sample.Quarterly' }] }];
    expect(parse201('MeterValues', mend201('MeterValues', { evseId: 1, meterValue, extra: 1 }), true)).toMatchObject({
      connectorId: 1,
      samples: [{ importWh: 900 }],
    });
    expect(mend201('MeterValues', { evseId: 1, meterValue: [] })).toBeNull();
    expect(mend201('MeterValues', { meterValue })).toBeNull();
  });
});

describe('a charging station is not refused over a trifle', () => {
  const read = (action: string, payload: unknown) => parse201(action, mend201(action, payload), true);

  it('its boot is one that says what it is', () => {
    const chargingStation = { vendorName: 'Z', model: 'M'.repeat(30), serialNumber: null, modem: {} };
    expect(read('BootNotification', { reason: 'Whim', chargingStation })).toEqual({
      kind: 'boot',
      vendor: 'Z',
      model: 'M'.repeat(30),
      firmware: null,
    });
    expect(mend201('BootNotification', { reason: 'PowerUp' })).toBeNull();
    expect(mend201('BootNotification', { reason: 'PowerUp', chargingStation: { model: null } })).toBeNull();
    expect(read('Heartbeat', { uptime: 7 })).toEqual({ kind: 'heartbeat' });
  });

  it('its states are read', () => {
    const status = { evseId: '1', connectorStatus: 'OCCUPIED', timestamp: null };
    expect(read('StatusNotification', status)).toMatchObject({ connectorId: 1, status: 'Preparing', isVague: true });
    expect(mend201('StatusNotification', { ...status, connectorStatus: 'Happy' })).toBeNull();
    const component = { name: 'Connector', evse: { id: 2, connectorId: null } };
    const event = { actualValue: 'Faulted', component, variable: { name: 'AvailabilityState' } };
    expect(read('NotifyEvent', { generatedAt: AT, eventData: [event, { actualValue: 'x' }] })).toMatchObject({
      statuses: [{ connectorId: 2, status: 'Faulted' }],
    });
    expect(mend201('NotifyEvent', { eventData: [{}] })).toBeNull();
  });

  it('its card is read with all that is said of who it is, its data left as they came', () => {
    const idToken = {
      idToken: 'x'.repeat(40),
      type: 'ISO14443',
      additionalInfo: [{ additionalIdToken: 'CARD' }, { type: 'x' }],
    };
    expect(read('Authorize', { idToken, extra: 1 })).toMatchObject({
      idTag: 'x'.repeat(40),
      moreTags: ['CARD'],
      hasCertificate: false,
    });
    const told = { ...UPDATED, seqNo: '3', idToken: { ...idToken, type: null } };
    expect(read('TransactionEvent', told)).toMatchObject({ event: { moreTags: ['CARD'] } });
    const certified = { idToken: 'PTABCC12345678', certificate: 'pem', iso15118CertificateHashData: null };
    expect(read('Authorize', certified)).toMatchObject({ hasCertificate: true });
    expect(mend201('Authorize', { idToken: null })).toBeNull();
    expect(read('DataTransfer', { vendorId: 'x', data: [1], more: 1 })).toMatchObject({ vendorId: 'x' });
  });

  it('its notices are taken where they can be followed as they came', () => {
    const variable = { component: { name: 'A' }, variable: { name: 'B' }, variableAttribute: [{ value: 'x' }] };
    const report = { requestId: 1, generatedAt: AT, seqNo: 0, reportData: [{ ...variable, extra: 1 }] };
    expect(read('NotifyReport', report)).toEqual({ kind: 'notice', action: 'NotifyReport' });
    expect(mend201('NotifyReport', { ...report, reportData: [{}] })).toBeNull();
    expect(mend201('ReportChargingProfiles', { requestId: 1 })).toBeNull();
    expect(mend201('ClearedChargingLimit', { chargingLimitSource: 'House' })).not.toBeNull();
    expect(mend201('VatNumberValidation', { vatNumber: 'x', extra: 1 })).toBeNull();
  });
});
