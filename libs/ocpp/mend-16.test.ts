import { describe, expect, it } from '@jest/globals';

import { mend16 } from './mend-16.js';
import { parse16 } from './parse-16.js';

const AT = '2026-06-01T10:00:00Z';
const START = { connectorId: 1, idTag: 'CARD', meterStart: 1_000, timestamp: AT };

describe('a message that breaks the schema', () => {
  it('is read where a field is too many, a text too long, a number a text or not whole', () => {
    expect(mend16('StartTransaction', { ...START, vendorSays: 1 })).toEqual(START);
    expect(mend16('StartTransaction', { ...START, idTag: 'a'.repeat(36), meterStart: '1000.5' })).toEqual({
      ...START,
      idTag: 'a'.repeat(36),
      meterStart: 1_001,
    });
    expect(
      mend16('StopTransaction', { transactionId: '7', meterStop: 5_000.4, timestamp: AT, reason: 'Whim', idTag: null }),
    ).toEqual({ transactionId: 7, meterStop: 5_000, timestamp: AT, reason: 'Whim', transactionData: [] });
  });

  it('keeps the meter values that can be read', () => {
    const sampledValue = [
      { value: 6.5, unit: 'kwh', extra: true },
      { value: null },
      { value: '230', measurand: 'Voltage.Mean' },
    ];
    const payload = { connectorId: 1, transactionId: null, meterValue: [{ timestamp: AT, sampledValue }, 'nonsense'] };
    const mended = mend16('MeterValues', payload);
    expect(parse16('MeterValues', mended, true)).toMatchObject({
      transactionId: null,
      samples: [{ stamp: { at: new Date(AT) }, importWh: 6_500 }],
      doubts: ['not-to-schema'],
    });
  });

  it('is not read without the fields it needs, or without energy', () => {
    const { meterStart, ...noMeter } = START;
    expect(meterStart).toBe(1_000);
    expect(mend16('StartTransaction', noMeter)).toBeNull();
    expect(mend16('StartTransaction', { ...START, meterStart: 'abc' })).toBeNull();
    expect(mend16('StartTransaction', { ...START, connectorId: 1.5 })).toBeNull();
    expect(mend16('StopTransaction', { transactionId: 7, meterStop: null, timestamp: AT })).toBeNull();
    expect(mend16('MeterValues', { connectorId: 1, meterValue: [{ timestamp: AT, sampledValue: [] }] })).toBeNull();
    expect(mend16('StopTransaction', { meterStop: 7 })).toBeNull();
    const energy = { timestamp: AT, sampledValue: [{ value: '5' }] };
    expect(mend16('MeterValues', { meterValue: [energy] })).toBeNull(); // of which connector nobody knows
    expect(mend16('MeterValues', [])).toBeNull();
  });
});

describe('energy that is told without what the schema wants beside it', () => {
  const end = { timestamp: AT, sampledValue: [{ value: '5000', context: 'Transaction.End' }] };

  it('a start without a card begins a session of nobody known', () => {
    const { idTag, ...free } = START;
    expect(idTag).toBe('CARD');
    for (const payload of [free, { ...free, idTag: null }]) {
      expect(mend16('StartTransaction', payload)).toEqual({ ...START, idTag: '' });
    }
  });

  it('meter values without a connector are their transaction’s', () => {
    expect(mend16('MeterValues', { transactionId: 7, meterValue: [end] })).toMatchObject({
      connectorId: 0,
      transactionId: 7,
    });
  });

  it('a stop without its transaction, or whose register is in its readings only, is a stop', () => {
    const stop = { transactionId: 7, meterStop: 5_000, timestamp: AT };
    const read = (payload: unknown) => parse16('StopTransaction', mend16('StopTransaction', payload), true);
    expect(read({ ...stop, transactionId: null })).toMatchObject({ transactionId: -1, meterStopWh: 5_000 });
    expect(read({ ...stop, meterStop: null, transactionData: [end] })).toMatchObject({
      meterStopWh: null,
      samples: [{ importWh: 5_000 }],
      doubts: ['value-out-of-range', 'not-to-schema'],
    });
  });
});

describe('a charger is not refused over a trifle', () => {
  const read = (action: string, payload: unknown) => parse16(action, mend16(action, payload), true);
  const boot = { chargePointVendor: 'Z', chargePointModel: 'P' };

  it('its boot is one with a null, a field too many, a long model, or one of its names', () => {
    expect(read('BootNotification', { ...boot, iccid: null, firmwareVersion: null, extra: 1 })).toEqual({
      kind: 'boot',
      vendor: 'Z',
      model: 'P',
      firmware: null,
    });
    const long = { ...boot, chargePointModel: 'Wallbox '.repeat(20), firmwareVersion: 1.2 };
    expect(read('BootNotification', long)).toMatchObject({
      model: long.chargePointModel.slice(0, 100),
      firmware: '1.2',
    });
    expect(read('BootNotification', { chargePointModel: 'P', chargePointVendor: null })).toMatchObject({ vendor: '' });
    expect(mend16('BootNotification', {})).toBeNull();
    expect(mend16('BootNotification', { chargePointVendor: null, chargePointModel: {} })).toBeNull();
  });

  it('its heartbeat is one whatever it says', () => {
    for (const payload of [{ currentTime: AT }, []]) expect(read('Heartbeat', payload)).toEqual({ kind: 'heartbeat' });
    expect(mend16('Heartbeat', [1])).toBeNull();
    expect(mend16('Heartbeat', 'alive')).toBeNull();
  });

  it('its state is read; an error that OCPP does not know is an error', () => {
    const status = { connectorId: 1, status: 'Available', errorCode: 'NoError' };
    const of = (more: Record<string, unknown>) => read('StatusNotification', { ...status, ...more });
    expect(of({ info: 'i'.repeat(51), vendorId: null, timestamp: 'now' })).toEqual({ kind: 'status', ...status });
    expect(of({ errorCode: 'DoorOpen' })).toMatchObject({ errorCode: 'OtherError' });
    expect(of({ errorCode: null })).toMatchObject({ errorCode: 'NoError' });
    expect(of({ errorCode: '', status: 'Faulted' })).toMatchObject({ errorCode: 'OtherError' });
    expect(of({ status: 'charging', connectorId: '2' })).toMatchObject({ status: 'Charging', connectorId: 2 });
    expect(mend16('StatusNotification', { ...status, status: 'Happy' })).toBeNull();
    expect(mend16('StatusNotification', { ...status, connectorId: null })).toBeNull();
  });

  it('its card is read to its last letter, its data left as they came', () => {
    const idTag = 'A1B2C3D4E5F6A1B2C3D4E5F6';
    expect(read('Authorize', { idTag, vendor: 'x' })).toEqual({ kind: 'authorize', idTag });
    expect(mend16('Authorize', { idTag: null })).toBeNull();
    const data = { vendorId: 'x', messageId: 'm'.repeat(60), data: { soc: 80 } };
    expect(read('DataTransfer', data)).toEqual({ kind: 'data-transfer', vendorId: 'x' });
    expect(mend16('DataTransfer', { data: 'x' })).toBeNull();
  });

  it('its notices are taken where they can be followed as they came', () => {
    const event = { type: 'FirmwareUpdated', timestamp: AT, techInfo: 't'.repeat(300) };
    expect(read('SecurityEventNotification', event)).toEqual({ kind: 'notice', action: 'SecurityEventNotification' });
    expect(mend16('SecurityEventNotification', { timestamp: AT })).toBeNull();
    expect(mend16('FirmwareStatusNotification', { status: 'Installed', extra: 1 })).not.toBeNull();
    expect(mend16('LogStatusNotification', { status: 'Uploaded', requestId: 'x' })).toBeNull();
    expect(mend16('FirmwareStatusNotification', {})).toBeNull();
    expect(mend16('SignCertificate', { csr: 7 })).toBeNull();
  });
});
