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
    expect(mend16('MeterValues', [])).toBeNull();
    expect(mend16('BootNotification', { chargePointVendor: 'Z', chargePointModel: 'P', extra: 1 })).toBeNull();
  });
});
