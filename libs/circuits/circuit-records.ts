import type { AllocationOptions } from './allocate-types.js';
import type { DeciA, PerPhase } from './current.js';
import type { BaseLoad, CircuitFacts } from './limit-of.js';
import type { Conductor, Rotation } from './rotation.js';

/** A connector as it stands in the registry. */
export interface ConnectorFacts {
  /** Unique: charger and connector, e.g. `zcs031974/1`. */
  readonly connector: string;
  readonly chargerId: string;
  readonly circuitId: string;
  readonly rotation: Rotation;
  readonly maxDeciA: DeciA;
  readonly cableMaxDeciA: DeciA | null;
  readonly priority: number;
  readonly guaranteedDeciA: DeciA;
  /** What it shall give a car by itself while we do not reach it; kept free for it always. */
  readonly offlineDeciA: DeciA;
}

/**
 * `never`: nobody ever saw it, so that it holds nothing; `away`: it was offline when first looked at, and nothing was ever told
 * it; `offline`: it goes on with what it has.
 */
export type Presence = 'never' | 'away' | 'online' | 'offline';

/** A reading of a car: its highest phase, and the limit it had then. */
export interface Taken {
  readonly highestDeciA: DeciA;
  readonly underDeciA: DeciA;
}

export interface SessionRecord {
  readonly id: string;
  /** Every limit it may be following; one: it is known. */
  readonly mayFollowDeciA: readonly DeciA[];
  /** Told again after each time its charger came anew, though only one limit is possible. */
  readonly isSure: boolean;
  /** Measured above all it was told, and not seen within it since: a confirmation alone is not believed. */
  readonly defies: boolean;
  /** When it was last sent a limit, or confirmed one. */
  readonly toldAtMs: number;
  /** The limit it was given last, arrived or not; 0 is a pause. */
  readonly givenDeciA: DeciA;
  readonly givenSinceMs: number;
  readonly waitsSinceMs: number;
  /** When it was last given more, and whether that ended a pause. */
  readonly raisedAtMs: number;
  readonly raisedFromPause: boolean;
  readonly uses: readonly Conductor[] | null;
  /** A narrower use seen once: the second time it is believed. */
  readonly usesSeen: readonly Conductor[] | null;
  readonly taken: Taken | null;
}

/** A limit on its way to a charger. `default` is for sessions to come, `session` for the one under way. */
export interface LimitOrder {
  readonly id: number;
  readonly connector: string;
  readonly purpose: 'default' | 'session';
  readonly sessionId: string | null;
  readonly limitDeciA: DeciA;
}

export interface PendingOrder extends LimitOrder {
  /** It may follow this only because of the order: a refusal takes it back. */
  readonly isNew: boolean;
  /** What its session was given before. */
  readonly beforeDeciA: DeciA;
  /** Its charger came anew meanwhile: a confirmation may be from before that. */
  readonly wasCut: boolean;
}

export interface ConnectorRecord {
  readonly facts: ConnectorFacts;
  readonly presence: Presence;
  /** The connection it was last heard of by; another one means that it may have booted. */
  readonly connectionId: string | null;
  /** OCPP 1.6 ChargePointStatus; null until told. */
  readonly status: string | null;
  /** Every default it may have; at first what its hardware can do. */
  readonly mayDefaultDeciA: readonly DeciA[];
  /** Told again after each time it was away. */
  readonly isDefaultSure: boolean;
  readonly session: SessionRecord | null;
  readonly order: PendingOrder | null;
  /** In a row; three make it one that does not obey. */
  readonly failures: number;
  readonly notBeforeMs: number;
  /** What last flowed on each phase of the supply. */
  readonly flow: { readonly atMs: number; readonly perPhaseDeciA: PerPhase } | null;
}

export interface StateOptions extends AllocationOptions {
  /** A car has this long to use what it was given before it is judged by a reading. */
  readonly settleMs: number;
  /** ... and this long to wake from a pause. */
  readonly wakeMs: number;
  /** After a failure, doubled with each further one. */
  readonly retryMs: number;
}

/** All there is to know, as plain data: `JSON.stringify` keeps it whole. */
export interface CircuitData {
  readonly options: StateOptions;
  readonly circuits: readonly CircuitFacts[];
  readonly connectors: Readonly<Record<string, ConnectorRecord>>;
  /** By circuit. */
  readonly baseLoads: Readonly<Record<string, BaseLoad>>;
  readonly lastOrderId: number;
}

/** What happened. `atMs` is epoch time; events come in the order of their times. */
export type CircuitEvent = { readonly atMs: number } & (
  | { readonly kind: 'time' }
  /** The registry was read: what is not named is known to be gone. */
  | {
      readonly kind: 'configured';
      readonly circuits: readonly CircuitFacts[];
      readonly connectors: readonly ConnectorFacts[];
    }
  /** A connection that nobody knows is taken for the one before. */
  | {
      readonly kind: 'charger';
      readonly chargerId: string;
      readonly online: boolean;
      readonly connectionId: string | null;
    }
  | {
      readonly kind: 'connector';
      readonly connector: string;
      readonly status: string;
      readonly sessionId: string | null;
    }
  /** What flows through the connector: per conductor of the charger where it says so, else W in all. */
  | {
      readonly kind: 'measured';
      readonly connector: string;
      readonly perConductorDeciA: readonly [DeciA, DeciA, DeciA] | null;
      readonly powerW: number | null;
    }
  /** A main meter's reading: the building alone, or everything with the cars. */
  | {
      readonly kind: 'main-meter';
      readonly circuitId: string;
      readonly measures: 'building' | 'everything';
      readonly perPhaseDeciA: PerPhase;
    }
  /** `unknown`: sent, and no word of it; `absent`: never sent. */
  | {
      readonly kind: 'answered';
      readonly orderId: number;
      readonly result: 'confirmed' | 'refused' | 'unknown' | 'absent';
    }
);
