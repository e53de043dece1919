import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { mend16 } from './mend-16.js';
import { mend201 } from './mend-201.js';
import { parse16 } from './parse-16.js';
import { parse201 } from './parse-201.js';
import { PARSERS } from './parsers.js';

/** What chargers of the versions ask. */
const ACTIONS_16 = 12;
const ACTIONS = [
  'BootNotification',
  'Heartbeat',
  'StatusNotification',
  'Authorize',
  'StartTransaction',
  'StopTransaction',
  'MeterValues',
  'DataTransfer',
  'DiagnosticsStatusNotification',
  'FirmwareStatusNotification',
  'LogStatusNotification',
  'SecurityEventNotification',
  'SignCertificate',
  'SignedFirmwareStatusNotification',
  'TransactionEvent',
  'NotifyEvent',
  'NotifyReport',
  'NotifyMonitoringReport',
  'ReportChargingProfiles',
  'NotifyCustomerInformation',
  'ClearedChargingLimit',
  'VatNumberValidation',
  'GetCertificateChainStatus',
];

const AT = '2026-06-01T10:00:00Z';

/** Whatever JSON can hold, and what chargers are apt to write where a word, a number or a list belongs. */
const anything = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom('', '1', '-1', '1e300', 1e300, -1, 0.5, null, [], {}, AT, 'NaN', '9'.repeat(40)),
);
const orNot = <T>(right: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: right }, { weight: 1, arbitrary: anything });
const fields = (shape: Record<string, fc.Arbitrary<unknown>>) => orNot(fc.record(shape, { requiredKeys: [] }));

const sampledValue = fields({
  value: orNot(fc.double({ noNaN: true })),
  context: orNot(fc.constantFrom('Transaction.Begin', 'Transaction.End', 'Sample.Clock')),
  measurand: orNot(fc.constantFrom('Energy.Active.Import.Register', 'Energy.Active.Export.Register')),
  unit: orNot(fc.constantFrom('Wh', 'kWh')),
  unitOfMeasure: fields({ unit: orNot(fc.constantFrom('Wh', 'kWh')), multiplier: orNot(fc.integer()) }),
});
const meterValue = orNot(
  fc.array(fields({ timestamp: orNot(fc.constant(AT)), sampledValue: orNot(fc.array(sampledValue)) })),
);
const event = fields({
  eventType: orNot(fc.constantFrom('Started', 'Updated', 'Ended')),
  timestamp: orNot(fc.constant(AT)),
  triggerReason: orNot(fc.constant('Authorized')),
  seqNo: orNot(fc.integer()),
  offline: orNot(fc.boolean()),
  transactionInfo: fields({ transactionId: orNot(fc.string()), chargingState: orNot(fc.constant('Charging')) }),
  evse: fields({ id: orNot(fc.integer()) }),
  idToken: fields({ idToken: orNot(fc.string()), type: orNot(fc.constant('ISO14443')) }),
  meterValue,
});
const stop = fields({
  transactionId: orNot(fc.integer()),
  meterStop: orNot(fc.integer()),
  timestamp: orNot(fc.constant(AT)),
  transactionData: meterValue,
});

/** What can be read at all is read to integers that PostgreSQL holds. */
function isReadable(message: ReturnType<typeof parse201>): void {
  if (message === null || !('samples' in message)) throw new Error('not a message with samples');
  expect(message.doubts).toContain('not-to-schema');
  for (const { importWh = 0, exportWh = 0 } of message.samples) {
    expect([importWh, exportWh].every((wh) => Number.isSafeInteger(wh) && Math.abs(wh) <= 1e13)).toBe(true);
  }
}

describe('a payload against the schema is refused or read, never a fault of ours', () => {
  it('of OCPP 2.x', () => {
    fc.assert(
      fc.property(event, (payload) => {
        const mended = mend201('TransactionEvent', payload);
        if (mended !== null) isReadable(parse201('TransactionEvent', mended, true));
      }),
      { numRuns: 2_000 },
    );
  });

  it('of OCPP 1.6', () => {
    fc.assert(
      fc.property(stop, (payload) => {
        const mended = mend16('StopTransaction', payload);
        if (mended !== null) isReadable(parse16('StopTransaction', mended, true));
      }),
      { numRuns: 2_000 },
    );
  });

  /** Fields of every action, where they belong and where they do not. */
  const anyCall = fields({
    chargePointVendor: orNot(fc.string()),
    chargePointModel: orNot(fc.string()),
    firmwareVersion: anything,
    connectorId: orNot(fc.integer()),
    evseId: orNot(fc.integer()),
    status: orNot(fc.constantFrom('Available', 'charging', 'Uploaded')),
    errorCode: anything,
    connectorStatus: orNot(fc.constantFrom('Available', 'occupied')),
    idTag: orNot(fc.string()),
    idToken: fields({
      idToken: orNot(fc.string()),
      type: orNot(fc.constant('eMAID')),
      additionalInfo: orNot(fc.array(fields({ additionalIdToken: orNot(fc.string()), type: anything }))),
    }),
    chargingStation: fields({ vendorName: orNot(fc.string()), model: orNot(fc.string()), firmwareVersion: anything }),
    meterStart: orNot(fc.integer()),
    timestamp: orNot(fc.constant(AT)),
    transactionId: orNot(fc.integer()),
    vendorId: orNot(fc.string()),
    csr: anything,
    type: anything,
    requestId: anything,
    seqNo: anything,
    reportData: orNot(fc.array(anything)),
    eventData: orNot(
      fc.array(
        fields({
          actualValue: orNot(fc.constant('Available')),
          component: fields({ name: orNot(fc.constant('Connector')), evse: fields({ id: orNot(fc.integer()) }) }),
          variable: fields({ name: orNot(fc.constant('AvailabilityState')) }),
        }),
      ),
    ),
    meterValue,
  });

  it.each([...PARSERS])('of %s, whatever is called', (protocol, { isKnown, mend, parse }) => {
    expect(ACTIONS.filter(isKnown).length).toBeGreaterThan(ACTIONS_16);
    fc.assert(
      fc.property(fc.constantFrom(...ACTIONS.filter(isKnown)), orNot(anyCall), (action, payload) => {
        const mended = mend(action, payload);
        if (mended !== null) expect([protocol, parse(action, mended, true)]).not.toContain(null);
      }),
      { numRuns: 1_000 },
    );
  });
});
