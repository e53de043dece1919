import { DEFAULT_OPTIONS, type Allocation } from './allocate-types.js';
import type { CircuitData, CircuitEvent, LimitOrder, StateOptions } from './circuit-records.js';
import { decideLimits } from './decide-limits.js';
import { fold } from './fold-events.js';

export const DEFAULT_STATE_OPTIONS: StateOptions = {
  ...DEFAULT_OPTIONS,
  settleMs: 10_000,
  wakeMs: 60_000,
  retryMs: 5_000,
};

/**
 * An installation's circuits as a process drives them: events in, orders and the allocation out. Without clock, random or
 * database; equal events give equal orders. What it holds is plain data: keep it before the orders go out, and a process
 * that takes over knows what may be followed.
 */
export class CircuitState {
  private constructor(private data: CircuitData) {}

  static empty(options: StateOptions = DEFAULT_STATE_OPTIONS): CircuitState {
    return new CircuitState({ options, circuits: [], connectors: {}, baseLoads: {}, lastOrderId: 0 });
  }

  /** As it was kept, to look at. */
  static asKept(data: CircuitData): CircuitState {
    return new CircuitState(data);
  }

  /** As it was kept, to go on with. Orders whose answer the former process did not live to hear are unknown. */
  static takeOver(data: CircuitData, atMs: number): CircuitState {
    const state = new CircuitState(data);
    for (const { order } of Object.values(data.connectors)) {
      if (order !== null) state.happened({ kind: 'answered', atMs, orderId: order.id, result: 'unknown' });
    }
    return state;
  }

  /** Takes note of what happened. */
  happened(event: CircuitEvent): void {
    this.data = fold(this.data, event);
  }

  /** What to send now, and who has what and why. The orders count as sent. */
  decide(atMs: number): { orders: readonly LimitOrder[]; allocation: Allocation } {
    const { data, orders, allocation } = decideLimits(this.data, atMs);
    this.data = data;
    return { orders, allocation };
  }

  toJSON(): CircuitData {
    return this.data;
  }
}
