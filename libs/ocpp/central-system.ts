import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { Duplex } from 'node:stream';

import { BackPressure } from './back-pressure.js';
import { callCharger, type CallOutcome, type OutboundCall } from './call-charger.js';
import type { RateLimit } from './frame-rate.js';
import { FrameRates } from './frame-rates.js';
import { readHandshake, REFUSAL_STATUS, type Handshake, type RefusalReason } from './handshake.js';
import type { Answer, ChargerMessage, Protocol } from './messages.js';
import { PARSERS, type Parser } from './parsers.js';
import {
  createRpcServer,
  isCallError,
  NO_REPLY,
  rpcError,
  schemaValidator,
  type RpcCall,
  type RpcServer,
  type RpcServerClient,
  type StrictFailure,
} from './rpc.js';
import { SerialQueues } from './serial-queues.js';
import { storable } from './storable.js';

const PROTOCOLS = [...PARSERS.keys()];

export const LIMITS = {
  /** Frames larger than this close the socket (1009); ws would take 100 MiB. */
  maxPayloadBytes: 512 * 1024,
  /** Frames in a row that are no OCPP-J before the socket is closed. */
  maxBadMessages: 10,
  /** Calls of one charger that wait before no more are read from its socket; the specification allows one at a time. */
  heldAtCalls: 32,
  /** Calls of one charger that may wait in all, with those that had arrived by then; more close the socket. */
  maxWaitingCalls: 4_096,
  /** Frames of one charger: what may come at once, and from then on per second; faster ones wait in its own sending. */
  frames: { burst: 2_000, perSecond: 200 },
  /** Handshakes being judged at once. */
  maxHandshakes: 1_000,
  pingIntervalMs: 30_000,
  callTimeoutMs: 30_000,
  /** Calls of ours to one charger that wait for their turn: it takes one at a time. */
  maxWaitingCommands: 16,
} as const;

/** Those of LIMITS that bound what waits. */
export type WaitingLimits = Readonly<Record<'heldAtCalls' | 'maxWaitingCalls' | 'maxHandshakes', number>>;

/** A socket that was accepted. */
export interface OpenConnection {
  readonly chargerId: string;
  readonly connectionId: string;
  readonly protocol: Protocol;
  readonly since: Date;
}

/** Who may come in and is no charger yet; `guestId` names the record that waits for a person. */
export interface Guest {
  readonly guestId: string;
}

export interface ChargerCall {
  readonly chargerId: string;
  readonly protocol: Protocol;
  readonly messageId: string;
  readonly action: string;
  readonly payload: Record<string, unknown>;
  readonly message: ChargerMessage;
  /** How the payload breaks the schema, where it was read all the same. */
  readonly breach?: Error;
}

export interface CentralSystemOptions {
  /** Whether a proxy of ours, which ends TLS, is at the address; none when not given. */
  isTlsProxy?(address: string): boolean;
  /** Judges identity and password. */
  authenticate(handshake: Handshake): Promise<'accepted' | RefusalReason | Guest>;
  /** Answers a call; a throw becomes CALLERROR InternalError. Calls of one charger come one after another. */
  onCall(call: ChargerCall): Promise<Answer>;
  /** Answers a call of a guest; null is CALLERROR SecurityError: not before it is adopted. */
  onGuestCall?(guestId: string, call: ChargerCall): Promise<Answer | null>;
  onConnected(chargerId: string, protocol: Protocol): void;
  /** A socket was accepted; it is the charger's from now on, whatever socket was before. */
  onOpened?(connection: OpenConnection): void;
  /** A socket has closed, be it the charger's still or an older one. */
  onClosed?(connection: OpenConnection): void;
  /** The charger has no socket left. */
  onDisconnected(chargerId: string): void;
  onRefused(identity: string, reason: RefusalReason): void;
  /** A frame or payload that got a CALLERROR instead of a record; `text` as it came, where that is known. */
  onMalformed(chargerId: string, action: string | null, error: Error, text?: string): void;
  /** A call of ours has gone as it went. */
  onAsked?(asked: AskedCall): void;
  /** The charger's frames came faster than they are read. */
  onSlowed?(chargerId: string): void;
  /** The rate of frames; LIMITS when not given. */
  readonly frames?: RateLimit;
  /** LIMITS where not given. */
  readonly limits?: Partial<WaitingLimits>;
  /** Something of ours went wrong. */
  onFault(chargerId: string | null, error: unknown): void;
}

/** A call of ours to a charger, and how it went. */
export interface AskedCall {
  readonly chargerId: string;
  readonly protocol: Protocol;
  readonly action: string;
  readonly payload: Record<string, unknown>;
  readonly sentAt: Date;
  readonly outcome: CallOutcome;
}

/** A payload that breaks the schema, as it is read. */
interface Mended {
  readonly read: Record<string, unknown>;
  readonly breach: Error;
}

interface Caller {
  readonly chargerId: string;
  readonly protocol: Protocol;
  readonly parser: Parser;
  readonly client: RpcServerClient;
  readonly pressure: BackPressure;
  /** Where a call that nobody handles is told of. */
  onUnknown(call: RpcCall, error: Error): void;
}

/** The central system of OCPP-J on an http server: everything that is an upgrade to `/ocpp/{chargePointId}`. */
export class CentralSystem {
  private readonly rpc: RpcServer;
  private readonly admitted = new WeakMap<IncomingMessage, Record<string, unknown>>();
  /** Sockets of guests by the name they give; none of them is a charger's. */
  private readonly guests = new Map<string, RpcServerClient>();
  private readonly connections = new Map<string, RpcServerClient>();
  private readonly rates: FrameRates;
  private readonly limits: WaitingLimits;
  private readonly queues: SerialQueues;
  private readonly commands = new SerialQueues(LIMITS.maxWaitingCommands);
  /** Answers of chargers that are not to the schema, by the error their call is rejected with. */
  private readonly malformedAnswers = new WeakMap<Error, unknown>();
  /** Payloads that break the schema and can be read all the same. */
  private readonly mended = new WeakMap<object, Mended>();
  private handshakes = 0;
  private closing = false;

  constructor(
    server: Server,
    private readonly options: CentralSystemOptions,
  ) {
    this.limits = { ...LIMITS, ...options.limits };
    this.queues = new SerialQueues(this.limits.maxWaitingCalls);
    const isThere = (chargerId: string): boolean => this.connections.has(chargerId) || this.guests.has(chargerId);
    this.rates = new FrameRates(options.frames ?? LIMITS.frames, isThere);
    this.rpc = createRpcServer({
      protocols: PROTOCOLS,
      strictMode: true,
      strictModeValidators: [...PARSERS].map(([protocol, parser]) =>
        schemaValidator(protocol, (action, payload, breach) => this.admits(parser, action, payload, breach)),
      ),
      maxBadMessages: LIMITS.maxBadMessages,
      callTimeoutMs: LIMITS.callTimeoutMs,
      pingIntervalMs: LIMITS.pingIntervalMs,
      wssOptions: { maxPayload: LIMITS.maxPayloadBytes },
    });
    this.rpc.auth((accept, reject, { request }) => {
      const session = this.admitted.get(request);
      if (session === undefined) reject(401, 'Unauthorized');
      else accept(session, String(session['protocol']));
    });
    this.rpc.on('client', (client) => this.welcome(client));
    this.rpc.on('error', (error) => this.options.onFault(null, error));
    this.attach(server);
  }

  /** Chargers come by this server, too. */
  attach(server: Server | SecureServer): void {
    server.on('upgrade', (request, socket, head) => {
      this.upgrade(request, socket, head).catch((error: unknown) => {
        this.options.onFault(null, error);
        socket.destroy();
      });
    });
  }

  /** Chargers with an open socket. */
  get connected(): string[] {
    return [...this.connections.keys()];
  }

  /** Calls that were taken and not yet answered. */
  get pending(): number {
    return this.queues.pending;
  }

  /** The open sockets. */
  get connectionsOpen(): OpenConnection[] {
    return [...this.connections.values()].map(connectionOf);
  }

  /** The charger's socket in this process; null when it has none here. */
  connection(chargerId: string): OpenConnection | null {
    const client = this.connections.get(chargerId);
    return client === undefined ? null : connectionOf(client);
  }

  /**
   * Runs a task that calls the charger after the earlier ones: a charger takes one call at a time. Null, without running
   * it, when too many wait.
   */
  inTurn<T>(chargerId: string, task: () => Promise<T>): Promise<T> | null {
    return this.commands.run(chargerId, task);
  }

  /** Calls a charger on the given socket; every way it can go is a value. */
  async call(connection: Pick<OpenConnection, 'chargerId' | 'connectionId'>, call: OutboundCall): Promise<CallOutcome> {
    const client = this.connections.get(connection.chargerId);
    if (client === undefined || connectionOf(client).connectionId !== connection.connectionId) return { kind: 'lost' };
    const sentAt = new Date();
    const outcome = await callCharger(client, { timeoutMs: LIMITS.callTimeoutMs, ...call }, this.malformedAnswers);
    const { chargerId, protocol } = connectionOf(client);
    this.options.onAsked?.({ chargerId, protocol, action: call.action, payload: call.payload, sentAt, outcome });
    return outcome;
  }

  /** Guests that are here, by the name they give. */
  get guestsOpen(): { readonly chargerId: string; readonly guestId: string }[] {
    return [...this.guests].map(([chargerId, { session }]) => ({ chargerId, guestId: String(session['guestId']) }));
  }

  /** Closes a guest's socket: a person has decided. It comes back as a charger, or is refused. */
  dismiss(chargerId: string): void {
    this.guests
      .get(chargerId)
      ?.close({ code: 1012, reason: 'come again' })
      .catch(() => undefined);
  }

  /** Closes a socket because the charger has a newer one elsewhere. */
  drop(chargerId: string): void {
    this.connections
      .get(chargerId)
      ?.close({ force: true })
      .catch(() => undefined);
  }

  /** Takes no more connections, answers what was taken, then closes the sockets. */
  async close(): Promise<void> {
    this.closing = true;
    await this.queues.drained();
    await new Promise((resolve) => setImmediate(resolve)); // the last answers leave
    const open = [...this.connections.values(), ...this.guests.values()];
    await Promise.race([
      Promise.all(open.map((client) => client.close({ code: 1001, reason: 'restarting' }).catch(() => undefined))),
      new Promise((resolve) => setTimeout(resolve, 2_000).unref()),
    ]);
    for (const client of open) client.close({ force: true }).catch(() => undefined);
  }

  private async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const ignore = (): void => undefined;
    socket.on('error', ignore); // a peer that hangs up while being judged
    const handshake = readHandshake(request, PROTOCOLS, (address) => this.options.isTlsProxy?.(address) ?? false);
    if ('refused' in handshake) return this.refuse(socket, handshake.identity, handshake.refused);
    if (this.closing || this.handshakes >= this.limits.maxHandshakes) {
      return this.refuse(socket, handshake.identity, 'too-busy');
    }
    this.handshakes += 1;
    let verdict: 'accepted' | RefusalReason | Guest;
    try {
      verdict = await this.options.authenticate(handshake);
      if (verdict !== 'accepted' && typeof verdict === 'string')
        return this.refuse(socket, handshake.identity, verdict);
      if (this.closing) return this.refuse(socket, handshake.identity, 'too-busy');
    } catch (error) {
      this.options.onFault(handshake.chargerId, error);
      return this.refuse(socket, handshake.identity, 'too-busy');
    } finally {
      this.handshakes -= 1;
    }
    this.admitted.set(request, { ...sessionOf(handshake), ...(verdict === 'accepted' ? {} : verdict) });
    request.url = `/ocpp/${encodeURIComponent(handshake.identity)}`; // ocpp-rpc takes what follows the last slash
    await this.rpc.handleUpgrade(request, socket, head);
    socket.removeListener('error', ignore);
  }

  private refuse(socket: Duplex, identity: string, reason: RefusalReason): void {
    const status = REFUSAL_STATUS[reason];
    const challenge = status === 401 ? 'WWW-Authenticate: Basic realm="ocpp", charset="UTF-8"\r\n' : '';
    socket.end(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${challenge}Connection: close\r\nContent-Length: 0\r\n\r\n`,
      () => socket.destroy(),
    );
    this.options.onRefused(identity, reason);
  }

  /** Handlers are attached before this returns: the first frame comes with the next tick. */
  private welcome(client: RpcServerClient): void {
    const { chargerId, protocol } = connectionOf(client);
    const parser = PARSERS.get(protocol);
    if (parser === undefined) throw new Error(`nobody reads ${protocol}`);
    const { guestId } = client.session;
    if (typeof guestId === 'string') return this.receive(client, guestId, parser);
    const former = this.connections.get(chargerId);
    this.connections.set(chargerId, client); // the newest socket of an identity is the charger
    former?.close({ force: true }).catch(() => undefined);
    const pressure = new BackPressure(
      client,
      () => this.rates.of(chargerId),
      () => this.options.onSlowed?.(chargerId),
    );
    const onUnknown = (call: RpcCall, error: Error): void =>
      this.options.onMalformed(chargerId, call.method, error, textOf({ isCall: true, result: null, ...call }));
    client.handle((call) => this.take({ chargerId, protocol, parser, client, pressure, onUnknown }, call));
    client.on('message', ({ outbound }) => {
      if (!outbound) pressure.frame();
    });
    client.on('badMessage', ({ error, buffer }) => {
      if (!isLateAnswer(error)) this.options.onMalformed(chargerId, null, error, String(buffer));
    });
    client.on('strictValidationFailure', (failure) => {
      if (!failure.outbound && !failure.isCall) this.malformedAnswers.set(failure.error, failure.result);
      if (failure.outbound) this.options.onFault(chargerId, failure.error);
      else this.options.onMalformed(chargerId, failure.method, failure.error, textOf(failure));
    });
    client.on('socketError', (error) => this.options.onMalformed(chargerId, null, error));
    client.on('close', () => {
      pressure.close();
      this.options.onClosed?.(connectionOf(client));
      if (this.connections.get(chargerId) !== client) return; // replaced: the late close of an old socket says nothing
      this.connections.delete(chargerId);
      this.rates.left(chargerId);
      this.options.onDisconnected(chargerId);
    });
    this.options.onOpened?.(connectionOf(client));
    if (former === undefined) this.options.onConnected(chargerId, protocol);
  }

  /** A guest says what it is and is kept waiting; nothing of it is a charger's. */
  private receive(client: RpcServerClient, guestId: string, parser: Parser): void {
    const { chargerId, protocol } = connectionOf(client);
    const former = this.guests.get(chargerId);
    this.guests.set(chargerId, client);
    former?.close({ force: true }).catch(() => undefined);
    const pressure = new BackPressure(
      client,
      () => this.rates.of(chargerId),
      () => undefined,
    );
    client.on('message', ({ outbound }) => {
      if (!outbound) pressure.frame();
    });
    client.on('close', () => {
      pressure.close();
      if (this.guests.get(chargerId) === client) this.guests.delete(chargerId);
      this.rates.left(chargerId);
    });
    const onCall = async (call: ChargerCall): Promise<Answer> => {
      const answer = (await this.options.onGuestCall?.(guestId, call)) ?? null;
      if (answer === null) throw rpcError('SecurityError', 'waiting for adoption');
      return answer;
    };
    const onUnknown = (): void => undefined;
    client.handle((call) => this.take({ chargerId, protocol, parser, client, pressure, onUnknown }, call, onCall));
  }

  /** Of the calls that are not to the schema: those nobody handles (said by `take`), and those that can be read. */
  private admits(parser: Parser, action: string, payload: unknown, breach: Error): boolean {
    if (!parser.isKnown(action)) return true;
    const read = parser.mend(action, payload);
    if (read === null || !isObject(payload)) return false;
    this.mended.set(payload, { read, breach });
    return true;
  }

  private async take(
    { chargerId, protocol, parser, client, pressure, onUnknown }: Caller,
    call: RpcCall,
    onCall: (call: ChargerCall) => Promise<Answer> = (charger) => this.options.onCall(charger),
  ): Promise<unknown> {
    if (this.closing) return NO_REPLY;
    const payload = storable(call.params) as Record<string, unknown>;
    const mended = isObject(call.params) ? this.mended.get(call.params) : undefined;
    const read = mended === undefined ? payload : storable(mended.read);
    const message = parser.parse(call.method, read, mended !== undefined);
    if (message === null) {
      const error = rpcError('NotImplemented', `${call.method} is not for a central system`);
      onUnknown(call, error);
      throw error;
    }
    const messageId = String(storable(call.messageId));
    const breach = mended === undefined ? {} : { breach: mended.breach };
    const answer = this.queues.run(chargerId, () =>
      onCall({ chargerId, protocol, messageId, action: call.method, payload, message, ...breach }),
    );
    if (answer === null) {
      client.close({ force: true }).catch(() => undefined); // it will come back and send again
      return NO_REPLY;
    }
    if (this.queues.waiting(chargerId) >= this.limits.heldAtCalls) pressure.full(true);
    return answer
      .catch((error: unknown) => {
        if (error instanceof Error && isCallError(error)) throw error;
        this.options.onFault(chargerId, error);
        throw rpcError('InternalError', 'not recorded, send again');
      })
      .finally(() => {
        if (this.queues.waiting(chargerId) < this.limits.heldAtCalls) pressure.full(false);
      });
  }
}

/** What a socket carries along of its charger; nothing more is kept for one that is idle. */
function sessionOf({ chargerId, protocol }: Handshake): Record<string, unknown> {
  return { chargerId, protocol, connectionId: randomUUID(), since: new Date() };
}

function connectionOf({ session }: RpcServerClient): OpenConnection {
  return session as unknown as OpenConnection;
}

/** The answer to a call that was given up before: slow, not wrong. */
function isLateAnswer(error: Error): boolean {
  return (
    'rpcErrorCode' in error && error.rpcErrorCode === 'RpcFrameworkError' && /for unrecognised/.test(error.message)
  );
}

/** What broke the schema, or nobody handles, as a frame. */
function textOf({ isCall, messageId, method, params, result }: Omit<StrictFailure, 'error' | 'outbound'>): string {
  return JSON.stringify(isCall ? [2, messageId, method, params] : [3, messageId, result]);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
