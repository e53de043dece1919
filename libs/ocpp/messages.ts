import type { Stamp } from './timestamp.js';

/** OCPP versions by their WebSocket subprotocol. */
export type Protocol = 'ocpp1.6' | 'ocpp2.0.1' | 'ocpp2.1';

/** What a charger says, whatever its OCPP version: energy in integer Wh, power in integer W. */
export type ChargerMessage =
  | BootMessage
  | { readonly kind: 'heartbeat' }
  | StatusMessage
  | AuthorizeMessage
  | TransactionStarted
  | MeterValues
  | TransactionStopped
  | { readonly kind: 'data-transfer'; readonly vendorId: string }
  | Notice;

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
  /** The charger says Occupied and no more (2.x): `status` is the least that this means. */
  readonly isVague?: boolean;
}

/** How a driver was recognised: by a card, by the contract in the vehicle, by the central system, otherwise (a key code, a MAC address …). */
export type TokenKind = 'rfid' | 'emaid' | 'remote' | 'other';

export interface AuthorizeMessage {
  readonly kind: 'authorize';
  readonly idTag: string;
  /** Not told by 1.6. */
  readonly tokenKind?: TokenKind;
  /** What else was said of who it is (additionalInfo of 2.x), and how else that may be written. */
  readonly moreTags?: readonly string[];
  /** A contract certificate came with it (Plug and Charge). */
  readonly hasCertificate?: boolean;
}

/** Told, recorded and answered. */
export interface Notice {
  readonly kind: 'notice';
  readonly action: string;
  /** What the answer must say again of it (2.1). */
  readonly asked?: Readonly<Record<string, unknown>>;
  /** What its answer says, where somebody had to look at what it asks for: Accepted or Rejected. */
  readonly verdict?: string;
  /** States of connectors that it carries. */
  readonly statuses?: readonly StatusMessage[];
}

/** What every event of a transaction says that the charger itself has named (OCPP 2.x). */
export interface TransactionEvent {
  /** The charger's name for the transaction. */
  readonly ref: string;
  readonly stamp: Stamp;
  /** The event's place in the transaction; null when it is no number that can count. */
  readonly seqNo: number | null;
  /** It happened while the charger could not reach us. */
  readonly offline: boolean;
  /** 0 when not told: the EVSE is named once, when the vehicle is connected (2.0.1, E01.FR.16). */
  readonly connectorId: number;
  /** Null when no card is told with this event. */
  readonly idTag: string | null;
  /** What else was said of who it is (additionalInfo), and how else that may be written. */
  readonly moreTags?: readonly string[];
  /** Null when no card is told, or its kind is not. */
  readonly tokenKind: TokenKind | null;
  /** OCPP 2.x TriggerReason, e.g. Authorized, MeterValueClock. */
  readonly trigger: string;
  /** The number of the remote start that it answers; null when it answers none. */
  readonly remoteStartId: number | null;
  /** The charging state as OCPP 1.6 ChargePointStatus; null when not told. */
  readonly status: string | null;
}

export interface TransactionStarted {
  readonly kind: 'transaction-started';
  /** The charger's own name for it; null where the central system gives it a number (1.6). */
  readonly transactionId: string | null;
  readonly connectorId: number;
  /** Null when no card is told yet. */
  readonly idTag: string | null;
  /** Null when not told, or beyond what a meter can count. */
  readonly meterStartWh: number | null;
  readonly stamp: Stamp;
  readonly samples: readonly Sample[];
  readonly event?: TransactionEvent;
  readonly doubts: readonly MessageDoubt[];
}

export interface MeterValues {
  readonly kind: 'meter-values';
  readonly connectorId: number;
  /** The number we gave it or the charger's own name; null when the charger named none. */
  readonly transactionId: number | string | null;
  readonly samples: readonly Sample[];
  readonly event?: TransactionEvent;
  readonly doubts: readonly MessageDoubt[];
}

export interface TransactionStopped {
  readonly kind: 'transaction-stopped';
  readonly transactionId: number | string;
  readonly meterStopWh: number | null;
  readonly stamp: Stamp;
  readonly event?: TransactionEvent;
  readonly reason: string | null;
  readonly idTag: string | null;
  /** 1.6's transactionData: often the only copy that survives a long time offline. */
  readonly samples: readonly Sample[];
  readonly doubts: readonly MessageDoubt[];
}

/** One instant's meter values. What is absent was not told; it is never zero. */
export interface Sample {
  readonly stamp: Stamp;
  /** OCPP ReadingContext of the register, Sample.Periodic when the charger gave none. */
  readonly context: string;
  readonly importWh?: number;
  /** The charger gave no unit: `importWh` is read in Wh as OCPP says; this is what it would be in kWh. */
  readonly importWhIfKWh?: number;
  readonly exportWh?: number;
  readonly powerW?: number;
  readonly offeredW?: number;
  /** What flows on the charger's own L1, L2, L3, in tenths of an ampere; a conductor not told of is 0. */
  readonly perConductorDeciA?: readonly [number, number, number];
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
