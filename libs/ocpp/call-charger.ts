import { isCallError, isTimeout, type RpcServerClient } from './rpc.js';
import { storable } from './storable.js';

export interface OutboundCall {
  readonly action: string;
  readonly payload: Record<string, unknown>;
  readonly timeoutMs?: number;
}

/** How a call of ours to a charger went. */
export type CallOutcome =
  | { readonly kind: 'answer'; readonly response: unknown }
  /** It answered with CALLERROR. */
  | { readonly kind: 'error'; readonly code: string; readonly description: string }
  /** What it answered is not to the schema. */
  | { readonly kind: 'malformed'; readonly response: unknown; readonly error: string }
  | { readonly kind: 'timed-out' }
  /** The socket went before the answer came, or before the call could leave. */
  | { readonly kind: 'lost' };

/** Calls a charger on its socket. `malformed` holds the answers that failed the schema, by the error of their call. */
export async function callCharger(
  client: RpcServerClient,
  { action, payload, timeoutMs }: OutboundCall,
  malformed: WeakMap<Error, unknown>,
): Promise<CallOutcome> {
  try {
    const options = timeoutMs === undefined ? {} : { callTimeoutMs: timeoutMs };
    return { kind: 'answer', response: storable(await client.call(action, payload, options)) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (malformed.has(error)) {
      return { kind: 'malformed', response: storable(malformed.get(error)), error: String(storable(error.message)) };
    }
    if (isTimeout(error)) return { kind: 'timed-out' };
    if (isCallError(error)) {
      const description = String(storable(error.message));
      return { kind: 'error', code: String(storable(error.rpcErrorCode)), description };
    }
    return { kind: 'lost' }; // "Client disconnected", "Cannot make call while socket not open"
  }
}
