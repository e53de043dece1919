import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, it } from '@jest/globals';
import WebSocket from 'ws';

import { until } from '#test/setup/until.js';

import { CentralSystem, type CentralSystemOptions } from './central-system.js';
import type { RefusalReason } from './handshake.js';

interface Running {
  readonly central: CentralSystem;
  readonly server: Server;
}

const running: Running[] = [];
const sockets: WebSocket[] = [];
/** What holds answers back; open again when a test ends, however it ends. */
const gates: (() => void)[] = [];

afterEach(async () => {
  for (const release of gates.splice(0)) release();
  for (const socket of sockets.splice(0)) socket.terminate();
  for (const { central, server } of running.splice(0)) {
    await central.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

function closedGate(): PromiseWithResolvers<void> {
  const gate = Promise.withResolvers<void>();
  gates.push(gate.resolve);
  return gate;
}

async function started(options: Partial<CentralSystemOptions>): Promise<Running> {
  const server = createServer();
  const central = new CentralSystem(server, {
    authenticate: async () => 'accepted',
    onCall: async () => ({ currentTime: '2026-06-01T10:00:00Z' }),
    onConnected: () => undefined,
    onDisconnected: () => undefined,
    onRefused: () => undefined,
    onMalformed: () => undefined,
    onFault: () => undefined,
    ...options,
  });
  running.push({ central, server });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { central, server };
}

/** A socket that is being judged. */
function asking({ server }: Running, chargerId: string): WebSocket {
  const { port } = server.address() as AddressInfo;
  const headers = { authorization: `Basic ${Buffer.from(`${chargerId}:x`).toString('base64')}` };
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ocpp/${chargerId}`, ['ocpp1.6'], { headers });
  socket.on('error', () => undefined); // a socket that was refused is never open
  sockets.push(socket);
  return socket;
}

/** `open`, or the HTTP status by which it is refused. */
function judged(socket: WebSocket): Promise<string | number | undefined> {
  return new Promise((resolve) => {
    socket.once('open', () => resolve('open'));
    socket.once('unexpected-response', (_, { statusCode }) => resolve(statusCode));
  });
}

async function open(system: Running, chargerId: string): Promise<WebSocket> {
  const socket = asking(system, chargerId);
  expect(await judged(socket)).toBe('open');
  return socket;
}

const heartbeat = (id: string): string => JSON.stringify([2, id, 'Heartbeat', {}]);

function answered(socket: WebSocket): Promise<unknown[]> {
  return new Promise((resolve) => {
    socket.once('message', (data: Buffer) => resolve(JSON.parse(data.toString()) as unknown[]));
  });
}

describe('what waits is bounded', () => {
  it('more handshakes than are judged at once are asked to come again', async () => {
    const verdict = Promise.withResolvers<'accepted'>();
    const refused: [string, RefusalReason][] = [];
    let asked = 0;
    const system = await started({
      limits: { maxHandshakes: 2 },
      authenticate: async () => {
        asked += 1;
        return verdict.promise;
      },
      onRefused: (identity, reason) => refused.push([identity, reason]),
    });
    const first = [judged(asking(system, 'a')), judged(asking(system, 'b'))];
    await until(() => asked === 2);
    expect(await judged(asking(system, 'c'))).toBe(503);
    expect(refused).toEqual([['c', 'too-busy']]);
    verdict.resolve('accepted');
    expect(await Promise.all(first)).toEqual(['open', 'open']);
    expect(await judged(asking(system, 'c'))).toBe('open');
    expect(asked).toBe(3);
  });

  it('more calls than may wait close the socket; the charger comes back and is served', async () => {
    const gate = closedGate();
    const done: string[] = [];
    const system = await started({
      limits: { maxWaitingCalls: 3 },
      onCall: async ({ messageId }) => {
        await gate.promise;
        done.push(messageId);
        return { currentTime: '2026-06-01T10:00:00Z' };
      },
    });
    const socket = await open(system, 'a');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    for (const id of ['1', '2', '3', '4']) socket.send(heartbeat(id));
    await closed;
    expect(system.central.pending).toBe(3);
    gate.resolve();
    await until(() => system.central.pending === 0);
    expect(done).toEqual(['1', '2', '3']);
    const again = await open(system, 'a');
    again.send(heartbeat('4'));
    expect((await answered(again)).slice(0, 2)).toEqual([3, '4']);
  });

  it('a charger of which too many calls wait is read no further until they are answered; nothing is lost', async () => {
    const CALLS = 400;
    const gate = closedGate();
    const system = await started({
      limits: { heldAtCalls: 2 },
      onCall: async () => {
        await gate.promise;
        return { status: 'Accepted' };
      },
    });
    const socket = await open(system, 'a');
    const answers: unknown[] = [];
    socket.on('message', (data: Buffer) => answers.push((JSON.parse(data.toString()) as unknown[])[1]));
    const data = 'x'.repeat(32_768); // more in all than arrives in one read
    const ids = Array.from({ length: CALLS }, (_, index) => `m${index}`);
    for (const id of ids) socket.send(JSON.stringify([2, id, 'DataTransfer', { vendorId: 'x', data }]));
    await until(() => system.central.pending >= 2);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(system.central.pending).toBeLessThan(CALLS / 4);
    expect(answers).toEqual([]);
    gate.resolve();
    await until(() => answers.length === CALLS);
    expect(answers).toEqual(ids);
  });
});
