import type { DeciA, PerPhase, Phase } from './current.js';
import type { Conductor, Rotation } from './rotation.js';

/** A branch of the tree with what its cars may take together now. */
export interface CircuitLimit {
  readonly id: string;
  /** The circuit it hangs under; null for a root. */
  readonly parentId: string | null;
  /** For the charging alone, per phase: a main meter's base load is off already (limitOf). May fall below zero. */
  readonly limitDeciA: PerPhase;
}

/**
 * What happens at a connector: `idle` no session; `wants` a session that has no current yet; `charging`; `suspended-by-ev`
 * the car takes nothing though it may.
 */
export type CarState = 'idle' | 'wants' | 'charging' | 'suspended-by-ev';

/** A connector with the car at it, if any. */
export interface Car {
  /** Unique; ties are broken by it. */
  readonly connector: string;
  readonly circuitId: string;
  readonly rotation: Rotation;
  /** The charger's conductors the car uses; null while that is not known: then it counts on all. */
  readonly uses: readonly Conductor[] | null;
  readonly connectorMaxDeciA: DeciA;
  /** Null: not known, then the connector's maximum holds. */
  readonly cableMaxDeciA: DeciA | null;
  readonly state: CarState;
  /** The highest phase last measured, and the limit it had then; null when not measured, or too soon after a change. */
  readonly takesDeciA: DeciA | null;
  readonly underDeciA: DeciA;
  /** The limit it was given last; 0 is a pause. */
  readonly nowDeciA: DeciA;
  /** The highest limit it may be following: what was sent and not confirmed counts, and what it had before. */
  readonly mayFollowDeciA: DeciA;
  /** What the charger gives a car by itself, without or before a word from us; always kept free for it. */
  readonly reservedDeciA: DeciA;
  /** It hears nothing or does not obey: it stays at what it may follow, whatever is wished. */
  readonly isFixed: boolean;
  /** Larger goes first. */
  readonly priority: number;
  /** Promised to the spot while the circuit can bear it; 0 for none. */
  readonly guaranteedDeciA: DeciA;
  /** How long it has had current without a break, and how long it has waited for some; 0 where it does not apply. */
  readonly chargedMs: number;
  readonly waitedMs: number;
}

export interface AllocationOptions {
  /** What a car that takes less than it was given keeps on top, so that it can grow. */
  readonly marginDeciA: DeciA;
  /** How long a car keeps its current when others wait. */
  readonly turnMs: number;
  /** A car that has waited this long goes before every priority. */
  readonly starvingMs: number;
}

export const DEFAULT_OPTIONS: AllocationOptions = { marginDeciA: 20, turnMs: 15 * 60_000, starvingMs: 60 * 60_000 };

/** Where a circuit's current ends: which one, on which phase. */
export interface Bottleneck {
  readonly circuitId: string;
  readonly phase: Phase;
}

/** Why a connector has what it has, as facts that staff can check. */
export type Why =
  /** No session. */
  | { readonly code: 'idle' }
  /** As much as it can take: the car's own appetite, the cable or the connector ends it. */
  | { readonly code: 'enough'; readonly bound: 'car' | 'cable' | 'connector' }
  /** The circuit ends it; `cars` share that phase of it. */
  | ({ readonly code: 'shared'; readonly cars: number } & Bottleneck)
  /** As promised to the spot, and no more because the circuit ends it. */
  | ({ readonly code: 'guaranteed'; readonly cars: number } & Bottleneck)
  /** Paused: less than 6 A is left there; `place` in the line, from 1. */
  | ({ readonly code: 'waits'; readonly place: number } & Bottleneck)
  /** The connector or the cable cannot carry 6 A. */
  | { readonly code: 'too-small'; readonly bound: 'cable' | 'connector' }
  /** Not reachable or not obeying: counted with what it may follow. */
  | { readonly code: 'fixed' };

export interface ConnectorLimit {
  readonly connector: string;
  readonly limitDeciA: DeciA;
  /** The limit on the phases of the supply that the car loads. */
  readonly perPhaseDeciA: PerPhase;
  readonly isPaused: boolean;
  readonly why: Why;
}

export interface LimitChange {
  readonly connector: string;
  readonly fromDeciA: DeciA;
  readonly toDeciA: DeciA;
}

export interface CircuitUse {
  readonly circuitId: string;
  readonly limitDeciA: PerPhase;
  /** What its cars may take once the plan is carried out, with all that is reserved or fixed. */
  readonly allocatedDeciA: PerPhase;
  /** What its cars may take at this moment, with all that is reserved: less or more than the plan until that is carried out. */
  readonly mayDeciA: PerPhase;
}

export interface Allocation {
  /** Every connector, by its name. */
  readonly limits: readonly ConnectorLimit[];
  /** The second step may begin when the first is confirmed. */
  readonly steps: { readonly decreases: readonly LimitChange[]; readonly increases: readonly LimitChange[] };
  readonly circuits: readonly CircuitUse[];
}
