/** Frames and requests as no charger should send them, the same ones for the same seed. */

type Random = () => number;
const oneOf = <T>(random: Random, values: readonly [T, ...T[]]): T =>
  values[Math.floor(random() * values.length)] ?? values[0];

const AT = '2026-06-01T10:00:00Z';
const SAMPLED = [
  { timestamp: AT, sampledValue: [{ value: '1', measurand: 'Energy.Active.Import.Register', unit: 'Wh' }] },
];
/** What a mutation begins with: calls as they should be. */
const CALLS: readonly [readonly [string, object], ...(readonly [string, object])[]] = [
  ['BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' }],
  ['Heartbeat', {}],
  ['StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Available', timestamp: AT }],
  ['Authorize', { idTag: 'CARD' }],
  ['StartTransaction', { connectorId: 1, idTag: 'CARD', meterStart: 0, timestamp: AT }],
  ['MeterValues', { connectorId: 1, transactionId: 1, meterValue: SAMPLED }],
  ['StopTransaction', { transactionId: 1, meterStop: 10, timestamp: AT, transactionData: SAMPLED }],
  ['DataTransfer', { vendorId: 'V', data: 'x' }],
  ['SecurityEventNotification', { type: 'x', timestamp: AT }],
  ['TransactionEvent', { eventType: 'Started', timestamp: AT, seqNo: 0, transactionInfo: { transactionId: 'x' } }],
];

const WRONG: readonly [unknown, ...unknown[]] = [
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
export function malformedCall(random: Random, messageId: string): string {
  const [action, payload] = oneOf(random, CALLS);
  const name =
    random() < 0.1
      ? oneOf(random, ['', `Nothing${Math.floor(random() * 1e9)}`, 'toString', '__proto__', 'x'.repeat(300)])
      : action;
  let body: unknown = payload;
  for (let times = 1 + Math.floor(random() * 3); times > 0; times -= 1) body = mutated(random, body);
  return JSON.stringify([2, messageId, name, body]);
}

/** Something that is no call at all: text cut, flipped or made up. */
export function malformedFrame(random: Random, messageId: string): string | Buffer {
  const call = malformedCall(random, messageId);
  switch (Math.floor(random() * 8)) {
    case 0:
      return call.slice(0, Math.floor(random() * call.length));
    case 1: {
      const at = Math.floor(random() * call.length);
      return call.slice(0, at) + oneOf(random, ['"', '{', ']', '\u0000', ',', '\\']) + call.slice(at + 1);
    }
    case 2:
      return oneOf(random, ['', 'null', '[]', '[2]', '[2,"a"]', '{}', '"x"', '[9,"a","b",{}]', '[2,7,"Heartbeat",{}]']);
    case 3:
      return JSON.stringify([oneOf(random, [3, 4]), messageId, oneOf(random, WRONG), oneOf(random, WRONG), {}]);
    case 4:
      return Buffer.from(Array.from({ length: 1 + Math.floor(random() * 64) }, () => Math.floor(random() * 256)));
    case 5:
      return '['.repeat(1 + Math.floor(random() * 20_000));
    case 6:
      return JSON.stringify([2, messageId, 'Heartbeat', {}, {}, 'more']);
    default:
      return `[2,"${messageId}","Heartbeat",{"a":1,"a":${'9'.repeat(400)}}]`;
  }
}

/** What a stranger may send to the port: a request or no request at all. */
export function malformedRequest(random: Random): string | Buffer {
  if (random() < 0.1) return Buffer.from(Array.from({ length: 200 }, () => Math.floor(random() * 256)));
  const segment = (): string =>
    oneOf(random, [
      '%E0%A4%A',
      '%',
      '%00',
      '..',
      'zcs1',
      'ZCS1%2f',
      'x'.repeat(60),
      '%F0%9F%94%8C',
      ';--',
      '%u0041',
      `a${Math.floor(random() * 1e6)}`,
    ]);
  const path = `/${oneOf(random, ['ocpp', 'ocpp', 'ocpp', 'OCPP', '', 'metrics', 'health'])}/${segment()}${oneOf(random, ['', '/', '?x=%', '//', `/${segment()}`])}`;
  const method = oneOf(random, ['GET', 'GET', 'GET', 'POST', 'TRACE', 'X']);
  const headers = [
    'Host: gateway',
    oneOf(random, ['Upgrade: websocket', 'Upgrade: h2c', 'Upgrade: websocket, foo', '']),
    oneOf(random, ['Connection: Upgrade', 'Connection: close', '']),
    oneOf(random, ['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Key: short', '']),
    oneOf(random, ['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Version: 8', '']),
    oneOf(random, [
      'Sec-WebSocket-Protocol: ocpp1.6',
      'Sec-WebSocket-Protocol: ocpp2.0.1, x',
      'Sec-WebSocket-Protocol: ,',
      '',
    ]),
    oneOf(random, [
      'Authorization: Basic %%%',
      'Authorization: Bearer x',
      `Authorization: Basic ${'A'.repeat(2_000)}`,
      '',
    ]),
  ].filter((line) => line !== '');
  return `${method} ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`;
}
