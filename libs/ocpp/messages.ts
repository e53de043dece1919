import type { Stamp } from './timestamp.js';

/** OCPP versions by their WebSocket subprotocol. */
export type Protocol = 'ocpp1.6' | 'ocpp2.0.1' | 'ocpp2.1';

/** What a charger says, whatever its OCPP version: energy in integer Wh, power in integer W. */
export type ChargerMessage =
  | BootMessage
  | { readonly kind: 'heartbeat' }
  | StatusMessage
  | { readonly kind: 'authorize'; readonly idTag: string }
  | TransactionStarted
  | MeterValues
  | TransactionStopped
  | { readonly kind: 'data-transfer'; readonly vendorId: string }
  | { readonly kind: 'notice'; readonly action: string };

export interface BootMessage {
  readonly kind: 'boot';
  readonly vendor: string;
  readonly model: string;
  readonly firmware: string | null;
}

export interface StatusMessage {
  readonly kind: 'status';
  readonly connectorId: number;
  /** OCPP 1.6 ChargePointStatus */
  readonly status: string;
  readonly errorCode: string;
}

export interface TransactionStarted {
  readonly kind: 'transaction-started';
  readonly connectorId: number;
  readonly idTag: string;
  /** Null when the charger's figure is beyond what a meter can count. */
  readonly meterStartWh: number | null;
  readonly stamp: Stamp;
  readonly doubts: readonly MessageDoubt[];
}

export interface MeterValues {
  readonly kind: 'meter-values';
  readonly connectorId: number;
  /** Null when the charger named none. */
  readonly transactionId: number | null;
  readonly samples: readonly Sample[];
  readonly doubts: readonly MessageDoubt[];
}

export interface TransactionStopped {
  readonly kind: 'transaction-stopped';
  readonly transactionId: number;
  readonly meterStopWh: number | null;
  readonly stamp: Stamp;
  readonly reason: string | null;
  readonly idTag: string | null;
  /** transactionData: often the only copy that survives a long time offline. */
  readonly samples: readonly Sample[];
  readonly doubts: readonly MessageDoubt[];
}

/** One instant's meter values. What is absent was not told; it is never zero. */
export interface Sample {
  readonly stamp: Stamp;
  /** OCPP ReadingContext of the register, Sample.Periodic when the charger gave none. */
  readonly context: string;
  readonly importWh?: number;
  readonly exportWh?: number;
  readonly powerW?: number;
  readonly offeredW?: number;
}

/** What the parser could not take at its word; the raw message keeps it. */
export type MessageDoubt = 'invalid-value' | 'value-out-of-range' | 'interval-only' | 'not-to-schema';

/** A charger's own answer shape per action, e.g. `{}` or `{ transactionId, idTagInfo }`. */
export type Answer = Record<string, unknown>;

/** What a card is worth: the words of OCPP 2.0.1 (AuthorizationStatus), put into fewer for 1.6 (answers.ts). */
export type TokenStatus =
  | 'Accepted'
  | 'Blocked'
  | 'ConcurrentTx'
  | 'Expired'
  | 'Invalid'
  | 'NoCredit'
  | 'NotAllowedTypeEVSE'
  | 'NotAtThisLocation'
  | 'NotAtThisTime'
  | 'Unknown';
