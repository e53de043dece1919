import { condition } from '@temporalio/workflow';

import { now } from './clock.js';
import { CancelledByPerson, isRefused, orRefused, type Refused } from './refusal.js';
import type { Steering } from './steering.js';

/** Takes a workflow from step to step: holds at the boundary, parks on a refusal, leaves when a person cancels. */
export class Stepper<Step> {
  readonly #state: Steering & { enter(step: Step, at: string): void };
  readonly #record: () => Promise<void>;

  constructor(state: Steering & { enter(step: Step, at: string): void }, record: () => Promise<void>) {
    this.#state = state;
    this.#record = record;
  }

  /** One step: at its boundary a hold is respected and a cancellation takes effect; then see {@link guarded}. */
  async step<T>(step: Step, run: (again: boolean) => Promise<T | Refused>): Promise<T> {
    const state = this.#state;
    if (state.held && !state.cancelled) {
      state.holdHere();
      await this.#record();
      await condition(() => !state.held || state.cancelled);
    }
    this.#leaveIfCancelled();
    state.enter(step, now());
    await this.#record();
    return this.guarded(run);
  }

  /** Parks on a refusal, waits for a person, tries again (`run(true)`): so a step either succeeds or waits. */
  async guarded<T>(run: (again: boolean) => Promise<T | Refused>): Promise<T> {
    for (let again = false; ; again = true) {
      const result = await orRefused(() => run(again));
      if (!isRefused(result)) return result;
      this.#state.park(result.refused, now());
      await this.#record();
      await condition(() => this.#state.retryAsked || this.#state.cancelled);
      this.#leaveIfCancelled();
      this.#state.unpark();
      await this.#record();
    }
  }

  #leaveIfCancelled(): void {
    if (this.#state.cancelled) throw new CancelledByPerson();
  }
}
