import { once } from 'node:events';
import { connect } from 'node:net';

import WebSocket from 'ws';

import type { Protocol } from '#libs/ocpp/messages.js';
import { malformedCall } from '#test/chargers/malformed-calls.js';
import { malformedFrame, malformedRequest, type Credentials } from '#test/chargers/malformed.js';
import { seededRandom } from '#test/data/seeded-random.js';

/** Frames at once on one socket, before the gateway is asked whether it is still well. */
const BURST = 25;

/** Somebody who is let in, as a charger or as a guest, and talks nonsense. */
export interface Talker {
  readonly id: string;
  /** What follows `/ocpp/` in the URL. */
  readonly path: string;
  readonly protocol: Protocol;
  readonly password: string | null;
}

export interface Round {
  /** Of each talker. */
  readonly frames: number;
  /** Of each stranger. */
  readonly requests: number;
  readonly strangers: number;
  readonly seed: number;
}

/** Talkers and strangers at one gateway. */
export class Talkers {
  /** CALLERRORs that would have an honest charger send the same thing again, for ever. */
  readonly sentAgain: string[] = [];

  constructor(
    private readonly url: string,
    private readonly talkers: readonly Talker[],
    private readonly known: Credentials,
  ) {}

  /** All of them at once. */
  async fuzz({ frames, requests, strangers, seed }: Round): Promise<void> {
    await Promise.all([
      ...this.talkers.map((talker, index) => this.fuzzFrames(talker, frames, seed + index)),
      ...Array.from({ length: strangers }, (_, index) => this.fuzzRequests(requests, seed + 1_000 + index)),
    ]);
  }

  private async fuzzFrames(talker: Talker, count: number, seed: number): Promise<void> {
    const { id, protocol } = talker;
    const random = seededRandom(seed);
    let socket = await this.signIn(talker);
    for (let sent = 0; sent < count; sent += BURST) {
      // Ten in a row that are no calls close the socket: most bursts are of calls, so that they are heard to their end.
      const malformed = random() < 0.2 ? malformedFrame : malformedCall;
      for (let one = 0; one < BURST; one += 1) socket.send(malformed(random, `${id}-${sent + one}`, protocol));
      if (await this.isAlive(socket, `alive-${id}-${sent}`)) continue;
      socket.terminate();
      socket = await this.signIn(talker);
    }
    socket.terminate();
  }

  private async fuzzRequests(count: number, seed: number): Promise<void> {
    const random = seededRandom(seed);
    const { hostname, port } = new URL(this.url);
    for (let sent = 0; sent < count; sent += 1) {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined);
      socket.resume();
      socket.end(malformedRequest(random, this.known));
      await once(socket, 'close');
    }
  }

  private async signIn({ id, path, protocol, password }: Talker): Promise<WebSocket> {
    const credentials = Buffer.from(`${id}:${password}`).toString('base64');
    const headers = password === null ? {} : { authorization: `Basic ${credentials}` };
    const socket = new WebSocket(`${this.url}/ocpp/${path}`, [protocol], { headers });
    socket.on('error', () => undefined);
    await once(socket, 'open');
    return socket;
  }

  /** A good heartbeat after a burst: answered, or the socket was closed for all that came before. */
  private async isAlive(socket: WebSocket, messageId: string): Promise<boolean> {
    const answered = new Promise<boolean>((resolve) => {
      socket.on('message', (data: Buffer) => {
        const text = data.toString();
        if (/^\[4,"(?:[^"\\]|\\.)*","InternalError"/.test(text)) this.sentAgain.push(text);
        if (text.includes(`[3,"${messageId}"`)) resolve(true);
      });
      socket.once('close', () => resolve(false));
    });
    socket.send(JSON.stringify([2, messageId, 'Heartbeat', {}]));
    const alive = socket.readyState === WebSocket.OPEN && (await answered);
    socket.removeAllListeners('message');
    return alive;
  }
}
