import type { Protocol } from '#libs/ocpp/messages.js';

import { malformedCall, oneOf, WRONG, type Random } from './malformed-calls.js';

/** Frames and requests as no charger should send them, the same ones for the same seed. */

const bytes = (random: Random, most: number): Buffer =>
  Buffer.from(Array.from({ length: 1 + Math.floor(random() * most) }, () => Math.floor(random() * 256)));

/** Something that is no call at all: text cut, flipped or made up. */
export function malformedFrame(random: Random, messageId: string, protocol: Protocol): string | Buffer {
  const call = malformedCall(random, messageId, protocol);
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
      return bytes(random, 64);
    case 5:
      return '['.repeat(1 + Math.floor(random() * 20_000));
    case 6:
      return JSON.stringify([2, messageId, 'Heartbeat', {}, {}, 'more']);
    default:
      return `[2,"${messageId}","Heartbeat",{"a":1,"a":${'9'.repeat(400)}}]`;
  }
}

/** A charger's own name and password. */
export interface Credentials {
  readonly chargerId: string;
  readonly password: string;
}

const WRONG_SEGMENTS = ['%E0%A4%A', '%', '%00', '..', 'ZCS1%2f', 'x'.repeat(60), '%F0%9F%94%8C', ';--', '%u0041'];

/** What may be sent to the port: a request or no request at all, now and then by one that knows a password. */
export function malformedRequest(random: Random, known: Credentials): string | Buffer {
  if (random() < 0.1) return bytes(random, 200);
  if (random() < 0.25) return requestOfKnown(random, known);
  const segment = (): string => oneOf(random, ['zcs1', `a${Math.floor(random() * 1e6)}`, ...WRONG_SEGMENTS]);
  const path = `/${oneOf(random, ['ocpp', 'ocpp', 'ocpp', 'OCPP', '', 'metrics', 'health'])}/${segment()}${oneOf(random, ['', '/', '?x=%', '//', `/${segment()}`])}`;
  return requestText(oneOf(random, ['GET', 'GET', 'GET', 'POST', 'TRACE', 'X']), path, [
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
  ]);
}

/** The password is right: the URL, a header, or what follows a good request is not. */
function requestOfKnown(random: Random, { chargerId, password }: Credentials): Buffer {
  const segment = oneOf(random, [
    chargerId,
    chargerId,
    chargerId.toUpperCase(),
    'zcs0', // another's name
    `${chargerId}%`,
    `%00${chargerId}`,
    `../${chargerId}`,
    `${chargerId}/${chargerId}`,
    `${'0'.repeat(32)}/${chargerId}`,
    `${chargerId}?x=%#`,
    ...WRONG_SEGMENTS,
  ]);
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
  const request = requestText('GET', `/${oneOf(random, ['ocpp', 'ocpp', 'ocpp', 'OCPP', 'ocpp/'])}/${segment}`, [
    'Upgrade: websocket',
    'Connection: Upgrade',
    oneOf(random, [key, key, key, 'Sec-WebSocket-Key: short']),
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Protocol: ${oneOf(random, ['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1', 'ocpp2.1', 'ocpp3'])}`,
    `Authorization: Basic ${Buffer.from(`${chargerId}:${password}`).toString('base64')}`,
  ]);
  return Buffer.concat([Buffer.from(request), firstBytes(random)]);
}

/** What a WebSocket begins with, and should not. */
function firstBytes(random: Random): Buffer {
  switch (Math.floor(random() * 6)) {
    case 0:
      return Buffer.from([0x81, 0x02, 0x5b, 0x5d]); // not masked
    case 1:
      return Buffer.from([0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]); // 2^63 bytes follow
    case 2:
      return Buffer.from([0xf3, 0x80, 0, 0, 0, 0]); // reserved bits and an opcode that there is not
    case 3:
      return Buffer.from([0x01, 0x81, 0, 0, 0, 0, 0x5b]); // the first part of a message that never ends
    case 4:
      return bytes(random, 200);
    default:
      return Buffer.alloc(0);
  }
}

function requestText(method: string, path: string, headers: readonly string[]): string {
  const told = ['Host: gateway', ...headers].filter((line) => line !== '');
  return `${method} ${path} HTTP/1.1\r\n${told.join('\r\n')}\r\n\r\n`;
}
