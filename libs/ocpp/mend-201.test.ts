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
    expect(mend201('BootNotification', { reason: 'Whim' })).toBeNull();
  });
});
