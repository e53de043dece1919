import type { Protocol } from '#libs/ocpp/messages.js';

/** Calls as no charger should send them, the same ones for the same seed. */

export type Random = () => number;
type Some<T> = readonly [T, ...T[]];
export const oneOf = <T>(random: Random, values: Some<T>): T =>
  values[Math.floor(random() * values.length)] ?? values[0];

const AT = '2026-06-01T10:00:00Z';
const SAMPLED_16 = [
  { timestamp: AT, sampledValue: [{ value: '1', measurand: 'Energy.Active.Import.Register', unit: 'Wh' }] },
];
const SIGNED = {
  signedMeterData: 'T0NNRnw=',
  signingMethod: 'ECDSA-secp256r1-SHA256',
  encodingMethod: 'OCMF',
  publicKey: '',
};
const UNIT = { unit: 'kWh', multiplier: -3 };
const SAMPLED_2X = [
  {
    timestamp: AT,
    sampledValue: [
      { value: 1, measurand: 'Energy.Active.Import.Register', context: 'Sample.Clock', unitOfMeasure: UNIT },
      { value: 2.5, phase: 'L1', location: 'Outlet', signedMeterValue: SIGNED },
    ],
  },
];
const event = (eventType: string, seqNo: number): [string, object] => [
  'TransactionEvent',
  {
    eventType,
    timestamp: AT,
    triggerReason: 'Authorized',
    seqNo,
    offline: true,
    transactionInfo: { transactionId: `x${seqNo}`, chargingState: 'Charging', stoppedReason: 'Local' },
    evse: { id: 1, connectorId: 1 },
    idToken: { idToken: 'CARD', type: 'ISO14443', additionalInfo: [{ additionalIdToken: 'C2', type: 'x' }] },
    meterValue: SAMPLED_2X,
  },
];
const report = (of: object): object => ({ requestId: 1, generatedAt: AT, seqNo: 0, tbc: false, ...of });
const variable = { component: { name: 'Connector', evse: { id: 1 } }, variable: { name: 'AvailabilityState' } };

/** What a mutation begins with: calls as they should be. */
const CALLS_16: Some<readonly [string, object]> = [
  ['BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' }],
  ['Heartbeat', {}],
  ['StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Available', timestamp: AT }],
  ['Authorize', { idTag: 'CARD' }],
  ['StartTransaction', { connectorId: 1, idTag: 'CARD', meterStart: 0, timestamp: AT }],
  ['MeterValues', { connectorId: 1, transactionId: 1, meterValue: SAMPLED_16 }],
  ['StopTransaction', { transactionId: 1, meterStop: 10, timestamp: AT, transactionData: SAMPLED_16 }],
  ['DataTransfer', { vendorId: 'V', data: 'x' }],
  ['SecurityEventNotification', { type: 'x', timestamp: AT }],
  ['TransactionEvent', { eventType: 'Started', timestamp: AT, seqNo: 0, transactionInfo: { transactionId: 'x' } }],
];
const CALLS_201: Some<readonly [string, object]> = [
  ['BootNotification', { reason: 'PowerUp', chargingStation: { vendorName: 'V', model: 'M' } }],
  ['Heartbeat', {}],
  ['StatusNotification', { timestamp: AT, connectorStatus: 'Available', evseId: 1, connectorId: 1 }],
  ['Authorize', { idToken: { idToken: 'CARD', type: 'ISO14443' } }],
  event('Started', 0),
  event('Updated', 1),
  event('Ended', 2),
  ['MeterValues', { evseId: 1, meterValue: SAMPLED_2X }],
  ['NotifyReport', report({ reportData: [{ ...variable, variableAttribute: [{ type: 'Actual', value: '1' }] }] })],
  [
    'NotifyEvent',
    report({
      eventData: [
        { eventId: 1, timestamp: AT, trigger: 'Delta', actualValue: 'Available', ...variable },
        { eventId: 2, timestamp: AT, trigger: 'Alerting', actualValue: 'x', ...variable },
      ],
    }),
  ],
  ['NotifyMonitoringReport', report({ monitor: [{ ...variable, variableMonitoring: [] }] })],
  ['SecurityEventNotification', { type: 'x', timestamp: AT }],
  ['SignCertificate', { csr: '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----' }],
  ['Get15118EVCertificate', { iso15118SchemaVersion: 'x', action: 'Install', exiRequest: 'x' }],
  ['DataTransfer', { vendorId: 'V', data: { any: ['thing'] } }],
];
const CALLS_21: Some<readonly [string, object]> = [
  ...CALLS_201,
  ['VatNumberValidation', { vatNumber: 'PT500000000', evseId: 1 }],
  ['NotifySettlement', { pspRef: 'x', status: 'Settled', settlementAmount: 1, settlementTime: AT }],
  ['OpenPeriodicEventStream', { constantStreamData: { id: 1, variableMonitoringId: 1, params: { interval: 1 } } }],
];
const CALLS: Readonly<Record<Protocol, Some<readonly [string, object]>>> = {
  'ocpp1.6': CALLS_16,
  'ocpp2.0.1': CALLS_201,
  'ocpp2.1': CALLS_21,
};

export const WRONG: Some<unknown> = [
  null,
  true,
  -1,
  0.5,
  1e308,
  2 ** 53,
  '',
  'x'.repeat(5_000),
  '\u0000',
  '\ud800',
  '-0001-01-01T00:00:00Z',
  '2026-13-45T99:99:99Z',
  [],
  [[[[[[[[]]]]]]]],
  {},
  { __proto__: null, constructor: 'x' },
  'NaN',
  '1e999',
  "'; drop table charger; --",
];

/** One place of a payload is left out, doubled in depth, or something else. */
function mutated(random: Random, value: unknown): unknown {
  if (Array.isArray(value)) {
    if (random() < 0.3 || value.length === 0) return oneOf(random, WRONG);
    const at = Math.floor(random() * value.length);
    return value.map((one, index) => (index === at ? mutated(random, one) : one));
  }
  if (typeof value === 'object' && value !== null) {
    const keys = Object.keys(value);
    const key = keys[Math.floor(random() * keys.length)];
    if (key === undefined || random() < 0.2) return { ...value, [oneOf(random, ['__proto__', 'extra', ''])]: 1 };
    const { [key]: was, ...rest } = value as Record<string, unknown>;
    return random() < 0.2 ? rest : { ...rest, [key]: mutated(random, was) };
  }
  return oneOf(random, WRONG);
}

/** A call with something wrong in it: it gets an answer, if only an error. */
export function malformedCall(random: Random, messageId: string, protocol: Protocol): string {
  const [action, payload] = oneOf(random, CALLS[protocol]);
  const name =
    random() < 0.1
      ? oneOf(random, ['', `Nothing${Math.floor(random() * 1e9)}`, 'toString', '__proto__', 'x'.repeat(300)])
      : action;
  let body: unknown = payload;
  for (let times = 1 + Math.floor(random() * 3); times > 0; times -= 1) body = mutated(random, body);
  return JSON.stringify([2, messageId, name, body]);
}
