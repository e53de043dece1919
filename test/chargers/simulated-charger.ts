import { randomUUID } from 'node:crypto';

import { createRpcClient, type RpcClient } from '#libs/ocpp/rpc.js';

import { SimulatedConfiguration, type KeyBehaviour } from './simulated-configuration.js';

export interface SimulatedChargerOptions {
  /** `ws://host:port`, with or without `/ocpp` or the `/ocpp/{code}` of an enrolment window. */
  readonly url: string;
  readonly chargePointId: string;
  readonly password: string;
  /** Subprotocols offered, the preferred one first; `ocpp1.6` when not given. */
  readonly protocols?: readonly string[];
  /** OCPP 1.6 model words told at boot. */
  readonly vendor?: string;
  readonly model?: string;
  readonly firmware?: string;
  /** How long a call or a lost connection is tried again before it is an error; 60 s when not given. */
  readonly patienceMs?: number;
  /** Pause between attempts to reconnect; 100 ms when not given. */
  readonly retryMs?: number;
  /** How long one call waits for its answer; 20 s when not given. */
  readonly callTimeoutMs?: number;
  /** A retry after a lost connection carries the same message id (most chargers) or a new one. */
  readonly retryWithNewId?: boolean;
  /** How it takes what the central system sets, by key; as it should when not named. */
  readonly keys?: Readonly<Record<string, KeyBehaviour>>;
  /** Answers calls of the central system; as a charger that does all it is asked when not given. */
  readonly onCommand?: (action: string, payload: unknown) => unknown;
}

export type Payload = Record<string, unknown>;

/** The central system answered CALLERROR. */
export class CallError extends Error {
  constructor(
    readonly code: string,
    description: string,
  ) {
    super(`${code}: ${description}`);
  }
}

interface Pending {
  resolve(answer: Payload): void;
  reject(error: Error): void;
}

class ConnectionLost extends Error {}

/**
 * A charger as the central system sees one: OCPP 1.6J, Basic auth, one call at a time. What it has to say is kept
 * until it is answered: when the socket drops or the central system cannot record, the same payload is sent again.
 */
export class SimulatedCharger {
  readonly chargePointId: string;
  /** What the central system sets and reads. */
  readonly configuration: SimulatedConfiguration;
  /** How often it tried to open a socket, and how often it sent a call, each time that it was sent again among them. */
  readonly tries = { sockets: 0, calls: 0 };
  private url: string;
  private client: RpcClient | undefined;
  private connecting: Promise<void> | undefined;
  private readonly pending = new Map<string, Pending>();
  private tail: Promise<unknown> = Promise.resolve();
  private offline = false;
  private backOnline = Promise.withResolvers<void>();
  private closed = false;

  constructor(protected readonly options: SimulatedChargerOptions) {
    this.chargePointId = options.chargePointId;
    this.url = options.url;
    this.configuration = new SimulatedConfiguration(options.keys, options.protocols?.[0]?.startsWith('ocpp2') ?? false);
  }

  get isConnected(): boolean {
    return this.client !== undefined;
  }

  /** From now on it connects there; an open socket stays. */
  moveTo(url: string): void {
    this.url = url;
  }

  /** Opens the socket. Rejects with the HTTP status as `code` when it is refused. */
  async connect(): Promise<void> {
    this.closed = false;
    this.offline = false;
    this.backOnline.resolve();
    if (this.client !== undefined) return;
    this.connecting ??= this.open().finally(() => {
      this.connecting = undefined;
    });
    return this.connecting;
  }

  /** Closes the socket and gives up what was not answered. */
  async close(): Promise<void> {
    this.closed = true;
    this.backOnline.resolve();
    await this.dropSocket();
  }

  /** Loses the network: calls made from now on wait, as in a charger's own memory, until `connect()`. */
  async goOffline(): Promise<void> {
    if (!this.offline) this.backOnline = Promise.withResolvers();
    this.offline = true;
    await this.dropSocket();
  }

  /** Back on the network: what waits is delivered in order. Resolves when all of it is answered. */
  async deliver(): Promise<void> {
    await this.connect();
    await this.tail.catch(() => undefined);
  }

  /** Sends a frame exactly as given; for misbehaviour. The answer, if any, comes to nobody. */
  sendRaw(frame: string): void {
    if (this.client === undefined) throw new Error(`${this.chargePointId} is not connected`);
    this.client.sendRaw(frame);
  }

  /** One OCPP call; resolves with the answer. Calls go one after another in the order made. Rejects with CallError. */
  call(action: string, payload: Payload, messageId: string = randomUUID()): Promise<Payload> {
    const result = this.tail.then(() => this.callUntilAnswered(action, payload, messageId));
    this.tail = result.catch(() => undefined);
    return result;
  }

  boot(): Promise<Payload> {
    return this.call('BootNotification', {
      chargePointVendor: this.options.vendor ?? 'ChaZeMo',
      chargePointModel: this.options.model ?? 'Simulado 22',
      firmwareVersion: this.options.firmware ?? '1.0.0',
    });
  }

  heartbeat(): Promise<Payload> {
    return this.call('Heartbeat', {});
  }

  status(connectorId: number, status: string, errorCode = 'NoError', at?: Date | string): Promise<Payload> {
    return this.call('StatusNotification', {
      connectorId,
      status,
      errorCode,
      ...(at === undefined ? {} : { timestamp: isoOf(at) }),
    });
  }

  /** The card's status as the central system sees it: Accepted, Blocked, Expired, Invalid. */
  async authorize(idTag: string): Promise<string> {
    const answer = await this.call('Authorize', { idTag });
    return statusOf(answer);
  }

  async start(start: StartOptions): Promise<{ transactionId: number; status: string }> {
    const { connectorId, idTag, meterStartWh, at } = start;
    const payload = { connectorId, idTag, meterStart: meterStartWh, timestamp: isoOf(at) };
    const answer = await this.call('StartTransaction', payload);
    const transactionId = Number(answer['transactionId']);
    this.configuration.profiles.charges(connectorId, transactionId);
    return { transactionId, status: statusOf(answer) };
  }

  meterValues(values: MeterValuesOptions): Promise<Payload> {
    const { connectorId, transactionId, samples } = values;
    return this.call('MeterValues', {
      connectorId,
      ...(transactionId === undefined ? {} : { transactionId }),
      meterValue: samples.map(meterValueOf),
    });
  }

  stop(stop: StopOptions): Promise<Payload> {
    this.configuration.profiles.ends(stop.transactionId);
    return this.call('StopTransaction', {
      transactionId: stop.transactionId,
      meterStop: stop.meterStopWh,
      timestamp: isoOf(stop.at),
      ...(stop.reason === undefined ? {} : { reason: stop.reason }),
      ...(stop.idTag === undefined ? {} : { idTag: stop.idTag }),
      ...(stop.samples === undefined ? {} : { transactionData: stop.samples.map(meterValueOf) }),
    });
  }

  dataTransfer(vendorId: string, data?: string): Promise<Payload> {
    return this.call('DataTransfer', { vendorId, ...(data === undefined ? {} : { data }) });
  }

  private async open(): Promise<void> {
    this.tries.sockets += 1;
    const base = this.url.replace(/\/+$/, '');
    const client = createRpcClient({
      endpoint: /\/ocpp(?:\/|$)/.test(base) ? base : `${base}/ocpp`,
      identity: this.chargePointId,
      password: this.options.password,
      protocols: this.options.protocols ?? ['ocpp1.6'],
      strictMode: false, // misbehaviour is part of what it does
      reconnect: false,
    });
    client.handle(async ({ method, params }) =>
      this.options.onCommand === undefined
        ? this.configuration.answer(method, params)
        : (this.options.onCommand(method, params) ?? {}),
    );
    client.on('message', ({ message, outbound }) => {
      if (!outbound) this.receive(message);
    });
    client.on('disconnect', () => this.lost(client));
    client.on('close', () => this.lost(client));
    await client.connect();
    this.client = client;
  }

  /** The answers to our own calls; calls of the central system are ocpp-rpc's to handle. */
  private receive(message: string): void {
    const frame: unknown = JSON.parse(message);
    if (!Array.isArray(frame) || frame[0] === 2) return;
    const waiting = this.pending.get(String(frame[1]));
    if (waiting === undefined) return;
    this.pending.delete(String(frame[1]));
    if (frame[0] === 3) waiting.resolve(frame[2] as Payload);
    else waiting.reject(new CallError(String(frame[2]), String(frame[3])));
  }

  private lost(client: RpcClient): void {
    if (this.client !== client) return;
    this.client = undefined;
    for (const waiting of this.pending.values()) waiting.reject(new ConnectionLost('the socket closed'));
    this.pending.clear();
  }

  private async dropSocket(): Promise<void> {
    const { client } = this;
    if (client === undefined) return;
    await client.close({ force: true }).catch(() => undefined);
    this.lost(client);
  }

  private async callUntilAnswered(action: string, payload: Payload, firstId: string): Promise<Payload> {
    const until = Date.now() + (this.options.patienceMs ?? 60_000);
    for (let messageId = firstId; ;) {
      try {
        if (this.offline) await this.backOnline.promise;
        if (this.closed) throw new Error(`${this.chargePointId} is closed`);
        await this.connectOnce();
        return await this.send(action, payload, messageId);
      } catch (error) {
        if (!isWorthRetrying(error) || Date.now() > until || this.closed) throw error;
        await new Promise((resolve) => setTimeout(resolve, this.options.retryMs ?? 100));
        if (this.options.retryWithNewId === true) messageId = randomUUID();
      }
    }
  }

  private async connectOnce(): Promise<void> {
    if (this.client !== undefined) return;
    this.connecting ??= this.open().finally(() => {
      this.connecting = undefined;
    });
    await this.connecting;
  }

  private send(action: string, payload: Payload, messageId: string): Promise<Payload> {
    const { promise, resolve, reject } = Promise.withResolvers<Payload>();
    const timer = setTimeout(() => {
      this.pending.delete(messageId);
      reject(new ConnectionLost(`no answer to ${action}`));
    }, this.options.callTimeoutMs ?? 20_000);
    this.pending.set(messageId, { resolve, reject });
    this.tries.calls += 1;
    this.sendRaw(JSON.stringify([2, messageId, action, payload]));
    return promise.finally(() => clearTimeout(timer));
  }
}

/** The connection went, the server is not there yet, or it could not record; not when it refuses the password or the frame. */
function isWorthRetrying(error: unknown): boolean {
  if (error instanceof ConnectionLost) return true;
  if (error instanceof CallError) return error.code === 'InternalError';
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : '';
  return (
    /^(ECONNREFUSED|ECONNRESET|EPIPE|503|ABORT_ERR)$/.test(code) ||
    /not connected|socket hang up|closed before/i.test(message)
  );
}

export interface StartOptions {
  readonly connectorId: number;
  readonly idTag: string;
  readonly meterStartWh: number;
  readonly at: Date | string;
}

export interface SampleOptions {
  readonly at: Date | string;
  readonly wh?: number;
  readonly exportWh?: number;
  readonly powerW?: number;
  readonly offeredW?: number;
  /** Sample.Clock when not given. */
  readonly context?: string;
}

export interface MeterValuesOptions {
  readonly connectorId: number;
  readonly transactionId?: number;
  readonly samples: readonly SampleOptions[];
}

export interface StopOptions {
  readonly transactionId: number;
  readonly meterStopWh: number;
  readonly at: Date | string;
  readonly reason?: string;
  readonly idTag?: string;
  readonly samples?: readonly SampleOptions[];
}

function meterValueOf(sample: SampleOptions): Payload {
  const context = sample.context ?? 'Sample.Clock';
  const value = (measurand: string, figure: number | undefined, unit: string): Payload[] =>
    figure === undefined ? [] : [{ value: String(figure), context, measurand, unit }];
  return {
    timestamp: isoOf(sample.at),
    sampledValue: [
      ...value('Energy.Active.Import.Register', sample.wh, 'Wh'),
      ...value('Energy.Active.Export.Register', sample.exportWh, 'Wh'),
      ...value('Power.Active.Import', sample.powerW, 'W'),
      ...value('Power.Offered', sample.offeredW, 'W'),
    ],
  };
}

function isoOf(at: Date | string): string {
  return typeof at === 'string' ? at : at.toISOString();
}

function statusOf(answer: Payload): string {
  const info = answer['idTagInfo'];
  return typeof info === 'object' && info !== null && 'status' in info ? String(info.status) : '';
}
