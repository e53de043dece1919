import type { IncomingMessage } from 'node:http';

import { Inject } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { WsAdapter } from '@nestjs/platform-ws';
import { WebSocketGateway, type OnGatewayConnection, type OnGatewayDisconnect } from '@nestjs/websockets';
import type { WebSocket } from 'ws';

import type { Actor } from './actor.js';
import { liveSubscribeSchema } from './api-types.js';
import { authenticate, isSameOrigin } from './authentication.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

/** How often an open feed's session is looked at again. */
const CHECK_SESSION_MS = 60_000;
const PING_MS = 30_000;
/** Application close code: the session has ended, sign in again. */
const SIGNED_OUT = 4401;
const LARGEST_MESSAGE_BYTES = 65_536;

const ACTOR = Symbol('actor');
interface UpgradeRequest extends IncomingMessage {
  [ACTOR]?: Actor;
}

type Verified = (allowed: boolean, status?: number, message?: string) => void;

/** WebSockets for pages: nobody gets one without a session, and no foreign page with somebody else's. */
export class LiveAdapter extends WsAdapter {
  readonly #backoffice: Backoffice;

  constructor(app: NestExpressApplication, backoffice: Backoffice) {
    super(app);
    this.#backoffice = backoffice;
  }

  override create(port: number, options: Record<string, unknown> = {}): unknown {
    const verifyClient = ({ req }: { req: UpgradeRequest }, done: Verified) => void this.#verify(req, done);
    return super.create(port, { ...options, maxPayload: LARGEST_MESSAGE_BYTES, verifyClient });
  }

  async #verify(request: UpgradeRequest, done: Verified): Promise<void> {
    try {
      const ridesOnCookie = request.headers.authorization === undefined;
      if (ridesOnCookie && !isSameOrigin(request)) {
        done(false, 403, 'Foreign origin');
        return;
      }
      const actor = await authenticate(this.#backoffice, request);
      if (actor !== null) request[ACTOR] = actor;
      if (actor === null) done(false, 401, 'Not signed in');
      else done(true);
    } catch {
      done(false, 503, 'Try again');
    }
  }
}

/** The live feed: says where something changed; the page reads it again over HTTP. */
@WebSocketGateway({ path: '/live' })
export class LiveGateway implements OnGatewayConnection<WebSocket>, OnGatewayDisconnect<WebSocket> {
  readonly #timers = new Map<WebSocket, NodeJS.Timeout[]>();

  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  handleConnection(socket: WebSocket, request: UpgradeRequest): void {
    const actor = request[ACTOR];
    if (actor === undefined) {
      socket.close(SIGNED_OUT, 'not signed in');
      return;
    }
    this.backoffice.live.join(socket, actor);
    socket.on('message', (data) => this.#said(socket, String(data)));
    const check = setInterval(() => void this.#check(socket, request), CHECK_SESSION_MS);
    const ping = setInterval(() => socket.ping(), PING_MS);
    this.#timers.set(socket, [check, ping]);
  }

  handleDisconnect(socket: WebSocket): void {
    this.backoffice.live.leave(socket);
    for (const timer of this.#timers.get(socket) ?? []) clearInterval(timer);
    this.#timers.delete(socket);
  }

  /** The only thing a page may say; anything else is ignored. */
  #said(socket: WebSocket, text: string): void {
    try {
      const wish = liveSubscribeSchema.safeParse(JSON.parse(text));
      if (wish.success) this.backoffice.live.subscribe(socket, wish.data.subscribe);
    } catch {
      // Not JSON: nothing we asked for.
    }
  }

  async #check(socket: WebSocket, request: IncomingMessage): Promise<void> {
    const actor = await authenticate(this.backoffice, request).catch(() => undefined);
    if (actor === null) socket.close(SIGNED_OUT, 'signed out');
  }
}
