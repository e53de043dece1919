import { allHandlersFinished, condition, setHandler } from '@temporalio/workflow';

import { now } from '../clock.js';
import { OneAtATime } from '../one-at-a-time.js';
import { Recorder } from '../recorder.js';
import { unless, type Refused } from '../refusal.js';
import { Stepper } from '../stepper.js';
import { VisibilityBoard } from '../visibility.js';
import { arrearsRecords } from './activities.js';
import {
  arrearsProgressQuery,
  ledgerChangedSignal,
  paymentChangedSignal,
  pauseUpdate,
  resumeUpdate,
  retryDebitUpdate,
  waiveUpdate,
  type ArrearsOutcome,
  type ArrearsStage,
} from './messages.js';
import { ArrearsState } from './state.js';

/** Between the sentence (workflow.ts) and the state (state.ts): parking, records, messages. */
export class ArrearsShell {
  readonly documentId: string;
  readonly state = new ArrearsState(now());
  #installationId: string | null = null;
  readonly #locals = new OneAtATime();
  readonly #recorder = new Recorder(() => this.#locals.run(() => this.#write()));
  readonly #board = new VisibilityBoard();
  readonly #stepper = new Stepper<Exclude<ArrearsStage, 'parked'>>(this.state, () => this.record());

  constructor(documentId: string) {
    this.documentId = documentId;
    this.#listen();
  }

  /** From now on the case has a row in the database. */
  opened(installationId: string): void {
    this.#installationId = installationId;
  }

  /** What the ledger says is still due. */
  dueCents(): Promise<number> {
    return this.#locals.run(() => arrearsRecords.arrearsDueCents(this.documentId));
  }

  guarded<T>(run: () => Promise<T | Refused>): Promise<T> {
    return this.#stepper.guarded(run);
  }

  async finish(outcome: ArrearsOutcome): Promise<ArrearsOutcome> {
    this.state.finish(outcome, now());
    await this.record();
    await condition(allHandlersFinished);
    return outcome;
  }

  async record(): Promise<void> {
    const { state } = this;
    const { stage, nextActionAt } = state.progress();
    this.#board.show({
      installationId: this.#installationId,
      stage,
      outcome: state.outcome,
      needsAction: state.needsAction,
      nextActionAt,
    });
    if (this.#installationId !== null) await this.#recorder.record();
  }

  #write(): Promise<void> {
    const { state } = this;
    const progress = state.progress();
    return arrearsRecords.recordArrears(this.documentId, {
      ...progress,
      outcome: state.outcome,
      closedAt: state.outcome === null ? null : progress.since,
    });
  }

  #listen(): void {
    const { state } = this;
    setHandler(arrearsProgressQuery, () => state.progress());
    setHandler(paymentChangedSignal, ({ providerPaymentId }) => state.paymentChanged(providerPaymentId));
    setHandler(ledgerChangedSignal, () => state.ledgerChanged());
    setHandler(
      pauseUpdate,
      (command) => this.#obey(() => state.pause(command)),
      unless(() => state.refusalOfPause()),
    );
    setHandler(
      resumeUpdate,
      (command) => this.#obey(() => state.resume(command)),
      unless(() => state.refusalOfResume()),
    );
    setHandler(
      waiveUpdate,
      (command) => this.#obey(() => state.waive(command)),
      unless(() => state.refusalOfWaive()),
    );
    setHandler(
      retryDebitUpdate,
      () => this.#obey(() => state.retry()),
      unless(() => state.refusalOfRetry()),
    );
  }

  async #obey(command: () => void) {
    command();
    await this.record();
    return this.state.progress();
  }
}
