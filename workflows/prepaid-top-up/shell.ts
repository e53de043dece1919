import { allHandlersFinished, condition, setHandler } from '@temporalio/workflow';

import { now } from '../clock.js';
import { unless, type Refused } from '../refusal.js';
import { Stepper } from '../stepper.js';
import { VisibilityBoard } from '../visibility.js';
import type { TopUpFacts } from './activities.js';
import {
  retryTopUpUpdate,
  topUpChangedSignal,
  topUpProgressQuery,
  type TOP_UP_STEPS,
  type TopUpOutcome,
} from './messages.js';
import { TopUpState } from './state.js';

type Step = (typeof TOP_UP_STEPS)[number];

/** Between the sentence (workflow.ts) and the state (state.ts): step boundaries, parking, messages. */
export class TopUpShell {
  readonly state = new TopUpState(now());
  #facts: TopUpFacts | null = null;
  readonly #board = new VisibilityBoard();
  readonly #stepper = new Stepper<Step>(this.state, () => this.#show());

  constructor() {
    const { state } = this;
    setHandler(topUpProgressQuery, () => state.progress());
    setHandler(topUpChangedSignal, () => state.changed());
    setHandler(
      retryTopUpUpdate,
      async () => {
        state.retry();
        await this.#show();
        return state.progress();
      },
      unless(() => state.refusalOfRetry()),
    );
  }

  step<T>(step: Step, run: () => Promise<T | Refused>): Promise<T> {
    return this.#stepper.step(step, run);
  }

  guarded<T>(run: () => Promise<T | Refused>): Promise<T> {
    return this.#stepper.guarded(run);
  }

  async knows(facts: TopUpFacts): Promise<void> {
    this.#facts = facts;
    await this.#show();
  }

  async waits(at: string): Promise<void> {
    this.state.waitUntil(at);
    await this.#show();
  }

  /** While the debit is with the bank; no step boundary, for money is moving. */
  async processing(lookAgainAt: string): Promise<void> {
    this.state.enter('processing', now());
    await this.waits(lookAgainAt);
  }

  async finish(outcome: TopUpOutcome): Promise<void> {
    this.state.finish(outcome, now());
    await this.#show();
    await condition(allHandlersFinished);
  }

  async #show(): Promise<void> {
    const { step, nextActionAt } = this.state.progress();
    this.#board.show({
      installationId: this.#facts?.installationId ?? null,
      stage: step,
      outcome: this.state.outcome,
      needsAction: this.state.needsAction,
      nextActionAt,
    });
  }
}
