import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import { createRPCError, RPCClient, RPCServer } from 'ocpp-rpc';
import errors from 'ocpp-rpc/lib/errors.js';
import standardValidators from 'ocpp-rpc/lib/standard-validators.js';
import symbols from 'ocpp-rpc/lib/symbols.js';

/** The parts of ocpp-rpc that are used, as they really are: its own type declarations lack events and options. */
export interface RpcCall {
  readonly messageId: string;
  readonly method: string;
  readonly params: unknown;
}

export interface StrictFailure {
  readonly messageId: string;
  readonly method: string;
  readonly params: unknown;
  readonly error: Error;
  /** true: an answer or call of ours was wrong. */
  readonly outbound: boolean;
  /** false: an answer; `result` is what it said. */
  readonly isCall: boolean;
  readonly result: unknown;
}

interface RpcPeer {
  handle(handler: (call: RpcCall) => Promise<unknown>): void;
  handle(method: string, handler: (call: RpcCall) => unknown): void;
  call(method: string, params: unknown, options?: { callTimeoutMs?: number }): Promise<unknown>;
  close(options?: { code?: number; reason?: string; awaitPending?: boolean; force?: boolean }): Promise<unknown>;
  sendRaw(message: string): void;
  on(event: 'close' | 'disconnect', listener: (info: { code: number; reason: string }) => void): unknown;
  on(event: 'badMessage', listener: (info: { buffer: Buffer | string; error: Error }) => void): unknown;
  on(event: 'strictValidationFailure', listener: (failure: StrictFailure) => void): unknown;
  on(event: 'socketError', listener: (error: Error) => void): unknown;
  on(event: 'message', listener: (info: { message: string; outbound: boolean }) => void): unknown;
}

export interface RpcServerClient extends RpcPeer {
  readonly session: Record<string, unknown>;
}

interface Socket {
  pause(): void;
  resume(): void;
}

/** Stops or goes on taking frames from the peer, which then waits in its own sending. ocpp-rpc has no such means of its own. */
export function hold(client: RpcServerClient, isHeld: boolean): void {
  const { _ws: socket } = client as unknown as { readonly _ws?: Socket | null };
  if (isHeld) socket?.pause();
  else socket?.resume();
}

export interface RpcClient extends RpcPeer {
  connect(): Promise<unknown>;
}

export interface RpcServer {
  readonly handleUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void>;
  auth(
    callback: (
      accept: (session: Record<string, unknown>, protocol: string) => void,
      reject: (code: number, message: string) => void,
      handshake: { readonly request: IncomingMessage },
    ) => void,
  ): void;
  on(event: 'client', listener: (client: RpcServerClient) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(options: { code: number; reason: string }): Promise<void>;
}

/** What ocpp-rpc asks whether a call or an answer is to the schema: `urn:Heartbeat.req`, `urn:Heartbeat.conf`. Throws when not. */
export interface CallValidator {
  readonly subprotocol: string;
  validate(schemaId: string, payload: unknown): unknown;
}

export interface RpcServerOptions {
  readonly protocols: readonly string[];
  readonly strictMode: boolean;
  readonly strictModeValidators: readonly CallValidator[];
  readonly maxBadMessages: number;
  readonly callTimeoutMs: number;
  readonly pingIntervalMs: number;
  readonly wssOptions: { readonly maxPayload: number };
}

export interface RpcClientOptions {
  readonly endpoint: string;
  readonly identity: string;
  readonly password?: string | Buffer;
  readonly protocols: readonly string[];
  readonly strictMode: boolean;
  readonly reconnect: boolean;
  readonly callTimeoutMs?: number;
  readonly pingIntervalMs?: number;
}

export function createRpcServer(options: RpcServerOptions): RpcServer {
  return new RPCServer(options as unknown as ConstructorParameters<typeof RPCServer>[0]) as unknown as RpcServer;
}

/**
 * ocpp-rpc's own check of a subprotocol, which asks `admits` about a call that fails it by that breach. Answers, and calls that are
 * not admitted, fail as ever.
 */
export function schemaValidator(
  subprotocol: string,
  admits: (action: string, payload: unknown, breach: Error) => boolean,
): CallValidator {
  const validators = standardValidators as unknown as readonly CallValidator[];
  const schema = validators.find((one) => one.subprotocol === subprotocol);
  if (schema === undefined) throw new Error(`ocpp-rpc has no schema of ${subprotocol}`);
  compileQuietly(schema);
  return {
    subprotocol,
    validate(schemaId, payload) {
      try {
        return schema.validate(nameIn(subprotocol, schemaId), payload);
      } catch (error) {
        const action = /^urn:(.+)\.req$/.exec(schemaId)?.[1];
        const breach = error instanceof Error ? error : new Error(String(error));
        if (action === undefined || !admits(action, payload, breach)) throw error;
        return true;
      }
    },
  };
}

/** The schemas of 2.1 make ajv write warnings about their style, hundreds of lines long, to the console of the process. */
function compileQuietly(schema: CallValidator): void {
  const { _ajv: ajv } = schema as unknown as { readonly _ajv?: { readonly opts: { strictTypes: boolean } } };
  if (ajv !== undefined) ajv.opts.strictTypes = false;
}

/** ocpp-rpc asks for `urn:Heartbeat.req` and `.conf`, but names its schemas of 2.1 `urn:HeartbeatRequest` and `Response` (2.2.1). */
function nameIn(subprotocol: string, schemaId: string): string {
  if (subprotocol !== 'ocpp2.1') return schemaId;
  return schemaId.replace(/\.req$/, 'Request').replace(/\.conf$/, 'Response');
}

/** A charger's side; only simulated chargers use it. */
export function createRpcClient(options: RpcClientOptions): RpcClient {
  return new RPCClient(options as unknown as ConstructorParameters<typeof RPCClient>[0]) as unknown as RpcClient;
}

/** A CALLERROR: throw it in a handler. */
export function rpcError(code: 'InternalError' | 'NotImplemented' | 'SecurityError', description: string): Error {
  return createRPCError(code, description, {}) as unknown as Error;
}

/** A handler that returns this leaves the call unanswered: the charger keeps the message and sends it again. */
export const NO_REPLY: unknown = symbols.NOREPLY;

/** The peer answered our call with CALLERROR; ocpp-rpc knows OCPP's codes, others are GenericError. */
export function isCallError(error: Error): error is Error & { readonly rpcErrorCode: string } {
  return error instanceof errors.RPCError;
}

/** No answer to our call came in time. */
export function isTimeout(error: Error): boolean {
  return error instanceof errors.TimeoutError;
}
